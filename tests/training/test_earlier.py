"""Rows of before a correction are read from what was known then; those after it, from what holds."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Responses
from polku.records.earlier import Earlier, Version
from polku.schemas.model import ModelSpec
from polku.training import FittedModel, cross_validate, load_spec, training_table
from polku.training.skill_rows import SkillRows
from polku.training.specs import load_features

CHANGED, KNOWN = 3, 15
"""Of the first learner: the answer that was corrected, and the answer before which that became known."""


@pytest.fixture(scope="module")
def corrected(responses: Responses) -> tuple[Responses, Responses, Earlier]:
    """Return answers as they were recorded, as they hold, and what was known before the correction."""
    correct = responses.correct.copy()
    correct[CHANGED] = 1.0 - correct[CHANGED]
    now = Responses.from_frame(responses.to_frame().assign(correct=correct), clock=False)
    first = now.learners[0]
    until = int(now.known_at[KNOWN])
    known = responses.of_learners([first]).rows(np.arange(KNOWN))
    made = Earlier.of([Version(first, until, known)])
    assert made is not None
    return responses, now, made


def test_between_answer_and_correction_the_old_value_is_seen(
    home: Home, curriculum: Curriculum, corrected: tuple[Responses, Responses, Earlier]
) -> None:
    recorded, now, earlier = corrected
    spec = load_spec(home, "baseline")
    old, new = (training_table(spec, home, one, curriculum, 0) for one in (recorded, now))
    then = training_table(spec, home, now, curriculum, 0, earlier=earlier)
    plain = [place for place, name in enumerate(new.feature_set.columns) if "difficulty" not in name]
    between, after = slice(CHANGED + 1, KNOWN), slice(KNOWN, 30)
    assert not np.array_equal(old.features[between, plain], new.features[between, plain], equal_nan=True)
    np.testing.assert_allclose(then.features[between][:, plain], old.features[between][:, plain], atol=0.1)
    assert np.array_equal(then.features[after], new.features[after], equal_nan=True)
    assert np.array_equal(then.features[30:], new.features[30:], equal_nan=True)
    assert np.array_equal(then.correct, new.correct)


def test_a_model_that_reads_skills_sees_the_old_value_too(
    small_mastery: ModelSpec, home: Home, curriculum: Curriculum, corrected: tuple[Responses, Responses, Earlier]
) -> None:
    _, now, earlier = corrected
    features = load_features(small_mastery, home)
    folds = (np.arange(len(now.learners)) % 4).astype(np.int32)
    new, then = (SkillRows.build(now, features, curriculum, folds, 0, one) for one in (None, earlier))
    differ = ~np.all((new.features == then.features) | (np.isnan(new.features) & np.isnan(then.features)), axis=1)
    assert differ.any()
    assert np.array_equal(new.answer, then.answer)
    assert (now.learner[new.answer[differ]] == 0).all()


def test_predictions_of_before_a_correction_go_by_what_was_known(
    mastery: FittedModel, curriculum: Curriculum, corrected: tuple[Responses, Responses, Earlier]
) -> None:
    recorded, now, earlier = corrected
    old, new = (mastery.predict_responses(one, curriculum) for one in (recorded, now))
    then = mastery.predict_responses(now, curriculum, earlier)
    assert np.array_equal(then[:KNOWN], old[:KNOWN])
    assert np.array_equal(then[KNOWN:], new[KNOWN:])
    assert not np.array_equal(old[:KNOWN], new[:KNOWN])


def test_folds_are_the_same_with_it(
    home: Home, curriculum: Curriculum, corrected: tuple[Responses, Responses, Earlier]
) -> None:
    _, now, earlier = corrected
    plain, then = (
        cross_validate(now, [load_spec(home, "baseline")], home, curriculum, k=2, earlier=one)
        for one in (None, earlier)
    )
    assert plain.folds.equals(then.folds)
    assert not np.array_equal(plain.predictions["baseline"], then.predictions["baseline"])
