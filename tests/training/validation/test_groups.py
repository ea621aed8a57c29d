"""By what answers are grouped, and how a grouping is judged by its groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.schemas.validation import BY_GROUP, ValidationLimits
from polku.training.validation.groups import check_groups, groupings
from polku.training.validation.report import Check, GroupFigures

MakeWorld = Callable[..., Any]
PLAIN = Curriculum.of_skills(["s0"])


def judged(world: Any, labels: dict[str, Any], limits: ValidationLimits) -> tuple[dict[str, Check], list[GroupFigures]]:
    checks, figures = check_groups(world.predicted(), labels, limits)
    assert tuple(check.name for check in checks) == BY_GROUP
    return {check.name: check for check in checks}, figures


def test_answers_so_far_are_counted_by_learner(make_world: MakeWorld) -> None:
    responses = make_world(2, 120).responses
    labels = groupings(responses, PLAIN, {})["evidence"]
    counts = dict(zip(*np.unique(labels[:120].astype(str), return_counts=True), strict=True))
    assert counts == {
        "no answer yet": 1,
        "1 to 4 answers": 4,
        "5 to 19 answers": 15,
        "20 to 99 answers": 80,
        "100 answers or more": 20,
    }
    assert labels[0] == labels[120] == "no answer yet"


def test_months_are_counted_back_from_the_end(make_world: MakeWorld) -> None:
    responses = make_world(60).responses
    labels = groupings(responses, PLAIN, {})["month"]
    assert labels[np.argmax(responses.known_at)] == "0 to 30 days before the end"
    assert labels[np.argmin(responses.known_at)] == "90 to 120 days before the end"
    assert "month" not in groupings(make_world(4, clock=False).responses, PLAIN, {})


def test_skills_are_grouped_by_how_often_they_occur() -> None:
    skills = [name for name, count in zip("abcde", (1, 2, 3, 4, 5), strict=True) for _ in range(count)]
    columns = {
        "response_id": [str(n) for n in range(15)],
        "learner_id": ["x"] * 15,
        "item_id": skills,
        "skill_ids": skills,
        "answered_at": range(15),
        "correct": [1.0] * 15,
    }
    responses = Responses.from_columns(columns, clock=False)
    labels = groupings(responses, PLAIN, {})["frequency"]
    assert dict(zip(skills, labels, strict=False))["a"] == "rarest fifth"
    assert dict(zip(skills, labels, strict=False))["e"] == "most frequent fifth"


def test_areas_come_from_the_curriculum(home: Any, make_world: MakeWorld) -> None:
    curriculum = Curriculum.load(home.curriculum_path("fi-mathematics"))
    known = next(skill for skill in curriculum.skills.values() if skill.area)
    world = make_world(2, 4, skill_ids=[known.id, "elsewhere"] * 4)
    assert groupings(world.responses, curriculum, {})["area"].tolist() == [known.area, ""] * 4


def test_what_is_not_known_is_not_answerable(make_world: MakeWorld, limits: ValidationLimits) -> None:
    world = make_world(60)
    checks, _ = judged(world, {"school": np.full(len(world.responses), "", object)}, limits)
    assert checks["school"].reason == "no answer names a school"
    assert all(check.finding == "not_answerable" for check in checks.values())


def test_a_school_of_its_own_calibration_is_named(make_world: MakeWorld, limits: ValidationLimits) -> None:
    world = make_world()
    wrong = np.where(world.school == "school 2", expit(logit(world.truth) - 1.0), world.truth)
    checks, figures = check_groups(world.predicted(wrong), {"school": world.school}, limits)
    school = next(check for check in checks if check.name == "school")
    assert school.finding == "concern"
    assert school.reason.startswith("school 2; 2 of 3 groups pass, 0 lack evidence")
    assert school.value is not None
    assert school.value > 0.1, "the level furthest off is shown"
    assert {one.group: one.finding for one in figures} == {
        "school 0": "pass",
        "school 1": "pass",
        "school 2": "concern",
    }


def test_small_groups_are_no_pass_and_no_concern(make_world: MakeWorld, limits: ValidationLimits) -> None:
    world = make_world(60)
    classes = np.array([f"class {one // 6}" for one in world.responses.learner], dtype=object)
    checks, figures = judged(world, {"teaching_group": classes}, limits)
    assert checks["teaching_group"].finding == "not_enough_evidence"
    assert checks["teaching_group"].reason == "0 of 10 groups pass, 10 lack evidence"
    assert figures == []


@pytest.mark.parametrize(("share", "finding"), [(0.05, "pass"), (0.2, "not_enough_evidence")])
def test_a_pass_needs_groups_of_nearly_all_answers(
    make_world: MakeWorld, limits: ValidationLimits, share: float, finding: str
) -> None:
    world = make_world(120)
    small = world.responses.learner < share * 120
    checks, _ = judged(world, {"school": np.where(small, "a small one", "the large one").astype(object)}, limits)
    assert checks["school"].finding == finding


def test_looking_at_many_groups_raises_no_more_false_alarms(make_world: MakeWorld, limits: ValidationLimits) -> None:
    """Calibrated answers in 20 classes: some class stands out at one time in twenty, not at nearly every time.

    Where no distance at all is allowed, so that every interval that misses the truth is an alarm.
    """
    strict = limits.checks["school"].model_copy(update={"limit": 0.0, "slope_limit": 1e-9})
    asked = limits.model_copy(update={"checks": limits.checks | {"school": strict}})
    alarms = 0
    for seed in range(60):
        world = make_world(600, 10, seed=seed)
        classes = np.array([f"class {one % 20:02d}" for one in world.responses.learner], dtype=object)
        checks, figures = judged(world, {"school": classes}, asked)
        assert len(figures) == 20
        alarms += checks["school"].finding == "concern"
    assert alarms <= 9
