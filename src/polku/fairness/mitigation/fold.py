"""One division of learners, and what all experiments on it share: rows, features, the model as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from polku.curriculum import Curriculum
from polku.fairness.arrays import Bools, Floats, Texts
from polku.home import Home
from polku.records import Responses
from polku.schemas.item_limits import ItemLimits
from polku.schemas.model import ModelSpec
from polku.schemas.slices import Slices
from polku.training import FittedModel, TrainingTable, fit_table, training_table


@dataclass(frozen=True, eq=False)
class Setting:
    """What is the same in every fold.

    Parameters
    ----------
    spec : ModelSpec
        The model as it is.
    home, curriculum
        Where its features are defined, and the skills.
    slices : Slices
        Attributes, and limits on small numbers.
    limits : ItemLimits
        How large a difference in an item is large.
    threshold : float
        Where error rates are taken.
    seed : int
        Of every fit.
    """

    spec: ModelSpec
    home: Home
    curriculum: Curriculum
    slices: Slices
    limits: ItemLimits
    threshold: float
    seed: int


@dataclass(frozen=True, eq=False)
class Fold:
    """Learners to fit on, with their groups, and others to predict, without.

    Parameters
    ----------
    setting : Setting
        The same in every fold.
    train, test : Responses
        Whole histories of disjoint learners.
    twins : ndarray of int32, shape (n_train_learners,)
        Training learners that stay together share a number.
    labels : mapping of str to ndarray of str, shape (n_train_learners,)
        Group of each training learner, by attribute. There are none of the learners to predict.
    """

    setting: Setting
    train: Responses
    test: Responses
    twins: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    labels: Mapping[str, Texts]

    @cached_property
    def table(self) -> TrainingTable:
        """Return the training rows."""
        one = self.setting
        return training_table(one.spec, one.home, self.train, one.curriculum, one.seed, groups=self.twins)

    @cached_property
    def plain(self) -> FittedModel:
        """Return the model as it is."""
        return fit_table(self.setting.spec, self.table, self.setting.seed)

    @cached_property
    def rows(self) -> Floats:
        """Return the features of every answer to predict, shape (n_test, n_columns)."""
        return self.plain.features_of(self.test, self.setting.curriculum)

    def without(self, items: frozenset[str]) -> tuple[Fold, Bools]:
        """Return the fold without the answers to some items, and which answers to predict are left."""
        left_out = sorted(items)
        train, test = (~np.isin(part.items.astype(str), left_out)[part.item] for part in (self.train, self.test))
        kept = self.train.rows(train)
        place = pd.Index(self.train.learners).get_indexer(pd.Index(kept.learners))
        twins = np.unique(self.twins[place], return_inverse=True)[1].astype(np.int32)
        labels = {name: values[place] for name, values in self.labels.items()}
        return replace(self, train=kept, test=self.test.rows(test), twins=twins, labels=labels), test
