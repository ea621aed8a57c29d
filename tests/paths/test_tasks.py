"""Choosing tasks: as hard as helps, unmet first, and no vendor before another."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from polku.paths.tasks import FITS, Task, choose, expected_success

DRAWS = 2000
LEVELS = st.one_of(st.none(), st.floats(-3.0, 3.0))
CATALOGUES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["", "fi", "sv"]), LEVELS), min_size=1, max_size=25
).map(lambda rows: [Task(row[0], f"t{place}", row[1], row[2]) for place, row in enumerate(rows)])
MASTERY = st.floats(0.0, 1.0)


def first(tasks: list[Task], seed: str = "s", **more: object) -> list[str]:
    asked = {"mastery": 0.5, "aim": 0.6, "seed": seed} | more
    return [one.task.item_id for one in choose(tasks, **asked)]  # type: ignore[arg-type]  # given by name in each test


@given(CATALOGUES, MASTERY, st.permutations("abc"))
def test_other_names_of_vendors_change_nothing_but_names(
    tasks: list[Task], mastery: float, names: tuple[str, ...]
) -> None:
    renamed = dict(zip("abc", names, strict=True))
    others = [Task(renamed[one.vendor], one.item_id, one.language, one.difficulty) for one in tasks]
    before = choose(tasks, mastery=mastery, aim=0.6, seed="s", many=5)
    after = choose(others, mastery=mastery, aim=0.6, seed="s", many=5)
    assert [one.task.item_id for one in before] == [one.task.item_id for one in after]
    assert [{renamed[name]: count for name, count in one.had.items()} for one in before] == [one.had for one in after]


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
    unmet = [abs(one.expected - 0.6) for one in chosen if not one.met]
    assert not unmet or unmet[0] <= min(unmet) + FITS


def test_each_vendor_is_shown_in_proportion_to_what_it_has() -> None:
    tasks = [Task("large", f"l{place}") for place in range(12)] + [Task("small", f"s{place}") for place in range(3)]
    shown = Counter(choose(tasks, mastery=0.5, aim=0.6, seed=f"learner {n}")[0].task.vendor for n in range(DRAWS))
    assert binomtest(shown["small"], DRAWS, 3 / 15).pvalue > 1e-4, shown
    of_items = Counter(first(tasks, seed=f"learner {n}")[0] for n in range(DRAWS))
    assert min(of_items.values()) > DRAWS / 15 / 2, "and each task of a vendor's as often as its others"


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
