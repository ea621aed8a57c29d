"""What a comparison of experiments says: figures over groups, never of a learner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from polku.schemas.experiment import Method


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and how it differs from that of the model as it is, over the same learners.

    Parameters
    ----------
    value : float
        The figure.
    change : float
        Less that of the model as it is.
    interval : tuple of two floats
        95 % interval of `change`, of this figure alone, paired over learners or schools.

    Examples
    --------
    >>> Figure(0.05, -0.02, (-0.03, -0.01)).clear
    True
    """

    value: float
    change: float
    interval: tuple[float, float]

    @property
    def clear(self) -> bool:
        """Return whether the interval of the change excludes zero."""
        return self.interval[0] > 0 or self.interval[1] < 0


@dataclass(frozen=True, slots=True)
class Gap:
    """One metric of one group, against all the other learners.

    Parameters
    ----------
    attribute, group, metric : str
        Whose, in what.
    n : int
        Learners in the group.
    figure : Figure
        Group less rest.
    """

    attribute: str
    group: str
    metric: str
    n: int
    figure: Figure

    @property
    def size(self) -> float:
        """Return how large the gap is, whichever way."""
        return abs(self.figure.value)


@dataclass(frozen=True, slots=True)
class Tried:
    """One experiment.

    Parameters
    ----------
    name, method, attribute : str
        As declared.
    accuracy : mapping of str to Figure
        ``auc``, ``log_loss``, ``ece`` over all answers.
    gaps : tuple of Gap
        Of every group that is large enough to be judged.
    largest : Gap or None
        The largest of them; None where no group could be judged.
    front : bool
        Whether no other experiment has both a lower log loss and a smaller largest gap.
    """

    name: str
    method: Method
    attribute: str | None
    accuracy: Mapping[str, Figure]
    gaps: tuple[Gap, ...]
    largest: Gap | None
    front: bool


@dataclass(frozen=True)
class Comparison:
    """Experiments side by side, over the same learners and answers.

    Parameters
    ----------
    model : str
        The model that they vary.
    learners, answers, folds : int
        What every figure rests on; each answer is predicted by a fit that has not seen its learner.
    threshold : float
        Where error rates are taken.
    tried : tuple of Tried
        The model as it is first, then as declared.
    suppressed : mapping of str to int
        "groups" not shown for few learners, and "k", the limit.
    notes : tuple of str
        What else a reader must know.
    seed : int
        Of folds and fits.
    hashes : mapping of str to str
        SHA-256 of answers, background, slices.
    """

    model: str
    learners: int
    answers: int
    folds: int
    threshold: float
    tried: tuple[Tried, ...]
    suppressed: Mapping[str, int]
    notes: tuple[str, ...]
    seed: int
    hashes: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON can hold it; the keys are documented in docs/reference/mitigation.md."""
        return asdict(self)

    def to_json(self) -> str:
        """Return it as JSON text: the same bytes for the same data, definitions and seed."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"

    def widest(self) -> tuple[Gap, ...]:
        """Return of every metric and attribute the gap that is largest in the model as it is."""
        found: dict[tuple[str, str], Gap] = {}
        for gap in self.tried[0].gaps:
            key = (gap.metric, gap.attribute)
            if key not in found or gap.size > found[key].size:
                found[key] = gap
        return tuple(found[key] for key in sorted(found, key=lambda key: _ORDER.index(key[0])))


_ORDER = ("held_back", "missed_need", "calibration")
