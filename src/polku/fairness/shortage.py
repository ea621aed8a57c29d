"""Says what keeps a group from being judged: too few on either side, or nobody to tell its schools from it."""

from __future__ import annotations

from polku.fairness.arrays import Texts
from polku.fairness.population import Population, Size
from polku.schemas.slices import Inference


def shortage(population: Population, metric: str, labels: Texts, group: str, inference: Inference) -> tuple[Size, str]:
    """Return what a metric rests on in a group, and what it lacks for a verdict; empty when nothing.

    Parameters
    ----------
    population : Population
        Whose metric.
    metric : str
        Its name.
    labels : ndarray of str, shape (n_learners,)
        Group of each learner.
    group : str
        The group that is set against all others.
    inference : Inference
        Least sizes for a verdict.
    """
    members = labels == group
    size, rest = population.size(metric, members), population.size(metric, ~members)
    few = lacking(size, rest, inference, answers=population.counts_answers)
    return size, few or population.confounded(labels, group)


def lacking(group: Size, rest: Size, inference: Inference, *, answers: bool) -> str:
    """Say which count is below its limit, in the group or else in the rest; empty when none is."""
    limits = [("learners", 0, inference.learners)]
    if answers:
        limits += [("correct answers", 2, inference.positives), ("wrong answers", 3, inference.negatives)]
    for side, size in (("in the group", group), ("among the others", rest)):
        for what, place, least in limits:
            if size[place] < least:
                return f"fewer than {least} {what} {side}"
    return ""
