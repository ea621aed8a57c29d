"""What a validation found: checks, groups, problems of the data, and the verdict that follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, Self

from polku.schemas.gates import Outcome
from polku.training.data_problems import Problem

Finding = Literal["pass", "concern", "not_enough_evidence", "not_answerable"]
Verdict = Literal["pass", "refused"]
FORMAT: Final = 1


@dataclass(frozen=True)
class Check:
    """One question put to the model, and what the answers say.

    Parameters
    ----------
    name, question : str
        Which check, and what it asks in plain words.
    finding : {"pass", "concern", "not_enough_evidence", "not_answerable"}
        What the evidence allows.
    reason : str
        Why, in one sentence.
    limit : float
        What would still be no concern.
    value, low, high : float or None
        The figure and its interval; None where there is none.
    learners, responses : int
        What it rests on.
    outcome : {"block", "warn", "report"}
        What a concern leads to.
    required, overridable : bool
        Whether missing evidence blocks too; whether a written reason may override a concern.
    """

    name: str
    question: str
    finding: Finding
    reason: str
    limit: float
    value: float | None
    low: float | None
    high: float | None
    learners: int
    responses: int
    outcome: Outcome
    required: bool
    overridable: bool

    @property
    def blocks(self) -> bool:
        """Return whether it stands in the way of a release."""
        if self.finding == "concern":
            return self.outcome == "block"
        return self.required and self.finding != "pass"

    def __str__(self) -> str:
        """Return one line fit for an error, the terminal and the card."""
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True)
class GroupFigures:
    """Calibration within one group of answers, beside the check that it belongs to.

    Parameters
    ----------
    check, group : str
        By what the answers were grouped, and which group this is.
    finding : {"pass", "concern", "not_enough_evidence"}
        What the evidence allows.
    learners, responses : int
        What it rests on.
    level, slope : tuple of float or None
        Observed minus predicted share, and calibration slope: figure, lower and upper end; None where there is none.
    """

    check: str
    group: str
    finding: Finding
    learners: int
    responses: int
    level: tuple[float, float, float] | None
    slope: tuple[float, float, float] | None


@dataclass(frozen=True)
class Validation:
    """Everything that one validation of one bundle found; it names no learner.

    Parameters
    ----------
    bundle_id : str
        The bundle that was validated.
    checks : tuple of Check
        In the order they are declared.
    groups : tuple of GroupFigures
        Groups with enough evidence to be judged.
    problems : tuple of Problem
        Problems of the data, found on the way.
    learners, responses : int
        What was validated on.
    hashes : mapping of str to str
        ``data`` and ``limits``.
    notes : tuple of str
        What a reader should know beside it.
    """

    bundle_id: str
    checks: tuple[Check, ...]
    groups: tuple[GroupFigures, ...]
    problems: tuple[Problem, ...]
    learners: int
    responses: int
    hashes: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """Return "refused" when a check stands in the way, else "pass"."""
        return "refused" if self.blocking else "pass"

    @property
    def blocking(self) -> tuple[Check, ...]:
        """Return the checks that stand in the way of a release."""
        return tuple(check for check in self.checks if check.blocks)

    def to_dict(self, *, local: bool = False) -> dict[str, Any]:
        """Return it as plain values.

        Parameters
        ----------
        local : bool
            Whether the pseudonymous ids of learners about whom a person must act stand in it. Never for the store, for
            MLflow or for a card.
        """
        raw = asdict(self)
        raw["problems"] = [problem.to_dict(local=local) for problem in self.problems]
        return {"format": FORMAT, "verdict": self.verdict, **raw, "hashes": dict(self.hashes)}

    def to_json(self) -> str:
        """Return it as JSON text, the same for the same findings; no learner is named."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote."""
        raw = json.loads(text)
        del raw["format"], raw["verdict"]
        return cls(
            **raw
            | {
                "checks": tuple(Check(**check) for check in raw["checks"]),
                "groups": tuple(_group(group) for group in raw["groups"]),
                "problems": tuple(Problem.from_dict(problem) for problem in raw["problems"]),
                "notes": tuple(raw["notes"]),
            }
        )


def _group(raw: dict[str, Any]) -> GroupFigures:
    """Read one group; JSON has no tuples."""
    ends = {name: None if raw[name] is None else tuple(raw[name]) for name in ("level", "slope")}
    return GroupFigures(**raw | ends)
