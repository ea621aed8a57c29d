"""What teachers settle about paths."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, or_

from polku.errors import InputError, nearest
from polku.store import tables
from polku.store.jsontext import canonical, parse
from polku.store.log import Log
from polku.store.prepared import Prepared
from polku.store.tenant import AnyRow, Tenant
from polku.store.values import SettledPaths

SCOPES = ("provider", "group", "learner")
"""For whom something is settled, from the widest to the nearest; the nearest that says something holds."""
_TABLE = tables.path_settings
_COLUMNS = tuple(_TABLE.c[name] for name in ("settings_id", "scope", "subject", "content", "set_by", "role", "set_at"))

LAYERS = Prepared(
    _TABLE,
    *_COLUMNS,
    where=(
        _TABLE.c.subject.in_([bindparam(scope) for scope in SCOPES]),
        or_(*(and_(_TABLE.c.scope == scope, _TABLE.c.subject == bindparam(scope)) for scope in SCOPES)),
    ),
    order=(_TABLE.c.set_at, _TABLE.c.settings_id),
)


class PathSettings:
    """Settings of learners, groups and the provider; each change is a row and one entry of the log.

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

    def put(self, scope: str, subject: str, content: Mapping[str, Any], *, by: str, role: str) -> str:
        """Settle anew; what was settled before stays written and no longer holds.

        Parameters
        ----------
        scope : {"provider", "group", "learner"}
            For whom.
        subject : str
            Id of the learner or group; for the provider, anything that names it.
        content : mapping
            Everything that is settled, as JSON can hold it.
        by, role : str
            Who settled it, and as what.

        Returns
        -------
        str
            The id of the settings.

        Raises
        ------
        InputError
            If there is no such scope.
        """
        if scope not in SCOPES:
            raise InputError("paths are settled for no such scope", got=scope, hint=nearest(scope, SCOPES))
        learner_id = subject if scope == "learner" else None
        row = {
            "settings_id": secrets.token_hex(16),
            "scope": scope,
            "subject": subject,
            "learner_id": learner_id,
            "content": canonical(content),
            "set_by": by,
            "role": role,
            "set_at": self._tenant.now(),
        }
        entry_id = self._log.append("settled", {**row, "content": dict(content)}, learner_id)
        self._tenant.insert(_TABLE, [{**row, "entry_id": entry_id}])
        return str(row["settings_id"])

    def latest(self, scope: str, subject: str) -> SettledPaths | None:
        """Return what holds for one learner, group or provider by itself, or None."""
        found = self.history(scope, subject)
        return found[-1] if found else None

    def history(self, scope: str, subject: str) -> list[SettledPaths]:
        """Return everything that was ever settled for one subject, oldest first."""
        statement = self._tenant.select(_TABLE, *_COLUMNS).where(_TABLE.c.scope == scope, _TABLE.c.subject == subject)
        rows = self._tenant.rows(statement.order_by(_TABLE.c.set_at, _TABLE.c.settings_id))
        return [_settled(row) for row in rows]

    def layers(self, learner_id: str | None, group_id: str | None) -> list[SettledPaths]:
        """Return what bears on a learner, or on a group, from the widest to the nearest: provider, group, learner."""
        subjects = bearing(self._tenant.provider_id, group_id, learner_id)
        last = {row.scope: row for row in LAYERS.rows(self._tenant, **subjects)}
        return [_settled(last[scope]) for scope in SCOPES if scope in last and subjects[scope]]


def bearing(provider_id: str, group_id: str | None, learner_id: str | None) -> dict[str, str]:
    """Return whose settings bear on a learner, or on a group, by scope; nobody's name is empty."""
    return {"provider": provider_id, "group": group_id or "", "learner": learner_id or ""}


def _settled(row: AnyRow) -> SettledPaths:
    return SettledPaths(row.settings_id, row.scope, row.subject, parse(row.content), row.set_by, row.role, row.set_at)
