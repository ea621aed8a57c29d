"""Which language a reader gets: asked for, else what their browser prefers, else the installation's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
    """Return a function that templates call: ``say("page.title")``, ``say("page.learner_count", count=3)``.

    What nothing fills is looked up once: the page of a class says the same on each line.
    """
    plain: dict[str, str] = {}

    def say(key: str, **values: Any) -> str:
        if values:
            return texts.say(language, key, values)
        if key not in plain:
            plain[key] = texts.say(language, key)
        return plain[key]

    return say


def naturally(names: Iterable[str]) -> list[str]:
    """Return names in the order that people expect: 2A before 10A.

    Examples
    --------
    >>> naturally(["10A", "2B", "2A", "esikko"])
    ['2A', '2B', '10A', 'esikko']
    """
    return sorted(
        names, key=lambda name: [(not part.isdecimal(), part.zfill(9)) for part in re.findall(r"\d+|\D+", name)]
    )
