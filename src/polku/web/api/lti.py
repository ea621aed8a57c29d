"""``/lti/…``: a learning platform's link leads to the learner's page or the teacher's (LTI 1.3 resource link).

The platform asks for a login; it is sent back to itself with a state and a nonce of ours, of which the browser keeps a
cookie; what it then signs is checked, the nonce is taken once, and the browser goes on to the page with a session.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import RedirectResponse

from polku.errors import InputError, NotFoundError, UnauthorizedError
from polku.exchange.lti import Launch
from polku.store.repeats import Kept
from polku.web.access import Open, Role
from polku.web.access.sign_in import LAUNCHED, sign_in_of
from polku.web.lti.kept import remember
from polku.web.lti.launches import AGAIN, checked
from polku.web.lti.registrations import Registration
from polku.web.lti.sessions import SECONDS, Sessions
from polku.web.pages.navigation import HOMES
from polku.web.service import tenants

router = APIRouter(prefix="/lti", include_in_schema=False)
STATE_S: Final = 600
LONGEST: Final = 4096
TEACHING: Final = ("/groups", "/learners", "/paper")
Form = Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")]


@router.get("/login")
def login(request: Request, _access: Open) -> RedirectResponse:
    """Begin a launch: send the browser back to its platform with a state and a nonce."""
    return _begun(request, dict(request.query_params))


@router.post("/login")
def login_by_form(request: Request, _access: Open, form: Form) -> RedirectResponse:
    """Begin a launch that the platform asks for by a form."""
    return _begun(request, _fields(form))


@router.post("/launch")
def launch(request: Request, _access: Open, form: Form) -> RedirectResponse:
    """End a launch: check what the platform signed, and go on to the page."""
    fields, sessions = _fields(form), _sessions(request)
    if "error" in fields:
        raise UnauthorizedError("the platform refused the launch", hint=AGAIN)
    registration, nonce = _asked(request, sessions, fields.get("state", ""))
    found = checked(registration, fields.get("id_token", ""), nonce)
    answer = RedirectResponse(_place(registration, found), status_code=303)
    token = sessions.token(registration, found)
    _take(request, registration, nonce, found)
    answer.headers.append("set-cookie", _cookie(LAUNCHED, token, SECONDS, "/"))
    answer.headers.append("set-cookie", _cookie(_state_name(fields["state"]), "", 0, "/lti"))
    return answer


@router.get("/keys")
def keys(request: Request, _access: Open) -> Response:
    """Return this tool's public keys."""
    return Response(_sessions(request).public(), media_type="application/json")


def _sessions(request: Request) -> Sessions:
    found = sign_in_of(request).sessions
    if found is None:
        raise NotFoundError("no platform is registered here", hint="docs/reference/standards.md, LTI")
    return found


def _fields(form: bytes) -> dict[str, str]:
    said = parse_qs(form.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in said.items()}


def _begun(request: Request, fields: dict[str, str]) -> RedirectResponse:
    registration = _registered(_sessions(request), fields)
    said, state, nonce = registration.definition, secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    if not fields.get("login_hint") or max(map(len, fields.values())) > LONGEST:
        raise InputError("the platform's login names nobody", hint="login_hint is required")
    _within(registration, fields.get("target_link_uri", ""))
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": said.client_id,
        "redirect_uri": f"{said.tool.rstrip('/')}/lti/launch",
        "login_hint": fields["login_hint"],
        "state": state,
        "nonce": nonce,
    }
    hint = {"lti_message_hint": fields["lti_message_hint"]} if fields.get("lti_message_hint") else {}
    mark = "&" if "?" in said.authorize else "?"
    answer = RedirectResponse(f"{said.authorize}{mark}{urlencode(asked | hint)}", status_code=302)
    kept = _cookie(_state_name(state), f"{state}.{nonce}.{registration.id}", STATE_S, "/lti")
    answer.headers.append("set-cookie", kept)
    return answer


def _registered(sessions: Sessions, fields: dict[str, str]) -> Registration:
    client, deployment = fields.get("client_id"), fields.get("lti_deployment_id")
    found = [
        one
        for one in sessions.registrations.values()
        if one.definition.issuer == fields.get("iss")
        and client in {None, "", one.definition.client_id}
        and (not deployment or deployment in one.definition.deployments)
    ]
    if len(found) != 1:
        raise UnauthorizedError("this platform is not registered here", hint="issuer, client id and deployment count")
    return found[0]


def _asked(request: Request, sessions: Sessions, state: str) -> tuple[Registration, str]:
    """Return which platform this browser was sent to, and with which nonce."""
    if not state:
        raise UnauthorizedError("the launch has no state", hint=AGAIN)
    kept, _, rest = request.cookies.get(_state_name(state), "").partition(".")
    nonce, _, name = rest.partition(".")
    if not secrets.compare_digest(kept.encode(), state.encode()) or name not in sessions.registrations:
        raise UnauthorizedError("the launch was not begun in this browser", hint=AGAIN)
    return sessions.registrations[name], nonce


def _take(request: Request, registration: Registration, nonce: str, found: Launch) -> None:
    """Take the nonce, once: in the store, where every process looks; and keep the services that the launch names."""
    caller = f"lti:{registration.id}"
    with tenants(request).of(registration.definition.provider).store.begin() as tx:
        if tx.repeats.find(caller, nonce, "launch") is not None:
            raise UnauthorizedError("the launch was used before (nonce)", hint=AGAIN)
        tx.repeats.keep(caller, nonce, "launch", Kept(303, b"", ""))
        remember(tx, registration.id, found)


def _within(registration: Registration, target: str) -> str:
    """Return the path of a link's target; it leads to this service and nowhere else."""
    parts, own = urlsplit(target), urlsplit(registration.definition.tool)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        raise UnauthorizedError("the launch leads to another address", hint="target_link_uri begins with the tool's")
    return parts.path


def _place(registration: Registration, found: Launch) -> str:
    """Return the page that a launch leads to: the link's where the role has it, else the role's first."""
    path = _within(registration, found.target)
    if found.role == "teacher" and any(path == one or path.startswith(one + "/") for one in TEACHING):
        return path
    return HOMES[Role(found.role)] if found.role else "/"


def _state_name(state: str) -> str:
    """Return the name of a login's cookie: several may be under way in one browser."""
    return f"polku_lti_{''.join(one for one in state[:16] if one.isascii() and one.isalnum())}"


def _cookie(name: str, value: str, seconds: int, path: str) -> str:
    """Return a cookie that a frame of another site sends along, and no script reads; of each such site its own."""
    return f"{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; Secure; SameSite=None; Partitioned"
