"""How a page is made: a template beside this file, a documented context, and headers that keep the page to itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.dates import format_datetime
from babel.numbers import format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from polku.paths import LANGUAGES
from polku.paths.days import EPOCH, LOCALES, MICROSECOND, day_of, in_words
from polku.web.access.sign_in import sign_in_of
from polku.web.pages.forms import OF_THE_MOMENT
from polku.web.pages.navigation import home_of, place_of, places, with_query
from polku.web.said import HERE
from polku.web.service import Service, service
from polku.web.wording import language_of, sayer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
NAMES = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}


def page(
    name: str,
    request: Request,
    context: DataclassInstance | Mapping[str, Any],
    *,
    status: int = 200,
    held: Service | None = None,
    policy: str = POLICY,
) -> HTMLResponse:
    """Return a page in the reader's language.

    Parameters
    ----------
    name : str
        Template beside this file. It extends ``base.html`` and fills its blocks: ``title``, ``main``, and where
        needed ``nav`` (beneath the navigation), ``footer`` and ``scripts``.
    request : Request
        Says which language, who looks, and where the links to other languages lead: to the same place.
    context : dataclass or mapping
        What the template needs. Each page has a frozen dataclass of its own, whose fields are what the template may
        name; beside them every template has what :func:`shared` gives.
    status : int
        HTTP status.
    held : Service, optional
        Whose words and language; default: the viewer's provider's.
    policy : str
        Content security policy; a fragment that others may frame has another.
    """
    held = held or service(request)
    language = language_of(request, held.settings.language)
    content = TEMPLATES.get_template(name).render({**shared(request, held, language), **_values(context)})
    if policy == POLICY and getattr(request.state, "launched", False):  # in a frame of the platform that led here
        policy = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {framing(held)}")
    headers = {"Content-Security-Policy": policy, "Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(content, status_code=status, headers=headers)


def framing(held: Service) -> str:
    """Return the sites that may show something in a frame, as a content security policy names them."""
    return " ".join(held.settings.pages.embed_in) or "'none'"


def shared(request: Request, held: Service, language: str) -> dict[str, Any]:
    """Return what every template may name.

    Returns
    -------
    dict
        ``say(key, **values)`` gives a text. ``link(address, **query)`` gives an address that keeps the language;
        ``place("groups", id)`` that of a page about somebody or something. ``day`` words a moment (microseconds UTC)
        as a day, ``moment`` with the time, ``date`` a day; ``number`` writes a number (``decimals``).
        ``title(texts)`` takes the reader's language of a text in three. ``role`` is the viewer's, "" where nobody is
        signed in; ``navigation``, ``home``, ``languages`` and ``signs_in``, ``personas``, ``demo_day`` are the frame's.
    """
    viewer, sign_in = getattr(request.state, "viewer", None), sign_in_of(request)
    return {
        "say": sayer(held.suggester.texts, language),
        "language": language,
        "languages": _languages(request, language),
        "link": partial(with_query, lang=language),
        "place": place_of,
        "day": lambda at: in_words(day_of(at))[language],
        "date": lambda date: in_words(date)[language],
        "moment": partial(_moment, locale=LOCALES[language]),
        "number": partial(_number, locale=LOCALES[language]),
        "title": _in(language),
        "role": viewer.role.value if viewer is not None and viewer.signed_in else "",
        "navigation": places(viewer, request.url.path),
        "home": home_of(viewer),
        "personas": sign_in.personas is not None,
        "signs_in": sign_in.verifier is not None,
        "demo_day": in_words(day_of(held.now()))[language] if held.demo else None,
    }


def _values(context: DataclassInstance | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(context, Mapping):
        return dict(context)
    return {field.name: getattr(context, field.name) for field in fields(context)}


def _languages(request: Request, language: str) -> list[tuple[str, str, str]]:
    """Return the other languages: code, name, and the address of the same place."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in OF_THE_MOMENT]
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    path = "/" + path.lstrip("/")  # two slashes would lead to another host
    return [
        (code, NAMES[code], f"{path}?{urlencode([*kept, ('lang', code)])}") for code in LANGUAGES if code != language
    ]


def _moment(at: int, locale: str) -> str:
    return format_datetime(EPOCH + at * MICROSECOND, "short", tzinfo=HERE, locale=locale)


def _number(value: float, decimals: int = 0, *, locale: str) -> str:
    return format_decimal(value, f"#,##0.{'0' * decimals}" if decimals else "#,##0", locale=locale)


def _in(language: str) -> Callable[[Mapping[str, str]], str]:
    return lambda texts: texts.get(language) or next(iter(texts.values()), "")
