"""Access to the pages of learners and of those at home, to their forms, and to the fragments for a desktop.

A page names whom it is about in its query; without that it is about the viewer, or about the first whom the viewer's
relations of today open. A form names it in a field, or names a suggestion or a request that leads to it. No form takes
a field that it does not know: nobody can write a sentence about a child where a choice is offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple
from urllib.parse import parse_qs

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from polku.errors import InputError
from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.access.names import DECIDES, SEES_GROUP, SEES_LEARNER
from polku.web.access.rules import DEPENDANT, KINDS, OWN_GROUP, READABLE, SELF, TAUGHT, Rule, look
from polku.web.access.sign_in import sign_in_of
from polku.web.service import service
from polku.web.viewer import Role, Viewer
from polku.web.wording import naturally

LARGEST_FORM = 4096
ALWAYS = frozenset({"lang", "band"})
"""Fields that every form may have: in which language and for which age the page is shown again."""


class Opened(NamedTuple):
    """A page that somebody may open, and whom it is about.

    Parameters
    ----------
    viewer : Viewer
        Who looks.
    subject : str
        Id of the learner or group.
    """

    viewer: Viewer
    subject: str


class Sent(NamedTuple):
    """A form that somebody may send, whom it is about, and what it says.

    Parameters
    ----------
    viewer : Viewer
        Who sends it.
    subject : str
        Id of the learner.
    fields : mapping of str to str
        What it says; of a field given twice the last.
    """

    viewer: Viewer
    subject: str
    fields: Mapping[str, str]

    def only(self, *names: str) -> Mapping[str, str]:
        """Return the fields, if they have no other names.

        Raises
        ------
        InputError
            If there is another: what is not asked for is kept nowhere.
        """
        others = sorted(set(self.fields) - {*names, *ALWAYS})
        if others:
            raise InputError("this form has no such field", got=others[0], hint="choose what the page offers")
        return self.fields

    @property
    def back(self) -> dict[str, str]:
        """Return the part of the query that the page keeps."""
        return {name: value for name, value in self.fields.items() if name in ALWAYS}


@dataclass(frozen=True)
class QueryRule(Rule):
    """A page about whom its query names; without that, about the viewer's own first."""

    async def opened(self, request: Request) -> Opened:
        """Return who asks about whom, and write the look down; or refuse.

        Raises
        ------
        UnauthorizedError, ForbiddenError
            As :meth:`Rule.admit`.
        """
        sign_in = sign_in_of(request)
        viewer = await sign_in.viewer(request)
        named = request.query_params.get(self.about, "")
        subject = named or await run_in_threadpool(self._own, request, viewer)
        if viewer.signed_in:
            await self.require(request, sign_in, viewer, subject)
        if self.shows is not None and READABLE.fullmatch(subject):
            await look(request, viewer, self.shows, subject)
        return Opened(viewer, subject)

    def _own(self, request: Request, viewer: Viewer) -> str:
        held = service(request)
        with held.store.read() as tx:
            listed = groups_of if self.about == "group" else learners_of
            return next(iter(listed(viewer, tx, held.now())), "")


@dataclass(frozen=True)
class FieldRule(Rule):
    """A form about whom one of its fields names or leads to."""

    async def sent(self, request: Request) -> Sent:
        """Return who sends what about whom, or refuse.

        Raises
        ------
        UnauthorizedError, ForbiddenError
            As :meth:`Rule.admit`.
        InputError
            If the form is too large.
        """
        sign_in = sign_in_of(request)
        viewer = await sign_in.viewer(request)
        body = await request.body()
        if len(body) > LARGEST_FORM:
            raise InputError("the form is too large", got=f"{len(body)} bytes", hint="send what the page offers")
        said = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        fields = {name: values[-1] for name, values in said.items()}
        named = fields.get(self.about, "")
        if viewer.signed_in:
            await self.require(request, sign_in, viewer, named)
        return Sent(viewer, await run_in_threadpool(self._found, request, named), fields)

    def _found(self, request: Request, named: str) -> str:
        """Return whom the field leads to; where nobody signs in, it may lead to nobody."""
        if self.finds is None:
            return named
        with service(request).store.read() as tx:
            return self.finds(tx, named) or ""


