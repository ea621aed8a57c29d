"""What learners and those who answer for them may ask of the store: everything held, a move, a new school year."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from sqlalchemy import or_, true

from polku.errors import ConflictError, InputError, NotFoundError
from polku.records import Response
from polku.records.relations import TEACHING
from polku.store import tables
from polku.store.jsontext import parse
from polku.store.log import Log
from polku.store.packing import PLACE, unpacked
from polku.store.tenant import Tenant
from polku.store.values import RolledOver

LAST_GRADES = frozenset({9, 12})
"""Grades after which learners leave: basic education ends with the one, upper secondary with the other."""
_JSON = {("path_settings", "content"), ("refused", "content")}


class Rights:
    """Rights of the learners of one provider.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where what is done is logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def held(self, learner_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return every row that names a learner, by table, as JSON can hold it.

        Tables are found by their column ``learner_id``, as erasure finds them, so that none can be forgotten.

        Returns
        -------
        dict of str to list of dict
            Bytes are given in base 64; texts that hold JSON as what they hold.
        """
        return {
            table.name: [
                {name: _plain(table.name, name, value) for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
                for row in self._tenant.rows(self._tenant.select(table).where(table.c.learner_id == learner_id))
            ]
            for table in tables.metadata.sorted_tables
            if "learner_id" in table.c
        }

    def note(self, kind: str, learner_id: str | None, *, by: str, role: str, **said: Any) -> str:
        """Log that a right was used: an export made, a file imported; return the entry's id."""
        return self._log.append(kind, {"by": by, "role": role, "at": self._tenant.now(), **said}, learner_id)

    def move(self, learner_id: str, *, group_id: str | None, school_id: str | None, by: str, role: str) -> None:
        """Put a learner into another group and school of the same provider; their evidence stays as it is.

        Raises
        ------
        NotFoundError
            If the roster does not name the learner.
        """
        table = tables.learners
        row = self._tenant.first(self._tenant.select(table).where(table.c.learner_id == learner_id))
        if row is None:
            raise NotFoundError("the roster names no such learner", got=learner_id, hint="polku ingest reads a roster")
        self._tenant.put(table, [{**row._mapping, "group_id": group_id, "school_id": school_id}])  # noqa: SLF001 - as above
        said = {"from": [row.group_id, row.school_id], "to": [group_id, school_id]}
        self.note("moved", learner_id, by=by, role=role, **said)

    def admit(self, learner_id: str, grade: int | None, *, by: str, role: str, said: str) -> bool:
        """Put a learner who comes from elsewhere on the roster, without a group yet; return whether they are new to it.

        Parameters
        ----------
        learner_id, grade
            As the file says that they bring.
        by, role : str
            Who takes them in, and as what.
        said : str
            Where from, for the log.
        """
        table = tables.learners
        new = not self._tenant.count(table, table.c.learner_id == learner_id)
        if new:
            row = {"learner_id": learner_id, "grade": grade, "group_id": None, "school_id": None}
            self._tenant.insert(table, [row])
        self.note("admitted", learner_id, by=by, role=role, source=said, new=new)
        return new

    def roll_over(self, year: int, *, by: str, role: str) -> RolledOver:
        """Begin a school year: a grade up, groups ended, teachers' relations ended; evidence stays as it is.

        Who was in the last grade leaves the roster and is kept for as long as retention says, so that the next roster
        may name them again.

        Parameters
        ----------
        year : int
            The year in which the school year begins.
        by, role : str
            Who says so.

        Raises
        ------
        ConflictError
            If this year, or a later one, has begun already.
        InputError
            If the year is not this one or the next.
        """
        today = dt.datetime.fromtimestamp(self._tenant.now() / 1e6, dt.UTC).date()
        if year not in {today.year, today.year + 1}:
            raise InputError("a school year begins this year or the next", got=year, hint=f"--year {today.year}")
        begun = [said["year"] for said in self.said("rolled over")]
        if begun and max(begun) >= year:
            raise ConflictError("this school year has begun already", got=max(begun), hint="once a year is enough")
        done = self._grades_up(self._relations_end(dt.date(year, 7, 31)))
        self.note("rolled over", None, by=by, role=role, year=year, **done._asdict())
        return done

    def _grades_up(self, ended: int) -> RolledOver:
        table = tables.learners
        rows = [dict(row._mapping) for row in self._tenant.rows(self._tenant.select(table))]  # noqa: SLF001 - as above
        gone = [row["learner_id"] for row in rows if row["grade"] in LAST_GRADES]
        for learner_id in gone:
            self._tenant.delete(table, table.c.learner_id == learner_id)
        up = [row | {"grade": row["grade"] and row["grade"] + 1, "group_id": None} for row in rows]
        self._tenant.put(table, [row for row in up if row["learner_id"] not in set(gone)])
        groups = {row["group_id"] for row in rows} - {None}
        return RolledOver(len(rows) - len(gone), len(gone), len(groups), ended)

    def _relations_end(self, last: dt.date) -> int:
        """End every teaching relation that would go on past the last day of the old year; return how many."""
        ended = 0
        for table, own in (
            (tables.teachers, true()),
            (tables.relations, tables.relations.c.kind.in_(sorted(TEACHING))),
        ):
            open_ones = self._tenant.select(table).where(own, or_(table.c.ends_on.is_(None), table.c.ends_on > last))
            rows = self._tenant.rows(open_ones.where(table.c.starts_on <= last))
            self._tenant.put(table, [{**row._mapping, "ends_on": last} for row in rows])  # noqa: SLF001 - as above
            ended += len(rows)
        return ended

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Return what the log's entries of a kind say, in no particular order."""
        log, payloads = tables.log, tables.log_payloads
        statement = self._tenant.select(payloads, payloads.c.payload).join(
            log, (log.c.provider_id == payloads.c.provider_id) & (log.c.entry_id == payloads.c.entry_id)
        )
        return [parse(unpacked(row.payload)) for row in self._tenant.rows(statement.where(log.c.kind == kind))]


def evidence_of(responses: list[Response]) -> list[dict[str, Any]]:
    """Return answers as rows that any door of Polku takes in again."""
    return [
        {
            **{name: getattr(one, name) for name in ("response_id", "learner_id", "item_id", "correct", "duration_s")},
            **{name: getattr(one, name) for name in ("school_id", "group_id")},
            "skill_ids": list(one.skill_ids),
            "answered_at": _iso(one.answered_at) if one.clock else one.answered_at,
            "known_at": _iso(one.known_at) if one.clock else one.known_at,
        }
        for one in responses
    ]


def _iso(at: int) -> str:
    moment = dt.datetime.fromtimestamp(at // 1_000_000, dt.UTC).replace(microsecond=at % 1_000_000)
    return moment.isoformat().replace("+00:00", "Z")


def _plain(table: str, name: str, value: Any) -> Any:
    if (table, name) == PLACE:
        return parse(unpacked(value))
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.date):
        return value.isoformat()
    return parse(value) if (table, name) in _JSON and value is not None else value
