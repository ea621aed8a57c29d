"""Who may see whom: relations with dates, protected identities, permits."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Date, Table, bindparam, or_

from polku.errors import NotFoundError
from polku.records.relations import Kind, Permit, Relation
from polku.store import tables
from polku.store.log import Log
from polku.store.prepared import Prepared
from polku.store.related import note_changes
from polku.store.tenant import Tenant


class Reach(NamedTuple):
    """What somebody's relations of one day open to them: ids of learners, groups and schools."""

    learners: frozenset[str]
    groups: frozenset[str]
    schools: frozenset[str]


class Relations:
    """Relations of one provider's people; the roster's teachers count as relations of kind "teacher".

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where relations that end or change are logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def replace(self, relations: Iterable[Relation]) -> None:
        """Make `relations` all there are, beside the roster's teachers; the log keeps those that were otherwise."""
        relations = list(relations)
        note_changes(self._log, self.each(), relations, self._tenant.now())
        self._tenant.delete(tables.relations)
        rows = (
            {
                "relation": place,
                **one._asdict(),
                "kind": str(one.kind),
                "learner_id": one.object_id if one.object_type == "learner" else None,
            }
            for place, one in enumerate(relations)
        )
        self._tenant.insert(tables.relations, rows)

    def all(self) -> list[Relation]:
        """Return every relation, ended ones included, in the order they were handed over."""
        return list(self.each())

    def each(self) -> Iterator[Relation]:
        """Yield what :meth:`all` returns without holding it."""
        table = tables.relations
        columns = (table.c[name] for name in Relation._fields)
        for row in self._tenant.stream(self._tenant.select(table, *columns).order_by(table.c.relation)):
            yield Relation(row.subject, Kind(row.kind), *tuple(row)[2:])

    def reach(self, subject: str, kinds: Collection[Kind], day: dt.date) -> Reach:
        """Return what somebody may see on a day.

        Parameters
        ----------
        subject : str
            Who.
        kinds : collection of Kind
            Relations that count; the roster's teachers do where "teacher" is among them.
        day : date
            A relation opens its object from its first day to its last, unless it is restricted.
        """
        given = {"subject": subject, "day": day.isoformat()}
        found: dict[str, set[str]] = {"learner": set(), "group": set(), "school": set()}
        for row in _OPENS.rows(self._tenant, **given):
            if row.kind in kinds:
                found[row.object_type].add(row.object_id)
        if Kind.TEACHER in kinds:
            found["group"] |= {row.group_id for row in _TAUGHT.rows(self._tenant, **given)}
        return Reach(*(frozenset(found[name]) for name in ("learner", "group", "school")))

    def protect(self, learner_ids: Iterable[str]) -> None:
        """Make these learners all whose identity is protected."""
        self._tenant.delete(tables.protected)
        now = self._tenant.now()
        rows = [{"learner_id": one, "protected_at": now} for one in sorted(set(learner_ids))]
        self._tenant.insert(tables.protected, rows)

    def protected(self) -> frozenset[str]:
        """Return the learners whose school and group are told to nobody but those who teach them."""
        table = tables.protected
        return frozenset(row.learner_id for row in self._tenant.rows(self._tenant.select(table, table.c.learner_id)))

    def permit(self, permits: Iterable[Permit]) -> None:
        """Make `permits` all there are; a permit that stays keeps its pseudonyms."""
        table = tables.permits
        known = self._tenant.rows(self._tenant.select(table, table.c.permit_id, table.c.salt))
        salts = {row.permit_id: row.salt for row in known}
        rows = [{**one._asdict(), "salt": salts.setdefault(one.permit_id, secrets.token_bytes(16))} for one in permits]
        self._tenant.delete(table)
        self._tenant.insert(table, rows)

    def pseudonym(self, permit_id: str, name: str) -> str:
        """Return what a school is called under a permit: always the same there, and nothing under another.

        Raises
        ------
        NotFoundError
            If there is no such permit.
        """
        table = tables.permits
        row = self._tenant.first(self._tenant.select(table, table.c.salt).where(table.c.permit_id == permit_id))
        if row is None:
            raise NotFoundError("no such permit", hint="polku relations --permits FILE")
        return hmac.new(row.salt, name.encode(), hashlib.sha256).hexdigest()[:12]

    def is_permitted(self, subject: str, permit_id: str, day: dt.date) -> bool:
        """Return whether a researcher works under a permit on a day."""
        table = tables.permits
        return bool(
            self._tenant.count(table, table.c.subject == subject, table.c.permit_id == permit_id, *_on(table, day))
        )


def _on(table: Table, day: dt.date | ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    return table.c.starts_on <= day, or_(table.c.ends_on.is_(None), table.c.ends_on >= day)


_DAY: Final = bindparam("day", type_=Date())
"""A day as both engines take it from their drivers: as ISO 8601 writes it."""
_OPENS: Final = Prepared(
    tables.relations,
    *(tables.relations.c[name] for name in ("kind", "object_type", "object_id")),
    where=(
        tables.relations.c.subject == bindparam("subject"),
        tables.relations.c.restricted.is_(False),
        *_on(tables.relations, _DAY),
    ),
)
_TAUGHT: Final = Prepared(
    tables.teachers,
    tables.teachers.c.group_id,
    where=(tables.teachers.c.teacher_id == bindparam("subject"), *_on(tables.teachers, _DAY)),
)
