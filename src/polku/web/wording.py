"""Which language a reader gets: asked for, else what their browser prefers, else the installation's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request

from polku.paths import LANGUAGES, Texts

Say = Callable[..., str]


def language_of(request: Request, default: str) -> str:
    """Return the language of one request.

    Parameters
    ----------
    request : Request
        ``?lang=`` comes first, then ``Accept-Language`` in its order.
    default : str
        The installation's language.
    """
    asked = request.query_params.get("lang", "")
    preferred = request.headers.get("accept-language", "").split(",")
    wanted = [asked, *(part.split(";")[0].strip().split("-")[0].lower() for part in preferred)]
    return next((one for one in wanted if one in LANGUAGES), default)


def sayer(texts: Texts, language: str) -> Say:
    """Return a function that templates call: ``say("page.title")``, ``say("page.learner_count", count=3)``."""

    def say(key: str, **values: Any) -> str:
        return texts.say(language, key, values)

    return say
