"""Choosing tasks: as hard as helps, unmet first, and no vendor before another."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from polku.paths.tasks import NEGLIGIBLE, Choice, Task, choose, expected_success

DRAWS = 2000
LEVELS = st.one_of(st.none(), st.floats(-3.0, 3.0))
CATALOGUES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["", "fi", "sv"]), LEVELS), min_size=1, max_size=25
).map(lambda rows: [Task(row[0], f"t{place}", row[1], row[2]) for place, row in enumerate(rows)])
MASTERY = st.floats(0.0, 1.0)


def first(tasks: list[Task], seed: str = "s", **more: object) -> list[str]:
    asked = {"mastery": 0.5, "aim": 0.6, "seed": seed} | more
    return [one.task.item_id for one in choose(tasks, **asked)]  # type: ignore[arg-type]  # given by name in each test


def log_odds(share: float) -> float:
    known = min(max(share, 0.01), 0.99)
    return math.log(known / (1.0 - known))


@given(CATALOGUES, MASTERY, st.randoms(use_true_random=False))
def test_the_order_of_the_catalogue_changes_nothing(tasks: list[Task], mastery: float, chance: random.Random) -> None:
    shuffled = chance.sample(tasks, len(tasks))
    assert choose(tasks, mastery=mastery, aim=None, seed="s", many=3) == choose(
        shuffled, mastery=mastery, aim=None, seed="s", many=3
    )


@given(CATALOGUES, MASTERY, st.sets(st.integers(0, 24)))
def test_the_first_is_unmet_if_one_is_and_nothing_fits_much_better(
    tasks: list[Task], mastery: float, met: set[int]
) -> None:
    known = {f"t{place}" for place in met}
    chosen = choose(tasks, mastery=mastery, aim=0.6, seed="s", met=known, language="fi", many=30)
    fitting = [one for one in tasks if one.language in {"", "fi"}]
    assert Counter(one.task.item_id for one in chosen) == Counter(one.item_id for one in fitting)
    assert [one.met for one in chosen] == sorted(one.met for one in chosen), "what was met comes last"
    unmet = [abs(log_odds(one.expected) - log_odds(0.6)) for one in chosen if not one.met]
    assert not unmet or unmet[0] <= min(unmet) + NEGLIGIBLE + 1e-9


@given(CATALOGUES, MASTERY, st.sampled_from("abc"), st.integers(1, 40), st.text(max_size=4))
def test_copies_in_a_catalogue_take_a_place_from_nobody(
    tasks: list[Task], mastery: float, padding: str, copies: int, seed: str
) -> None:
    copied = [
        replace(one, item_id=f"{one.item_id}-{number}")
        for one in tasks
        if one.vendor == padding
        for number in range(copies)
    ]
    before, after = (choose(held, mastery=mastery, aim=0.6, seed=seed, many=300) for held in (tasks, [*tasks, *copied]))
    assert first_rounds(before) == first_rounds(after), "for this seed and so for every one: the chances are the same"


def first_rounds(chosen: list[Choice]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each vendor that is shown while everybody has a turn, with whom it was drawn from."""
    fits: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for one in chosen:
        step = str(int(abs(log_odds(one.expected) - log_odds(0.6)) / NEGLIGIBLE))
        shown = fits.setdefault(step, [])
        if one.task.vendor not in {vendor for vendor, _ in shown}:
            shown.append((one.task.vendor, tuple(sorted(one.had))))
    return [row for step in fits.values() for row in step]


@given(CATALOGUES, MASTERY, st.text(max_size=4))
def test_every_vendor_that_fits_has_one_lot_and_nobody_comes_twice_before_everybody_came(
    tasks: list[Task], mastery: float, seed: str
) -> None:
    chosen = choose(tasks, mastery=mastery, aim=0.6, seed=seed, many=30)
    assert all(set(one.had.values()) == {1} and one.task.vendor in one.had for one in chosen)
    for one, following in pairwise(chosen):
        if len(one.had) > 1:
            assert set(following.had) == set(one.had) - {one.task.vendor}


def test_the_first_place_is_drawn_evenly_between_vendors_and_then_between_tasks() -> None:
    tasks = [Task("large", f"l{place}") for place in range(12)] + [Task("small", f"s{place}") for place in range(3)]
    made = [choose(tasks, mastery=0.5, aim=0.6, seed=f"learner {n}")[0].task for n in range(DRAWS)]
    shown = Counter(one.vendor for one in made)
    assert binomtest(shown["small"], DRAWS, 1 / 2).pvalue > 1e-4, shown
    of_items = Counter(one.item_id for one in made)
    assert len(of_items) == 15
    assert min(of_items.values()) > DRAWS / 24 / 2, "each task of a vendor's as often as its others"


def test_what_makes_no_difference_fits_equally_well_and_a_just_right_difficulty_wins_nothing() -> None:
    tasks = [Task("just right", "r", difficulty=0.2), Task("near", "n", difficulty=-0.2)]
    shown = {first(tasks, seed=f"{n}", mastery=0.5, aim=0.5)[0] for n in range(30)}
    assert shown == {"r", "n"}


def test_a_task_that_fits_worse_is_not_drawn_however_many_there_are() -> None:
    tasks = [Task("many", f"m{place}", difficulty=3.0) for place in range(50)] + [Task("one", "fits", difficulty=0.0)]
    tasks += [Task("none", f"easy{place}", difficulty=-3.0) for place in range(50)]
    assert {first(tasks, seed=f"{n}")[0] for n in range(50)} == {"fits"}


def test_a_check_asks_for_the_typical_task_and_a_step_for_one_that_helps() -> None:
    tasks = [
        Task("v", "easy", difficulty=-1.4),
        Task("v", "typical", difficulty=0.0),
        Task("v", "hard", difficulty=1.4),
    ]
    assert first(tasks, mastery=0.85, aim=None) == ["typical"]
    assert first(tasks, mastery=0.85, aim=0.6) == ["hard"]
    assert first(tasks, mastery=0.3, aim=0.6) == ["easy"]


def test_only_tasks_in_the_language_and_those_without_words() -> None:
    tasks = [Task("v", "fi", "fi"), Task("v", "sv", "sv"), Task("v", "any")]
    assert sorted(first(tasks, language="sv", many=5)) == ["any", "sv"]
    assert first([Task("v", "fi", "fi")], language="en") == []
    assert first([]) == []


@pytest.mark.parametrize("mastery", [0.0, 1.0])
def test_success_is_never_expected_for_sure(mastery: float) -> None:
    assert 0.0 < expected_success(mastery, None, 0.0) < 1.0


@given(st.floats(0.05, 0.95), st.floats(-3, 3), st.floats(0.1, 3))
def test_a_harder_task_is_solved_less_often(mastery: float, difficulty: float, more: float) -> None:
    assert expected_success(mastery, difficulty + more, 0.0) < expected_success(mastery, difficulty, 0.0)
