"""Stamps: whether anything is new of a learner since a path was planned, told by one statement.

Everything that a path goes by is only ever added to, save the roster; so numbers of rows tell. What ends by itself,
a pause or a relation, is compared with now in the statement. An answer kept beside its stamp may be given again as
long as the stamp is the same, whoever wrote in between and through whichever process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from polku.store.tenant import Tenant

_OPEN = "starts_on <= {today} AND (ends_on IS NULL OR ends_on >= {today})"
_BEARING = "subject IN ({learner}, {provider}, who.group_id) AND provider_id = {provider}"
_SQL = f"""SELECT
 (SELECT count(*) FROM responses WHERE learner_id = {{learner}} AND provider_id = {{provider}}),
 (SELECT count(*) FROM amendments WHERE learner_id = {{learner}} AND provider_id = {{provider}}),
 (SELECT count(*) FROM decisions WHERE learner_id = {{learner}} AND provider_id = {{provider}}),
 (SELECT count(*) FROM decisions WHERE learner_id = {{learner}} AND provider_id = {{provider}}
   AND until_at > {{now}}),
 (SELECT count(*) FROM path_settings WHERE {_BEARING}),
 (SELECT count(*) FROM holds WHERE {_BEARING}),
 (SELECT count(*) FROM holds WHERE {_BEARING} AND until > {{now}}),
 (SELECT max(number) FROM releases WHERE provider_id = {{provider}}),
 (SELECT max(offered_at) FROM suggestions WHERE learner_id = {{learner}} AND provider_id = {{provider}}),
 who.grade, who.group_id, who.listed,
 (SELECT count(*) FROM relations WHERE subject = {{viewer}} AND provider_id = {{provider}} AND kind IN ({{kinds}})
   AND NOT restricted AND object_type = 'learner' AND object_id = {{learner}} AND {_OPEN}),
 (SELECT count(*) FROM relations WHERE subject = {{viewer}} AND provider_id = {{provider}} AND kind IN ({{kinds}})
   AND NOT restricted AND object_type = 'group' AND object_id = who.group_id AND {_OPEN}),
 (SELECT count(*) FROM teachers WHERE teacher_id = {{viewer}} AND provider_id = {{provider}} AND {{teaches}} = 1
   AND group_id = who.group_id AND {_OPEN})
 FROM (SELECT max(grade) AS grade, max(group_id) AS group_id, count(*) AS listed FROM learners
   WHERE learner_id = {{learner}} AND provider_id = {{provider}}) AS who"""  # noqa: S608 - our own names, bound values


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
        """Return the stamp of a learner for a viewer.

        Parameters
        ----------
        learner_id : str
            Whose.
        viewer : str
            Who asks.
        kinds : collection of str
            Relations that count for the viewer's role; the roster's teachers do where "teacher" is among them.
        today : date
            On which a relation must be open.
        now : int
            Microseconds UTC, by which a pause must not be over.
        """
        given = {
            "learner": learner_id,
            "provider": self._tenant.provider_id,
            "viewer": viewer,
            "now": now,
            "today": today if self._tenant.is_postgresql else today.isoformat(),
            "teaches": int("teacher" in kinds),
        }
        given |= {f"kind{place}": kind for place, kind in enumerate(sorted(kinds) or [""])}
        found = tuple(
            self._tenant.connection.exec_driver_sql(
                _statement(len(kinds) or 1, self._tenant.is_postgresql), given
            ).one()
        )
        return Stamp((*found[:8], *found[9:12]), found[8], found[12:])


def _statement(kinds: int, postgresql: bool) -> str:
    mark = "%({})s" if postgresql else ":{}"
    names = {name: mark.format(name) for name in ("learner", "provider", "viewer", "now", "today", "teaches")}
    return _SQL.format(**names, kinds=", ".join(mark.format(f"kind{place}") for place in range(kinds)))
