"""Registers: what each said last of its schools, classes, people and enrolments.

A delivery of changes names what changed and nothing else, so what was said before is kept, thinned to ids and dates.
Nothing is deleted when a register drops it: it ends, with the time at which it did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam

from polku.store import tables
from polku.store.jsontext import canonical, parse
from polku.store.tenant import Tenant, chunks

PAGES_KB: Final = 16 << 10
"""Kilobytes of an embedded database's pages that are held while a delivery goes through it."""
_TABLE = tables.rostered
_NAMES = ("source", "kind", "sourced_id", "learner_id", "content", "receipt_id", "seen_at", "ended_at")
_READ = tuple(_TABLE.c[name] for name in ("sourced_id", "learner_id", "content", "seen_at", "ended_at", "receipt_id"))


class Rostered(NamedTuple):
    """One thing that a register said.

    Parameters
    ----------
    sourced_id : str
        The register's own id of it, unique among its kind.
    learner_id : str or None
        The person that it is about, under the id that they have here.
    content : mapping
        Ids and dates; see :mod:`polku.exchange.oneroster_rows`.
    seen_at : int
        When it was first said, microseconds UTC.
    ended_at : int or None
        When it ended: the register dropped it, or said so.
    receipt_id : str
        Of the delivery that said it last.
    """

    sourced_id: str
    learner_id: str | None
    content: Mapping[str, Any]
    seen_at: int = 0
    ended_at: int | None = None
    receipt_id: str = ""


class Taken(NamedTuple):
    """How many things were new or otherwise than before, and how many were as before."""

    changed: int
    same: int


class Register:
    """What one provider's registers said last.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def now(self) -> int:
        """Return the time that things are marked with, microseconds UTC."""
        return self._tenant.now()

    def pass_through(self) -> None:
        """Let an embedded database hold few pages from here on: a delivery goes through it once, whatever its size."""
        if not self._tenant.is_postgresql:
            self._tenant.connection.exec_driver_sql(f"PRAGMA cache_size = -{PAGES_KB}")

    def take(self, source: str, kind: str, things: Sequence[tuple[Rostered, bool]], receipt_id: str) -> Taken:
        """Keep what a delivery says; each thing replaces what was said of it before.

        Parameters
        ----------
        source, kind : str
            Which register, and what kind of thing.
        things : sequence of (Rostered, bool)
            What is said, and whether it has ended; times are set here.
        receipt_id : str
            Of the delivery.
        """
        now = self._tenant.now()
        before = self.there(source, kind, [one.sourced_id for one, _ in things])
        rows, same = [], 0
        for one, ended in things:
            was = before.get(one.sourced_id)
            ended_at = (was.ended_at if was and was.ended_at is not None else now) if ended else None
            same += was is not None and (was.content, was.ended_at) == (one.content, ended_at)
            seen_at = now if was is None else was.seen_at
            said = (one.learner_id, canonical(one.content), receipt_id, seen_at, ended_at)
            rows.append((source, kind, one.sourced_id, *said))
        if rows:
            self._tenant.replace(_TABLE, _NAMES, rows)
        return Taken(len(rows) - same, same)

    def end_missing(self, source: str, kind: str, receipt_id: str) -> int:
        """End what a whole delivery of a kind no longer names; return how many ended."""
        gone = (
            _TABLE.c.source == source,
            _TABLE.c.kind == kind,
            _TABLE.c.receipt_id != receipt_id,
            _TABLE.c.ended_at.is_(None),
        )
        count = self._tenant.count(_TABLE, *gone)
        which = (
            (_TABLE.c.source == bindparam("of_source"))
            & (_TABLE.c.kind == bindparam("of_kind"))
            & (_TABLE.c.receipt_id != bindparam("not_receipt"))
            & _TABLE.c.ended_at.is_(None)
        )
        bound = {"of_source": source, "of_kind": kind, "not_receipt": receipt_id}
        self._tenant.update(_TABLE, which, [{**bound, "ended_at": self._tenant.now()}])
        return count

    def there(self, source: str, kind: str, ids: Sequence[str]) -> dict[str, Rostered]:
        """Return what is known of some things of a kind, ended ones too, by id."""
        found: dict[str, Rostered] = {}
        for part in chunks(sorted(set(ids))):
            mine = (_TABLE.c.source == source, _TABLE.c.kind == kind, _TABLE.c.sourced_id.in_(part))
            for row in self._tenant.rows(self._tenant.select(_TABLE, *_READ).where(*mine)):
                found[row.sourced_id] = Rostered(*row)._replace(content=parse(row.content))
        return found

    def all(self, source: str, kind: str) -> Iterator[Rostered]:
        """Yield everything of a kind, ended ones too, in order of id."""
        mine = (_TABLE.c.source == source, _TABLE.c.kind == kind)
        statement = self._tenant.select(_TABLE, *_READ).where(*mine).order_by(_TABLE.c.sourced_id)
        for row in self._tenant.stream(statement):
            yield Rostered(*row)._replace(content=parse(row.content))

    def count(self, source: str, kind: str) -> int:
        """Return how many things of a kind are known that have not ended."""
        mine = (_TABLE.c.source == source, _TABLE.c.kind == kind, _TABLE.c.ended_at.is_(None))
        return self._tenant.count(_TABLE, *mine)
