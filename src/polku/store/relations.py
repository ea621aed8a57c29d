"""Who may see whom: relations with dates, protected identities, permits."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, or_

from polku.errors import NotFoundError
from polku.records.relations import Kind, Permit, Relation
from polku.store import tables
from polku.store.log import Log
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
        table = tables.relations
        statement = self._tenant.select(table, table.c.object_type, table.c.object_id).where(
            table.c.subject == subject,
            table.c.kind.in_(sorted(kinds)),
            table.c.restricted.is_(False),
            *_on(table, day),
        )
        found: dict[str, set[str]] = {"learner": set(), "group": set(), "school": set()}
        for row in self._tenant.rows(statement):
            found[row.object_type].add(row.object_id)
        if Kind.TEACHER in kinds:
            found["group"] |= self._taught(subject, day)
        return Reach(*(frozenset(found[name]) for name in ("learner", "group", "school")))

    def _taught(self, subject: str, day: dt.date) -> set[str]:
        table = tables.teachers
        statement = self._tenant.select(table, table.c.group_id).where(table.c.teacher_id == subject, *_on(table, day))
        return {row.group_id for row in self._tenant.rows(statement)}

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


def _on(table: Table, day: dt.date) -> tuple[ColumnElement[bool], ...]:
    return table.c.starts_on <= day, or_(table.c.ends_on.is_(None), table.c.ends_on >= day)
