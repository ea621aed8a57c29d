"""``/personas``: who to be in a demonstration. In any other service the address does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Body, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.errors import InputError, nearest
from polku.web.access import Local, Role
from polku.web.api.demo import set_cookie, signed
from polku.web.pages.navigation import HOMES, with_query
from polku.web.pages.templates import page
from polku.web.service import tenants

router = APIRouter(include_in_schema=False)
ON_PAGES = (Role.TEACHER, Role.LEARNER, Role.GUARDIAN, Role.PRINCIPAL, Role.RESEARCHER)
"""Who is offered, in this order; the others may be asked for, or use the interface."""


@dataclass(frozen=True)
class PersonasPage:
    """What ``personas.html`` shows.

    Parameters
    ----------
    roles : tuple of Role
        Whom one may be.
    """

    roles: tuple[Role, ...] = ON_PAGES


@router.get("/personas", response_class=HTMLResponse)
def personas(request: Request, _access: Local) -> HTMLResponse:
    """Show who one may be."""
    return page("personas.html", request, PersonasPage(), held=tenants(request).default)


@router.post("/personas")
def become(
    request: Request,
    _access: Local,
    form: Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")],
) -> RedirectResponse:
    """Become a persona, and go to its first page."""
    given = {name: values[-1] for name, values in parse_qs(form.decode("utf-8", "replace")).items()}
    chosen = given.get("persona", "")
    if chosen not in set(Role):
        raise InputError("there is no such persona", hint=nearest(chosen, Role))
    answer = RedirectResponse(with_query(HOMES[Role(chosen)], lang=given.get("lang")), status_code=303)
    set_cookie(answer, signed(request, Role(chosen)).token)
    return answer
