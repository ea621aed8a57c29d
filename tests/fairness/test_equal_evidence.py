"""Grades at equal evidence: what is planted is found, and a true difference is not taken for one in grading."""

from __future__ import annotations

import numpy as np
import pytest

from polku.fairness.ability import Ability
from polku.fairness.equal_evidence import Graded
from polku.fairness.evidence_intervals import with_intervals

Floats = np.ndarray


def graded(  # noqa: PLR0913 - the ways in which worlds of grades differ
    seed: int,
    *,
    n: int = 600,
    lower: float = 0.0,
    harsh: float = 0.0,
    noise: float = 0.4,
    ceiling: float = 99.0,
    strata: int = 1,
    lenient: float = 0.0,
) -> Graded:
    """Return a third of the learners in group 1: `lower` by so much in truth, graded `harsh`er by so many points.

    Later strata hold more of group 1 and are graded `lenient`ly.
    """
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, strata, n)
    group = (rng.random(n) < (stratum + 1) / (strata + 2)).astype(np.int64)
    true = rng.normal(-lower * group, 1.0)
    grade = 7.5 + 1.2 * true - harsh * group + lenient * stratum + rng.normal(0, 0.5, n)
    names = np.arange(n).astype(object)
    evidence = Ability(names, true + rng.normal(0, noise, n), np.full(n, noise**2))
    return Graded(np.minimum(np.rint(grade), ceiling), evidence, group, stratum)


def once(world: Graded) -> Floats:
    return np.ones(len(world.grade))


def mean_gap(corrected: bool = True, **options: float) -> float:
    worlds = [graded(seed, **options) for seed in range(12)]  # type: ignore[arg-type]  # all options are numbers
    return float(np.mean([world.gaps(once(world), corrected=corrected)[1] for world in worlds]))


@pytest.mark.parametrize("lower", [0.0, 1.5])
@pytest.mark.parametrize("harsh", [0.0, 0.6])
def test_the_gap_is_what_was_planted_whatever_the_groups_know(lower: float, harsh: float) -> None:
    assert mean_gap(lower=lower, harsh=harsh, noise=0.6) == pytest.approx(-harsh, abs=0.1)


def test_evidence_taken_as_certain_makes_those_who_know_less_look_harshly_graded() -> None:
    assert mean_gap(lower=1.5, noise=0.8, corrected=False) < -0.4
    assert abs(mean_gap(lower=1.5, noise=0.8)) < 0.12


def test_a_scale_that_ends_bends_the_curve_and_not_the_gap() -> None:
    assert abs(mean_gap(lower=1.0, ceiling=8.0)) < 0.08


def test_strata_that_are_graded_otherwise_are_no_gap() -> None:
    world = graded(3, n=1500, strata=3, lenient=1.0)
    assert world.raw_gaps()[1] > 0.3
    assert abs(world.gaps(once(world))[1]) < 0.12


def test_of_two_groups_each_gap_is_the_others_turned_round() -> None:
    world = graded(1, harsh=0.5)
    gaps = world.gaps(once(world))
    assert gaps[0] == pytest.approx(-gaps[1])
    assert world.raw_gaps()[0] == pytest.approx(-world.raw_gaps()[1])


def test_counting_a_learner_twice_is_having_two_of_them() -> None:
    world = graded(2, n=200)
    weight = np.ones(200)
    weight[:50] = 2
    twice = np.concatenate([np.arange(200), np.arange(50)])
    evidence = Ability(twice.astype(object), world.evidence.value[twice], world.evidence.error[twice])
    doubled = Graded(world.grade[twice], evidence, world.group[twice], world.stratum[twice])
    object.__setattr__(doubled, "_knots", world._knots)
    assert world.gaps(weight) == pytest.approx(doubled.gaps(np.ones(250)), abs=0.02)


def test_groups_that_share_no_stratum_are_not_compared() -> None:
    world = graded(4)
    apart = Graded(world.grade, world.evidence, world.group, world.group)
    assert np.isnan(apart.gaps(once(world))).all()
    third = np.where(np.arange(600) < 200, 2, world.group)
    alone = Graded(world.grade, world.evidence, third, (third == 2).astype(np.int64))
    gaps = alone.gaps(once(world))
    assert np.isfinite(gaps[:2]).all()
    assert np.isnan(gaps[2])


def test_the_curve_from_evidence_to_grade_never_falls() -> None:
    world = graded(5, n=200)
    columns = world._rising(np.linspace(-4, 4, 100))
    assert (np.diff(columns, axis=0) >= -1e-12).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    both = np.ones(2, dtype=bool)
    hits = 0
    for seed in range(40):
        world = graded(seed, n=300, lower=0.8, harsh=0.5)
        found = with_intervals(world, np.arange(300), both, 60, np.random.default_rng(seed))
        hits += bool(found.low[1] <= -0.5 <= found.high[1])
    assert hits >= 33


def test_intervals_by_school_are_wider_where_schools_grade_in_their_own_way() -> None:
    rng = np.random.default_rng(1)
    world = graded(6, n=900)
    school = rng.integers(0, 30, 900)
    group = (school % 3 == 0).astype(np.int64)
    own = Graded(world.grade + rng.normal(0, 1, 30)[school], world.evidence, group, world.stratum)
    both = np.ones(2, dtype=bool)
    single = with_intervals(own, np.arange(900), both, 200, np.random.default_rng(2))
    whole = with_intervals(own, school, both, 200, np.random.default_rng(2))
    assert whole.error[1] > 2 * single.error[1]


def test_the_same_seed_gives_the_same_interval() -> None:
    world, both = graded(7, n=150), np.ones(2, dtype=bool)
    one, two = (with_intervals(world, np.arange(150), both, 30, np.random.default_rng(9)) for _ in range(2))
    assert one.low.tolist() == two.low.tolist()


def test_a_group_of_one_school_has_no_interval_and_does_not_widen_the_others() -> None:
    """Some samples of schools lack it: what a fit says of a group that is not there is nothing."""
    world, school = graded(8, n=900), np.arange(900) % 30
    spread = np.where(np.arange(900) // 30 % 2 == 0, 0, 1)
    apart = Graded(world.grade, world.evidence, np.where(school == 0, 2, spread), world.stratum)
    shown = np.ones(3, dtype=bool)
    found = with_intervals(apart, school, shown, 100, np.random.default_rng(3))
    assert np.isfinite(found.gap).all()
    assert np.isfinite(found.low).tolist() == np.isfinite(found.error).tolist() == [True, True, False]
    assert (found.error[:2] < 0.3).all()
