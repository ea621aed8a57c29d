"""``/accessibility``: the statement that the Act on the Provision of Digital Services (306/2019, 9 §) asks for.

What must stand on it is set by the Commission's implementing decision (EU) 2018/1523: how accessible the service is and
how that was found out, what is not accessible and why, whom to tell, and who supervises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from polku.paths.days import in_words
from polku.web.access import Open
from polku.web.pages.templates import page
from polku.web.service import tenants
from polku.web.wording import language_of

router = APIRouter(include_in_schema=False)
PREPARED: Final = date(2026, 11, 22)
"""The day of the last self-assessment; whoever assesses anew moves it."""
KNOWN: Final = ("screen_reader", "charts", "titles", "english", "other")
"""What does not work yet, by the names of its texts."""
AUTHORITY: Final = "saavutettavuus@traficom.fi"
"""Mail of the supervisory authority: Traficom since 1 January 2025. Its pages have a name in each language."""


@dataclass(frozen=True)
class AccessibilityPage:
    """What ``accessibility.html`` shows.

    Parameters
    ----------
    prepared : str
        Day of the statement, in words.
    known : tuple of str
        Names of what does not work yet.
    feedback : str or None
        Mail address of the settings where feedback is answered.
    authority : str
        Mail of the supervisory authority.
    """

    prepared: str
    known: tuple[str, ...]
    feedback: str | None
    authority: str


@router.get("/accessibility", response_class=HTMLResponse)
def accessibility(request: Request, _access: Open) -> HTMLResponse:
    """Show the statement to anybody; it tells nothing about anybody."""
    held = tenants(request).default
    prepared = in_words(PREPARED)[language_of(request, held.settings.language)]
    context = AccessibilityPage(prepared, KNOWN, held.settings.pages.feedback, AUTHORITY)
    return page("accessibility.html", request, context, held=held)
