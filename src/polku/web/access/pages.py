"""Access to the teacher's pages: whose form a decision may come from, and which groups and learners are offered."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import parse_qs

from fastapi import Depends, Request

from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.access.names import DECIDES
from polku.web.access.rules import KINDS, Rule
from polku.web.access.sign_in import sign_in_of
from polku.web.viewer import Role, Viewer
from polku.web.wording import naturally


class FormRule(Rule):
    """A form about the suggestion that it names."""

    async def admit(self, request: Request) -> Viewer:
        """Return who asks, or refuse; see :meth:`Rule.admit`."""
        sign_in = sign_in_of(request)
        viewer = await sign_in.viewer(request)
        if not viewer.signed_in:
            return viewer
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        await DECIDES.require(request, sign_in, viewer, fields.get("suggestion", [""])[-1])
        return viewer


DECIDES_ON_PAGE = FormRule("DecidesOnPage", DECIDES.grants)
DecidesOnPage = Annotated[Viewer, Depends(DECIDES_ON_PAGE.admit)]
"""May send the page's form: who may decide about the suggestion."""


class Own(NamedTuple):
    """What a page offers to choose from.

    Parameters
    ----------
    groups : list of str
        Ids of groups that the viewer may open, as people order them.
    learners : list of str
        Ids of learners whom the viewer may open by themselves.
    """

    groups: list[str]
    learners: list[str]


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
