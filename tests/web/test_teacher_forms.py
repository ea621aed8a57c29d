"""What the teacher's forms refuse, that a switch of language keeps the place, and that no page grades or ranks."""

from __future__ import annotations

import re
from html import unescape
from itertools import combinations

import pytest

from polku.curriculum import Curriculum
from polku.paths import LANGUAGES
from polku.web.pages.teacher_graph import EDGE, HEIGHT, WIDTH, drawing_of
from village import ALICE, GROUP, Village, assert_problem

CLASS, LEARNER, PAPER = f"/groups/{GROUP}", f"/learners/{ALICE}", f"/paper/{GROUP}"
RANKS = {
    "fi": r"sijoitus|paras oppilas|huonoin|heikko|heikoin|jäljessä|riskioppil|ennustettu arvosana",
    "sv": r"svag|sämst|bäst i klassen|rangordn|efterbliv|riskelev|percentil",
    "en": r"\bweak|\bbehind\b|at risk|\brank|percentile|below average|top of the class|\bworst\b|predicted grade",
}


def show(village: Village, address: str) -> str:
    answer = village.client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def suggestion(village: Village, group: str = GROUP, place: int = 0) -> str:
    found = village.get(f"/v1/groups/{group}/suggestions")["learners"]
    made: str = [one["options"][0]["suggestion_id"] for one in found if one["options"]][place]
    return made


def decisions(village: Village) -> int:
    with village.store.read() as tx:
        return sum(len(tx.decisions.history(one)) for one in tx.roster.learners()["learner_id"])


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 422),
        ({"decision": ""}, 422),
        ({"decision": "accept"}, 404),
        ({"decision": "assign", "suggestion": "it"}, 422),
        ({"decision": "grade", "suggestion": "it"}, 422),
        ({"decision": "ACCEPT", "suggestion": "it"}, 422),
        ({"decision": "accept", "suggestion": "none"}, 404),
        ({"decision": "accept", "suggestion": "../x"}, 404),
        ({"decision": "undo", "suggestion": "it", "made": ""}, 404),
        ({"decision": "undo", "suggestion": "it", "made": "none"}, 404),
        ({"decision": "undo", "suggestion": "none", "made": "none"}, 404),
        ({"decision": "edit", "suggestion": "it", "replacement": "no.such"}, 404),
        ({"decision": "edit", "suggestion": "it", "replacement": ""}, 422),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_nothing_is_kept(
    hamlet: Village, form: dict[str, str], status: int
) -> None:
    sent = {name: suggestion(hamlet) if value == "it" else value for name, value in form.items()}
    before = decisions(hamlet)
    answer = hamlet.client.post("/decide", data=sent, follow_redirects=False)
    assert answer.status_code == status, answer.text
    assert decisions(hamlet) == before


@pytest.mark.parametrize("action", ["accepted", "pause"])
def test_forms_about_a_group_that_is_not_there(hamlet: Village, action: str) -> None:
    answer = hamlet.client.post(f"/groups/0Z/{action}", data={"suggestion": "x"}, follow_redirects=False)
    assert_problem(answer, 404, "not-found")


@pytest.mark.parametrize("action", ["pause", "goal", "settings"])
def test_forms_about_a_learner_who_is_not_there(hamlet: Village, action: str) -> None:
    form = {"skill": "MA79.S2.01", "goals": "MA79.S2.01"}
    answer = hamlet.client.post(f"/learners/nobody/{action}", data=form, follow_redirects=False)
    assert_problem(answer, 404, "not-found")


@pytest.mark.parametrize("address", ["/decide", f"{CLASS}/accepted", f"{CLASS}/pause", f"{LEARNER}/goal"])
@pytest.mark.parametrize("form", [b"a=" + b"x" * 20_000, b"a=1&" * 300])
def test_an_oversized_form_is_refused_by_every_action(hamlet: Village, address: str, form: bytes) -> None:
    assert_problem(hamlet.client.post(address, content=form), 422, "invalid-input")


def test_a_suggestion_of_another_group_is_not_accepted_with_these(hamlet: Village) -> None:
    with hamlet.store.read() as tx:
        other = next(one for one in tx.roster.groups() if one != GROUP)
    before = decisions(hamlet)
    form = {"suggestion": suggestion(hamlet, other), "decision": "accept"}
    answer = hamlet.client.post(f"{CLASS}/accepted", data=form, follow_redirects=False)
    assert answer.status_code in {404, 409, 422}, answer.text
    assert decisions(hamlet) == before


