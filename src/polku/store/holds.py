"""What is held back: suggestions that are paused, profiling that somebody objects to, data that may not be used.

Nothing is switched in place: each change is one more row and one entry of the log, and of one kind and subject the last
row holds, until its time is over.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from polku.errors import ConflictError, InputError, NotFoundError, nearest
from polku.store import tables
from polku.store.log import Log
from polku.store.path_settings import SCOPES, bearing
from polku.store.prepared import Prepared
from polku.store.tenant import AnyRow, Tenant
from polku.store.values import Hold

PAUSE, OBJECTION, RESTRICTION = KINDS = ("pause", "objection", "restriction")
UNPROFILED = frozenset({OBJECTION, RESTRICTION})
"""Kinds under which no profile is folded or read."""
_TABLE = tables.holds
_ORDER = (_TABLE.c.set_at, _TABLE.c.hold_id)
BEARING = Prepared(_TABLE, where=(_TABLE.c.subject.in_([bindparam(name) for name in SCOPES]),), order=_ORDER)
_COLUMNS = {"by": "set_by", "at": "set_at"}  # BY and AT are words of SQL


class Holds:
    """Pauses, objections and restrictions of one provider.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where each change is logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def put(
        self,
        kind: str,
        scope: str,
        subject: str,
        *,
        by: str,
        role: str,
        reason: str | None = None,
        until: int | None = None,
    ) -> Hold:
        """Hold something back from now on; said again, the newer words hold.

        Parameters
        ----------
        kind : {"pause", "objection", "restriction"}
            A pause rests suggestions; an objection ends profiling; a restriction ends every use of a learner's data.
        scope : {"provider", "group", "learner"}
            For whom. Objections and restrictions are of one learner.
        subject : str
            Id of the learner or group; for the provider its own id is taken.
        by, role : str
            Who, and as what.
        reason : str, optional
            In their words.
        until : int, optional
            Microseconds UTC; without it, until somebody lifts it. Only a pause may have it.

        Raises
        ------
        InputError
            If there is no such kind or scope, or `until` is not ahead.
        """
        self._refuse(kind, scope, until)
        if kind in UNPROFILED:
            self._tenant.claim("profile", subject)
            self._tenant.delete(tables.profiles, tables.profiles.c.learner_id == subject)
        return self._append(kind, scope, subject, on_hold=True, by=by, role=role, reason=reason, until=until)

    def lift(self, kind: str, scope: str, subject: str, *, by: str, role: str, reason: str | None = None) -> Hold:
        """End what is held back.

        Raises
        ------
        ConflictError
            If nothing of the kind is held back from the subject.
        """
        own = self._tenant.provider_id if scope == "provider" else subject
        standing = _standing(self._tenant, _every(self._tenant, _TABLE.c.subject == own))
        if not any((one.kind, one.scope) == (kind, scope) for one in standing):
            raise ConflictError(f"there is no {kind} to lift", got=f"{scope} {subject}", hint="it may be over already")
        return self._append(kind, scope, subject, on_hold=False, by=by, role=role, reason=reason, until=None)

    def get(self, hold_id: str) -> Hold:
        """Return one hold, over or not.

        Raises
        ------
        NotFoundError
            If there is none by this id.
        """
        row = self._tenant.first(self._tenant.select(_TABLE).where(_TABLE.c.hold_id == hold_id))
        if row is None:
            raise NotFoundError("nothing was held back under this id", got=hold_id, hint="GET /v1/pauses lists them")
        return _hold(row)

    def bearing(self, learner_id: str, group_id: str | None) -> tuple[Hold, ...]:
        """Return what is held back from a learner now: by themselves, through their group, and the provider's own."""
        subjects = bearing(self._tenant.provider_id, group_id, learner_id)
        found = _standing(self._tenant, BEARING.rows(self._tenant, **subjects))
        return tuple(one for one in found if subjects[one.scope] == one.subject)

    def now(self, kind: str | None = None) -> list[Hold]:
        """Return everything held back at this moment, oldest first, or what is of one kind."""
        return [one for one in _standing(self._tenant, _every(self._tenant)) if kind in {None, one.kind}]

    def unprofiled(self) -> frozenset[str]:
        """Return the learners of whom no profile may be made."""
        return unprofiled(self._tenant)

    def history(self, learner_id: str) -> list[Hold]:
        """Return everything that was ever held back from one learner alone, or lifted, oldest first."""
        statement = self._tenant.select(_TABLE).where(_TABLE.c.learner_id == learner_id).order_by(_TABLE.c.set_at)
        return [_hold(row) for row in self._tenant.rows(statement)]

    def _append(self, kind: str, scope: str, subject: str, **said: Any) -> Hold:
        learner_id = subject if scope == "learner" else None
        own = self._tenant.provider_id if scope == "provider" else subject
        self._tenant.claim("hold", own)
        one = Hold(secrets.token_hex(16), kind, scope, own, **said, at=self._after(own))
        word = "held" if one.on_hold else "lifted"
        entry_id = self._log.append(word, one._asdict(), learner_id)
        row = {_COLUMNS.get(name, name): value for name, value in one._asdict().items()}
        self._tenant.insert(_TABLE, [{**row, "learner_id": learner_id, "entry_id": entry_id}])
        return one

    def _after(self, subject: str) -> int:
        """Return the time of a change: later than every other of the subject, however coarse the clock."""
        statement = self._tenant.select(_TABLE, _TABLE.c.set_at).where(_TABLE.c.subject == subject)
        last = self._tenant.first(statement.order_by(_TABLE.c.set_at.desc()))
        return max(self._tenant.now(), 0 if last is None else last.set_at + 1)

    def _refuse(self, kind: str, scope: str, until: int | None) -> None:
        if kind not in KINDS:
            raise InputError("nothing of this kind is held back", got=kind, hint=nearest(kind, KINDS))
        if scope not in SCOPES:
            raise InputError("nothing is held back from such a scope", got=scope, hint=nearest(scope, SCOPES))
        if kind != PAUSE and (scope != "learner" or until is not None):
            raise InputError(
                "objections and restrictions are one learner's own and end when they are lifted",
                got=scope,
                hint="scope learner, without an end",
            )
        if until is not None and until <= self._tenant.now():
            raise InputError("a pause ends later than now", got=until, hint="give a time ahead, or none")


def unprofiled(tenant: Tenant) -> frozenset[str]:
    """Return the learners of whom no profile may be made: they objected, or their data may not be used."""
    return frozenset(one.subject for one in _standing(tenant, _every(tenant)) if one.kind in UNPROFILED)


def _every(tenant: Tenant, *where: ColumnElement[bool]) -> list[AnyRow]:
    return tenant.rows(tenant.select(_TABLE).where(*where).order_by(*_ORDER))


def _standing(tenant: Tenant, rows: Iterable[AnyRow]) -> list[Hold]:
    """Return what holds now: the last row of each kind and subject, if still on."""
    last: dict[tuple[str, str, str], Hold] = {}
    for row in rows:
        last.pop((row.kind, row.scope, row.subject), None)
        last[row.kind, row.scope, row.subject] = _hold(row)
    now = tenant.now()
    return [one for one in last.values() if one.on_hold and (one.until is None or now < one.until)]


def _hold(row: AnyRow) -> Hold:
    names = (_COLUMNS.get(name, name) for name in Hold._fields)
    found = Hold(*(getattr(row, name) for name in names))
    return found._replace(on_hold=bool(found.on_hold))
