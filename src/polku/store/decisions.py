"""Decisions that people took about suggestions."""

from __future__ import annotations

import secrets

from polku.errors import InputError, NotFoundError, nearest
from polku.store import tables
from polku.store.log import Log
from polku.store.tenant import Tenant
from polku.store.values import Decision, Rejection

DECISIONS = ("accept", "edit", "skip", "reject", "pause")
_RENAMED = {"by": "decided_by", "at": "decided_at"}  # BY and AT are words of SQL
_COLUMNS = tuple(tables.decisions.c[_RENAMED.get(name, name)] for name in Decision._fields)


class Decisions:
    """What teachers and learners decided; each decision is one entry of the log.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where each decision is logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def add(
        self,
        suggestion_id: str,
        decision: str,
        by: str,
        role: str,
        reason: str | None = None,
        *,
        replacement: str | None = None,
    ) -> str:
        """Record a decision, and log it.

        Parameters
        ----------
        suggestion_id : str
            The suggestion it is about.
        decision : {"accept", "edit", "skip", "reject", "pause"}
            What was decided.
        by, role : str
            Who decided, and as what ("teacher", "learner", …).
        reason : str, optional
            In their words.
        replacement : str, optional
            For an edit: the skill chosen instead.

        Returns
        -------
        str
            The decision's id.

        Raises
        ------
        InputError
            If `decision` is none of the five, or a replacement comes without an edit.
        NotFoundError
            If the suggestion was never offered.
        """
        if decision not in DECISIONS:
            raise InputError("there is no such decision", got=decision, hint=nearest(decision, DECISIONS))
        if replacement is not None and decision != "edit":
            raise InputError("only an edit names a replacement", got=decision, hint="decide edit, or leave it out")
        table = tables.suggestions
        about = self._tenant.first(
            self._tenant.select(table, table.c.learner_id, table.c.skill_id).where(
                table.c.suggestion_id == suggestion_id
            )
        )
        if about is None:
            raise NotFoundError("this suggestion was never offered", got=suggestion_id, hint="ask for the path first")
        record = Decision(
            decision_id=secrets.token_hex(16),
            suggestion_id=suggestion_id,
            learner_id=about.learner_id,
            skill_id=about.skill_id,
            decision=decision,
            by=by,
            role=role,
            reason=reason,
            replacement=replacement,
            at=self._tenant.now(),
        )._asdict()
        entry_id = self._log.append("decided", record, about.learner_id)
        row = {_RENAMED.get(name, name): value for name, value in record.items()}
        self._tenant.insert(tables.decisions, [{**row, "entry_id": entry_id}])
        return str(record["decision_id"])

    def of(self, learner_id: str) -> list[Decision]:
        """Return the decisions about one learner's suggestions, oldest first."""
        table = tables.decisions
        statement = self._tenant.select(table, *_COLUMNS).where(table.c.learner_id == learner_id)
        return [
            Decision(*row) for row in self._tenant.rows(statement.order_by(table.c.decided_at, table.c.decision_id))
        ]

    def all(self) -> list[Decision]:
        """Return every decision, oldest first."""
        table = tables.decisions
        statement = self._tenant.select(table, *_COLUMNS).order_by(table.c.decided_at, table.c.decision_id)
        return [Decision(*row) for row in self._tenant.rows(statement)]

    def rejected(self, learner_id: str) -> list[Rejection]:
        """Return the skills whose rejection holds, oldest first.

        A rejection holds until the same skill is accepted later.
        """
        held: dict[str, int] = {}
        for decision in self.of(learner_id):
            if decision.decision == "reject":
                held[decision.skill_id] = decision.at
            elif decision.decision == "accept" and decision.at > held.get(decision.skill_id, decision.at):
                del held[decision.skill_id]
        return [Rejection(skill_id, at) for skill_id, at in sorted(held.items(), key=lambda pair: pair[1])]