@pytest.mark.parametrize("skill", ["", "no.such", "<b>", "MA79"])
def test_a_goal_is_a_skill(hamlet: Village, skill: str) -> None:
    answer = hamlet.client.post(f"{LEARNER}/goal", data={"skill": skill}, follow_redirects=False)
    assert answer.status_code in {404, 422}, answer.text
    assert "goals" not in {
        name for name, said in hamlet.get(f"/v1/learners/{ALICE}/path-settings")["settled"].items() if said
    }


# --- languages, and what is never said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", [CLASS, LEARNER, PAPER, f"{LEARNER}?band=7-9"])
def test_no_grade_and_no_rank_in_any_language(hamlet: Village, address: str, language: str) -> None:
    mark = "&" if "?" in address else "?"
    page = show(hamlet, f"{address}{mark}lang={language}")
    assert f'<html lang="{language}">' in page
    main = re.sub(r"<[^>]+>", " ", page.split("<main")[1].split("</main>")[0])
    assert not re.findall(RANKS[language], main, re.IGNORECASE)


@pytest.mark.parametrize("here", LANGUAGES)
@pytest.mark.parametrize("there", LANGUAGES)
def test_every_link_of_the_language_switch_opens_the_same_place(hamlet: Village, here: str, there: str) -> None:
    if here == there:
        return
    page = show(hamlet, f"{LEARNER}?band=7-9&lang={here}")
    (link,) = re.findall(rf'<a href="([^"]+)" hreflang="{there}"', page)
    other = show(hamlet, link)
    assert f'<html lang="{there}">' in other
    assert f'<input type="hidden" name="back" value="{LEARNER}">' in other
    assert 'aria-current="true">7\u20139</a>' in other


def test_letters_that_are_keys_can_be_switched_off(hamlet: Village) -> None:
    for address in (CLASS, LEARNER):
        assert show(hamlet, f"{address}?lang=en").count("data-letters") == 1
    script = hamlet.client.get("/static/polku.js").text
    assert "if (!lettersOn() ||" in script


# --- the drawing of a path


def graph(edges: dict[str, str]) -> Curriculum:
    skills = ", ".join(
        f'{{"id": "{name}", "prerequisites": [{", ".join(f"{chr(34)}{one}{chr(34)}" for one in before)}]}}'
        for name, before in edges.items()
    )
    return Curriculum.from_json(f'{{"skills": [{skills}]}}')


SHAPES = {
    "one": {"a": ""},
    "chain": {"a": "", "b": "a", "c": "b", "d": "c"},
    "fan": {"a": "", **dict.fromkeys("bcdefg", "a")},
    "funnel": {**dict.fromkeys("abcdef", ""), "g": "abcdef"},
    "diamond": {"a": "", "b": "a", "c": "a", "d": "bc"},
    "apart": dict.fromkeys("abcdef", ""),
    "two": {"a": "", "b": "a", "x": "", "y": "x"},
    "ladder": {"a": "", "b": "a", "c": "a", "d": "b", "e": "bc", "f": "de"},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_drawing_of_any_shape_lies_within_its_frame_and_on_nothing_else(shape: str) -> None:
    curriculum = graph(SHAPES[shape])
    names = list(SHAPES[shape])
    drawing = drawing_of(curriculum, names[-1:], names, [], {})
    assert {node.skill_id for node in drawing.nodes} == set(names)
    for node in drawing.nodes:
        assert EDGE <= node.x <= drawing.width - EDGE - WIDTH
        assert EDGE <= node.y <= drawing.height - EDGE - HEIGHT
    for one, other in combinations(drawing.nodes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    spot = {node.skill_id: node.x for node in drawing.nodes}
    assert all(spot[before] < spot[name] for name, ones in SHAPES[shape].items() for before in ones)
    assert len(drawing.lines) == sum(map(len, SHAPES[shape].values()))


def test_an_empty_path_is_an_empty_frame() -> None:
    drawing = drawing_of(graph({"a": ""}), [], [], [], {})
    assert (drawing.nodes, drawing.lines) == ((), ())
    assert drawing.width == drawing.height == 2 * EDGE
