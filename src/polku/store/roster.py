"""The roster: who learns in which group, who teaches it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import bindparam

from polku.records import Roster
from polku.records.relations import Kind, Relation
from polku.store import tables
from polku.store.log import Log
from polku.store.prepared import Prepared
from polku.store.related import note_changes
from polku.store.tenant import Tenant, chunks
from polku.store.values import Learner

_LEARNER = tuple(tables.learners.c[name] for name in Learner._fields)
LINE = Prepared(tables.learners, *_LEARNER, where=(tables.learners.c.learner_id == bindparam("learner"),))
_TEACHER = ("teacher_id", "group_id", "starts_on", "ends_on")


class RosterTable:
    """Learners and teaching relations.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where teaching relations that end or change are logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def replace(self, roster: Roster) -> None:
        """Make `roster` the whole roster; responses of learners who left stay, the log keeps who taught which group."""
        self._teach(roster.teachers)
        self._tenant.delete(tables.learners)
        self._tenant.insert(tables.learners, _records(roster.learners, Learner._fields))

    def renew(self, known: Collection[str], learners: Iterable[Learner], teachers: pd.DataFrame) -> None:
        """Make `learners` all who stand in the roster of those `known`, part by part; nobody else's line changes.

        Parameters
        ----------
        known : collection of str
            Ids of people; whoever of them is not among `learners` has left.
        learners : iterable of Learner
            One a learner, all among those known.
        teachers : DataFrame
            All teaching relations, as :meth:`teachers` returns them.
        """
        self._teach(teachers)
        for part in chunks(known):
            self._tenant.delete(tables.learners, tables.learners.c.learner_id.in_(part))
        self._tenant.insert(tables.learners, (one._asdict() for one in learners))

    def _teach(self, teachers: pd.DataFrame) -> None:
        """Make some teaching relations all there are; the log keeps those that were otherwise."""
        relations = list(_records(teachers, _TEACHER))
        before = _records(self.teachers(), _TEACHER)
        note_changes(self._log, map(_taught, before), map(_taught, relations), self._tenant.now())
        self._tenant.delete(tables.teachers)
        self._tenant.insert(tables.teachers, [{"relation": place, **row} for place, row in enumerate(relations)])

    def learner(self, learner_id: str) -> Learner | None:
        """Return one learner's line, or None when the roster does not name the learner."""
        row = LINE.first(self._tenant, learner=learner_id)
        return None if row is None else Learner(*row)

    def group(self, group_id: str) -> list[Learner]:
        """Return the learners of one group in order of learner id; empty for an unknown group."""
        statement = self._tenant.select(tables.learners, *_LEARNER).where(tables.learners.c.group_id == group_id)
        return [Learner(*row) for row in self._tenant.rows(statement.order_by(tables.learners.c.learner_id))]

    def groups(self) -> list[str]:
        """Return the ids of the groups that have learners, in order."""
        column = tables.learners.c.group_id
        statement = self._tenant.select(tables.learners, column).where(column.is_not(None)).distinct()
        return [row.group_id for row in self._tenant.rows(statement.order_by(column))]

    def learners(self) -> pd.DataFrame:
        """Return all learners in order: learner_id, grade (Int64), group_id, school_id."""
        statement = self._tenant.select(tables.learners, *_LEARNER).order_by(tables.learners.c.learner_id)
        frame = pd.DataFrame([tuple(row) for row in self._tenant.rows(statement)], columns=list(Learner._fields))
        return frame.astype({"learner_id": "str", "grade": "Int64", "group_id": "str", "school_id": "str"})

    def teachers(self) -> pd.DataFrame:
        """Return all teaching relations: teacher_id, group_id, starts_on, ends_on (dates; None while open)."""
        columns = (tables.teachers.c[name] for name in _TEACHER)
        statement = self._tenant.select(tables.teachers, *columns).order_by(tables.teachers.c.relation)
        frame = pd.DataFrame([tuple(row) for row in self._tenant.rows(statement)], columns=list(_TEACHER), dtype=object)
        return frame.astype({"teacher_id": "str", "group_id": "str"})

    def count(self) -> int:
        """Return how many learners the roster names."""
        return self._tenant.count(tables.learners)


def _taught(row: dict[str, Any]) -> Relation:
    starts, ends = pd.Timestamp(row["starts_on"]).date(), row["ends_on"]
    teaches = str(row["teacher_id"]), Kind.TEACHER, "group", str(row["group_id"])
    return Relation(*teaches, starts, None if ends is None else pd.Timestamp(ends).date())


def _records(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a frame as the database takes them: None for every kind of missing."""
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in names]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
