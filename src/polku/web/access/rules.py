"""Rules: which role is let in, and by which relation to what the request is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from polku.errors import ForbiddenError
from polku.paths.days import day_of
from polku.records.relations import TEACHING, Kind
from polku.store.relations import Reach
from polku.store.transaction import Transaction
from polku.store.values import Read
from polku.web.access.sign_in import SignIn, sign_in_of
from polku.web.reading import recorder_of
from polku.web.service import service
from polku.web.viewer import Role, Viewer

KINDS: dict[Role, Collection[Kind]] = {
    Role.GUARDIAN: frozenset({Kind.GUARDIAN}),
    Role.TEACHER: TEACHING,
    Role.PRINCIPAL: frozenset({Kind.PRINCIPAL}),
}
"""The relations that count for a role: a teacher's token does not open their own child."""
Finds = Callable[[Transaction, str], str | None]
Shows = Callable[[Transaction, Viewer, str], list[str]]
READABLE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
"""What an id may be made of; anything else names nobody."""


@dataclass(frozen=True)
class Asking:
    """One viewer asking about one subject.

    Parameters
    ----------
    viewer : Viewer
        Who asks.
    subject : str
        Id of the learner, group or school that it is about; empty where it is about nobody.
    tx : Transaction
        One that may read.
    today : date
        The service's day.
    """

    viewer: Viewer
    subject: str
    tx: Transaction
    today: date

    @cached_property
    def reach(self) -> Reach:
        """Return what the viewer's relations of today open."""
        return self.tx.relations.reach(self.viewer.subject, KINDS.get(self.viewer.role, ()), self.today)

    def teaches(self) -> bool:
        """Return whether the viewer teaches the learner, alone or in a group."""
        if self.subject in self.reach.learners:
            return True
        learner = self.tx.roster.learner(self.subject)
        return learner is not None and learner.group_id in self.reach.groups


@dataclass(frozen=True)
class Grant:
    """A condition under which a role is let in.

    Parameters
    ----------
    words : str
        The condition as the table of access says it.
    holds : callable
        Returns whether it is fulfilled.
    """

    words: str
    holds: Callable[[Asking], bool]


SELF = Grant("self", lambda asking: asking.viewer.subject == asking.subject)
DEPENDANT = Grant("dependant", lambda asking: asking.subject in asking.reach.learners)
TAUGHT = Grant("own learners", Asking.teaches)
OWN_GROUP = Grant("own groups", lambda asking: asking.subject in asking.reach.groups)
OWN_SCHOOL = Grant("own schools", lambda asking: asking.subject in asking.reach.schools)
PROVIDER = Grant("own provider", lambda _: True)
SIGNED_IN = Grant("signed in", lambda _: True)
PERMIT = Grant(
    "valid permit",
    lambda asking: bool(
        asking.viewer.permit
        and asking.tx.relations.is_permitted(asking.viewer.subject, asking.viewer.permit, asking.today)
    ),
)


def scope(name: str) -> Grant:
    """Return the condition that a service's token names a scope."""
    return Grant(f"scope `{name}`", lambda asking: name in asking.viewer.scopes)


@dataclass(frozen=True)
class Rule:
    """Who is let in to an endpoint; everybody else is answered alike, whether the subject exists or not.

    Parameters
    ----------
    name : str
        What signatures call it.
    grants : mapping of Role to Grant
        A role that is not named is not let in.
    about : str
        The path parameter that names the subject; empty where there is none.
    finds : callable, optional
        Returns the subject that the parameter leads to, such as a suggestion's learner; None for an unknown one.
    shows : callable, optional
        Returns the learners whose data the answer shows. Looking at them is written down before anything is answered.
    """

    name: str
    grants: Mapping[Role, Grant] = field(default_factory=dict)
    about: str = ""
    finds: Finds | None = None
    shows: Shows | None = None

    async def admit(self, request: Request) -> Viewer:
        """Return who asks, or refuse.

        Raises
        ------
        UnauthorizedError
            Without a token that holds.
        ForbiddenError
            If the role or the relation does not open this.
        """
        viewer = await self.let_in(request)
        subject = self._subject(request)
        if self.shows is not None and request.method == "GET" and READABLE.fullmatch(subject):
            await look(request, viewer, self.shows, subject)
        return viewer

    async def let_in(self, request: Request) -> Viewer:
        """Return who asks, or refuse; whoever calls writes the look down.

        Raises
        ------
        UnauthorizedError, ForbiddenError
            As :meth:`admit`.
        """
        sign_in = sign_in_of(request)
        viewer = await sign_in.viewer(request)
        if viewer.signed_in:
            await self.require(request, sign_in, viewer, self._subject(request))
        return viewer

    def _subject(self, request: Request) -> str:
        return str(request.path_params[self.about]) if self.about else ""

    async def require(self, request: Request, sign_in: SignIn, viewer: Viewer, subject: str) -> None:
        """Refuse a viewer whom this rule does not let in to a subject; what was found is remembered for seconds.

        Raises
        ------
        ForbiddenError
            If the role or the relation does not open this.
        """
        key = (viewer, self.name, subject)
        if viewer.role not in self.grants or (self.about and not READABLE.fullmatch(subject)):
            raise refused()
        if sign_in.remembered.has(key):
            return
        if not await run_in_threadpool(self.holds, request, viewer, subject):
            raise refused()
        sign_in.remembered.keep(key)

    def holds(self, request: Request, viewer: Viewer, subject: str) -> bool:
        """Return whether a viewer's relation of today opens a subject."""
        grant, held = self.grants.get(viewer.role), service(request)
        if grant is None:
            return False
        with held.store.read() as tx:
            found = self.finds(tx, subject) if self.finds else subject
            return found is not None and grant.holds(Asking(viewer, found, tx, day_of(held.now())))


async def look(request: Request, viewer: Viewer, shows: Shows, subject: str) -> None:
    """Write down that somebody looks at learners' data; returns when it is committed.

    Raises
    ------
    NotReadyError
        If it cannot be written down: then nothing is shown.
    """
    reads = await run_in_threadpool(_reads, request, viewer, shows, subject)
    await recorder_of(request).recorded(service(request).store, reads)


def _reads(request: Request, viewer: Viewer, shows: Shows, subject: str) -> list[Read]:
    held = service(request)
    with held.store.read() as tx:
        learners = shows(tx, viewer, subject)
    what, now = request.scope["route"].path.replace(":path", ""), held.now()
    return [Read(learner, viewer.subject, viewer.role.value, what, now) for learner in learners]


def hidden_from(viewer: Viewer, tx: Transaction) -> frozenset[str]:
    """Return the learners whose group is not told to a viewer: those of protected identity, but to who teaches them."""
    return tx.relations.protected() if viewer.role is Role.SERVICE else frozenset()


def refused() -> ForbiddenError:
    """Return the one answer to everybody who is not let in: it does not tell whether the subject exists."""
    return ForbiddenError("this is not open to you", hint="docs/reference/access.md says who may see what")
