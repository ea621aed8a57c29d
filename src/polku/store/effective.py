"""Answers as they hold now: as they were recorded, but for what was corrected or taken back since.

Amendments are few. They are read beside the answers and put in their place here rather than by a join: a database
without statistics, as in the middle of a first ingest, plans such a join badly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam

from polku.store import bulk, tables
from polku.store.bulk import Content
from polku.store.prepared import Prepared
from polku.store.tenant import AnyRow, Tenant

AMENDED = ("item_id", "skill_ids", "answered_at", "correct", "duration_s", "school_id", "group_id")
"""The columns that a correction gives anew: whose answer it is, and under which id, stays."""
_RECORDED, _AMENDMENTS = tables.responses, tables.amendments
_PLACE = {name: place for place, name in enumerate(bulk.CONTENT)}
_LEARNER, _ITEM = _PLACE["learner_id"], _PLACE["item_id"]
_KEY = tuple(_PLACE[name] for name in ("known_at", "answered_at", "response_id"))

_NEW = tuple(_AMENDMENTS.c[name].label(f"new_{name}") for name in AMENDED)
_BOTH = (*(_RECORDED.c[name] for name in bulk.CONTENT), _AMENDMENTS.c.kind, *_NEW)
_SAME = and_(_RECORDED.c.provider_id == _AMENDMENTS.c.provider_id, _RECORDED.c.response_id == _AMENDMENTS.c.response_id)
AMENDED_OF = Prepared(
    _AMENDMENTS,
    *_BOTH,
    where=(_AMENDMENTS.c.learner_id == bindparam("learner"),),
    order=(_AMENDMENTS.c.number,),
    join=(_RECORDED, _SAME),
)


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that was amended: its row as recorded, and as it holds now (None: taken back)."""

    recorded: Content
    now: Content | None


class Changes:
    """What became of recorded answers, for rows of :data:`polku.store.bulk.CONTENT`.

    Parameters
    ----------
    changes : mapping of str to Change
        By response id.
    without : iterable of str
        Items whose answers are left out, also those that a correction moves to or from them.
    """

    def __init__(self, changes: dict[str, Change], without: Iterable[str] = ()) -> None:
        self._changes = changes
        self._without = frozenset(without)

    @classmethod
    def read(
        cls,
        tenant: Tenant,
        *,
        learners: Sequence[str] | None = None,
        responses: Sequence[str] | None = None,
        without: Iterable[str] = (),
        known_by: int | None = None,
        but_for: Collection[str] = (),
    ) -> Changes:
        """Read the last amendment of each answer that has any.

        Parameters
        ----------
        tenant : Tenant
            Whose answers.
        learners : sequence of str, optional
            Only theirs, at most as many as fit one ``IN``; default everybody's.
        responses : sequence of str, optional
            Only these, at most as many as fit one ``IN``; default all.
        without : iterable of str
            As above.
        known_by : int, optional
            Leave out amendments that became known later.
        but_for : collection of str
            Learners whose answers are left out.
        """
        if learners is not None and responses is None and known_by is None:
            rows = _of_learners(tenant, learners)
            return cls({row.response_id: _change(row) for row in rows if row.learner_id not in but_for}, without)
        where: list[ColumnElement[bool]] = []
        if learners is not None:
            where.append(_AMENDMENTS.c.learner_id.in_(learners))
        if responses is not None:
            where.append(_AMENDMENTS.c.response_id.in_(responses))
        if known_by is not None:
            where.append(_AMENDMENTS.c.known_at <= known_by)
        statement = tenant.select(_AMENDMENTS, *_BOTH).join(_RECORDED, _SAME).where(*where)
        rows = tenant.rows(statement.order_by(_AMENDMENTS.c.number))
        return cls({row.response_id: _change(row) for row in rows if row.learner_id not in but_for}, without)

    def applied(self, rows: Iterable[Content], beyond: tuple[Any, ...] | None = None) -> Iterator[Content]:
        """Yield `rows` that were not amended, then the amended ones as they hold; those beyond a fold key only."""
        yield from (row for row in rows if row[0] not in self._changes)
        yield from (row for row in self._now() if beyond is None or fold_key(row) > beyond)

    def in_order(self, rows: Iterable[Content]) -> Iterator[Content]:
        """Yield rows that come by learner in fold order as they hold, in the same order."""
        for _, own in groupby(rows, key=lambda row: row[_LEARNER]):
            held = list(own)
            if self._changes and any(row[0] in self._changes for row in held):
                changed = (self._changes[row[0]].now if row[0] in self._changes else row for row in held)
                held = sorted((row for row in changed if row is not None), key=fold_key)
            yield from held

    def count(self, recorded: int) -> int:
        """Return how many answers hold, given how many were recorded."""
        gone = sum(self._kept(change.recorded) for change in self._changes.values())
        return recorded - gone + sum(1 for _ in self._now())

    def emptied(self) -> set[str]:
        """Return the learners some of whose answers were taken back."""
        return {str(change.recorded[_LEARNER]) for change in self._changes.values() if change.now is None}

    def _now(self) -> Iterator[Content]:
        held = (change.now for change in self._changes.values())
        return (row for row in held if row is not None and self._kept(row))

    def _kept(self, row: Content) -> bool:
        return row[_ITEM] not in self._without


def _of_learners(tenant: Tenant, learners: Sequence[str]) -> list[AnyRow]:
    """Return what was amended of some learners; asked for all at once, SQLite would read everybody's answers."""
    if len(learners) == 1:
        return AMENDED_OF.rows(tenant, learner=learners[0])
    return list(chain.from_iterable(AMENDED_OF.each(tenant, ({"learner": one} for one in learners))))


def fold_key(row: Content) -> tuple[Any, ...]:
    """Return (known_at, answered_at, response_id) of a row."""
    return tuple(row[place] for place in _KEY)


def _change(row: AnyRow) -> Change:
    """Return both forms of an answer. It keeps its place in the fold, unless that was the time that is corrected."""
    recorded = tuple(row[: len(bulk.CONTENT)])
    if row.kind == "void":
        return Change(recorded, None)
    said = dict(zip(bulk.CONTENT, recorded, strict=True)) | {name: getattr(row, f"new_{name}") for name in AMENDED}
    if row.known_at == row.answered_at:
        said["known_at"] = said["answered_at"]
    return Change(recorded, tuple(said[name] for name in bulk.CONTENT))
