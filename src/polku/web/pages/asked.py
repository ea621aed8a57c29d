"""What learners and those at home ask of the people who teach them, as the class view shows it.

``asked.html`` is included by a teacher's page whose context has ``requests`` (:func:`requests_of`) and ``group``. A
request is about one learner, so who may open the page of the learner or the group may see it, and nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from polku.store.transaction import Transaction
from polku.web.access.family_pages import Answers
from polku.web.pages.navigation import place_of, with_query
from polku.web.service import Service, Writing

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class OpenRequest:
    """Something that was asked for and that nobody has answered yet.

    Parameters
    ----------
    request_id : str
        By which it can be answered or taken back.
    learner : str
        Whom it is about.
    kind : {"help", "check", "comment", "review"}
        What was asked for.
    title : mapping of str to str or None
        Title of the skill that it is about; None where it is about none.
    choice : str or None
        What a comment says, as the texts name it.
    role : str
        As what it was asked: learner or guardian.
    at : int
        When, microseconds UTC.
    """

    request_id: str
    learner: str
    kind: str
    title: Mapping[str, str] | None
    choice: str | None
    role: str
    at: int


def requests_of(held: Service, tx: Transaction, group: str) -> tuple[OpenRequest, ...]:
    """Return what is asked about the learners of a group and not answered, oldest first.

    Parameters
    ----------
    held : Service
        Whose curriculum names the skills.
    tx : Transaction
        One that may read.
    group : str
        Id of the group.
    """
    return open_requests(held, tx, [one.learner_id for one in tx.roster.group(group)])


def open_requests(held: Service, tx: Transaction, learners: Collection[str]) -> tuple[OpenRequest, ...]:
    """Return what is asked about some learners and not answered, oldest first."""
    skills = held.suggester.released(tx).lens.curriculum.skills
    return tuple(
        OpenRequest(
            request_id=one.request_id,
            learner=one.learner_id,
            kind=one.kind,
            title=skills[one.skill_id].title if one.skill_id is not None and one.skill_id in skills else None,
            choice=one.choice,
            role=one.role,
            at=one.asked_at,
        )
        for one in tx.requests.open_of(learners)
    )


@router.post("/asked/answered")
def answered(sent: Answers, tx: Writing) -> RedirectResponse:
    """Say that a request is answered, and show the learner's group again."""
    said = sent.only("request", "group")
    by, _ = sent.viewer.speaks_as(None, None)
    tx.requests.answer(said.get("request", ""), by)
    listed = tx.roster.learner(sent.subject)
    group = listed.group_id if listed is not None and listed.group_id == said.get("group") else None
    back = place_of("learners", sent.subject) if group is None else place_of("groups", group)
    return RedirectResponse(with_query(f"{back}#asked", lang=said.get("lang")), status_code=303)
