"""The suggester: from the store to an offer, and when an offer still stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import NotFoundError
from polku.home import Home
from polku.paths.released import Released
from polku.paths.suggester import Suggester
from polku.records import Responses, Roster
from polku.store import Store
from polku.store.values import Offer
from village import DAY, Clock

SKILLS = ("MA79.S2.01", "MA79.S2.02", "MA79.S2.03", "MA79.S1.01")


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, time: Clock) -> Iterator[Store]:
    learners = pd.DataFrame({"learner_id": ["anna", "bo"], "grade": [7, 7], "group_id": "7A", "school_id": "s"})
    teachers = pd.DataFrame({name: [] for name in ("teacher_id", "group_id", "starts_on", "ends_on")})
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "testville", clock=time) as opened:
        with opened.begin() as tx:
            tx.roster.replace(Roster(learners.astype({"grade": "Int64"}), teachers))
        yield opened


@pytest.fixture
def suggester(home: Home, time: Clock) -> Suggester:
    return Suggester(home, time)


@pytest.fixture
def answer(store: Store, time: Clock) -> Callable[..., None]:
    """Return a function that records answers of one learner."""

    def take(learner: str, skills: tuple[str, ...] = SKILLS, correct: float = 1.0, times: int = 3) -> None:
        asked = [skill for skill in skills for _ in range(times)]
        at = [time() for _ in asked]
        with store.begin() as tx:
            tx.responses.add(
                Responses.from_columns(
                    {
                        "response_id": [f"{learner}-{moment}" for moment in at],
                        "learner_id": [learner] * len(asked),
                        "item_id": [f"{skill}-i" for skill in asked],
                        "skill_ids": asked,
                        "answered_at": at,
                        "correct": [correct] * len(asked),
                    }
                )
            )

    return take


def said(offer: Offer) -> tuple[object, ...]:
    """Return what is said and kept of an offer; what it was chosen from stands in the log alone."""
    return offer.learner_id, offer.offered_at, offer.path, offer.suggestions


def test_somebody_nobody_has_heard_of(store: Store, suggester: Suggester) -> None:
    with store.begin() as tx, pytest.raises(NotFoundError, match="no such learner"):
        suggester.offer(tx, "nobody")


def test_a_learner_on_the_roster_without_answers_gets_the_curriculums_order(store: Store, suggester: Suggester) -> None:
    with store.begin() as tx:
        offer = suggester.offer(tx, "anna")
    assert offer.path["rung"] == "curriculum_order"
    assert any(option["grade_level"] for option in offer.path["options"])


def test_an_offer_is_logged_once_with_what_it_was_made_from(
    store: Store, suggester: Suggester, answer: Callable[..., None]
) -> None:
    answer("anna")
    with store.begin() as tx:
        first = suggester.offer(tx, "anna")
        again = suggester.offer(tx, "anna")
        assert tx.suggestions.count() == len(first.suggestions)
    assert said(again) == said(first)
    for suggestion, option in zip(first.suggestions, first.path["options"], strict=True):
        assert suggestion.skill_id == option["skill_id"]
        assert (
            suggestion.propensity
            == {one["skill_id"]: one["propensity"] for one in first.candidates}[option["skill_id"]]
        )
        assert suggestion.bundle_id is None
    offered = {candidate["skill_id"] for candidate in first.candidates if candidate["offered"]}
    assert offered == {suggestion.skill_id for suggestion in first.suggestions}
    assert len(first.candidates) > len(offered)


def test_scores_may_drift_from_day_to_day_without_a_new_offer(
    store: Store, suggester: Suggester, answer: Callable[..., None], time: Clock
) -> None:
    answer("anna")
    with store.begin() as tx:
        first = suggester.offer(tx, "anna")
        time.now += DAY
        path, _ = suggester.preview(tx, "anna")
        assert said(suggester.offer(tx, "anna")) == said(first)
    assert [step.skill_id for step in path.options] == [one.skill_id for one in first.suggestions]


def test_new_answers_make_a_new_offer(store: Store, suggester: Suggester, answer: Callable[..., None]) -> None:
    answer("anna")
    with store.begin() as tx:
        first = suggester.offer(tx, "anna")
    answer("anna", (first.suggestions[0].skill_id,), times=12)
    with store.begin() as tx:
        second = suggester.offer(tx, "anna")
        assert tx.suggestions.latest("anna") == second
    assert second.offered_at > first.offered_at
    assert first.suggestions[0].skill_id not in [one.skill_id for one in second.suggestions]


def test_another_policy_makes_a_new_offer(
    store: Store, suggester: Suggester, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer("anna")
    with store.begin() as tx:
        first = suggester.offer(tx, "anna")
        monkeypatch.setattr("polku.paths.suggester.policy_hash", lambda _: "another")
        assert suggester.offer(tx, "anna").suggestions[0].policy_hash == "another" != first.suggestions[0].policy_hash


def test_a_preview_offers_nothing(store: Store, suggester: Suggester, answer: Callable[..., None]) -> None:
    answer("anna")
    with store.begin() as tx:
        path, standing = suggester.preview(tx, "anna", steps=2, grade=9)
        assert tx.suggestions.count() == 0
    assert len(path.path) <= 2
    assert (standing.learner.grade, standing.profile.answers) == (7, 12)


def test_a_grade_asked_for_takes_the_rosters_place(store: Store, suggester: Suggester) -> None:
    curriculum = suggester._built_in.lens.curriculum
    with store.begin() as tx:
        path, _ = suggester.preview(tx, "anna", grade=2)
    lifting = [curriculum.skills[step.skill_id].grade for step in path.options if step.grade_level]
    assert min(grade for grade in lifting if grade is not None) <= 3


def test_what_was_put_aside_stays_away_and_comes_back_when_taken_back(
    store: Store, suggester: Suggester, answer: Callable[..., None]
) -> None:
    answer("anna")
    with store.begin() as tx:
        first = suggester.offer(tx, "anna")
        away = first.suggestions[0]
        tx.decisions.add(away.suggestion_id, "reject", "T1", "teacher")
        second = suggester.offer(tx, "anna")
        assert away.skill_id not in [step["skill_id"] for step in (*second.path["options"], *second.path["path"])]
        tx.decisions.add(away.suggestion_id, "accept", "T1", "teacher")
        assert [one.skill_id for one in suggester.offer(tx, "anna").suggestions] == [
            one.skill_id for one in first.suggestions
        ]


@pytest.mark.parametrize(("decision", "until"), [("reject", None), ("pause", 2**53)])
def test_what_was_put_aside_stays_away_under_the_name_that_replaced_it(
    store: Store, suggester: Suggester, answer: Callable[..., None], decision: str, until: int | None
) -> None:
    answer("anna")
    with store.begin() as tx:
        away = suggester.offer(tx, "anna").suggestions[0]
        old = {"rung": "prerequisite_rule", "options": [{"skill_id": "OLD", "kind": "continue"}], "path": []}
        said = {"candidates": [{"skill_id": "OLD"}], "scores": {"OLD": 0.5}, "propensity": {"OLD": 1.0}}
        (offered,) = tx.suggestions.offer("anna", path=old, policy_hash="p", bundle_id=None, **said)
        tx.decisions.add(offered, decision, "T1", "teacher", until=until)
        suggester._built_in = renamed(suggester._built_in, {"OLD": (away.skill_id,)})
        second = suggester.offer(tx, "anna")
    assert away.skill_id not in [step["skill_id"] for step in (*second.path["options"], *second.path["path"])]


def renamed(released: Released, replaced: dict[str, tuple[str, ...]]) -> Released:
    """Return the same with a curriculum that says what replaced what."""
    document = json.loads(released.lens.curriculum.to_json()) | {"replacedBy": replaced}
    curriculum = Curriculum.from_json(json.dumps(document))
    return replace(released, lens=replace(released.lens, curriculum=curriculum))


def test_one_learners_answers_never_move_anothers_path(
    store: Store, suggester: Suggester, answer: Callable[..., None]
) -> None:
    answer("anna")
    with store.begin() as tx:
        before = suggester.offer(tx, "anna")
    answer("bo", correct=0.0, times=9)
    with store.begin() as tx:
        suggester.offer(tx, "bo")
        assert said(suggester.offer(tx, "anna")) == said(before)


def test_order_numbers_need_no_clock(store: Store, suggester: Suggester) -> None:
    columns = {
        "response_id": [f"r{place}" for place in range(9)],
        "learner_id": ["bo"] * 9,
        "item_id": ["i"] * 9,
        "skill_ids": ["MA79.S2.01"] * 9,
        "answered_at": list(range(9)),
        "correct": [1.0] * 9,
    }
    with store.begin() as tx:
        tx.responses.add(Responses.from_columns(columns, clock=False))
        offer = suggester.offer(tx, "bo")
        assert said(suggester.offer(tx, "bo")) == said(offer)
    assert offer.path["rung"] == "prerequisite_rule"


@pytest.fixture
def step_back(store: Store, answer: Callable[..., None]) -> Callable[..., None]:
    """Return a function that offers somebody one step, which they take."""

    def take(skill: str, kind: str = "repair") -> None:
        path = {"rung": "prerequisite_rule", "options": [{"skill_id": skill, "kind": kind}], "path": []}
        with store.begin() as tx:
            tx.suggestions.offer(
                "anna", path=path, candidates=[], scores={}, propensity={}, policy_hash="", bundle_id=None
            )
        answer("anna", (skill,), correct=0.0)

    return take


def notes(suggester: Suggester, store: Store) -> set[str]:
    with store.begin() as tx:
        return {note.id for note in suggester.preview(tx, "anna")[0].notes}


def test_after_three_steps_back_in_a_row_the_path_asks_the_teacher(
    store: Store, suggester: Suggester, step_back: Callable[..., None]
) -> None:
    for skill in ("MA79.S1.01", "MA79.S1.02"):
        step_back(skill)
    assert "note.ask_teacher" not in notes(suggester, store)
    step_back("MA79.S1.03")
    with store.begin() as tx:
        offer = suggester.offer(tx, "anna")
        (logged,) = [one for one in tx.suggestions.logged() if one.offered_at == offer.offered_at]
        assert said(suggester.offer(tx, "anna")) == said(offer)
    assert logged.context["situation"]["wishes"]["repairs"] == 3
    assert "note.ask_teacher" in {note["id"] for note in offer.path["notes"]}
    assert offer.path["options"][0]["kind"] != "repair"
    step_back(offer.path["options"][0]["skill_id"], offer.path["options"][0]["kind"])
    assert "note.ask_teacher" not in notes(suggester, store)


def test_a_decided_syllabus_is_all_that_is_suggested_because_a_decision_exists(
    store: Store, suggester: Suggester, answer: Callable[..., None]
) -> None:
    answer("anna")
    curriculum, goals = suggester._built_in.lens.curriculum, ["MA79.S1.03"]
    own = {*goals, *curriculum.ancestors(goals[0])}

    def suggested(**said: object) -> set[str]:
        with store.begin() as tx:
            tx.path_settings.put("learner", "anna", said, by="T1", role="teacher")
            path, _ = suggester.preview(tx, "anna")
        return {step.skill_id for step in (*path.options, *path.path)}

    assert suggested(goals=goals, decision="12/2026") <= own
    assert not suggested(goals=goals) <= own
    assert not suggested(decision="12/2026") <= own


def test_a_horizon_is_asked_for_and_no_offer_has_one(
    store: Store, suggester: Suggester, answer: Callable[..., None]
) -> None:
    answer("anna", times=6)
    with store.begin() as tx:
        tx.path_settings.put("learner", "anna", {"goals": ["MA79.S2.01"]}, by="T1", role="teacher")
        with_one, _ = suggester.preview(tx, "anna", horizon=3)
        without, _ = suggester.preview(tx, "anna")
        suggester.offer(tx, "anna")
        (logged,) = tx.suggestions.logged()
    assert with_one.path[0].skill_id == "MA79.S2.01", "shown, and met again while there are steps left"
    assert without.path[0].skill_id != "MA79.S2.01"
    assert logged.context["situation"]["wishes"]["horizon"] is None


def test_a_class_keeps_together_by_its_setting_else_by_the_policy(store: Store, suggester: Suggester) -> None:
    with store.begin() as tx:
        assert suggester.cohesion(tx, "7A") is None
        tx.path_settings.put("provider", "testville", {"drift": 4}, by="T1", role="teacher")
        assert suggester.cohesion(tx, "7A") == 4
        tx.path_settings.put("group", "7A", {"drift": 0}, by="T1", role="teacher")
        assert suggester.cohesion(tx, "7A") == 0


def test_a_question_about_a_goal_that_is_no_skill(store: Store, suggester: Suggester) -> None:
    with store.read() as tx:
        assert suggester.question(tx, "anna", goal="MA79.S2.01").ask is not None
        with pytest.raises(NotFoundError, match="no such skill"):
            suggester.question(tx, "anna", goal="MA79.S2.1")


def test_a_class_is_offered_what_each_of_it_would_be(
    home: Home, store: Store, time: Clock, answer: Callable[..., None]
) -> None:
    answer("anna", correct=0.0)
    answer("bo", SKILLS[:2])
    with store.begin() as tx:
        together = Suggester(home, time).offers(
            tx, ["bo", "anna"], steps=4, asked_by=[{"viewer": "t", "role": "teacher"}] * 2
        )
        again = Suggester(home, time).offers(tx, ["anna", "bo"], steps=4)
        alone = [Suggester(home, time).offer(tx, one, steps=4) for one in ("bo", "anna")]
        kept = tx.suggestions.latest("anna")
    assert [one.learner_id for one in together] == ["bo", "anna"]
    assert [one.path for one in together] == [one.path for one in alone]
    assert [one.offered_at for one in reversed(again)] == [one.offered_at for one in alone], "nothing was new"
    assert kept is not None
    assert kept.context["asked_by"] == {"viewer": "t", "role": "teacher"}
    assert together[0].path != together[1].path


def test_nobody_is_offered_nothing(store: Store, suggester: Suggester) -> None:
    with store.begin() as tx:
        assert suggester.offers(tx, []) == []
        assert not tx.suggestions.count()


def test_one_of_a_class_whom_nobody_knows_is_named(store: Store, suggester: Suggester) -> None:
    with store.begin() as tx, pytest.raises(NotFoundError, match="no such learner") as caught:
        suggester.offers(tx, ["anna", "nobody"])
    assert caught.value.got == "nobody"
