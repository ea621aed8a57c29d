"""Corrections and voids: an answer stays as it was recorded, and its last amendment says what holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func

from polku.errors import ConflictError, NotFoundError
from polku.records import Response
from polku.store import bulk, tables
from polku.store.effective import AMENDED
from polku.store.log import Log
from polku.store.tenant import AnyRow, Tenant
from polku.store.values import Amended, Amendment

_TABLE, _RECORDED = tables.amendments, tables.responses
_LOGGED = {"correct": "corrected", "void": "voided"}


class Amendments:
    """Amendments of one provider's answers; each is a row and one entry of the log.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where each amendment is logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def of_response(self, response_id: str) -> list[Amendment]:
        """Return the amendments of one answer, oldest first."""
        found = self._tenant.rows(
            self._tenant.select(_TABLE).where(_TABLE.c.response_id == response_id).order_by(_TABLE.c.number)
        )
        return [_amendment(row, self.recorded(response_id)) for row in found]

    def of_learner(self, learner_id: str) -> list[Amendment]:
        """Return the amendments of one learner's answers, in the order in which they were recorded."""
        statement = self._tenant.select(_TABLE).where(_TABLE.c.learner_id == learner_id)
        rows = self._tenant.rows(statement.order_by(_TABLE.c.recorded_at, _TABLE.c.response_id, _TABLE.c.number))
        return [_amendment(row, self.recorded(row.response_id)) for row in rows]

    def recorded(self, response_id: str) -> Response:
        """Return an answer as it was recorded.

        Raises
        ------
        NotFoundError
            If no answer has this id.
        """
        columns = (_RECORDED.c[name] for name in bulk.CONTENT)
        row = self._tenant.first(self._tenant.select(_RECORDED, *columns).where(_RECORDED.c.response_id == response_id))
        if row is None:
            raise NotFoundError("no such answer", got=repr(response_id), hint="give the id it was sent under")
        return bulk.from_rows([tuple(row)])[0]

    def add(
        self, response_id: str, content: Response | None, *, by: str, role: str, reason: str, known_at: int | None
    ) -> Amended:
        """Amend an answer: `content` holds from now on, None takes it back. The learner's profiles are folded anew.

        Raises
        ------
        NotFoundError
            If no answer has this id.
        ConflictError
            If it would become another learner's, carry the other kind of time, or be known before what it amends.
        """
        learner_id = self.recorded(response_id).learner_id
        self._tenant.claim("answers")  # whoever folds everybody reads all answers first and keeps profiles later
        self._tenant.claim("profile", learner_id)
        recorded, before = self.recorded(response_id), self.of_response(response_id)
        _refuse_other(recorded, content)
        held = before[-1].content if before else recorded
        number, kind = len(before), "void" if content is None else "correct"
        known = self._known(known_at, recorded, before)
        if _said(held) == _said(content):
            return Amended(response_id, learner_id, number, kind, repeated=True)
        row = {"response_id": response_id, "number": number + 1, "kind": kind, "known_at": known}
        row |= {"amended_by": by, "role": role, "reason": reason, "recorded_at": self._tenant.now(), **_said(content)}
        entry_id = self._log.append(_LOGGED[kind], {**row, "before": _said(held)}, learner_id)
        self._tenant.insert(_TABLE, [{**row, "learner_id": learner_id, "entry_id": entry_id}])
        self._tenant.delete(tables.profiles, tables.profiles.c.learner_id == learner_id)
        return Amended(response_id, learner_id, number + 1, kind, repeated=False)

    def _known(self, given: int | None, recorded: Response, before: list[Amendment]) -> int:
        """Return when an amendment became known: not before what it amends; without a clock after all so far."""
        earliest = before[-1].known_at if before else recorded.known_at
        if given is None:
            return max(earliest, self._tenant.now() if recorded.clock else self._last_order(recorded.learner_id))
        if given < earliest:
            raise ConflictError(
                "an amendment is known after what it amends",
                got=f"{given}, before {earliest}",
                hint="leave the time out, and it is now",
            )
        return given

    def _last_order(self, learner_id: str) -> int:
        """Return the highest order number at which anything of a learner became known."""
        own = _RECORDED.c.learner_id == learner_id
        statement = self._tenant.select(_RECORDED, func.max(_RECORDED.c.known_at)).where(own)
        return int(self._tenant.rows(statement)[0][0])


def _refuse_other(recorded: Response, content: Response | None) -> None:
    """Refuse a correction that would make it somebody else's answer, or one of another kind of time."""
    if content is not None and content.learner_id != recorded.learner_id:
        raise ConflictError(
            "a correction does not make it another learner's answer",
            hint="void it, and add the other learner's under an id of its own",
        )
    if content is not None and content.clock != recorded.clock:
        names = {True: "a clock time", False: "an order number"}
        raise ConflictError(f"this answer carries {names[recorded.clock]}", got=names[content.clock])


def _said(content: Response | None) -> dict[str, Any]:
    """Return what an answer says, as columns of the table; an answer taken back says nothing."""
    if content is None:
        return dict.fromkeys(AMENDED)
    said = {name: getattr(content, name) for name in AMENDED}
    return said | {"skill_ids": bulk.SEPARATOR.join(content.skill_ids)}


def _amendment(row: AnyRow, recorded: Response) -> Amendment:
    content = None if row.kind == "void" else _content(row, recorded)
    return Amendment(
        row.response_id,
        recorded.learner_id,
        row.number,
        row.kind,
        content,
        row.known_at,
        row.amended_by,
        row.role,
        row.reason,
    )


def _content(row: AnyRow, recorded: Response) -> Response:
    moved = recorded.known_at == recorded.answered_at
    said = {name: getattr(row, name) for name in AMENDED}
    said |= {"skill_ids": tuple(row.skill_ids.split(bulk.SEPARATOR))}
    return replace(recorded, **said, known_at=row.answered_at if moved else recorded.known_at)
