"""Items with DIF leave the matching variable, and clean items stop looking as if they had some."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from polku.fairness.items import Answers, compare_items, matching_of
from polku.fairness.items.purify import KEPT, ROUNDS, Purified
from polku.schemas.slices import Inference

MakeTest = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
LIMITS = Inference()


def compared(
    test: pd.DataFrame, background: pd.DataFrame, *, purify: bool = True, out: tuple[int, ...] = ()
) -> Purified:
    answers = Answers.from_matrix(test)
    kept_out = np.isin(np.arange(len(answers.items)), out)
    girls = (background["gender"] == "girl").to_numpy()
    return compare_items(answers, matching_of(answers), girls, LIMITS, out=kept_out, purify=purify)


def d_dif(found: Purified) -> list[float]:
    return [one.uniform.d_dif for one in found.items if one.uniform is not None]


@pytest.fixture(scope="module")
def bent(make_test: MakeTest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a test in which a quarter of the items is harder for girls."""
    return make_test(21, n=1600, planted=5, shift=1.2)


def test_clean_items_look_clean_once_bent_ones_have_left(bent: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    plain, purified = (np.mean(d_dif(compared(*bent, purify=purify))[5:]) for purify in (False, True))
    assert plain > 0.5, "what five items take from girls, the score gives them on the others"
    assert abs(purified) < 0.2
    found = compared(*bent)
    assert found.settled
    assert 1 < found.rounds < ROUNDS
    assert found.anchors <= 15
    assert np.mean(d_dif(found)[:5]) < np.mean(d_dif(compared(*bent, purify=False))[:5]) < -1.5


def test_a_clean_test_keeps_nearly_all_its_anchors(make_test: MakeTest) -> None:
    found = compared(*make_test(22))
    assert found.settled
    assert found.anchors >= 16


def test_items_under_review_are_tested_but_never_anchors(bent: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = compared(*bent, purify=False, out=(0, 1, 2, 3, 4))
    assert found.anchors == 15
    assert abs(np.mean(d_dif(found)[5:])) < 0.2
    assert len(d_dif(found)) == 20


def test_half_the_items_stay_anchors_though_all_differ_and_that_is_said(make_test: MakeTest) -> None:
    found = compared(*make_test(23, n=1600, planted=20, shift=np.linspace(-2, 2, 20)))
    assert not found.settled
    assert found.anchors >= KEPT * 20


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        (lambda test: test.iloc[:190], "fewer than 100 learners"),
        (lambda test: test.assign(i00=(np.arange(len(test)) < 40).astype(int)), "fewer than 30 right answers"),
        (lambda test: test.assign(i00=(np.arange(len(test)) >= 40).astype(int)), "fewer than 30 wrong answers"),
    ],
)
def test_what_is_too_small_is_said(
    make_test: MakeTest, change: Callable[[pd.DataFrame], pd.DataFrame], lacking: str
) -> None:
    test, background = make_test(24, n=400, items=6)
    small = change(test)
    first = compared(small, background.iloc[: len(small)]).items[0]
    assert first.lacking.startswith(lacking)
    assert first.uniform is None
    assert first.p_least == 1
    assert first.n + first.rest == len(small)


def test_schools_count_from_twenty_on(make_test: MakeTest) -> None:
    test, background = make_test(25, n=800, items=8)
    designs = []
    for schools in (19, 40):
        taught = np.arange(800) // 2 % schools
        found = compared(test.assign(school_id=[f"s{number:02d}" for number in taught]), background)
        designs.append([one.uniform.design for one in found.items if one.uniform is not None])
    assert set(designs[0]) == {1.0}
    assert max(designs[1]) > 1
