"""How gaps go over school terms.

Terms are compared over the same learners, those with answers in each of them: a gap that changes is then no change of
who was asked, and no two terms differ by a few learners whose answers one could tell by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from polku.fairness.arrays import Bools, Floats, Texts
from polku.fairness.attributes import order_of
from polku.fairness.beside import groups_of, hidden_groups, publishable
from polku.fairness.cell import rounded
from polku.fairness.disaggregate import contrast
from polku.fairness.enclave import load_slices
from polku.fairness.measures import Measure, prediction_measures
from polku.fairness.resample import bootstrap_t, by_unit, standard_error
from polku.fairness.sample import Sample
from polku.fairness.school_terms import in_time, same_learners, term_of
from polku.fairness.sides import nested
from polku.fairness.supplement import Supplement, Value
from polku.fairness.tables import check_predictions
from polku.home import Home
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices

METRICS = ("held_back", "missed_need", "calibration", "auc")
TERM_COLUMNS = ("attribute", "group", "metric", "term", "n", "estimate", "rest", "gap", "low", "high")

Row = tuple[Value, ...]


def terms_supplement(
    predictions: pd.DataFrame,
    groups: Mapping[str, Mapping[str, str]],
    slices: Slices,
    *,
    threshold: float,
    seed: int = 0,
) -> Supplement:
    """Compare groups term by term.

    Parameters
    ----------
    predictions : DataFrame
        ``learner_id, y_true, y_prob, term``, optional ``school_id``; of the learners that are in every term.
    groups : mapping of str to mapping of str to str
        Group by learner id, by attribute.
    slices : Slices
        Order of groups, and the limits on small numbers.
    threshold : float
        Where error rates are taken.
    seed : int
        Of the draws behind the intervals.

    Returns
    -------
    Supplement
        Topic "terms": a line for each attribute, group, metric and term. Intervals hold for all groups of an attribute
        in a term together. No answers are counted, so that nothing can be subtracted from the figures of the whole.
    """
    parts = {str(term): part for term, part in predictions.groupby("term")}
    terms = [_Term.of(name, parts[name], threshold, slices) for name in sorted(parts, key=in_time)]
    rows: list[Row] = []
    hidden = 0
    for attribute, of_learner in groups.items():
        labels = np.array([of_learner[learner] for learner in terms[0].sample.learners], dtype=object)
        out = hidden_groups(labels, slices.disclosure.outside)
        order = [group for group in order_of(attribute, labels, slices.attributes) if group not in out]
        lines = [line for term in terms for line in term.lines(attribute, labels, order, slices, seed)]
        rows += sorted(lines, key=lambda line: (order.index(str(line[1])), METRICS.index(str(line[2]))))
        hidden += len(out) * len(METRICS) * len(terms)
    note = "every term is about the same learners; newer learners are in none of these lines"
    return Supplement("terms", TERM_COLUMNS, tuple(rows), hidden, (note,))


def audit_terms(
    home: Home,
    settings: Settings,
    predictions: pd.DataFrame,
    *,
    threshold: float,
    purpose: str,
    seed: int = 0,
) -> Supplement:
    """Compare groups kept in the enclave term by term.

    Parameters
    ----------
    home, settings
        Declare the slices, and where the enclave is.
    predictions : DataFrame
        ``learner_id, y_true, y_prob, answered_at``, the last as UTC timestamps; optional ``school_id``.
    threshold, seed
        As for :func:`terms_supplement`.
    purpose : str
        Why the background is read; logged with the read.

    Returns
    -------
    Supplement
        Without lines, and with a note, where all answers are of one term.

    Raises
    ------
    InputError
        If no purpose is given, or the table cannot be used.
    """
    slices = load_slices(home)
    dated = predictions.assign(
        term=term_of(predictions["answered_at"]), learner_id=predictions["learner_id"].astype(str)
    )
    terms, panel = same_learners(dated["term"], dated["learner_id"])
    if len(terms) < 2:
        return without_terms(f"no terms to compare: only {terms[0]} has enough of the same learners")
    rows = dated[dated["term"].isin(terms) & dated["learner_id"].isin(panel)]
    learners = np.array(sorted(panel), dtype=object)
    groups = groups_of(settings, slices, learners, purpose)
    left, notes = publishable("terms", learners, groups, settings, slices.disclosure.outside)
    by_learner = {name: dict(zip(learners, found, strict=True)) for name, found in left.items()}
    done = terms_supplement(rows, by_learner, slices, threshold=threshold, seed=seed)
    return replace(done, notes=(*done.notes, *notes))


def without_terms(why: str) -> Supplement:
    """Return the table of terms without a line, saying why."""
    return Supplement("terms", TERM_COLUMNS, (), notes=(why,))


@dataclass(frozen=True, eq=False)
class _Term:
    """One term's predictions, laid out."""

    name: str
    sample: Sample
    measures: Mapping[str, Measure]

    @classmethod
    def of(cls, name: str, frame: pd.DataFrame, threshold: float, slices: Slices) -> _Term:
        sample = Sample.of(check_predictions(frame).frame, slices.inference.schools)
        return cls(name, sample, prediction_measures(sample, threshold))

    def lines(self, attribute: str, labels: Texts, order: Sequence[str], slices: Slices, seed: int) -> Iterator[Row]:
        """Yield the lines of the groups in `order`, metric by metric."""
        scales = dict.fromkeys(self.measures, "difference")
        by_group = [contrast(self.measures, labels == group, scales) for group in order]
        for metric in METRICS:
            gaps = [found[metric] for found in by_group]
            errors = [self._error(gap.influence, labels == group) for gap, group in zip(gaps, order, strict=True)]
            half = self._critical([gap.influence for gap in gaps], slices, seed) * np.array(errors)
            for group, found, width in zip(order, gaps, half, strict=True):
                figures = (found.group.estimate, found.rest.estimate, found.gap, found.gap - width, found.gap + width)
                n = int((labels == group).sum())
                yield (attribute, group, metric, self.name, n, *(rounded(float(figure)) for figure in figures))

    def _error(self, influence: Floats, members: Bools) -> float:
        unit = self.sample.unit
        return standard_error(by_unit(influence, unit), nested(members, unit))

    def _critical(self, influences: Sequence[Floats], slices: Slices, seed: int) -> float:
        """Return how many errors on either side hold for all groups together."""
        if not influences:
            return np.nan
        parcelled = np.stack([by_unit(influence, self.sample.parcel) for influence in influences], axis=1)
        drawn = bootstrap_t(parcelled, slices.inference.resamples, np.random.default_rng((seed, 7)))
        return float(np.quantile(drawn.max(axis=1), 1 - slices.inference.alpha))
