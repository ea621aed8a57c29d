"""One logged decision: what was suggested, what else might have been, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from polku.errors import InputError

HORIZONS = (1, 2, 3)
"""Decisions in a row that may be judged together; beyond, too few logged rows agree with any target."""
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Alternative:
    """A step that was considered.

    Parameters
    ----------
    skill_id : str
        The step.
    chance : float
        Probability with which it was suggested, given the situation; 0 for what could not have been.
    score : float
        By the policy that suggested.
    terms : mapping of str to float
        What the score adds up from.
    p : float or None
        Estimated success on it at that moment.
    """

    skill_id: str
    chance: float
    score: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One suggestion of a new step to one learner.

    Parameters
    ----------
    learner_id : str
        To whom; learners are the unit of chance.
    at : int
        Microseconds UTC.
    suggested : str
        The step that was suggested, one of `alternatives`.
    alternatives : tuple of Alternative
        Everything considered; the chances add up to one.
    policy_hash : str
        Of the policy that suggested.
    overridden : bool
        Whether somebody put another step in its place, or put it aside.
    situation : mapping, optional
        What the plan was made from, for planning again with another policy.
    gains : tuple of float or None
        Gain on the check after this decision, after the next one, and so on; None where there was no check.

    Raises
    ------
    InputError
        If what was suggested is not among the alternatives with a chance, or the chances do not add up to one.

    Examples
    --------
    >>> Decision("anna", 0, "a", (Alternative("a", 0.9), Alternative("b", 0.1))).chance
    0.9
    """

    learner_id: str
    at: int
    suggested: str
    alternatives: tuple[Alternative, ...]
    policy_hash: str = ""
    overridden: bool = False
    situation: Mapping[str, Any] | None = None
    gains: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        """Refuse chances that cannot be."""
        chances = [one.chance for one in self.alternatives]
        hint = "log the probability with which each step was suggested"
        if min(chances, default=0.0) < 0.0 or abs(sum(chances) - 1.0) > ROUNDING:
            raise InputError("the chances of a decision add up to one", got=chances, hint=hint)
        if self.chance <= 0.0:
            raise InputError("a step was suggested that had no chance to be", got=self.suggested, hint=hint)

    @property
    def chance(self) -> float:
        """Return the probability with which the suggested step was suggested; 0 if it is no alternative."""
        return next((one.chance for one in self.alternatives if one.skill_id == self.suggested), 0.0)
