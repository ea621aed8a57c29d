"""One audit in the making: background and definitions, and what each table brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from polku.fairness.abroca import compare_curves, decided
from polku.fairness.arrays import Texts
from polku.fairness.attributes import LONG, labels, order_of
from polku.fairness.audit import Audit
from polku.fairness.cell import Cell, rounded
from polku.fairness.chance import adjusted, against_chance
from polku.fairness.compare import compare
from polku.fairness.curve import Curve
from polku.fairness.curves import Reliability, reliability_curves, roc_curves
from polku.fairness.disaggregate import overall
from polku.fairness.disclosure import too_small, without
from polku.fairness.ece import CalibrationError, compare_errors, gated
from polku.fairness.evidence import EVERYONE, Evidence
from polku.fairness.expected import Expectation
from polku.fairness.flip import FLIPPED, unchanged
from polku.fairness.gates import gate_of, worst_that_blocks
from polku.fairness.measures import Measure, prediction_measures
from polku.fairness.method import definition_hash, describe
from polku.fairness.offered import Offered
from polku.fairness.pooling import with_pooled
from polku.fairness.population import Population
from polku.fairness.predicted import Predicted
from polku.fairness.recalibration import Intercept, Slope
from polku.fairness.roc import Rocs
from polku.fairness.sample import Sample
from polku.fairness.tables import Checked
from polku.fairness.verdict import judge
from polku.home import digest
from polku.schemas.gates import INVARIANTS, Gates
from polku.schemas.slices import MISSING, Slices


@dataclass(frozen=True, eq=False)
class Part:
    """What one table brings to the audit."""

    name: str
    population: Population
    evidence: list[Evidence]
    overall: dict[str, float]
    refused: dict[str, int]
    hash: str
    curves: tuple[Curve, ...] = ()


@dataclass(frozen=True, eq=False)
class Study:
    """Background and definitions of one audit."""

    table: pd.DataFrame
    slices: Slices
    gates: Gates
    threshold: float
    seed: int

    def predictions(self, checked: Checked) -> Part:
        """Gather the evidence on predictions."""
        inference, metrics = self.slices.inference, self.gates.metrics
        sample = Sample.of(checked.frame, inference.schools)
        expectation = Expectation.of(sample, self.threshold, np.random.default_rng((self.seed, 3)))
        measures = self._measures(sample, expectation)
        population = Predicted(sample, measures, expectation)
        found = labels(self.table, sample.learners, self.slices)
        evidence = self._compared(population, found)
        total = overall(measures, len(sample.learners))
        if "ece" in metrics:
            errors = CalibrationError.of(sample, inference.resamples, np.random.default_rng((self.seed, 4)))
            for name, groups in found.items():
                found_here = compare_errors(errors, population, (name, groups, self._order(name, groups)), inference)
                evidence += gated(found_here, evidence)
            total["ece"] = errors.over(np.ones(len(sample.learners), dtype=bool))[0]
        areas, curves = self._curves(population, found)
        evidence += decided(areas, evidence)
        if "flip" in metrics and FLIPPED in checked.frame:
            flip = self.paths(Checked(unchanged(checked.frame), {}))
            evidence, total = [*evidence, *flip.evidence], total | flip.overall
        kept = [cell for cell in evidence if cell.metric in metrics]
        total = {name: value for name, value in total.items() if name in metrics}
        return Part("predictions", population, kept, total, checked.refused, sample.hash, curves)

    def paths(self, checked: Checked) -> Part:
        """Gather the evidence on paths."""
        scales = {name: gate.scale for name, gate in self.gates.metrics.items()}
        population = Offered.of(checked.frame, scales)
        evidence = self._compared(population, labels(self.table, population.learners, self.slices))
        everyone = np.full(len(population.learners), EVERYONE, dtype=object)
        whole = compare(population, EVERYONE, everyone, [EVERYONE], self.slices.inference)
        evidence += [
            cell for cell in whole if cell.metric in INVARIANTS or self.gates.metrics[cell.metric].most is not None
        ]
        total = overall(population.measures, len(population.learners))
        content = checked.frame.sort_values("learner_id").to_csv(index=False)
        return Part("paths", population, evidence, total, checked.refused, digest(content))

    def _measures(self, sample: Sample, expectation: Expectation) -> dict[str, Measure]:
        """Return the gated metrics of predictions; the AUC stands in for the area between curves when it is tested."""
        known = prediction_measures(sample, self.threshold) | {
            "calibration_intercept": Intercept(expectation),
            "calibration_slope": Slope(expectation),
        }
        gated_ones = self.gates.metrics
        return {
            name: measure
            for name, measure in known.items()
            if name in gated_ones or (name == "auc" and "abroca" in gated_ones)
        }

    def _curves(self, population: Predicted, found: Mapping[str, Texts]) -> tuple[list[Evidence], tuple[Curve, ...]]:
        """Return the areas between ROC curves, and the curves of everybody and of each group."""
        sample, k = population.sample, self.slices.disclosure.outside
        rocs = Rocs.of(population.expectation, np.random.default_rng((self.seed, 5)))
        reliability = Reliability(sample, self.threshold)
        everybody = {EVERYONE: np.ones(len(sample.learners), dtype=bool)}
        curves = [
            *reliability_curves(reliability, EVERYONE, everybody, k),
            *roc_curves(sample, EVERYONE, everybody, {EVERYONE: rocs.everybody}, k),
        ]
        areas: list[Evidence] = []
        for name, groups in found.items():
            members = {group: groups == group for group in self._order(name, groups)}
            sums = rocs.sums_of(members)
            areas += compare_curves(rocs, sums, population, (name, groups), self.slices.inference)
            curves += reliability_curves(reliability, name, members, k)
            curves += roc_curves(sample, name, members, sums, k)
        return areas, tuple(curves)

    def audit(self, parts: list[Part]) -> Audit:
        """Judge all evidence together."""
        evidence = [cell for part in parts for cell in part.evidence]
        judged, limit = list(self._judged(evidence)), self.slices.disclosure
        cells, suppressed = without(judged, too_small(judged, limit.inside), limit.inside)
        small = {(attribute, group) for attribute, group, _ in too_small(judged, limit.inside)}
        return Audit(
            verdict=worst_that_blocks(cells, self.gates),
            cells=cells,
            overall={name: rounded(value) for part in parts for name, value in part.overall.items()},
            threshold=self.threshold if parts[0].name == "predictions" else None,
            suppressed=suppressed,
            refused={f"{part.name}: {reason}": n for part in parts for reason, n in part.refused.items()},
            withheld=too_small(judged, limit.outside),
            outside_k=limit.outside,
            notes=tuple(note for part in parts for note in self._notes(part)),
            method=describe(self.slices, self.gates, {part.name: part.population.unit for part in parts}),
            hashes={
                **{part.name: part.hash for part in parts},
                "background": digest(self.table.sort_values(list(LONG)).to_csv(index=False)),
                "slices": definition_hash(self.slices),
                "gates": definition_hash(self.gates),
            },
            seed=self.seed,
            curves=tuple(one for part in parts for one in part.curves if (one.attribute, one.group) not in small),
        )

    def _compared(self, population: Population, found: Mapping[str, Texts]) -> list[Evidence]:
        inference = self.slices.inference
        cells = [
            cell
            for name, groups in found.items()
            for cell in compare(population, name, groups, self._order(name, groups), inference)
        ]
        return against_chance(with_pooled(cells), population, found, (inference, self.gates), self.seed)

    def _order(self, attribute: str, found: Texts) -> list[str]:
        return order_of(attribute, found, self.slices.attributes)

    def _judged(self, evidence: list[Evidence]) -> Iterator[Cell]:
        """Judge each cell; ordered by attribute and group as declared, then by metric as gated."""
        rows = {
            key: place for place, key in enumerate(dict.fromkeys((cell.attribute, cell.group) for cell in evidence))
        }
        columns = {name: place for place, name in enumerate(self.gates.metrics)}
        both = sorted(
            zip(evidence, adjusted(evidence), strict=True),
            key=lambda pair: (rows[pair[0].attribute, pair[0].group], columns[pair[0].metric]),
        )
        for cell, p_adjusted in both:
            gate = gate_of(self.gates, cell.metric)
            verdict, reason = judge(cell, p_adjusted, gate, self.slices.inference.alpha)
            yield Cell.of(cell, p_adjusted, verdict, reason)

    def _notes(self, part: Part) -> Iterator[str]:
        known = set(self.table["learner_id"].unique().tolist())
        unknown = sum(learner not in known for learner in part.population.learners.tolist())
        if unknown:
            yield _without_background(unknown, len(part.population.learners), part.name, self.slices.disclosure.outside)
        if part.name == "predictions" and len(np.unique(part.population.unit)) == len(part.population.unit):
            yield "learners are resampled one by one: likeness within a school, if any, is not in the intervals"


def _without_background(unknown: int, n: int, table: str, k: int) -> str:
    """Say how many learners have no background; a number that tells of fewer than `k` is not said."""
    if unknown < k:
        return f"fewer than {k} learners in the {table} have no background: they form the group {MISSING!r}"
    if 0 < n - unknown < k:
        return f"all but fewer than {k} learners in the {table} have no background: they form the group {MISSING!r}"
    return f"{unknown} of {n} learners in the {table} have no background: they form the group {MISSING!r}"
