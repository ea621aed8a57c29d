"""Stamps: whether anything is new of a learner since a path was planned, told by one statement.

Everything that a path goes by is only ever added to, save the roster; so numbers of rows tell. What ends by itself,
a pause or a relation, is compared with now in the statement. An answer kept beside its stamp may be given again as
long as the stamp is the same, whoever wrote in between and through whichever process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from polku.store.straight import Statement
from polku.store.tenant import Tenant

_OPEN = "starts_on <= {today} AND (ends_on IS NULL OR ends_on >= {today})"
_OF_LEARNER = "learner_id = who.learner_id AND provider_id = {provider}"
_BEARING = "subject IN (who.learner_id, {provider}, who.group_id) AND provider_id = {provider}"
_SQL = f"""WITH asked (learner_id) AS (VALUES {{asked}}),
 who AS (SELECT asked.learner_id, grade, group_id, CASE WHEN provider_id IS NULL THEN 0 ELSE 1 END AS listed
   FROM asked LEFT JOIN learners ON learners.learner_id = asked.learner_id AND provider_id = {{provider}})
 SELECT who.learner_id,
 (SELECT count(*) FROM responses WHERE {_OF_LEARNER}),
 (SELECT count(*) FROM amendments WHERE {_OF_LEARNER}),
 (SELECT count(*) FROM decisions WHERE {_OF_LEARNER}),
 (SELECT count(*) FROM decisions WHERE {_OF_LEARNER} AND until_at > {{now}}),
 (SELECT count(*) FROM path_settings WHERE {_BEARING}),
 (SELECT count(*) FROM holds WHERE {_BEARING}),
 (SELECT count(*) FROM holds WHERE {_BEARING} AND until > {{now}}),
 (SELECT max(number) FROM releases WHERE provider_id = {{provider}}),
 who.grade, who.group_id, who.listed,
 (SELECT max(offered_at) FROM suggestions WHERE {_OF_LEARNER}),
 (SELECT count(*) FROM relations WHERE subject = {{viewer}} AND provider_id = {{provider}} AND kind IN ({{kinds}})
   AND NOT restricted AND object_type = 'learner' AND object_id = who.learner_id AND {_OPEN}),
 (SELECT count(*) FROM relations WHERE subject = {{viewer}} AND provider_id = {{provider}} AND kind IN ({{kinds}})
   AND NOT restricted AND object_type = 'group' AND object_id = who.group_id AND {_OPEN}),
 (SELECT count(*) FROM teachers WHERE teacher_id = {{viewer}} AND provider_id = {{provider}} AND {{teaches}} = 1
   AND group_id = who.group_id AND {_OPEN})
 FROM who"""  # noqa: S608 - our own names, bound values


_MOST = 100
"""Learners of one statement: all texts of statements together stay few."""


class Stamp(NamedTuple):
    """What a learner's path goes by and what opens it to somebody, at one moment.

    Parameters
    ----------
    path : tuple
        Numbers of answers, corrections, decisions, settings, holds and the release; the roster's line.
    offered_at : int or None
        When a path was offered last.
    access : tuple of int
        How many relations of the viewer are open to the learner, and to the learner's group.
    """

    path: tuple[Any, ...]
    offered_at: int | None
    access: tuple[int, ...]


class Stamps:
    """Stamps of one provider's learners.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def of(self, learner_id: str, *, viewer: str, kinds: Collection[str], today: dt.date, now: int) -> Stamp:
        """Return the stamp of a learner for a viewer, as :meth:`of_each` does of several."""
        return self.of_each([learner_id], viewer=viewer, kinds=kinds, today=today, now=now)[learner_id]

    def of_each(
        self, learner_ids: Sequence[str], *, viewer: str, kinds: Collection[str], today: dt.date, now: int
    ) -> dict[str, Stamp]:
        """Return the stamps of some learners for a viewer, by learner id.

        Parameters
        ----------
        learner_ids : sequence of str
            Whose; asked for in one statement.
        viewer : str
            Who asks.
        kinds : collection of str
            Relations that count for the viewer's role; the roster's teachers do where "teacher" is among them.
        today : date
            On which a relation must be open.
        now : int
            Microseconds UTC, by which a pause must not be over.
        """
        parts = [learner_ids[first : first + _MOST] for first in range(0, len(learner_ids), _MOST)]
        found: dict[str, Stamp] = {}
        for stamps in self._read([(part, viewer, kinds) for part in parts], today, now):
            found |= stamps
        return {one: found[one] for one in learner_ids}

    def of_looks(self, looks: Sequence[tuple[str, str, Collection[str]]], *, today: dt.date, now: int) -> list[Stamp]:
        """Return the stamps of (learner id, viewer, kinds) each, `today` and `now` as for :meth:`of_each`."""
        found = self._read([((learner_id,), viewer, kinds) for learner_id, viewer, kinds in looks], today, now)
        return [stamps[learner_id] for stamps, (learner_id, _, _) in zip(found, looks, strict=True)]

    def _read(
        self, asked: Sequence[tuple[Sequence[str], str, Collection[str]]], today: dt.date, now: int
    ) -> list[dict[str, Stamp]]:
        shared = {
            "provider": self._tenant.provider_id,
            "now": now,
            "today": today if self._tenant.is_postgresql else today.isoformat(),
        }
        found = self._tenant.straight.run([self._asked(shared, *one) for one in asked])
        return [
            {row[0]: Stamp(tuple(row[1:12]), row[12], tuple(row[13:])) for row in cursor.fetchall()} for cursor in found
        ]

    def _asked(
        self, shared: Mapping[str, Any], learner_ids: Sequence[str], viewer: str, kinds: Collection[str]
    ) -> Statement:
        given = {**shared, "viewer": viewer, "teaches": int("teacher" in kinds)}
        given |= {f"kind{place}": kind for place, kind in enumerate(sorted(kinds) or [""])}
        given |= {f"learner{place}": one for place, one in enumerate(learner_ids)}
        return Statement(_statement(len(learner_ids), len(kinds) or 1, self._tenant.is_postgresql), given)


@cache
def _statement(learners: int, kinds: int, postgresql: bool) -> str:
    mark = "%({})s" if postgresql else ":{}"
    names = {name: mark.format(name) for name in ("provider", "viewer", "now", "today", "teaches")}
    asked = ", ".join(f"({mark.format(f'learner{place}')})" for place in range(learners))
    return _SQL.format(**names, asked=asked, kinds=", ".join(mark.format(f"kind{place}") for place in range(kinds)))
