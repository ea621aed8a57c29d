"""One audit in the making: background and definitions, and what each table brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from polku.fairness.arrays import Texts
from polku.fairness.attributes import LONG, labels, order_of
from polku.fairness.audit import Audit
from polku.fairness.cell import Cell, rounded
from polku.fairness.chance import adjusted, against_chance
from polku.fairness.compare import compare
from polku.fairness.disaggregate import overall
from polku.fairness.disclosure import too_small, without
from polku.fairness.ece import CalibrationError, compare_errors, gated
from polku.fairness.evidence import Evidence
from polku.fairness.expected import Expectation
from polku.fairness.gates import gate_of, worst_that_blocks
from polku.fairness.measures import prediction_measures
from polku.fairness.method import definition_hash, describe
from polku.fairness.pooling import with_pooled
from polku.fairness.population import Offered, Population, Predicted
from polku.fairness.sample import Sample
from polku.fairness.tables import Checked
from polku.fairness.verdict import judge
from polku.home import digest
from polku.schemas.gates import INVARIANTS, Gates
from polku.schemas.slices import MISSING, Slices

EVERYONE = "all"
"""Attribute and group of the cells over all learners, which only invariants have."""


@dataclass(frozen=True, eq=False)
class Part:
    """What one table brings to the audit."""

    name: str
    population: Population
    evidence: list[Evidence]
    overall: dict[str, float]
    refused: dict[str, int]
    hash: str


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
        measures = {
            name: measure for name, measure in prediction_measures(sample, self.threshold).items() if name in metrics
        }
        expectation = Expectation.of(sample, self.threshold, np.random.default_rng((self.seed, 3)))
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
        return Part("predictions", population, evidence, total, checked.refused, sample.hash)

    def paths(self, checked: Checked) -> Part:
        """Gather the evidence on paths."""
        scales = {name: gate.scale for name, gate in self.gates.metrics.items()}
        population = Offered.of(checked.frame, scales)
        evidence = self._compared(population, labels(self.table, population.learners, self.slices))
        everyone = np.full(len(population.learners), EVERYONE, dtype=object)
        whole = compare(population, EVERYONE, everyone, [EVERYONE], self.slices.inference)
        evidence += [cell for cell in whole if cell.metric in INVARIANTS]
        total = overall(population.measures, len(population.learners))
        content = checked.frame.sort_values("learner_id").to_csv(index=False)
        return Part("paths", population, evidence, total, checked.refused, digest(content))

    def audit(self, parts: list[Part]) -> Audit:
        """Judge all evidence together."""
        evidence = [cell for part in parts for cell in part.evidence]
        judged, limit = list(self._judged(evidence)), self.slices.disclosure
        cells, suppressed = without(judged, too_small(judged, limit.inside), limit.inside)
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
            n = len(part.population.learners)
            yield f"{unknown} of {n} learners in the {part.name} have no background: they form the group {MISSING!r}"
        if part.name == "predictions" and len(np.unique(part.population.unit)) == len(part.population.unit):
            yield "learners are resampled one by one: likeness within a school, if any, is not in the intervals"
