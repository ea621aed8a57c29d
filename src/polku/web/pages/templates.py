"""How a page is made: a template beside this file, the reader's language, and headers that keep it to itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from polku.paths import LANGUAGES
from polku.web.access.sign_in import sign_in_of
from polku.web.service import Service, service
from polku.web.wording import language_of, sayer

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NAMES = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}


def page(
    name: str,
    request: Request,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    kept: Mapping[str, str] | None = None,
    held: Service | None = None,
) -> HTMLResponse:
    """Return a page in the reader's language.

    Parameters
    ----------
    name : str
        Template beside this file.
    request : Request
        Says which language.
    values : mapping
        What the template needs, beside ``say``, ``language``, ``languages``, ``personas`` and ``signs_in``.
    status : int
        HTTP status.
    kept : mapping of str to str, optional
        Query that the links to other languages keep.
    held : Service, optional
        Whose words and language; default: the viewer's provider's.
    """
    held, sign_in = held or service(request), sign_in_of(request)
    language = language_of(request, held.settings.language)
    shared = {
        "say": sayer(held.suggester.texts, language),
        "language": language,
        "personas": sign_in.personas is not None,
        "signs_in": sign_in.verifier is not None,
        "languages": [
            (code, NAMES[code], "/?" + urlencode({**(kept or {}), "lang": code}))
            for code in LANGUAGES
            if code != language
        ],
    }
    content = TEMPLATES.get_template(name).render({**shared, **values})
    headers = {"Content-Security-Policy": POLICY, "Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(content, status_code=status, headers=headers)
