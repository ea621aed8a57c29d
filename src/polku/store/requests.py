"""What learners and those at home ask of the people who teach them, until somebody answers.

A request holds no words of anybody's own: what can be said is one of a few fixed choices, so that nothing private can
slip in. Asked again while it is open, it is the same request.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final, NamedTuple

from polku.errors import ConflictError, InputError, NotFoundError, nearest
from polku.store import tables
from polku.store.many import among, rows_of
from polku.store.prepared import Prepared
from polku.store.tenant import Tenant

HELP, CHECK, COMMENT, REVIEW = KINDS = ("help", "check", "comment", "review")
"""Help, a short check of something already known, a remark on a suggestion, a look together with those at home."""
CHOICES: Final = ("too_easy", "too_hard", "done_elsewhere", "another_topic", "not_clear")
"""What a remark on a suggestion may say. There is no other: free text is taken nowhere."""
_TABLE = tables.requests
_COLUMNS = {"by": "asked_by"}  # BY is a word of SQL
_OPEN = Prepared(_TABLE, where=(among(_TABLE.c.learner_id), _TABLE.c.answered_at.is_(None)))


class Asked(NamedTuple):
    """One request.

    Parameters
    ----------
    request_id, learner_id : str
        Its id, and whom it is about.
    kind : {"help", "check", "comment", "review"}
        What is asked for.
    skill_id : str or None
        The skill that it is about, where it is about one.
    choice : str or None
        One of :data:`CHOICES`, for a remark.
    by, role : str
        Who asks, and as what.
    asked_at : int
        When, microseconds UTC.
    answered_at : int or None
        When somebody said that it is answered, or took it back; None while it is open.
    answered_by : str or None
        Who.

    Examples
    --------
    >>> Asked("r", "L1", "help", None, None, "L1", "learner", 5).open
    True
    """

    request_id: str
    learner_id: str
    kind: str
    skill_id: str | None
    choice: str | None
    by: str
    role: str
    asked_at: int
    answered_at: int | None = None
    answered_by: str | None = None

    @property
    def open(self) -> bool:
        """Return whether nobody has answered yet."""
        return self.answered_at is None


class Requests:
    """Requests of one provider's people.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def ask(
        self, kind: str, learner_id: str, *, by: str, role: str, skill_id: str | None = None, choice: str | None = None
    ) -> Asked:
        """Ask for something; what is asked already and open stays as it is.

        Parameters
        ----------
        kind : {"help", "check", "comment", "review"}
            What.
        learner_id : str
            About whom.
        by, role : str
            Who asks, and as what.
        skill_id : str, optional
            About which skill; a check and a comment are about one.
        choice : str, optional
            What a comment says: one of :data:`CHOICES`.

        Raises
        ------
        InputError
            If there is no such kind or choice, or kind, skill and choice do not go together.
        """
        _refuse(kind, skill_id, choice)
        self._tenant.claim("requests", learner_id)
        for one in self.open_of([learner_id]):
            if (one.kind, one.skill_id, one.choice, one.role) == (kind, skill_id, choice, role):
                return one
        made = Asked(secrets.token_hex(16), learner_id, kind, skill_id, choice, by, role, self._tenant.now())
        self._tenant.insert(_TABLE, [{_COLUMNS.get(name, name): value for name, value in made._asdict().items()}])
        return made

    def answer(self, request_id: str, by: str) -> Asked:
        """Say that a request is answered, or take one's own back.

        Raises
        ------
        NotFoundError
            If there is no such request.
        ConflictError
            If it was answered before.
        """
        asked = self.get(request_id)
        if asked is None:
            raise NotFoundError("there is no such request", got=request_id, hint="open the class view again")
        if not asked.open:
            raise ConflictError("this was answered already", got=request_id, hint="open the class view again")
        done = asked._replace(answered_at=self._tenant.now(), answered_by=by)
        self._tenant.put(_TABLE, [{_COLUMNS.get(name, name): value for name, value in done._asdict().items()}])
        return done

    def get(self, request_id: str) -> Asked | None:
        """Return one request, or None."""
        row = self._tenant.first(self._tenant.select(_TABLE).where(_TABLE.c.request_id == request_id))
        return None if row is None else Asked(*row)

    def of(self, learner_id: str) -> list[Asked]:
        """Return every request about one learner, oldest first."""
        statement = self._tenant.select(_TABLE).where(_TABLE.c.learner_id == learner_id)
        return [Asked(*row) for row in self._tenant.rows(statement.order_by(_TABLE.c.asked_at, _TABLE.c.request_id))]

    def open_of(self, learner_ids: Collection[str]) -> list[Asked]:
        """Return the requests about some learners that nobody has answered, oldest first."""
        found = [Asked(*row) for row in rows_of(_OPEN, self._tenant, learner_ids)]
        return sorted(found, key=lambda one: (one.asked_at, one.request_id))


def _refuse(kind: str, skill_id: str | None, choice: str | None) -> None:
    if kind not in KINDS:
        raise InputError("nothing of this kind can be asked for", got=kind, hint=nearest(kind, KINDS))
    if (choice is not None) != (kind == COMMENT):
        raise InputError("a comment is one of the fixed choices, and nothing else has one", got=kind)
    if choice is not None and choice not in CHOICES:
        raise InputError("there is no such choice", got=choice, hint=f"one of {', '.join(CHOICES)}")
    if kind in {CHECK, COMMENT} and skill_id is None:
        raise InputError("a check and a comment are about a skill", got=kind, hint="name the skill")
