"""A better answer never lowers what it should raise, anywhere later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polku.profiles import FeatureSet
from polku.records import Responses
from polku.testing.extractors import ROUNDING
from strategies import EVERYTHING, patient, responses, rows_of


def effects(features: FeatureSet) -> list[int | None]:
    return [feature.parameters.effect() for feature in features.features for _ in feature.columns]


@pytest.mark.parametrize("source", ["everything", "shipped"])
@patient
@given(data=responses(), draw=st.data())
def test_one_better_answer(shipped: FeatureSet, source: str, data: Responses, draw: st.DataObject) -> None:
    features = EVERYTHING if source == "everything" else shipped
    imperfect = np.flatnonzero(data.correct < 1.0)
    assume(len(imperfect))
    row = draw.draw(st.sampled_from(imperfect.tolist()))
    better = data.correct.copy()
    better[row] = 1.0
    before, after = rows_of(data, features), rows_of(replace(data, correct=better), features)
    assert (np.isnan(before) == np.isnan(after)).all()
    change = np.nan_to_num(after - before)
    for column, effect in enumerate(effects(features)):
        if effect is None:
            continue
        if effect == 0:
            assert not change[:, column].any(), features.columns[column]
        else:
            assert (change[:, column] * effect >= -ROUNDING).all(), features.columns[column]
    assert not change[data.learner != data.learner[row]].any()


def test_the_shipped_features_suit_a_monotone_model_but_for_the_context(shipped: FeatureSet) -> None:
    context = [feature for feature in shipped.features if feature.family == "context"]
    assert shipped.undirected == tuple(column for feature in context for column in feature.columns)
    for feature in (one for one in shipped.features if one not in context):
        effect = feature.parameters.effect()
        assert effect in {0, feature.definition.direction}, feature.definition.name
