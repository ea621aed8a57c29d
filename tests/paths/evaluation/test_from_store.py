"""From the log of a store to decisions, and planning again from what was logged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.home import Home
from polku.paths import load_policy
from polku.paths.evaluation import Check, Decision, Replayed, decisions_of, evaluate, with_gains
from polku.paths.suggester import Suggester
from polku.records import Responses, Roster
from polku.store import Store
from polku.testing.store import offer
from village import DAY, NOW, Clock

SKILLS = ("MA79.S2.01", "MA79.S2.02", "MA79.S2.03", "MA79.S1.01")
LEARNERS = [f"l{place:02d}" for place in range(12)]


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, time: Clock) -> Iterator[Store]:
    people = pd.DataFrame({"learner_id": LEARNERS, "grade": 7, "group_id": "7A", "school_id": "s"})
    teachers = pd.DataFrame({name: [] for name in ("teacher_id", "group_id", "starts_on", "ends_on")})
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "testville", clock=time) as opened:
        with opened.begin() as tx:
            tx.roster.replace(Roster(people.astype({"grade": "Int64"}), teachers))
        yield opened


def answer(store: Store, at: int, skills: tuple[str, ...], item: str, correct: float = 0.0) -> None:
    """Let everybody answer each skill three times."""
    rows = [(who, skill, n) for who in LEARNERS for skill in skills for n in range(3)]
    columns = {
        "response_id": [f"{item}-{who}-{skill}-{n}" for who, skill, n in rows],
        "learner_id": [who for who, _, _ in rows],
        "item_id": [f"{skill}-{item}-{n}" for _, skill, n in rows],
        "skill_ids": [skill for _, skill, _ in rows],
        "answered_at": [at + place for place in range(len(rows))],
        "correct": [correct] * len(rows),
    }
    with store.begin() as tx:
        tx.responses.add(Responses.from_columns(columns))


@pytest.fixture(scope="module")
def drawing(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home whose policy draws every other new suggestion among all that might be taken now."""
    root = tmp_path_factory.mktemp("drawing")
    for room in ("features", "serve"):
        (root / room).symlink_to(home.root / room)
    shutil.copytree(home.models, root / "models")
    policy = root / "models" / "path" / "policy.toml"
    text = re.sub(r"(?m)^regret = .*", "regret = 1.0", policy.read_text(encoding="utf-8"))
    policy.write_text(re.sub(r"(?m)^exploration_share = .*", "exploration_share = 0.5", text), encoding="utf-8")
    return Home(root)


@pytest.fixture
def logged(store: Store, drawing: Home, time: Clock) -> list[Decision]:
    """Suggest to everybody, once for each of two mornings; return the log's decisions."""
    suggester = Suggester(drawing, time)
    answer(store, NOW - DAY, SKILLS, "first", correct=0.4)
    for _ in range(2):
        with store.begin() as tx:
            for who in LEARNERS:
                suggester.offer(tx, who)
        time.now += DAY
    with store.read() as tx:
        return decisions_of(tx)


def test_every_new_suggestion_is_a_decision_and_one_that_stands_is_none(logged: list[Decision]) -> None:
    assert [one.learner_id for one in logged] == LEARNERS
    for one in logged:
        assert 0.0 < one.chance <= 1.0
        assert not one.overridden
        assert {other.skill_id for other in one.alternatives if other.p is not None} & set(SKILLS)


def test_planning_again_with_the_same_policy_gives_the_chances_that_were_logged(
    logged: list[Decision], drawing: Home, store: Store, time: Clock
) -> None:
    with store.read() as tx:
        curriculum = Suggester(drawing, time).released(tx).lens.curriculum
    same = Replayed("same", load_policy(drawing.models), curriculum)
    for one in logged:
        assert same.chances(one) == pytest.approx([other.chance for other in one.alternatives], abs=1e-9)
    assert any(one.chance < 1.0 for one in logged), "a share is drawn"


def test_another_policy_is_judged_from_the_same_log(
    logged: list[Decision], drawing: Home, store: Store, time: Clock
) -> None:
    with store.read() as tx:
        curriculum = Suggester(drawing, time).released(tx).lens.curriculum
    policy = load_policy(drawing.models)
    never = policy.model_copy(update={"offer": policy.offer.model_copy(update={"exploration_share": 0.0})})
    for one in logged:
        chances = Replayed("never", never, curriculum).chances(one)
        assert np.count_nonzero(chances) == 1
        best = max(one.alternatives, key=lambda other: other.chance)
        assert one.alternatives[int(chances.argmax())].skill_id == best.skill_id


def test_gains_come_from_later_answers_to_other_items(logged: list[Decision], store: Store) -> None:
    answer(store, NOW + 20 * DAY, SKILLS, "later", correct=1.0)
    with store.read() as tx:
        found = with_gains(logged, tx.responses.all(), Check())
    gains = [one.gains[0] for one in found]
    assert all(gain is not None and gain > 0.3 for gain in gains)
    assert evaluate(found, _Logged(), horizons=[1])[0].refusal is not None, "twelve learners say too little"


class _Logged:
    """A target that does what was done."""

    name = "logged"

    def chances(self, decision: Decision) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([one.chance for one in decision.alternatives])


def test_what_people_put_aside_or_exchange_is_noted_and_stays(logged: list[Decision], store: Store) -> None:
    with store.begin() as tx:
        for who, word, instead in (
            (LEARNERS[0], "reject", None),
            (LEARNERS[1], "edit", SKILLS[0]),
            (LEARNERS[2], "accept", None),
        ):
            latest = tx.suggestions.latest(who)
            assert latest is not None
            tx.decisions.add(latest.suggestions[0].suggestion_id, word, "T1", "teacher", replacement=instead)
        again = decisions_of(tx)
    assert [one.overridden for one in again[:4]] == [True, True, False, False]
    assert [one.suggested for one in again] == [one.suggested for one in logged]


def test_a_word_on_an_offer_that_was_logged_again_is_of_its_decision(store: Store) -> None:
    shown = {"rung": "model", "path": [], "options": [{"skill_id": "a", "kind": "continue"}]}
    with store.begin() as tx:
        for chance in (0.5, 1.0):
            other = [{"skill_id": "b", "first": 0.5, "score": 0.6, "terms": {}}] if chance < 1.0 else []
            candidates = [{"skill_id": "a", "first": chance, "score": 0.7, "terms": {}}, *other]
            (last,) = tx.suggestions.offer(
                "anna", path=shown, candidates=candidates, scores={}, propensity={}, policy_hash="", bundle_id=None
            )
        tx.decisions.add(last, "reject", "T1", "teacher")
        (one,) = decisions_of(tx)
    assert (one.chance, one.overridden) == (0.5, True)


def test_offers_from_before_chances_were_logged_are_no_decisions(store: Store) -> None:
    offer(store, "anna", "a", "b")
    with store.read() as tx:
        assert len(list(tx.suggestions.logged())) == 1
        assert decisions_of(tx) == []


def test_what_is_erased_is_in_no_log(logged: list[Decision], store: Store) -> None:
    store.erase(LEARNERS[3])
    with store.read() as tx:
        assert [one.learner_id for one in decisions_of(tx)] == [who for who in LEARNERS if who != LEARNERS[3]]
    assert logged
