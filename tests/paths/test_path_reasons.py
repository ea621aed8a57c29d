"""Each step says why, on what evidence, how sure, where it leads, and what would change it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import Path, Reason, SkillState, Step, Texts, load_policy, plan
from polku.paths.standing import Standing
from polku.paths.terrain import Terrain

POLICY = load_policy(Home.find().models)
TEXTS = Texts.load(Home.find().serve / "text")
CHAIN = Curriculum.from_json(
    '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["b"]}]}'
)
DAY = 86_400_000_000


def step(skill_id: str, states: Mapping[str, SkillState], **told: int) -> Step:
    answer = plan(CHAIN, states, POLICY, answers_total=told.get("answers_total", 9), now=told.get("now"))
    return next(entry for entry in (*answer.options, *answer.path) if entry.skill_id == skill_id)


def reason(of: Step, table: str) -> Reason:
    return next(entry for entry in of.reasons if entry.id.split(".")[0] == table)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (0, Reason("evidence.none")),
        (1, Reason("evidence.few", {"count": 1})),
        (2, Reason("evidence.few", {"count": 2})),
        (3, Reason("evidence.some", {"count": 3})),
    ],
)
def test_evidence_is_the_number_of_answers(answers: int, said: Reason) -> None:
    assert reason(step("a", {"a": SkillState(0.5, answers)}), "evidence") == said


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (SkillState(0.5, 2, 0.01), "unsure"),
        (SkillState(0.5, 3, None), "fairly"),
        (SkillState(0.5, 3, 0.2), "fairly"),
        (SkillState(0.5, 3, 0.05), "sure"),
    ],
)
def test_sureness_is_a_word(state: SkillState, word: str) -> None:
    assert reason(step("a", {"a": state}), "sureness").id == f"sureness.{word}"


def test_with_few_answers_in_all_nothing_is_sure() -> None:
    found = step("a", {"a": SkillState(0.5, 4, 0.01)}, answers_total=4)
    assert reason(found, "sureness").id == "sureness.unsure"
    assert reason(found, "change") == Reason("change.order", {"count": 1})


@pytest.mark.parametrize(
    ("skill_id", "states", "links"),
    [
        ("a", {}, {"link.leads_to": "b"}),
        ("b", {"a": SkillState(0.9, 5)}, {"link.builds_on": "a", "link.leads_to": "c"}),
        ("b", {}, {"link.supported": "a", "link.leads_to": "c"}),
        ("c", {"b": SkillState(0.9, 5)}, {"link.builds_on": "b"}),
    ],
)
def test_links_say_what_a_step_builds_on_and_where_it_leads(
    skill_id: str, states: dict[str, SkillState], links: dict[str, str]
) -> None:
    found = {entry.id: entry.values["skill"] for entry in step(skill_id, states).reasons if "link." in entry.id}
    assert found == {key: CHAIN.skills[name].title for key, name in links.items()}


@pytest.mark.parametrize(
    ("state", "change"),
    [
        (SkillState(0.5, 1), Reason("change.few", {"count": 2})),
        (SkillState(0.5, 3), Reason("change.close", {"count": 5})),
        (SkillState(0.1, 9), Reason("change.some")),
        (SkillState(0.9, 3, None, 0), Reason("change.review")),
    ],
)
def test_what_would_change_it_is_said(state: SkillState, change: Reason) -> None:
    assert reason(step("a", {"a": state}, now=90 * DAY), "change") == change


@pytest.mark.parametrize(
    ("skill_id", "states", "said"),
    [
        ("a", {}, "A good next step for you is “a”."),
        ("a", {"a": SkillState(0.2, 5)}, "Go back to “a” for a while. After that, it is easier to move on."),
        ("a", {"a": SkillState(0.9, 5)}, "It is worth going over “a” for a moment."),
        ("c", {"a": SkillState(0.2, 5)}, "Do you fancy a challenge? Try “c”."),
    ],
)
def test_the_learner_reads_the_step(skill_id: str, states: dict[str, SkillState], said: str) -> None:
    found = step(skill_id, states).next_step
    assert found is not None
    assert found.to_learner(TEXTS, "13-15")["en"] == said


def test_a_step_in_three_languages() -> None:
    said = step("a", {"a": SkillState(0.2, 5, 0.1)}).to_dict(TEXTS)
    assert said["terms"].keys() == {choice.name for choice in POLICY.rules}
    assert said["next_step"] == {
        "id": "next_step.repair",
        "fi": "Palaa vielä hetkeksi tähän: ”a”. Sen jälkeen on helpompi jatkaa.",
        "sv": "Gå tillbaka en stund till ”a”. Då blir resten lättare.",
        "en": "Go back to “a” for a while. After that, it is easier to move on.",
        "values": {"skill": {"fi": "a", "sv": "a", "en": "a"}},
    }
    assert [(one["id"], one["fi"]) for one in said["what_if"]] == [
        ("what_if.opens", "Jos valitset tämän, sinulle avautuu ”b”."),
        ("what_if.tasks", "Varaa aikaa noin 10 tehtävään."),
    ]


def test_an_answer_says_what_it_stands_on_and_what_its_rules_mean() -> None:
    said = plan(CHAIN, {"a": SkillState(0.2, 5, 0.1)}, POLICY, grade=4).to_dict(TEXTS)
    assert said["stands_on"]["en"] == "Based on the answers and on how skills build on each other"
    assert said["band"] == "10-12"
    assert said["rules"].keys() == {name for option in said["options"] for name in option["terms"]}
    assert said["rules"]["review"]["name"]["sv"] == "dags att repetera"
    assert said["rules"]["review"]["meaning"]["id"] == "rule.review"


def test_an_empty_answer_has_a_band_and_no_rules() -> None:
    said = Path("teachers_plan").to_dict(TEXTS)
    assert (said["band"], said["rules"], said["options"]) == ("13-15", {}, [])


def test_a_step_without_a_sentence_has_none() -> None:
    assert Step("a", "continue").to_dict(TEXTS)["next_step"] is None


PROGRAM = """
import json
from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import SkillState, Texts, load_policy, plan
home = Home.find()
graph = Curriculum.load(home.serve / "curricula" / "fi-mathematics.json")
states = {name: SkillState(0.5, 4, 0.1, 7) for name in list(graph.order)[60:90]}
answer = plan(graph, states, load_policy(home.models), grade=8, rejected=set(list(graph.order)[70:75]), now=10**15)
print(json.dumps(answer.to_dict(Texts.load(home.serve / "text"))))
"""


def test_the_answer_is_the_same_in_every_process() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert Path.from_dict(json.loads(said[0])).rung == "prerequisite_rule"


def test_a_path_stored_before_there_were_bands_is_read() -> None:
    stored = {
        "rung": "model",
        "options": [{"skill_id": "a", "kind": "repair", "next_step": {"id": "next_step.repair_towards", "en": "…"}}],
        "path": [],
        "notes": [],
    }
    assert Path.from_dict(stored).options == (Step("a", "repair"),)


def test_without_answers_of_its_own_a_step_names_those_on_a_later_skill() -> None:
    of = step("a", {"b": SkillState(0.2, 6, 0.1)})
    assert (of.kind, reason(of, "why").id, reason(of, "evidence").id) == ("repair", "why.beneath", "evidence.none")


def test_only_what_was_shown_by_answers_of_its_own_is_due_for_review() -> None:
    later = SkillState(0.9, 8, 0.05, last_answered_at=99 * DAY)
    for answers, due in ((1, False), (8, True)):
        states = {"a": SkillState(0.9, answers, 0.2, last_answered_at=0), "b": later}
        standing = Standing.of(Terrain.of(CHAIN), states, POLICY, None, 100 * DAY)
        assert standing.due.tolist() == [due, False, False]


@pytest.mark.parametrize(("answers", "why"), [(0, "why.next"), (4, "why.continue")])
def test_only_what_has_answers_carries_on_from_them(answers: int, why: str) -> None:
    of = step("b", {"a": SkillState(0.9, 8, 0.05), "b": SkillState(0.6, answers, 0.2)})
    assert (of.kind, reason(of, "why").id) == ("continue", why)
