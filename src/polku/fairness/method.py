"""How the figures of an audit were made, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from polku.fairness.arrays import Ints
from polku.fairness.chance import MOST_UNITS
from polku.fairness.expected import BLOCKS
from polku.home import digest
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

VERSION = 3
"""Raised when the same data and definitions would give other figures."""

_WORDS = {
    "gap": "the group against all other learners: difference, or ratio minus one where the gate says ratio",
    "interval": "simultaneous over the groups of an attribute: bootstrap-t over learners or schools, linearised gaps",
    "p": "of the part that is not explained: residuals by bin of the score (paths: values by stratum of mastery), "
    "summed over learners or schools, largest studentised statistic of the attribute's groups; labels permuted within "
    "strata, signs flipped where schools hold several groups",
    "p_adjusted": "over metrics by the largest of all, weighted by the gates' priority; over attributes by "
    "Benjamini-Hochberg",
    "explained": "error rates: what recalibration within the group, or one meaning of the scores for everybody, would "
    "leave, whichever explains less; auc: what the scores promise; ece: what chance makes; abroca: what both do",
    "pooled": "normal-normal shrinkage towards the mean of the attribute's groups; not judged",
    "ece": "15 bins of equal weight; chance by turning every learner's residuals round at random",
    "abroca": "area between the ROC curves of a group and of the others, scores in at most 200 bins; decided on as auc",
    "calibration_slope": "logistic regression of answers on the logit of the score (Cox 1958)",
    "calibration_intercept": "the same with the slope held at one: calibration in the large, in logits",
    "curves": "reliability in 10 bins, none across the threshold; ROC at 51 points; pointwise bands of 95 %, over "
    "learners or schools",
    "flip": "share unchanged, bit for bit, when every learner's group is exchanged for another",
    "verdict": "concern: p_adjusted < alpha, the gap at least the limit, and the unexplained gap at least the limit or "
    "a third of the gap; pass: the interval of either lies inside block_at, or limit where nothing blocks",
}


def describe(slices: Slices, gates: Gates, units: Mapping[str, Ints]) -> dict[str, Any]:
    """Return the method as JSON can hold it.

    Parameters
    ----------
    slices, gates
        Definitions of the audit.
    units : mapping of str to ndarray of int64, shape (n_learners,)
        Resampled unit of each learner, by table.

    Returns
    -------
    dict
    """
    resampled = {name: _unit(unit) for name, unit in units.items()}
    numbers = slices.inference.model_dump() | {
        "jackknife_blocks": BLOCKS,
        "most_permuted": MOST_UNITS,
        "depth": slices.depth,
    }
    priority = {"first": gates.priority.first, "why": gates.priority.why}
    return {"version": VERSION, **_WORDS, **numbers, "resampled": resampled, "priority": priority}


def definition_hash(definition: BaseModel) -> str:
    """Return the SHA-256 of a definition's content, comments and order of keys aside."""
    return digest(definition.model_dump_json())


def _unit(unit: Ints) -> dict[str, Any]:
    units = int(unit.max()) + 1
    return {"unit": "learner" if units == len(unit) else "school", "units": units, "learners": len(unit)}
