"""``/v1/demo/token``: a persona's token, in a demonstration only. In any other service the address does not exist."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from polku.errors import NotFoundError
from polku.paths.days import day_of
from polku.web.access import Local, Role
from polku.web.access.personas import LABEL, SECONDS, usual_subject
from polku.web.access.sign_in import COOKIE, sign_in_of
from polku.web.service import tenants
from polku.web.shapes import VISIBLE, Shape

router = APIRouter(prefix="/v1/demo", tags=["demonstration"])
PersonaName = Literal[
    "learner", "guardian", "teacher", "principal", "administrator", "researcher", "auditor", "service"
]


class PersonaIn(BaseModel):
    """Whom to be."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_extra={"example": {"persona": "teacher"}}
    )

    persona: PersonaName
    """As what."""
    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)] | None = None
    """Who; default: somebody of the roster whose relation is open today."""


class TokenShape(Shape):
    """A token, good for a working day or until the service stops."""

    token: str
    """Goes into `Authorization: Bearer`; the answer sets it as a cookie too, for the pages."""
    subject: str
    """Who it speaks for."""
    persona: PersonaName
    """As what."""
    warning: str
    """What this is."""


@router.post("/token", status_code=201)
def token(_access: Local, request: Request, response: Response, asked: PersonaIn) -> TokenShape:
    """Return a persona's token. Anybody at this machine may be anybody: never with real people's data."""
    made = signed(request, Role(asked.persona), asked.subject)
    set_cookie(response, made.token)
    return made


def signed(request: Request, role: Role, subject: str | None = None) -> TokenShape:
    """Return the token of a persona.

    Raises
    ------
    NotFoundError
        If this is no demonstration.
    """
    personas, held = sign_in_of(request).personas, tenants(request).default
    if personas is None:
        raise NotFoundError("there are no personas here")
    with held.store.read() as tx:
        who = subject or usual_subject(tx, role, day_of(held.now()))
    made = personas.token(role, who, held.settings.provider_id)
    return TokenShape(token=made, subject=who, persona=role.value, warning=LABEL)


def set_cookie(response: Response, token: str) -> None:
    """Give the token to the browser: no script reads it, and no other site's form sends it."""
    response.set_cookie(COOKIE, token, max_age=SECONDS, httponly=True, samesite="lax", path="/")
