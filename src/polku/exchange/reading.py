"""What reading a file gives: what was taken in, what was not, and how many rows of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import pandas as pd
import pyarrow as pa

from polku.exchange.raw import RawTable
from polku.records import DenyRules, Items, Refusal, Refused, Responses, Roster, check_columns

Kept = TypeVar("Kept")


@dataclass(frozen=True, eq=False)
class Reading:
    """Responses read from a file; ``len(responses) + len(refused) + repeated == rows``, always.

    Parameters
    ----------
    responses : Responses
        What was taken in.
    refused : Refused
        What was not, with line, reason and row.
    notes : tuple of str
        What is worth telling: columns not read, skills filled in, bytes that are not UTF-8.
    repeated : int
        Rows whose id and content had occurred before in the file.
    background : DataFrame, optional
        ``learner_id`` and a column an attribute, one row a learner with responses, in the set's own values; missing
        where nothing is known. For the audit's enclave only: whoever reads hands it on and keeps it nowhere else.
    curriculum_json : str, optional
        Titles and areas of the skills where the set has them, as :meth:`polku.curriculum.Curriculum.from_json`
        reads it.
    """

    responses: Responses
    refused: Refused
    notes: tuple[str, ...] = ()
    repeated: int = 0
    background: pd.DataFrame | None = None
    curriculum_json: str | None = None

    @property
    def rows(self) -> int:
        """Return the number of rows in the file."""
        return len(self.responses) + len(self.refused) + self.repeated


@dataclass(frozen=True, eq=False)
class RosterReading:
    """A roster read from one or two files; fields as in :class:`Reading`. Lines of the teachers' file come last."""

    roster: Roster
    refused: Refused
    notes: tuple[str, ...] = ()
    repeated: int = 0


@dataclass(frozen=True, eq=False)
class ListReading(Generic[Kept]):
    """Rows of a small list, read from a file; fields as in :class:`Reading`."""

    rows: list[Kept]
    refused: Refused
    notes: tuple[str, ...] = ()
    repeated: int = 0


@dataclass(frozen=True, eq=False)
class ItemsReading:
    """Items read from a file; fields as in :class:`Reading`."""

    items: Items
    refused: Refused
    notes: tuple[str, ...] = ()
    repeated: int = 0


def check(
    raw: RawTable,
    columns: Mapping[str, pa.Array],
    deny: DenyRules,
    items: Items | None,
    names: Mapping[str, str] | None = None,
) -> Reading:
    """Check the canonical columns made from a file's rows and account for every row.

    Parameters
    ----------
    raw : RawTable
        The rows as they are in the file.
    columns : mapping of str to Arrow array
        Canonical columns of the same rows.
    deny, items
        As in :func:`polku.records.check_columns`.
    names : mapping of str to str, optional
        Canonical column → what the file calls it, where it differs.

    Returns
    -------
    Reading
    """
    checked = check_columns(columns, deny, items)
    called = dict(names or {})
    lines = raw.line[checked.refused].tolist()
    refusals = [
        Refusal(line, reason, called.get(column, column), reason.sentence, row)
        for line, (reason, column), row in zip(lines, checked.reasons, raw.row_json(checked.refused, deny), strict=True)
    ]
    refused = Refused.of([*raw.broken, *refusals])
    return Reading(checked.responses, refused, raw.notes + checked.notes, checked.repeated)
