"""Tasks of a vendor's catalogue: what each is about, in which language, and how hard its vendor says it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import Reason, RefusedValueError
from polku.records.refused import Refusal
from polku.records.row import RowCheck

LANGUAGES = ("", "fi", "sv", "en")
HARDEST = 10.0
"""Log-odds beyond which a difficulty is no difficulty of a task that anybody is given."""


class CatalogueTask(NamedTuple):
    """One task, checked.

    Parameters
    ----------
    item_id : str
        Which.
    skill_ids : tuple of str
        What it asks for; never empty.
    title : str
        As people see it; may be empty.
    language : str
        fi, sv or en; empty where it has no words.
    difficulty : float or None
        Log-odds; 0 where half of average learners succeed, larger is harder.
    interaction : str
        Type of interaction; may be empty.
    """

    item_id: str
    skill_ids: tuple[str, ...]
    title: str = ""
    language: str = ""
    difficulty: float | None = None
    interaction: str = ""


def check_task(row: Mapping[str, object], deny: DenyRules) -> CatalogueTask | Refusal:
    """Check one row of a catalogue; returns the task or why it is refused.

    Parameters
    ----------
    row : mapping
        ``item_id, skill_ids`` and optionally ``title, language, interaction`` and one of ``difficulty`` (log-odds) and
        ``share_right`` (of average learners, 0 to 1).
    deny : DenyRules
        What is kept nowhere.

    Examples
    --------
    >>> row = {"item_id": "t1", "skill_ids": "MA79.S2.01", "share_right": "0.5"}
    >>> check_task(row, DenyRules()).difficulty
    0.0
    >>> check_task(row | {"language": "de"}, DenyRules()).reason
    <Reason.NOT_ONE_OF: 'not_one_of'>
    """
    check = RowCheck(row, deny)
    try:
        return CatalogueTask(
            check.id("item_id"),
            check.some_skills("skill_ids"),
            check.take("title", lambda value: rules.clean_title(value, deny)),
            check.take("language", _language),
            _difficulty(check),
            check.take("interaction", lambda value: rules.optional_id(value, deny)) or "",
        )
    except RefusedValueError as error:
        return check.refusal(error)


def _language(value: object) -> str:
    said = "" if rules.is_missing(value) else str(value).strip()
    if said not in LANGUAGES:
        raise RefusedValueError(Reason.NOT_ONE_OF)
    return said


def _difficulty(check: RowCheck) -> float | None:
    """Return how hard a task is, however its vendor says so."""
    share = check.take("share_right", _number)
    if share is not None:
        if not 0.0 < share < 1.0:
            raise RefusedValueError(Reason.OUT_OF_RANGE)
        return math.log((1.0 - share) / share)
    difficulty = check.take("difficulty", _number)
    if difficulty is not None and abs(difficulty) > HARDEST:
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return difficulty


def _number(value: object) -> float | None:
    if rules.is_missing(value):
        return None
    if isinstance(value, str) and rules.NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise RefusedValueError(Reason.NOT_A_NUMBER)
