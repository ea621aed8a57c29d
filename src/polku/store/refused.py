"""Quarantine: rows that were not taken in, each with its reason."""

from __future__ import annotations

from sqlalchemy import func

from polku.home import digest
from polku.records import Refused
from polku.records.rules import LONGEST_ID
from polku.store import tables
from polku.store.jsontext import parse
from polku.store.tenant import Tenant
from polku.store.values import Quarantined

_TABLE = tables.refused
_NAMES = ("source", "line", "reason", "column_name", "explanation", "content")


class Quarantine:
    """Refused rows. The same row refused twice from the same line is kept once.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def add(self, refused: Refused, source: str) -> int:
        """Keep refused rows.

        Parameters
        ----------
        refused : Refused
            The rows, denied fields already replaced.
        source : str
            Where they came from: a file's name, "service", …

        Returns
        -------
        int
            How many were not in quarantine yet.
        """
        now, frame = self._tenant.now(), refused.frame
        rows = [
            (source, int(line), reason, column, explanation, content)
            for line, reason, column, explanation, content in zip(
                *(frame[name] for name in ("line", "reason", "column", "explanation", "row")), strict=True
            )
        ]
        return self._tenant.insert_new(
            _TABLE,
            ("refused_id", *_NAMES, "learner_id", "refused_at"),
            [(digest(*map(str, row)), *row, _learner(row[-1]), now) for row in rows],
        )

    def list(self) -> list[Quarantined]:
        """Return everything in quarantine, oldest first."""
        statement = self._tenant.select(_TABLE, *(_TABLE.c[name] for name in (*_NAMES, "refused_at")))
        order = (_TABLE.c.refused_at, _TABLE.c.source, _TABLE.c.line, _TABLE.c.refused_id)
        return [Quarantined(*row) for row in self._tenant.rows(statement.order_by(*order))]

    def reasons(self) -> dict[str, int]:
        """Return how many rows are in quarantine by reason, without reading them."""
        counted = self._tenant.select(_TABLE, _TABLE.c.reason, func.count()).group_by(_TABLE.c.reason)
        return {row.reason: int(row[1]) for row in self._tenant.rows(counted.order_by(_TABLE.c.reason))}

    def count(self) -> int:
        """Return how many rows are in quarantine."""
        return self._tenant.count(_TABLE)


def _learner(content: str) -> str | None:
    """Return whose row it is, where it says so: erasing the learner then erases it too.

    What can be no learner's id is left out: PostgreSQL holds no NUL, and indexes no text of any length.
    """
    row = parse(content)
    learner = row.get("learner_id") if isinstance(row, dict) else None
    text = str(learner).strip() if isinstance(learner, str | int) else None
    return text if text and len(text) <= LONGEST_ID and "\x00" not in text else None
