"""Calibration within groups of answers: schools, teaching groups, grades, areas, rare skills, first answers, months.

Who learners are plays no part here: background attributes stand behind the audit's door and are compared there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.schemas.validation import BY_GROUP, Limit, ValidationLimits
from polku.training.validation.estimate import Estimate, mean, slope
from polku.training.validation.judge import SENTENCES, Basis, check_of, finding_of, not_answerable
from polku.training.validation.predicted import Predicted
from polku.training.validation.report import Check, Finding, GroupFigures

Labels = NDArray[np.object_]
DAY: Final = 86_400_000_000
MONTH: Final = 30 * DAY
COVERED: Final = 0.9
"""Share of the answers that must stand in groups that pass: groups that lack evidence are no pass."""
_SO_FAR: Final = (1, 5, 20, 100)
_SO_FAR_NAMES: Final = ("no answer yet", "1 to 4 answers", "5 to 19 answers", "20 to 99 answers", "100 answers or more")
_FREQUENCY_NAMES: Final = ("rarest fifth", "second fifth", "third fifth", "fourth fifth", "most frequent fifth")
_MISSING: Final = {
    "school": "no answer names a school",
    "teaching_group": "no answer and no roster names a teaching group",
    "grade": "the roster names no grade",
    "area": "the curriculum names no area of these skills",
    "month": "no clock: the order of answers is known, not their days",
}


def groupings(responses: Responses, curriculum: Curriculum, known: Mapping[str, Labels]) -> dict[str, Labels]:
    """Return by what answers are grouped: a label a response, empty where it has none.

    Parameters
    ----------
    responses : Responses
        What was answered.
    curriculum : Curriculum
        Areas of skills.
    known : mapping of str to (n,) array of str
        What the roster says: ``school``, ``teaching_group``, ``grade``.

    Returns
    -------
    dict of str to (n,) array of str
        Those of ``school, teaching_group, grade, area, frequency, evidence, month`` that these data answer.
    """
    first = responses.skill[responses.skill_start[:-1]]
    areas = np.array([_area(curriculum, skill) for skill in responses.skills.tolist()], dtype=object)
    order = np.arange(len(responses)) - responses.learner_start[responses.learner]
    names = np.array(_SO_FAR_NAMES, dtype=object)
    found = {
        **known,
        "area": areas[first],
        "frequency": _frequency(responses)[first],
        "evidence": names[np.searchsorted(_SO_FAR, order, side="right")],
    }
    if responses.clock and len(responses):
        ago = (int(responses.known_at.max()) - responses.known_at) // MONTH
        found["month"] = np.array(
            [f"{30 * n} to {30 * n + 30} days before the end" for n in range(ago.max() + 1)], object
        )[ago]
    return found


def check_groups(
    predicted: Predicted, labels: Mapping[str, Labels], limits: ValidationLimits
) -> tuple[list[Check], list[GroupFigures]]:
    """Judge calibration within every group that has enough evidence.

    Parameters
    ----------
    predicted : Predicted
        Out-of-fold predictions.
    labels : mapping of str to (n,) array of str
        As :func:`groupings` returns them, for the rows of `predicted`.
    limits : ValidationLimits
        What is asked for.

    Returns
    -------
    list of Check
        One a grouping; its figure is the level (observed minus predicted) furthest from 0.
    list of GroupFigures
        One a group that could be judged.

    Notes
    -----
    Level and slope of all groups of one grouping hold together at the stated confidence (Bonferroni): of twenty schools
    one would otherwise look odd by chance alone.
    """
    checks, figures = [], []
    for name in BY_GROUP:
        check, found = _grouping(name, predicted, labels.get(name), limits)
        checks.append(check)
        figures += found
    return checks, figures


def _grouping(
    name: str, predicted: Predicted, labels: Labels | None, limits: ValidationLimits
) -> tuple[Check, list[GroupFigures]]:
    limit, responses = limits.checks[name], predicted.responses
    if labels is None or not (labels != "").any():
        return not_answerable(name, limit, _MISSING.get(name, "the answers are not grouped by this")), []
    groups, code = np.unique(labels.astype(str), return_inverse=True)
    order = np.argsort(code, kind="stable")
    parts = [part for part in np.split(order, np.cumsum(np.bincount(code))[:-1]) if groups[code[part[0]]]]
    enough = [part for part in parts if not _basis(responses, part).lacking(limits.evidence)]
    confidence = 1.0 - (1.0 - limits.evidence.confidence) / max(2 * len(enough), 1)
    found = [_group(name, str(groups[code[part[0]]]), predicted, part, (limit, confidence)) for part in enough]
    return _together(name, limit, found, len(parts), _basis(responses, np.flatnonzero(labels != ""))), found


def _basis(responses: Responses, rows: NDArray[np.intp]) -> Basis:
    return Basis.of(responses.correct[rows], responses.learner[rows])


def _group(
    check: str, group: str, predicted: Predicted, rows: NDArray[np.intp], asked: tuple[Limit, float]
) -> GroupFigures:
    """Estimate and judge level and slope of one group."""
    limit, confidence = asked
    correct, learner = predicted.responses.correct[rows], predicted.responses.learner[rows]
    level = mean(correct - predicted.model[rows], learner, confidence)
    steep = slope(correct, predicted.model[rows], learner, confidence)
    findings = {finding_of(level, limit.limit, centre=0.0), finding_of(steep, limit.slope_limit or 1.0, centre=1.0)}
    worst: Finding = next(one for one in ("concern", "not_enough_evidence", "pass") if one in findings)
    basis = Basis.of(correct, learner)
    return GroupFigures(check, group, worst, basis.learners, basis.responses, _ends(level), _ends(steep))


def _together(name: str, limit: Limit, found: list[GroupFigures], total: int, basis: Basis) -> Check:
    """Judge a grouping by its groups: one concern is a concern; a pass needs that groups of nearly all answers pass."""
    levels = [Estimate(*one.level) for one in found if one.level is not None]
    largest = max(levels, key=lambda level: abs(level.value), default=None)
    of_concern = [one.group for one in found if one.finding == "concern"]
    passed = sum(one.finding == "pass" for one in found)
    counts = f"{passed} of {total} groups pass, {total - passed - len(of_concern)} lack evidence"
    if of_concern:
        return check_of(name, limit, "concern", f"{', '.join(of_concern)}; {counts}", basis, largest)
    if passed == len(found) and sum(one.responses for one in found) >= COVERED * basis.responses:
        return check_of(name, limit, "pass", f"{counts}; {SENTENCES['pass']}", basis, largest)
    return check_of(name, limit, "not_enough_evidence", counts, basis, largest)


def _ends(estimate: Estimate) -> tuple[float, float, float] | None:
    return (estimate.value, estimate.low, estimate.high) if estimate.defined else None


def _area(curriculum: Curriculum, skill: str) -> str:
    known = curriculum.skills.get(skill)
    return "" if known is None else known.area


def _frequency(responses: Responses) -> Labels:
    """Return the fifth of each skill, by how often it was answered; each fifth holds as many skills."""
    n = np.bincount(responses.skill, minlength=len(responses.skills))
    place = np.argsort(np.argsort(n, kind="stable"), kind="stable") * len(_FREQUENCY_NAMES) // max(len(n), 1)
    return np.array(_FREQUENCY_NAMES, dtype=object)[place]
