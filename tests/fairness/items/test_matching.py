"""Learners of equal standing: within forms by score, across items by ability, the item itself included."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from polku.errors import InputError
from polku.fairness.items import Answers, mantel_haenszel, matching_of
from polku.fairness.items.ability import abilities, difficulties
from polku.fairness.items.matching import LEAST_OTHERS, MOST_STRATA, PER_STRATUM

MakeTest = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
Sparse = tuple[Answers, NDArray[np.bool_]]


def anchors(answers: Answers, *without: int) -> NDArray[np.bool_]:
    return ~np.isin(np.arange(len(answers.items)), without)


def test_a_test_is_matched_by_score_and_a_log_by_ability(make_test: MakeTest, sparse: Sparse) -> None:
    assert matching_of(Answers.from_matrix(make_test(1)[0])).name == "score"
    assert matching_of(sparse[0]).name == "ability"


def test_scores_are_refused_where_nobody_met_the_same(sparse: Sparse) -> None:
    with pytest.raises(InputError, match="nobody met the same items"):
        matching_of(sparse[0], "score")
    with pytest.raises(InputError, match="no such matching"):
        matching_of(sparse[0], "rest")


def test_the_score_counts_anchors_and_the_item_itself(make_test: MakeTest) -> None:
    test, _ = make_test(2, n=200, items=6)
    answers = Answers.from_matrix(test)
    found = matching_of(answers).of(0, anchors(answers, 0, 5))
    expected = test.set_index("learner_id")[[f"i{number:02d}" for number in range(5)]].sum(axis=1)
    learner = answers.learners[answers.learner[found.rows]]
    assert found.standing.tolist() == expected.loc[learner.tolist()].tolist()
    assert len(np.unique(found.stratum)) == expected.nunique()


def test_two_forms_do_not_share_a_stratum(make_test: MakeTest) -> None:
    test, _ = make_test(3, n=400, items=10)
    second = np.arange(400) >= 150
    test.loc[second, ["i08", "i09"]] = np.nan
    answers = Answers.from_matrix(test)
    found = matching_of(answers).of(0, anchors(answers))
    in_second = second[answers.learner[found.rows]]
    assert not set(found.stratum[in_second]) & set(found.stratum[~in_second])
    assert len(np.unique(found.standing)) > 11, "one scale over both forms"


def test_learners_of_no_form_are_left_out_of_score_matching(make_test: MakeTest) -> None:
    test, _ = make_test(4, n=300, items=8)
    test.loc[:5, "i07"] = np.nan
    answers = Answers.from_matrix(test)
    assert len(matching_of(answers).of(0, anchors(answers)).rows) == 294


def test_strata_of_ability_are_even_and_bounded(sparse: Sparse) -> None:
    answers, _ = sparse
    found = matching_of(answers).of(3, anchors(answers))
    sizes = np.bincount(found.stratum)
    assert len(sizes) == min(MOST_STRATA, len(found.rows) // PER_STRATUM)
    assert sizes.max() < 2 * sizes.min()


def test_a_standing_rests_on_answers_to_other_items(sparse: Sparse) -> None:
    answers, _ = sparse
    few = np.arange(len(answers.items)) < LEAST_OTHERS - 1
    assert not len(matching_of(answers).of(20, few).rows)


def test_the_item_is_in_its_own_ability_whether_anchor_or_not(sparse: Sparse) -> None:
    answers, _ = sparse
    matching = matching_of(answers)
    inside, outside = matching.of(7, anchors(answers)), matching.of(7, anchors(answers, 7))
    assert inside.standing == pytest.approx(outside.standing, abs=0.01)


def test_groups_of_unequal_ability_show_no_dif_where_there_is_none(sparse: Sparse) -> None:
    """What leaves the item out of its own matching variable flags nearly everything here (Holland & Thayer 1988)."""
    answers, girl = sparse
    matching, d_dif, unmatched = matching_of(answers), [], []
    for item in range(len(answers.items)):
        found = matching.of(item, anchors(answers))
        right, member = answers.right[found.rows], girl[answers.learner[found.rows]]
        d_dif.append(mantel_haenszel(found.stratum, right, member).d_dif)
        unmatched.append(mantel_haenszel(np.zeros_like(found.stratum), right, member).d_dif)
    assert np.mean(unmatched) < -1.5, "the groups are far apart"
    assert abs(np.mean(d_dif)) < 0.1


def test_difficulties_are_found_up_to_their_stretch(make_test: MakeTest) -> None:
    answers = Answers.from_matrix(make_test(6, n=2000)[0])
    found = difficulties(answers)
    assert found == pytest.approx(np.linspace(-1.2, 1.2, 20) * 20 / 19, abs=0.15)


def test_an_ability_solves_warms_equation() -> None:
    hard, right = np.array([-1.0, 0.0, 0.5, 2.0]), np.array([1.0, 1, 0, 1])
    able = abilities(np.zeros(4, dtype=np.int64), right, hard, np.zeros(1), steps=30)[0]
    chance = expit(able - hard)
    spread = chance * (1 - chance)
    assert (right - chance).sum() + (spread * (1 - 2 * chance)).sum() / (2 * spread.sum()) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("how", ["score", "ability"])
def test_reliability_is_the_share_of_standing_that_a_like_test_would_repeat(make_test: MakeTest, how: str) -> None:
    """Two halves of a test are like tests: their correlation, stepped up to full length, is the reliability."""
    test, _ = make_test(9, n=3000, items=30)
    answers = Answers.from_matrix(test)
    whole = matching_of(answers, how).of(0, np.ones(30, dtype=np.bool_)).reliability
    right = answers.right[np.argsort(answers.learner * 30 + answers.item)].reshape(-1, 30)
    half = np.corrcoef(right[:, ::2].sum(axis=1), right[:, 1::2].sum(axis=1))[0, 1]
    assert whole == pytest.approx(2 * half / (1 + half), abs=0.04)


def test_few_anchors_say_nothing_of_reliability(make_test: MakeTest) -> None:
    test, _ = make_test(9, n=200, items=4)
    matching = matching_of(Answers.from_matrix(test), "score")
    assert matching.of(0, np.ones(4, dtype=np.bool_)).reliability == 1.0
