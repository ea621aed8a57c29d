"""What a step rests on, in words: answers, how they went, when they came, how many tasks are still ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import Reason, SkillState, Texts, load_policy
from polku.paths.board import Board
from polku.paths.days import LOCALES, day_of, in_words, school_year
from polku.paths.evidence import FAR, evidence_of, tasks_to_show
from polku.paths.proposal import states_of
from polku.paths.standing import Standing
from polku.paths.terrain import Terrain
from polku.profiles import Evidence, FeatureSet, ItemStatistics, Profile, estimate
from polku.records import Responses

HOME = Home.find()
POLICY = load_policy(HOME.models)
TEXTS = Texts.load(HOME.serve / "text")
GRAPH = Curriculum.of_skills("ab")


def micros(*day: int) -> int:
    return int(datetime(*day, 12, tzinfo=UTC).timestamp()) * 1_000_000  # type: ignore[misc, arg-type] # year, month, day


NOW = micros(2026, 6, 5)


def board(states: Mapping[str, SkillState], now: int | None = NOW) -> Board:
    standing = Standing.of(Terrain.of(GRAPH), states, POLICY, None, now)
    return Board.of(standing, standing.terrain.mask(()), answers=20)


def said(state: SkillState, now: int | None = NOW) -> list[str]:
    """Return what is said in English of the skill at the first place."""
    return [TEXTS.say("en", one.id, one.values) for one in evidence_of(board({"a": state}, now), 0)]


# --- how they went


@pytest.mark.parametrize(
    ("right", "word"),
    [
        *((1.0, "all"), (0.99, "most"), (0.61, "most"), (0.6, "half")),
        *((0.4, "half"), (0.39, "some"), (0.01, "some"), (0.0, "none")),
    ],
)
def test_how_the_latest_answers_went_is_a_word(right: float, word: str) -> None:
    assert Reason(f"right.{word}") in evidence_of(board({"a": SkillState(0.5, 6, right=right)}), 0)


@pytest.mark.parametrize("state", [SkillState(0.5, 2, right=1.0), SkillState(0.5, 6), SkillState(0.5, 0)])
def test_of_too_few_answers_and_of_unknown_ones_it_is_not_said(state: SkillState) -> None:
    assert not [one for one in evidence_of(board({"a": state}), 0) if one.id.startswith("right.")]


def test_where_the_words_come_from_newer_answers_count_more() -> None:
    rows = {
        "response_id": [f"r{place}" for place in range(20)],
        "learner_id": ["anna"] * 20,
        "item_id": [f"i{place}" for place in range(20)],
        "skill_ids": [("a",)] * 20,
        "answered_at": list(range(20)),
        "correct": [0] * 10 + [1] * 10,
    }
    profile = Profile.empty(FeatureSet.load(HOME.features), ItemStatistics({}, {}, {}, overall=0.0), GRAPH)
    profile.fold(Responses.from_columns(rows))
    state = states_of(profile, GRAPH, None, None)["a"]
    assert state.right is not None
    assert 0.6 < state.right < 1.0
    assert "Most of the latest answers have been right." in said(state, None)


# --- when


def test_the_day_of_the_latest_answer_is_said() -> None:
    assert said(SkillState(0.5, 1, last_answered_at=micros(2026, 6, 3))) == [
        "We have only one answer about this skill so far.",
        "Latest answer: 3 June 2026.",
    ]


def test_of_an_earlier_school_year_it_is_said_that_things_may_be_different() -> None:
    assert said(SkillState(0.5, 3, last_answered_at=micros(2025, 5, 30)))[1:] == [
        "The latest answer is from an earlier school year: 30 May 2025. Things may be different now."
    ]


def test_without_a_clock_or_an_answer_no_day_is_said() -> None:
    assert said(SkillState(0.5, 3, last_answered_at=17), None) == [
        "The suggestion rests on 3 answers about this skill."
    ]
    assert said(SkillState(0.5, 0)) == ["There are no answers about this skill yet."]


def test_what_was_said_yesterday_still_holds_today() -> None:
    state = SkillState(0.5, 4, last_answered_at=micros(2026, 5, 3), right=0.5)
    assert said(state, NOW) == said(state, NOW + 86_400_000_000)


@pytest.mark.parametrize(
    ("day", "begun"), [(date(2025, 8, 1), 2025), (date(2026, 7, 31), 2025), (date(2026, 1, 1), 2025)]
)
def test_a_school_year_begins_in_august(day: date, begun: int) -> None:
    assert school_year(day) == begun


def test_days_are_written_in_every_language() -> None:
    assert tuple(LOCALES) == TEXTS.languages
    assert day_of(micros(1969, 12, 31)) == date(1969, 12, 31)
    for month in range(1, 13):
        words = in_words(date(2026, month, 2))
        assert len(set(words.values())) == 3
        assert all("2026" in text for text in words.values())


# --- how far


@pytest.mark.parametrize(
    ("state", "tasks"),
    [
        (SkillState(0.5, 0), 3),  # as many as the policy asks of a skill
        (SkillState(0.65, 2), 1),
        (SkillState(0.65, 9), 3),
        (SkillState(0.3, 3), 10),  # ten, and no further
        (SkillState(0.0, 30), FAR),
        (SkillState(0.9, 5), 3),  # shown already: as many as first asked
    ],
)
def test_about_how_many_tasks_there_are(state: SkillState, tasks: int) -> None:
    assert tasks_to_show(board({"a": state}), 0) == tasks


def test_without_an_estimate_it_is_what_the_policy_asks() -> None:
    assert tasks_to_show(board({}), 0) == POLICY.evidence.skill_answers


@pytest.mark.parametrize("answers", range(3, 10))
def test_so_many_right_answers_do_show_the_skill_and_one_fewer_do_not(answers: int) -> None:
    known = Evidence(answers, recent_success=answers / 2, weight=float(answers))
    p, sd = estimate(known)
    tasks = tasks_to_show(board({"a": SkillState(p, answers, sd)}), 0)
    estimates = [
        estimate(Evidence(answers + right, answers / 2 + right, float(answers + right)))[0] + 1e-9
        for right in (tasks - 1, tasks)
    ]
    assert [found >= POLICY.evidence.shown_at for found in estimates] == [False, tasks < FAR]
