"""Decisions that people took about suggestions."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable

from sqlalchemy import bindparam

from polku.errors import ConflictError, ForbiddenError, InputError, NotFoundError, nearest
from polku.store import tables
from polku.store.log import Log
from polku.store.many import among, rows_of
from polku.store.prepared import Prepared
from polku.store.tenant import Tenant
from polku.store.values import Decision, Rejection

DECISIONS = ("accept", "edit", "skip", "reject", "pause")
UNDO = "undo"
"""Takes another decision back; both stay written."""
UNDO_WITHIN = 14 * 86_400_000_000
"""How long a decision may be taken back, in microseconds: two school weeks."""
_RENAMED = {"by": "decided_by", "at": "decided_at", "until": "until_at"}  # BY and AT are words of SQL
_COLUMNS = tuple(tables.decisions.c[_RENAMED.get(name, name)] for name in Decision._fields)

HISTORY = Prepared(
    tables.decisions,
    *_COLUMNS,
    where=(tables.decisions.c.learner_id == bindparam("learner"),),
    order=(tables.decisions.c.decided_at, tables.decisions.c.decision_id),
)

_OF_SOME = Prepared(
    tables.decisions,
    *_COLUMNS,
    where=(among(tables.decisions.c.learner_id),),
    order=(tables.decisions.c.decided_at, tables.decisions.c.decision_id),
)


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
        until: int | None = None,
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
        until : int, optional
            For a pause: when it ends, microseconds UTC; without it the skill may come up again at once.

        Returns
        -------
        str
            The decision's id.

        Raises
        ------
        InputError
            If `decision` is none of the five, a replacement comes without an edit, an end without a pause, or the end
            is not ahead.
        NotFoundError
            If the suggestion was never offered.
        """
        if decision not in DECISIONS:
            raise InputError("there is no such decision", got=decision, hint=nearest(decision, DECISIONS))
        if replacement is not None and decision != "edit":
            raise InputError("only an edit names a replacement", got=decision, hint="decide edit, or leave it out")
        if until is not None and (decision != "pause" or until <= self._tenant.now()):
            raise InputError("only a pause ends by itself, and later than now", got=decision, hint="decide pause")
        table = tables.suggestions
        about = self._tenant.first(
            self._tenant.select(table, table.c.learner_id, table.c.skill_id).where(
                table.c.suggestion_id == suggestion_id
            )
        )
        if about is None:
            raise NotFoundError("this suggestion was never offered", got=suggestion_id, hint="ask for the path first")
        return self._record(
            Decision(
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
                until=until,
            )
        )

    def undo(
        self, decision_id: str, by: str, role: str, reason: str | None = None, *, within: int = UNDO_WITHIN
    ) -> str:
        """Take a decision back: from now on it is as if it had not been made. Both stay written.

        Parameters
        ----------
        decision_id : str
            The decision to take back.
        by, role, reason
            As for :meth:`add`.
        within : int
            Microseconds after which it stands for good; a new decision can always follow.

        Returns
        -------
        str
            The id of the undoing.

        Raises
        ------
        NotFoundError
            If there is no such decision.
        ForbiddenError
            If a learner takes back what was not their own decision.
        ConflictError
            If it was taken back already, is itself an undoing, or was made too long ago.
        """
        table = tables.decisions
        row = self._tenant.first(self._tenant.select(table, *_COLUMNS).where(table.c.decision_id == decision_id))
        if row is None:
            raise NotFoundError("no such decision", got=decision_id, hint="ask for the learner's suggestions")
        was, now = Decision(*row), self._tenant.now()
        self._refuse_undo(was, role, now - was.at > within)
        made = was._replace(
            decision_id=secrets.token_hex(16),
            decision=UNDO,
            by=by,
            role=role,
            reason=reason,
            replacement=None,
            at=now,
            until=None,
            takes_back=decision_id,
        )
        return self._record(made)

    def of(self, learner_id: str) -> list[Decision]:
        """Return the decisions about one learner's suggestions that stand, oldest first."""
        return _standing(self.history(learner_id))

    def history(self, learner_id: str) -> list[Decision]:
        """Return every decision about one learner's suggestions, those taken back and their undoing included."""
        return [Decision(*row) for row in HISTORY.rows(self._tenant, learner=learner_id)]

    def all(self) -> list[Decision]:
        """Return every decision that stands, oldest first."""
        table = tables.decisions
        statement = self._tenant.select(table, *_COLUMNS).order_by(table.c.decided_at, table.c.decision_id)
        return _standing([Decision(*row) for row in self._tenant.rows(statement)])

    def of_each(self, learner_ids: Collection[str]) -> dict[str, list[Decision]]:
        """Return what :meth:`of` does for some learners, in their order; empty where nothing was decided."""
        made: dict[str, list[Decision]] = {one: [] for one in learner_ids}
        for row in rows_of(_OF_SOME, self._tenant, learner_ids):
            made[row.learner_id].append(Decision(*row))
        return {learner: _standing(own) for learner, own in made.items()}

    def rejected(self, learner_id: str) -> list[Rejection]:
        """Return the skills whose rejection holds, as :func:`rejected` does."""
        return rejected(self.of(learner_id))

    def paused(self, learner_id: str, now: int) -> frozenset[str]:
        """Return the skills that somebody paused until a time after `now`, as :func:`paused` does."""
        return paused(self.of(learner_id), now)

    def _record(self, made: Decision) -> str:
        record = made._asdict()
        entry_id = self._log.append("decided", record, made.learner_id)
        row = {_RENAMED.get(name, name): value for name, value in record.items()}
        self._tenant.insert(tables.decisions, [{**row, "entry_id": entry_id}])
        return made.decision_id

    def _refuse_undo(self, was: Decision, role: str, too_late: bool) -> None:
        if role == "learner" and was.role != "learner":
            raise ForbiddenError("a learner takes back their own decisions only", hint="ask the teacher to")
        undone = was.takes_back or self._tenant.count(
            tables.decisions, tables.decisions.c.takes_back == was.decision_id
        )
        if undone:
            raise ConflictError("this was taken back already", got=was.decision_id, hint="decide anew")
        if too_late:
            raise ConflictError("this was decided too long ago to be taken back", hint="decide anew: accept, reject, …")


def rejected(made: Iterable[Decision]) -> list[Rejection]:
    """Return the skills whose rejection holds, oldest first, by the decisions about one learner's suggestions.

    A rejection holds until the same skill is accepted later; a teacher's until a teacher accepts it.
    """
    held: dict[str, Decision] = {}
    for decision in made:
        before = held.get(decision.skill_id)
        if decision.decision == "reject":
            held[decision.skill_id] = decision
        elif before and decision.decision == "accept" and decision.at > before.at and _may_lift(decision, before):
            del held[decision.skill_id]
    return [Rejection(one.skill_id, one.at) for one in sorted(held.values(), key=lambda one: one.at)]


def paused(made: Iterable[Decision], now: int) -> frozenset[str]:
    """Return the skills that somebody paused until a time after `now`, unless they were accepted since."""
    until: dict[str, int] = {}
    for decision in made:
        if decision.until is not None:
            until[decision.skill_id] = decision.until
        elif decision.decision == "accept":
            until.pop(decision.skill_id, None)
    return frozenset(skill for skill, end in until.items() if now < end)


def _standing(made: list[Decision]) -> list[Decision]:
    """Leave out what was taken back, and the taking back."""
    taken_back = {one.takes_back for one in made}
    return [one for one in made if one.decision != UNDO and one.decision_id not in taken_back]


def _may_lift(decision: Decision, before: Decision) -> bool:
    return decision.role != "learner" or before.role == "learner"
