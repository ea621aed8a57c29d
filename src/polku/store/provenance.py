"""Provenance: which element of which stream became which answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import literal, tuple_

from polku.records.elements import Voiding
from polku.store import tables
from polku.store.tenant import AnyRow, Tenant, chunks

_TABLE = tables.elements


class Provenance(NamedTuple):
    """Where an answer came from, or what became of an element."""

    source: str
    element_id: str
    standard: str
    outcome: str
    digest: str
    receipt_id: str
    learner_id: str | None
    response_id: str | None
    target_id: str | None
    content: str | None
    taken_at: int


class KeptPage(NamedTuple):
    """Elements that may be read back.

    Parameters
    ----------
    rows : list of Provenance
        In the order that was asked for.
    last : (int, str) or None
        Time and id of the last that was looked at; None where nothing follows it.
    """

    rows: list[Provenance]
    last: tuple[int, str] | None


class Provenances:
    """Where the elements of one provider's streams went.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def get(self, source: str, element_id: str) -> Provenance | None:
        """Return what became of an element."""
        mine = (_TABLE.c.source == source, _TABLE.c.element_id == element_id)
        row = self._tenant.first(self._tenant.select(_TABLE).where(*mine))
        return None if row is None else Provenance(*row)

    def of_response(self, response_id: str) -> Provenance | None:
        """Return where an answer came from; None where it came by no stream."""
        row = self._tenant.first(self._tenant.select(_TABLE).where(_TABLE.c.response_id == response_id))
        return None if row is None else Provenance(*row)

    def kept(
        self, source: str, limit: int, after: tuple[int, str] | None = None, *, ascending: bool = False
    ) -> KeptPage:
        """Return a source's elements whose content may be read back, those voided left out.

        Parameters
        ----------
        source : str
            Whose.
        limit : int
            At most so many are looked at.
        after : (int, str), optional
            Only those that follow this time and id.
        ascending : bool
            Whether the oldest come first, in place of the latest.
        """
        at, name = _TABLE.c.taken_at, _TABLE.c.element_id
        found = self._tenant.select(_TABLE).where(_TABLE.c.source == source, _TABLE.c.content.is_not(None))
        if after is not None:
            place = tuple_(literal(after[0]), literal(after[1]))
            found = found.where(tuple_(at, name) > place if ascending else tuple_(at, name) < place)
        order = (at, name) if ascending else (at.desc(), name.desc())
        rows = [Provenance(*row) for row in self._tenant.rows(found.order_by(*order).limit(limit))]
        gone = self.voided_ids(source, [row.element_id for row in rows if row.outcome != Voiding.outcome])
        last = (rows[-1].taken_at, rows[-1].element_id) if len(rows) == limit else None
        return KeptPage([row for row in rows if row.element_id not in gone], last)

    def voided(self, source: str, element_id: str) -> bool:
        """Return whether an element was taken back; a voiding never is."""
        found = self.get(source, element_id)
        if found is not None and found.outcome == Voiding.outcome:
            return False
        return element_id in self.voided_ids(source, [element_id])

    def there(self, source: str, ids: Sequence[str]) -> dict[str, AnyRow]:
        """Return the elements that are there, by id."""
        columns = [_TABLE.c[name] for name in ("element_id", "outcome", "digest", "response_id", "learner_id")]
        found: dict[str, AnyRow] = {}
        for part in chunks(sorted(set(ids))):
            statement = self._tenant.select(_TABLE, *columns)
            rows = self._tenant.rows(statement.where(_TABLE.c.source == source, _TABLE.c.element_id.in_(part)))
            found |= {row.element_id: row for row in rows}
        return found

    def voided_ids(self, source: str, ids: Sequence[str]) -> set[str]:
        """Return which ids a voiding of the source names."""
        found: set[str] = set()
        for part in chunks(sorted(set(ids))):
            statement = self._tenant.select(_TABLE, _TABLE.c.target_id)
            rows = self._tenant.rows(statement.where(_TABLE.c.source == source, _TABLE.c.target_id.in_(part)))
            found |= {row.target_id for row in rows}
        return found
