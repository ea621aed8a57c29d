"""Use and coverage by month, on a curriculum of two objectives and answers whose months are known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Response, Responses
from polku.web.monthly import COLUMNS, STAGES, monthly, stage_of
from village import DAY, NOW, Village

ANNA, BO = "anna", "bo"
GRADES = {ANNA: 7, BO: 11}
MONTH = 30 * DAY
Table = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def curriculum(home: Home) -> Curriculum:
    return Curriculum.load(home.curriculum_path("fi-mathematics"))


@pytest.fixture(scope="module")
def skills(curriculum: Curriculum) -> list[str]:
    """Return a skill of each of two objectives of grades 7 to 9, and one of earlier grades."""
    own = [one for one in curriculum.skills.values() if one.band == "7-9"]
    first = own[0]
    second = next(one for one in own if not set(one.objectives) & set(first.objectives))
    earlier = next(one for one in curriculum.skills.values() if one.band == "3-6")
    return [first.id, second.id, earlier.id]


def answered(*given: tuple[str, str, int]) -> Responses:
    """Return one answer for each learner, skill and number of months ago."""
    return Responses.from_responses(
        Response(f"r{place}", learner, "i", (skill,), NOW - ago * MONTH, NOW, 1.0, True)
        for place, (learner, skill, ago) in enumerate(given)
    )


def rows(made: Responses, curriculum: Curriculum, offered: Iterable[tuple[str, int]] = (), most: int = 12) -> Table:
    """Return the table by learner and month."""
    table = monthly(made, offered, GRADES, curriculum, most)
    assert tuple(table.columns) == COLUMNS
    return {
        (one["learner_id"], one["about"]): {str(name): value for name, value in one.items()}
        for one in table.to_dict("records")
    }


def test_who_answered_in_which_month(curriculum: Curriculum, skills: list[str]) -> None:
    found = rows(answered((ANNA, skills[0], 1), (BO, skills[0], 0)), curriculum)
    assert {month for _, month in found} == {"2026-05", "2026-06"}
    assert [found[one, "2026-05"]["answered"] for one in (ANNA, BO)] == [1, 0]
    assert [found[one, "2026-06"]["answered"] for one in (ANNA, BO)] == [0, 1]


def test_what_answers_cover_only_grows_and_counts_an_objective_once(curriculum: Curriculum, skills: list[str]) -> None:
    first, second, _ = skills
    found = rows(answered((ANNA, first, 2), (ANNA, first, 1), (ANNA, second, 0)), curriculum)
    covered = [found[ANNA, month]["covered"] for month in ("2026-04", "2026-05", "2026-06")]
    assert 0 < covered[0] == covered[1] < covered[2] < 1


def test_objectives_of_other_stages_count_for_nothing(curriculum: Curriculum, skills: list[str]) -> None:
    found = rows(answered((ANNA, skills[2], 0)), curriculum)
    assert found[ANNA, "2026-06"]["covered"] == 0
    assert found[ANNA, "2026-06"]["answered"] == 1


def test_where_modules_are_chosen_nothing_is_covered_or_left(curriculum: Curriculum, skills: list[str]) -> None:
    found = rows(answered((BO, skills[0], 0)), curriculum)
    assert math.isnan(found[BO, "2026-06"]["covered"])


def test_a_month_of_offers_alone_is_a_month(curriculum: Curriculum, skills: list[str]) -> None:
    found = rows(answered((ANNA, skills[0], 2)), curriculum, [(ANNA, NOW), (ANNA, NOW - DAY), ("stranger", NOW)])
    assert found[ANNA, "2026-06"]["offered"] == 1
    assert found[BO, "2026-06"]["offered"] == 0
    assert found[ANNA, "2026-06"]["answered"] == 0
    assert {learner for learner, _ in found} == {ANNA, BO}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_last_months_are_kept_and_earlier_answers_still_cover(
    curriculum: Curriculum, skills: list[str], most: int
) -> None:
    made = answered((ANNA, skills[0], 2), (ANNA, skills[0], 1), (ANNA, skills[0], 0))
    found = rows(made, curriculum, most=most)
    assert len({month for _, month in found}) == most
    assert found[ANNA, "2026-06"]["covered"] > 0


def test_answers_of_others_are_nobodys(curriculum: Curriculum, skills: list[str]) -> None:
    found = rows(answered(("stranger", skills[0], 0), (ANNA, skills[0], 1)), curriculum)
    assert found[ANNA, "2026-06"]["answered"] == 0
    assert "stranger" not in {learner for learner, _ in found}


@pytest.mark.parametrize("grade", range(1, 13))
def test_every_grade_has_a_stage(grade: int) -> None:
    assert grade in STAGES[stage_of(grade)]


def test_the_store_tells_on_which_days_something_was_offered(village: Village) -> None:
    held = village.app.state.service
    learners = ["L0001", "L0002"]
    with village.store.begin() as tx:
        for one in (*learners, learners[0]):
            held.suggester.offer(tx, one)
    with village.store.read() as tx:
        found = tx.figures.offered_on()
    today = NOW - NOW % DAY
    assert found == [(one, today) for one in learners]
