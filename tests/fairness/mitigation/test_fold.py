"""A fold without some items: rows, twins and groups stay with their learners."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from polku.fairness.mitigation import Fold
from polku.fairness.mitigation.methods import constrained
from polku.records import Responses

from .conftest import BENT


def test_answers_to_left_out_items_are_gone_from_both_sides(fold: Fold) -> None:
    left, kept = fold.without(frozenset({BENT}))
    assert BENT not in set(left.train.items.tolist()) | set(left.test.items.tolist())
    assert len(left.test) == kept.sum() == len(fold.test) - len(fold.test.learners), "everybody met it once"
    assert left.train.learners.tolist() == fold.train.learners.tolist()
    assert left.setting == fold.setting


def test_nothing_left_out_is_the_fold_as_it_is(fold: Fold) -> None:
    left, kept = fold.without(frozenset())
    assert kept.all()
    assert (left.train.hash, left.test.hash) == (fold.train.hash, fold.test.hash)


def test_groups_and_twins_follow_learners_who_remain(fold: Fold) -> None:
    """A learner who answered nothing else leaves the fold; the others keep their groups and their twins."""
    train = fold.train
    first = train.learners[0]
    only = (train.learners[train.learner] != first) | (train.items[train.item] == BENT)
    twins = np.arange(len(train.learners), dtype=np.int32) // 2
    short = replace(fold, train=train.rows(only), twins=twins)
    left, _ = short.without(frozenset({BENT}))
    assert left.train.learners.tolist() == train.learners[1:].tolist()
    for name, values in fold.labels.items():
        assert left.labels[name].tolist() == values[1:].tolist()
    assert left.twins.max() + 1 == len(np.unique(left.twins)), "numbers have no gaps"
    assert len(np.unique(left.twins)) == len(np.unique(twins[1:]))


def test_features_are_of_the_learners_to_predict_and_hold_no_group(
    fold: Fold, tables: tuple[Responses, pd.DataFrame]
) -> None:
    assert fold.rows.shape == (len(fold.test), len(fold.table.feature_set.columns))
    assert not set(fold.table.feature_set.columns) & set(tables[1].columns)
    turned = replace(fold, labels={name: values[::-1].copy() for name, values in fold.labels.items()})
    assert np.array_equal(turned.rows, fold.rows, equal_nan=True)
    assert np.array_equal(turned.plain.predict(turned.rows), fold.plain.predict(fold.rows))


@pytest.mark.parametrize("on", [True, False])
def test_constraints_and_their_directions_go_together(fold: Fold, *, on: bool) -> None:
    changed = constrained(fold.setting.spec, on=on)
    assert changed.monotone == on
    assert bool(changed.directions) == on
