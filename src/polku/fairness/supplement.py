"""A table beside the cells: what an audit reports without judging it by group gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Topic = Literal["items", "labels", "generalisation", "stability", "terms", "versions"]
Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Supplement:
    """One table, ready for JSON and for a page; no figure of it rests on fewer learners than may be shown.

    Parameters
    ----------
    topic : str
        What it is about: ``items`` (differential functioning), ``labels`` (teachers' grades), ``generalisation``
        (schools left out), ``stability`` (change between versions), ``terms`` and ``versions`` (gaps over time).
    columns : tuple of str
        Names of the columns; words for them are in ``serve/text/audit.*.toml``.
    rows : tuple of tuple
        One a line, as long as `columns`.
    suppressed : int
        Lines left out because too few learners stand behind them.
    notes : tuple of str
        What a reader must know.

    Examples
    --------
    >>> Supplement("items", ("item_id", "class"), (("i1", "C"),)).rows
    (('i1', 'C'),)
    """

    topic: Topic
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    suppressed: int = 0
    notes: tuple[str, ...] = ()
