"""Access to the pages: whom a page may be about, by its query or its form."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import parse_qs

from fastapi import Depends, Request

from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.access.names import DECIDES, SEES_GROUP, SEES_LEARNER
from polku.web.access.rules import DEPENDANT, KINDS, SELF, TAUGHT, Rule, look, refused
from polku.web.access.sign_in import sign_in_of
from polku.web.service import service
from polku.web.viewer import Role, Viewer
from polku.web.wording import naturally


class PageRule(Rule):
    """A page for people, about a group or a learner that its query names; without one, about the viewer's own."""

    async def admit(self, request: Request) -> Viewer:
        """Return who asks, or refuse; see :meth:`Rule.admit`."""
        sign_in = sign_in_of(request)
        viewer = await sign_in.viewer(request)
        asked = [request.query_params.get(name) or None for name in ("group", "learner")]
        if viewer.signed_in:
            if viewer.role not in self.grants:
                raise refused()
            for rule, subject in zip((SEES_GROUP, SEES_LEARNER), asked, strict=True):
                if subject is not None:
                    await rule.require(request, sign_in, viewer, subject)
        await look(request, viewer, lambda tx, who, _: _shown(who, tx, service(request).now(), *asked), "")
        return viewer


class FormRule(Rule):
    """The form of that page, about the suggestion that it names."""

    async def admit(self, request: Request) -> Viewer:
        """Return who asks, or refuse; see :meth:`Rule.admit`."""
        sign_in = sign_in_of(request)
        viewer = await sign_in.viewer(request)
        if not viewer.signed_in:
            return viewer
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        await DECIDES.require(request, sign_in, viewer, fields.get("suggestion", [""])[-1])
        return viewer


SEES_PAGE = PageRule("SeesPage", {Role.TEACHER: TAUGHT, Role.LEARNER: SELF, Role.GUARDIAN: DEPENDANT})
DECIDES_ON_PAGE = FormRule("DecidesOnPage", DECIDES.grants)
SeesPage = Annotated[Viewer, Depends(SEES_PAGE.admit)]
"""May open the page of a group or a learner: who may see them."""
DecidesOnPage = Annotated[Viewer, Depends(DECIDES_ON_PAGE.admit)]
"""May send the page's form: who may decide about the suggestion."""


class Own(NamedTuple):
    """What a page offers to choose from, and what it shows where nothing is chosen.

    Parameters
    ----------
    groups : list of str
        Ids of groups that the viewer may open, as people order them.
    learners : list of str
        Ids of learners whom the viewer may open by themselves.
    """

    groups: list[str]
    learners: list[str]

    def chosen(self, group: str | None, learner: str | None) -> tuple[str | None, str | None]:
        """Return the group and the learner that are shown: asked for, else the first."""
        first = self.learners[0] if self.learners and not self.groups else None
        return group or (self.groups[0] if self.groups else None), learner or first


def own(viewer: Viewer, tx: Transaction, now: int) -> Own:
    """Return whom a page may be about: without sign-in all groups, else what the viewer's relations of today open.

    Parameters
    ----------
    viewer : Viewer
        Who looks.
    tx : Transaction
        One that may read.
    now : int
        Microseconds UTC.
    """
    if not viewer.signed_in:
        return Own(naturally(tx.roster.groups()), [])
    if viewer.role is Role.LEARNER:
        return Own([], [viewer.subject])
    reach = tx.relations.reach(viewer.subject, KINDS.get(viewer.role, ()), day_of(now))
    return Own(naturally(one for one in tx.roster.groups() if one in reach.groups), sorted(reach.learners))


def _shown(viewer: Viewer, tx: Transaction, now: int, group: str | None, learner: str | None) -> list[str]:
    """Return the learners whom the page shows."""
    group, learner = own(viewer, tx, now).chosen(group, learner)
    members = [one.learner_id for one in tx.roster.group(group)] if group else []
    return members if learner is None or learner in members else [*members, learner]
