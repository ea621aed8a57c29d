"""A vendor of simulated tasks that comes with the sandbox: it shows by itself what a vendor has to do.

It knows what a vendor knows: its secret, its catalogue, and what a launch says. A launch is checked, the task is a page
with two buttons, the result goes back through the door for answers under the pseudonym, and the learner returns. It is
there in a demonstration only; nothing of Polku depends on it.
"""

from __future__ import annotations

import html
import time
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from polku.errors import InputError, NotFoundError
from polku.paths.days import EPOCH, MICROSECOND
from polku.web.access import Local, Role, Viewer
from polku.web.api.responses import ResponsesIn, take
from polku.web.pages.templates import POLICY
from polku.web.reference_feed import FEEDS
from polku.web.service import Service, tenants
from polku.web.vendors import scope_of, vendor_of

router = APIRouter(prefix="/demo/vendor", include_in_schema=False)
VENDOR: Final = "reference"
DEFINITION: Final = """# The vendor that comes with the sandbox. Another vendor is another file like this.
name = "Esimerkkitehtävät"
languages = ["fi", "sv", "en"]
launch = "/demo/vendor/task?token={token}"
secret_file = "reference.secret"
catalogue = "reference.csv"
"""
WORDS: Final = {
    "fi": ("Simuloitu tehtävä", "Paina sitä, mitä haluat kokeilla.", "Vastaa oikein", "Vastaa väärin"),
    "sv": ("Simulerad uppgift", "Tryck på det som du vill pröva.", "Svara rätt", "Svara fel"),
    "en": ("Simulated task", "Press what you want to try.", "Answer right", "Answer wrong"),
}
"""What the page says: title, what to do, and the two buttons."""
PAGE: Final = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}: {item}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/polku.css"></head>
<body><main><h1>{title}</h1><p>{item}</p><p>{what}</p>
<form method="post" action="/demo/vendor/result"><input type="hidden" name="token" value="{token}">
<button name="correct" value="1">{right}</button> <button name="correct" value="0">{wrong}</button></form>
</main></body></html>"""


@dataclass(frozen=True)
class Opened:
    """A launch that holds.

    Parameters
    ----------
    subject, item_id : str
        Whom the vendor knows the learner as, and which task.
    nonce : str
        Of the token; one result is taken for each.
    language, return_to : str
        What the link says beside.
    """

    subject: str
    item_id: str
    nonce: str
    language: str
    return_to: str


@router.get("/task", response_class=HTMLResponse)
def task(request: Request, _access: Local, token: Annotated[str, Query(max_length=4000)]) -> HTMLResponse:
    """Show the task that a link opens."""
    said = opened(tenants(request).default, token)
    title, what, right, wrong = WORDS[said.language]
    content = PAGE.format(
        language=said.language,
        title=title,
        what=what,
        right=right,
        wrong=wrong,
        item=html.escape(said.item_id),
        token=html.escape(token),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY, "Content-Language": said.language})


@router.post("/result")
def result(
    request: Request,
    _access: Local,
    form: Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")],
) -> RedirectResponse:
    """Send a result back as any vendor would, and let the learner return. The same link counts once."""
    given = {name: values[-1] for name, values in parse_qs(form.decode("utf-8", "replace")).items()}
    held = tenants(request).default
    said = opened(held, given.get("token", ""))
    if given.get("correct") not in {"0", "1"}:
        raise InputError("a result is right or not", hint="press one of the buttons")
    row = {
        "response_id": f"{VENDOR}-{said.nonce}",
        "learner_id": said.subject,
        "item_id": said.item_id,
        "answered_at": (EPOCH + held.now() * MICROSECOND).isoformat(),
        "correct": int(given["correct"]),
    }
    scopes = frozenset({"responses:write", scope_of(VENDOR)})
    viewer = Viewer("reference-vendor", Role.SERVICE, held.settings.provider_id, scopes, None)
    with held.store.begin() as tx:
        take(viewer, held, tx, ResponsesIn(responses=[row]))
    return RedirectResponse(said.return_to, status_code=303)


@router.get("/feed/{name}")
def feed(_access: Local, name: str) -> list[dict[str, Any]]:
    """Return what a vendor's feed of statements looks like: one that conforms, and one that does not."""
    if name not in FEEDS:
        raise NotFoundError("no such feed", got=name, hint=" or ".join(FEEDS))
    return FEEDS[name]


def opened(held: Service, token: str) -> Opened:
    """Check a launch as a vendor has to: signature, for whom, and whether its time is over.

    Raises
    ------
    InputError
        If it does not hold.
    NotFoundError
        If this demonstration has no such vendor.
    """
    key = OctKey.import_key(vendor_of(held.home, VENDOR).secret())
    registry = jwt.JWTClaimsRegistry(
        now=int(time.time()), aud={"essential": True, "value": VENDOR}, exp={"essential": True}
    )
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"]).claims
        registry.validate(claims)
    except (JoseError, ValueError) as error:
        hint = "open the task again from Polku"
        raise InputError("the link does not open any more", got=type(error).__name__, hint=hint) from error
    return Opened(claims["sub"], claims["item"], claims["jti"], claims["lang"], claims["return_to"])
