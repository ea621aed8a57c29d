"""Questions that the out-of-fold predictions answer: against the references, calibration, the first answers."""

from __future__ import annotations

import numpy as np

from polku.schemas.validation import ValidationLimits
from polku.training.measures import FIRST
from polku.training.validation.estimate import calibration_error, mean, slope
from polku.training.validation.judge import Basis, judged
from polku.training.validation.predicted import Predicted
from polku.training.validation.report import Check


def check_out_of_fold(predicted: Predicted, limits: ValidationLimits) -> list[Check]:
    """Judge the predictions of learners that the model had not seen.

    Parameters
    ----------
    predicted : Predicted
        Out-of-fold predictions, those of the references ``baseline`` and ``difficulty`` beside them.
    limits : ValidationLimits
        What is asked for.

    Returns
    -------
    list of Check
        ``baseline, difficulty, ece, level, slope, first_answer, first_five``.
    """
    order = np.arange(len(predicted.responses)) - predicted.responses.learner_start[predicted.responses.learner]
    return [
        against(predicted, "baseline", "baseline", limits),
        against(predicted, "difficulty", "difficulty", limits),
        calibrated(predicted, "ece", limits),
        *_calibration_line(predicted, limits),
        against(predicted.rows(order == 0), "first_answer", "difficulty", limits),
        against(predicted.rows(order < FIRST), "first_five", "difficulty", limits),
    ]


def against(predicted: Predicted, name: str, reference: str, limits: ValidationLimits) -> Check:
    """Judge by how many nats the model is worse than a reference: the paired difference, by learner."""
    responses, needed = predicted.responses, limits.evidence
    basis = Basis.of(responses.correct, responses.learner)
    found = mean(predicted.excess_loss(reference), responses.learner, needed.confidence)
    return judged(name, limits.checks[name], needed, basis, found)


def calibrated(predicted: Predicted, name: str, limits: ValidationLimits) -> Check:
    """Judge the expected calibration error."""
    responses, needed = predicted.responses, limits.evidence
    found = calibration_error(responses.correct, predicted.model, responses.learner, needed.confidence)
    return judged(name, limits.checks[name], needed, Basis.of(responses.correct, responses.learner), found)


def _calibration_line(predicted: Predicted, limits: ValidationLimits) -> list[Check]:
    """Judge calibration in the large, and the slope."""
    responses, needed = predicted.responses, limits.evidence
    basis = Basis.of(responses.correct, responses.learner)
    level = mean(responses.correct - predicted.model, responses.learner, needed.confidence)
    steep = slope(responses.correct, predicted.model, responses.learner, needed.confidence)
    return [
        judged("level", limits.checks["level"], needed, basis, level, centre=0.0),
        judged("slope", limits.checks["slope"], needed, basis, steep, centre=1.0),
    ]
