"""Decisions as JSON lines: one decision a line, for whoever wants to judge them elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from polku.errors import InputError
from polku.paths.evaluation.decisions import Alternative, Decision

REQUIRED = ("learner_id", "at", "suggested", "alternatives")
"""Keys that every line has. `at` is in microseconds UTC; `alternatives` is a list of ``{"skill_id", "chance"}``,
optionally with ``score``, ``terms`` and ``p``. Optional keys of a line are ``gains`` (by horizon, null without check),
``policy_hash``, ``overridden`` and ``situation``."""


def write_decisions(decisions: Iterable[Decision], path: Path) -> None:
    """Write decisions as JSON lines."""
    lines = [json.dumps(asdict(decision), ensure_ascii=False, allow_nan=False) for decision in decisions]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_decisions(path: Path) -> list[Decision]:
    """Read decisions from JSON lines.

    Raises
    ------
    InputError
        If the file cannot be read, or a line is no decision; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        got = f"{path.name}: {error}"
        raise InputError("the log cannot be read", got=got, hint="give a file of JSON lines") from error
    numbered = enumerate(lines, start=1)
    return [_decision(line, f"{path.name}, line {number}") for number, line in numbered if line.strip()]


def _decision(line: str, where: str) -> Decision:
    try:
        said: dict[str, Any] = json.loads(line, parse_constant=_refuse_constant)
        known = {name: said[name] for name in Decision.__dataclass_fields__ if name in said}
        alternatives = tuple(Alternative(**one) for one in said["alternatives"])
        return Decision(**(known | {"alternatives": alternatives, "gains": _gains(said.get("gains", ()))}))
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        hint = f"a line is an object with {', '.join(REQUIRED)}"
        raise InputError("this line is no decision", got=f"{where}: {error}", hint=hint) from error
    except InputError as error:
        raise InputError(error.what, got=f"{where}: {error.got}", hint=error.hint) from error


def _refuse_constant(name: str) -> None:
    """Refuse NaN and infinities, which Python reads and JSON does not know."""
    raise ValueError(f"{name} is no number")


def _gains(given: Sequence[float | None]) -> tuple[float | None, ...]:
    return tuple(None if gain is None else float(gain) for gain in given)
