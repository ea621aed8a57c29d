"""Statements of what was suggested and decided, page by page, for whoever keeps a learning record store.

Nothing of learners of whom nothing is profiled. The same happening is the same statement each time, so that who asks
since when they asked last, or asks for everything again, ends with the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from polku.curriculum import Curriculum
from polku.exchange.case_terms import identifier
from polku.exchange.xapi_out import Happening, statement_id, statements_of, voiding_of
from polku.store.happened import Happened
from polku.store.transaction import Transaction
from polku.web.statement_fits import fits
from polku.web.statement_query import MOST, Wanted
from polku.web.statements import Page, Shown
from polku.web.xapi_requests import instant

LOOKED_AT: Final = 50
"""Pages of the log that one question goes through; what follows is the next page's."""


@dataclass(frozen=True)
class Platform:
    """Under which addresses statements speak of people, suggestions and skills.

    Parameters
    ----------
    home : str
        IRI of the platform.
    cfitems : mapping of str to str
        Skill → URI of its CFItem.
    """

    home: str
    cfitems: Mapping[str, str]


@lru_cache(maxsize=16)
def platform_of(home: str, curriculum: Curriculum) -> Platform:
    """Return the platform at an address, with the skills of a curriculum."""
    base, content = f"{home}/ims/case/v1p1/CFItems", curriculum.content.id
    return Platform(home, {code: f"{base}/{identifier(content, 'skills', code)}" for code in curriculum.skills})


def offered(tx: Transaction, platform: Platform, wanted: Wanted) -> Page:
    """Return a page of what was suggested and decided, in the order that is asked for."""
    out, found, place = tx.holds.unprofiled(), list[Shown](), wanted.begins()
    for _ in range(LOOKED_AT):
        page = tx.news.happened(MOST, place, ascending=wanted.ascending)
        for one in page:
            if wanted.ends(one.at):
                return Page(found, "")
            if len(found) == wanted.limit and place is not None:
                return Page(found, wanted.more(place))
            said = None if one.learner_id in out or not one.what else _said(one, platform)
            if said is not None and fits(said, wanted):
                found.append(Shown(said, one.learner_id))
            place = (one.at, one.event_id)
        if len(page) < MOST:
            return Page(found, "")
    return Page(found, "" if place is None else wanted.more(place))


def _said(one: Happened, platform: Platform) -> dict[str, Any]:
    """Return the statement of something that happened, as a record store would hold it."""
    event = Happening(one.event_id, one.what, one.suggestion_id, one.learner_id, one.skill_id, one.at)
    if one.takes_back is not None:
        said = voiding_of(platform.home, event, statement_id(platform.home, one.was, one.takes_back))
    else:
        [said] = statements_of([event], platform=platform.home, cfitems=platform.cfitems)
    authority = {"objectType": "Agent", "account": {"homePage": platform.home, "name": "polku"}}
    return {**said, "stored": instant(one.at), "authority": authority}
