"""Validates a candidate on a provider's own answers: every check, in the order they are declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from polku.errors import InputError
from polku.home import Home
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.schemas.validation import BACKGROUND, CHECKS, ValidationLimits
from polku.training.bundle import Bundle
from polku.training.data_problems import find_problems
from polku.training.specs import load_features
from polku.training.twins import near_twins, twin_groups
from polku.training.validation.groups import Labels, check_groups, groupings
from polku.training.validation.judge import not_answerable
from polku.training.validation.limits import limits_hash
from polku.training.validation.outoffold import check_out_of_fold
from polku.training.validation.predicted import Predicted
from polku.training.validation.refits import OnStep, Workshop, check_refits
from polku.training.validation.report import Check, Validation

UNASKED: Final = "no background was given"


@dataclass(frozen=True, eq=False)
class Given:
    """The provider's own data, and what training left of the candidate.

    Parameters
    ----------
    responses : Responses
        All responses of the provider now.
    predictions : DataFrame
        Out-of-fold predictions of the candidate: ``response_id, y_prob``.
    references : DataFrame
        Those of what stands beside it, from the same folds: ``response_id, difficulty, baseline``.
    known : mapping of str to (n,) array of str
        By what else answers are grouped: ``school``, ``teaching_group``, ``grade``; one label a response, empty where
        it is not known.
    refused : mapping of str to int
        Rows in quarantine, by reason.
    earlier : Earlier, optional
        Histories before corrections: what is fitted anew reads rows of before one from what was known then.
    """

    responses: Responses
    predictions: pd.DataFrame
    references: pd.DataFrame
    known: Mapping[str, Labels] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    earlier: Earlier | None = None


def validate(
    bundle: Bundle,
    home: Home,
    given: Given,
    limits: ValidationLimits,
    *,
    background: Check | None = None,
    on_step: OnStep | None = None,
) -> Validation:
    """Put every question to a candidate.

    Parameters
    ----------
    bundle : Bundle
        The candidate.
    home : Home
        Where its features are defined.
    given : Given
        What it is judged on.
    limits : ValidationLimits
        What is asked for.
    background : Check, optional
        What the audit says of calibration by background attribute: this room knows nothing of those.
    on_step : callable, optional
        Called with (done, total) fits.

    Returns
    -------
    Validation

    Raises
    ------
    InputError
        If the predictions are of other responses, or the home's features are no longer those of the candidate.
    """
    _refuse_other_features(bundle, home)
    responses = given.responses
    predicted = Predicted.of_frames(responses, given.predictions, given.references)
    pairs = near_twins(responses)
    labels = groupings(responses, bundle.curriculum, given.known)
    inside = pd.Index(predicted.responses.response_id).get_indexer(pd.Index(responses.response_id)) >= 0
    by_group, figures = check_groups(predicted, {name: label[inside] for name, label in labels.items()}, limits)
    together = twin_groups(responses, pairs)
    workshop = Workshop(bundle.model.spec, home, bundle.curriculum, responses, together, given.earlier)
    checks = [*check_out_of_fold(predicted, limits), *by_group, *check_refits(workshop, limits, on_step)]
    checks.append(background or not_answerable(BACKGROUND, limits.checks[BACKGROUND], UNASKED))
    return Validation(
        bundle_id=bundle.id,
        checks=tuple(sorted(checks, key=lambda check: CHECKS.index(check.name))),
        groups=tuple(figures),
        problems=tuple(find_problems(responses, bundle.curriculum, twins=pairs, refused=given.refused)),
        learners=len(responses.learners),
        responses=len(responses),
        hashes={"data": responses.hash, "limits": limits_hash(limits)},
        notes=_notes(len(responses), int(inside.sum()), len(given.predictions)),
    )


def _refuse_other_features(bundle: Bundle, home: Home) -> None:
    """Refuse to fit anew with other features than the candidate's: it would be another model."""
    if load_features(bundle.model.spec, home).hash != bundle.feature_set.hash:
        raise InputError(
            "the features of the home are no longer those of the candidate",
            got=f"bundle {bundle.id[:12]}",
            hint="polku train again",
        )


def _notes(stored: int, joined: int, predicted: int) -> tuple[str, ...]:
    new, gone = stored - joined, predicted - joined
    notes = [
        f"{new:,} responses arrived after training: only the checks that fit anew see them" if new else "",
        f"{gone:,} responses that training saw are no longer stored" if gone else "",
    ]
    return tuple(note for note in notes if note)
