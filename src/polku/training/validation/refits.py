"""Questions that need a model fitted without part of the data: items nobody had met, and days to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.schemas.model import ModelSpec
from polku.schemas.validation import ValidationLimits
from polku.training.difficulty import fit_item_statistics
from polku.training.fitting import fit_table
from polku.training.split import learner_folds
from polku.training.table import training_table
from polku.training.validation.estimate import dispersion
from polku.training.validation.groups import DAY
from polku.training.validation.judge import Basis, judged, not_answerable
from polku.training.validation.outoffold import against, calibrated
from polku.training.validation.predicted import Predicted
from polku.training.validation.report import Check

OnStep = Callable[[int, int], None]
FITS: Final = 3
"""Fits of :func:`check_refits`: two halves of the learners without some items, and all without the last days."""
_FEWEST_ITEMS: Final = 10
_PLENTY: Final = 50_000
"""Responses from which the items held back are judged on one half of the learners: it is evidence enough."""
_KNOWN: Final = 20
"""Answers from which an item counts as known before the newest days."""


class Known(NamedTuple):
    """What a refit is fitted on.

    Parameters
    ----------
    responses : Responses
        Histories.
    earlier : Earlier or None
        What was known before corrections in them.
    """

    responses: Responses
    earlier: Earlier | None = None


@dataclass(frozen=True, eq=False)
class Workshop:
    """What every refit shares.

    Parameters
    ----------
    spec : ModelSpec
        The model as it was fitted.
    home : Home
        Where its features are defined.
    curriculum : Curriculum
        Prerequisites and areas.
    responses : Responses
        Everything that was answered.
    together : int32[L]
        Learners that stay together share a number.
    earlier : Earlier, optional
        Histories before corrections: as in training, rows of before one are read from what was known then.
    """

    spec: ModelSpec
    home: Home
    curriculum: Curriculum
    responses: Responses
    together: NDArray[np.int32]
    earlier: Earlier | None = None

    def without(self, held: NDArray[np.bool_], learners: NDArray[np.bool_]) -> Known:
        """Return what some learners (a mask over rows) answered to items that are not held back (likewise)."""
        known = self.responses.rows(learners & ~held)
        if self.earlier is None:
            return Known(known)
        earlier = self.earlier.among(known.learners.tolist())
        if earlier is None:
            return Known(known)
        names = self.responses.items[np.unique(self.responses.item[held])]
        return Known(known, earlier.without_items(np.isin(earlier.responses.items, names)))

    def until(self, moment: int) -> Known:
        """Return what was known at a moment; nothing of it was corrected later."""
        if self.earlier is None:
            return Known(self.responses.rows(self.responses.known_at <= moment))
        known = self.earlier.as_of(self.responses, moment).of_learners(self.responses.learners.tolist())
        return Known(known, self.earlier.until(moment))

    def predict(self, given: Known, test: NDArray[np.bool_], judge: NDArray[np.bool_]) -> Predicted:
        """Fit on what is known, predict the rows of `judge` from the whole histories in `test`."""
        known, asked, seed = given.responses, self.responses.rows(test), self.spec.seed
        group_of = dict(zip(self.responses.learners.tolist(), self.together.tolist(), strict=True))
        groups = np.unique([group_of[one] for one in known.learners.tolist()], return_inverse=True)[1].astype(np.int32)
        rows = training_table(self.spec, self.home, known, self.curriculum, seed, groups=groups, earlier=given.earlier)
        probability = fit_table(self.spec, rows, seed).predict_responses(asked, self.curriculum, self.earlier)
        levels = fit_item_statistics(known, self.curriculum, of_average_learner=False)
        whole = Predicted(asked, probability, {"difficulty": expit(-levels.rows(asked))})
        return whole.rows(judge[test])


def check_refits(workshop: Workshop, limits: ValidationLimits, on_step: OnStep | None = None) -> list[Check]:
    """Judge unseen items and the newest days.

    Parameters
    ----------
    workshop : Workshop
        What is fitted anew.
    limits : ValidationLimits
        What is held back, and what is asked for.
    on_step : callable, optional
        Called with (done, total) fits.

    Returns
    -------
    list of Check
        ``unseen_items, unseen_items_ece, newest_month, newest_month_ece, newest_month_items``.
    """
    steps = _Steps(on_step)
    return [*_unseen_items(workshop, limits, steps), *_newest(workshop, limits, steps)]


class _Steps:
    """Counts fits for a progress bar."""

    def __init__(self, on_step: OnStep | None) -> None:
        self.done = 0
        self.on_step = on_step

    def __call__(self, count: int = 1) -> None:
        self.done += count
        if self.on_step is not None:
            self.on_step(self.done, FITS)


def _unseen_items(workshop: Workshop, limits: ValidationLimits, steps: _Steps) -> list[Check]:
    """Judge answers to items that no learner of the training half answered, nor anybody else in training."""
    names, responses, spec = ("unseen_items", "unseen_items_ece"), workshop.responses, workshop.spec
    if len(responses.items) < _FEWEST_ITEMS or len(np.unique(workshop.together)) < 4:
        steps(2)
        reason = f"{len(responses.items)} items and {len(responses.learners)} learners are too few to hold some back"
        return [not_answerable(name, limits.checks[name], reason) for name in names]
    rng = np.random.default_rng(spec.seed)
    held = (rng.permutation(len(responses.items)) < limits.refits.item_share * len(responses.items))[responses.item]
    half = learner_folds(responses, 2, spec.seed, groups=workshop.together)[responses.learner]
    parts = [workshop.predict(workshop.without(held, half != 0), half == 0, held)]
    steps()
    if len(responses) < _PLENTY:
        parts.append(workshop.predict(workshop.without(held, half != 1), half == 1, held))
    steps()
    found = _joined(parts)
    return [against(found, names[0], "difficulty", limits), calibrated(found, names[1], limits)]


def _newest(workshop: Workshop, limits: ValidationLimits, steps: _Steps) -> list[Check]:
    """Judge the newest days by a model fitted on everything known before them."""
    names, responses = ("newest_month", "newest_month_ece", "newest_month_items"), workshop.responses
    reason = _no_newest(responses, limits)
    if reason:
        steps()
        return [not_answerable(name, limits.checks[name], reason) for name in names]
    new = responses.known_at > _cut(responses, limits)
    found = workshop.predict(workshop.until(_cut(responses, limits)), np.ones(len(responses), np.bool_), new)
    steps()
    return [
        against(found, names[0], "difficulty", limits),
        calibrated(found, names[1], limits),
        _items(found, responses.rows(~new), limits),
    ]


def _cut(responses: Responses, limits: ValidationLimits) -> int:
    return int(responses.known_at.max()) - limits.refits.newest_days * DAY


def _no_newest(responses: Responses, limits: ValidationLimits) -> str:
    """Return why the newest days cannot be judged, in words; empty when they can."""
    if not responses.clock:
        return "no clock: the order of answers is known, not their days"
    before = responses.known_at <= _cut(responses, limits)
    if len(np.unique(responses.learner[before])) < 2:
        return f"nearly everything was answered within the newest {limits.refits.newest_days} days"
    return ""


def _items(found: Predicted, before: Responses, limits: ValidationLimits) -> Check:
    """Judge whether items known before are now answered otherwise than predicted: another version, a leak, a slip."""
    name, needed = "newest_month_items", limits.evidence
    often = before.items[np.bincount(before.item, minlength=len(before.items)) >= _KNOWN]
    known = found.rows(np.isin(found.responses.items, often)[found.responses.item])
    responses = known.responses
    limit, basis = limits.checks[name], Basis.of(responses.correct, responses.learner)
    if len(responses.items) < _FEWEST_ITEMS:
        return not_answerable(name, limit, f"{len(responses.items)} items were answered often enough before")
    spread = dispersion(responses.correct, known.model, responses.item, needed.confidence)
    return judged(name, limit, needed, basis, spread)


def _joined(parts: list[Predicted]) -> Predicted:
    """Join predictions of separate learners, in the order of the joined responses."""
    whole = Responses.concat([part.responses for part in parts])
    ids = np.concatenate([part.responses.response_id for part in parts]).astype(str)
    order = np.argsort(ids)[np.argsort(np.argsort(whole.response_id.astype(str)))]
    model = np.concatenate([part.model for part in parts])[order]
    names = parts[0].references
    return Predicted(whole, model, {n: np.concatenate([part.references[n] for part in parts])[order] for n in names})