def groups_of(viewer: Viewer, tx: Transaction, now: int) -> list[str]:
    """Return the groups whose card a viewer may have, as people order them; without sign-in, all of them."""
    reach = tx.relations.reach(viewer.subject, KINDS.get(viewer.role, ()), day_of(now))
    return naturally(one for one in tx.roster.groups() if one in reach.groups or not viewer.signed_in)


def learners_of(viewer: Viewer, tx: Transaction, now: int) -> list[str]:
    """Return the learners whose page a viewer may open without naming one: themselves, or their own children.

    Without sign-in it is one of the roster, for nobody there is anybody's own.
    """
    if not viewer.signed_in:
        return tx.roster.learners()["learner_id"].tolist()[:1]
    if viewer.role is Role.LEARNER:
        return [viewer.subject]
    if viewer.role is not Role.GUARDIAN:
        return []  # who teaches names whose page it is
    return sorted(tx.relations.reach(viewer.subject, KINDS[viewer.role], day_of(now)).learners)


def _learner_of_request(tx: Transaction, request_id: str) -> str | None:
    found = tx.requests.get(request_id)
    return None if found is None else found.learner_id


def _learner_who_asked(tx: Transaction, request_id: str) -> str | None:
    """Return whose own request it is; what those at home asked for is not the learner's to take back."""
    found = tx.requests.get(request_id)
    return None if found is None or found.role != Role.LEARNER else found.learner_id


OWN_PAGE = QueryRule("OwnPage", {Role.LEARNER: SELF, Role.TEACHER: TAUGHT}, about="learner", shows=SEES_LEARNER.shows)
PAGE_AT_HOME = QueryRule("PageAtHome", {Role.GUARDIAN: DEPENDANT}, about="learner", shows=SEES_LEARNER.shows)
CARD_OF_GROUP = QueryRule("CardOfGroup", {Role.TEACHER: OWN_GROUP}, about="group", shows=SEES_GROUP.shows)
CARD_OF_LEARNER = QueryRule(
    "CardOfLearner", {Role.LEARNER: SELF, Role.GUARDIAN: DEPENDANT}, about="learner", shows=SEES_LEARNER.shows
)
ASKS = FieldRule("Asks", {Role.LEARNER: SELF}, about="learner")
CHOOSES = FieldRule("Chooses", {Role.LEARNER: SELF}, about="suggestion", finds=DECIDES.finds)
TAKES_BACK = FieldRule("TakesBack", {Role.LEARNER: SELF}, about="request", finds=_learner_who_asked)
ASKS_AT_HOME = FieldRule("AsksAtHome", {Role.GUARDIAN: DEPENDANT}, about="learner")
ANSWERS = FieldRule("Answers", {Role.TEACHER: TAUGHT}, about="request", finds=_learner_of_request)

OwnPage = Annotated[Opened, Depends(OWN_PAGE.opened)]
"""May open a learner's page: the learner, and who teaches them, to show it to somebody who does not read yet."""
PageAtHome = Annotated[Opened, Depends(PAGE_AT_HOME.opened)]
"""May open the page of those at home: a guardian."""
CardOfGroup = Annotated[Opened, Depends(CARD_OF_GROUP.opened)]
"""May have a group's card on their desktop: who teaches it."""
CardOfLearner = Annotated[Opened, Depends(CARD_OF_LEARNER.opened)]
"""May have a learner's next step on their desktop: the learner, and those at home."""
Asks = Annotated[Sent, Depends(ASKS.sent)]
"""May ask for help, a check, or make a remark: the learner."""
Chooses = Annotated[Sent, Depends(CHOOSES.sent)]
"""May choose on the learner's own page: the learner to whom the suggestion was made."""
TakesBack = Annotated[Sent, Depends(TAKES_BACK.sent)]
"""May take a request back on the learner's own page: the learner whose it is."""
AsksAtHome = Annotated[Sent, Depends(ASKS_AT_HOME.sent)]
"""May ask for a review, object to profiling, or take that back: a guardian."""
Answers = Annotated[Sent, Depends(ANSWERS.sent)]
"""May say that a request is answered: who teaches the learner."""
