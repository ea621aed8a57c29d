"""Texts, codes and moments of ePerusteet: three languages of which any may be absent, and HTML where one reads text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from polku.curriculum.values import LANGUAGES, Code
from polku.exchange.plain_text import plain

HELSINKI = ZoneInfo("Europe/Helsinki")
UNSPEAKABLE = re.compile(r"[\s;\x00-\x1f\x7f]+")
COPIED_WORDS = 3
"""Texts of as many words that are equal in Finnish and Swedish are one of the two; shorter ones may be both."""
SPOKEN_IN_SWEDISH = re.compile(r"\b(och|att|som|ett|för|med|av|ska|till|på|det|eleven|i)\b", re.IGNORECASE)

PREFIX = {kind: re.compile(rf"\s*({kind}\s?\d+[a-z]?)\b[\s.:)\u2013-]*", re.IGNORECASE) for kind in "TMSILK"}
SUFFIX = {kind: re.compile(rf"\s*\(({kind}\s?\d+)\)\s*$", re.IGNORECASE) for kind in "LK"}
SWEDISH = {"T": "M", "S": "I", "L": "K"}
"""Objectives, content areas and competences are lettered differently in the Swedish curriculum."""


def texts(raw: object) -> dict[str, str]:
    """Return the languages that a text object really holds, plain; a copy in place of the other language is left out.

    Examples
    --------
    >>> texts({"_id": "1", "fi": "Geometria ", "sv": "<p> </p>"})
    {'fi': 'Geometria'}
    >>> texts({"fi": "M1 uppmuntra eleven att tala", "sv": "M1 uppmuntra eleven att tala"})
    {'sv': 'M1 uppmuntra eleven att tala'}
    """
    if isinstance(raw, str):
        raw = {"fi": raw}
    if not isinstance(raw, Mapping):
        return {}
    found = {language: text for language in LANGUAGES if (text := plain(raw.get(language)))}
    if found.get("sv") == found.get("fi") and len(found.get("fi", "").split()) >= COPIED_WORDS:
        del found["fi" if SPOKEN_IN_SWEDISH.search(found["fi"]) else "sv"]
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """A title in every language, and the languages it was written in where not in all."""

    title: dict[str, str]
    written: tuple[str, ...]


def said(found: Mapping[str, str], default: str) -> Said:
    """Fill the languages that are missing with the first there is; a title ends without a full stop.

    Examples
    --------
    >>> said({"sv": "Kemi"}, "KE")
    Said(title={'fi': 'Kemi', 'sv': 'Kemi', 'en': 'Kemi'}, written=('sv',))
    """
    found = {language: text.removesuffix(".") or text for language, text in found.items()}
    first = next(iter(found.values()), default)
    written = tuple(found)
    return Said(
        {language: found.get(language, first) for language in LANGUAGES},
        () if len(written) == len(LANGUAGES) else written,
    )


def coded(found: Mapping[str, str], letter: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """Take the code off the front or the end of a text.

    Parameters
    ----------
    found : mapping of str to str
        A text by language.
    letter : str
        ``T``, ``S`` or ``L``, as the Finnish curriculum has it.

    Returns
    -------
    code : str
        As ``T14``, empty where no language has one.
    label : dict
        The code by language.
    texts : dict
        The texts without it; a text that is nothing but its code keeps it.

    Examples
    --------
    >>> coded({"fi": "Monilukutaito (L4)", "sv": "K4 Multilitteracitet"}, "L")
    ('L4', {'fi': 'L4', 'sv': 'K4', 'en': 'L4'}, {'fi': 'Monilukutaito', 'sv': 'Multilitteracitet'})
    """
    swedish = SWEDISH[letter]
    codes: dict[str, str] = {}
    rest: dict[str, str] = {}
    for language, text in found.items():
        codes[language], rest[language] = _cut(text, (swedish, letter) if language == "sv" else (letter, swedish))
    number = next((code[1:] for code in codes.values() if code), "")
    if not number:
        return "", {}, dict(found)
    label = {"fi": letter + number, "sv": swedish + number, "en": letter + number}
    return letter + number, label, rest


def _cut(text: str, letters: tuple[str, str]) -> tuple[str, str]:
    """Return a text's code and the text without it."""
    for letter in letters:
        match = PREFIX[letter].match(text) or (SUFFIX[letter].search(text) if letter in SUFFIX else None)
        if match is not None:
            left = text[: match.start()] + text[match.end() :]
            return match[1].replace(" ", "").upper(), left.strip() or text
    return "", text


def speakable(code: object) -> str:
    """Return a code as an id can carry it, without spaces, semicolons and control characters.

    Examples
    --------
    >>> speakable(" ÄI1 "), speakable("a; b"), speakable(None)
    ('ÄI1', 'a-b', '')
    """
    return UNSPEAKABLE.sub("-", str(code).strip()).strip("-") if isinstance(code, (str, int)) else ""


def code_of(raw: Mapping[str, Any]) -> Code | None:
    """Return the national code of a subject, module or competence; a value is never derived from its URI.

    Examples
    --------
    >>> code_of({"koodi": {"arvo": "ÄI1", "uri": "moduulikoodistolops2021_ai1", "versio": None}})
    Code(codeset='moduulikoodistolops2021', version='', code='ÄI1')
    >>> code_of({"koodiUri": "oppiaineetyleissivistava_te", "koodiArvo": "TE"})
    Code(codeset='oppiaineetyleissivistava', version='', code='TE')
    """
    code = raw.get("koodi")
    code = code if isinstance(code, Mapping) else {"arvo": raw.get("koodiArvo"), "uri": raw.get("koodiUri")}
    value, uri = speakable(code.get("arvo")), code.get("uri")
    if not value:
        return None
    codeset = code.get("koodisto") or (uri.rpartition("_")[0] if isinstance(uri, str) else "")
    version = code.get("versio")
    return Code(speakable(codeset) or "koodisto", "" if version is None else str(version), value)


def day(moment: object) -> str:
    """Return the ISO date of a moment in milliseconds, as Finland's calendar has it, or of an ISO text.

    Examples
    --------
    >>> day(1420063200000), day("2021-08-01T00:00:00Z"), day(None)
    ('2015-01-01', '2021-08-01', '')
    """
    if isinstance(moment, bool) or not isinstance(moment, (int, float, str)):
        return ""
    try:
        if isinstance(moment, str):
            parsed = datetime.fromisoformat(moment)
            return (parsed.astimezone(HELSINKI) if parsed.tzinfo else parsed).date().isoformat()
        return datetime.fromtimestamp(moment / 1000, UTC).astimezone(HELSINKI).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def many(raw: object) -> list[dict[str, Any]]:
    """Return the objects of a list; what is no list holds none, what is no object is left out."""
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def refs(raw: object) -> list[str]:
    """Return references as text: the same number comes as text in one place and as a number in another.

    A local curriculum puts the content area itself in place of its number, within an object for words of its own.

    Examples
    --------
    >>> refs(["471920", 3, {"id": 9, "sisaltoalueet": {"id": 51}, "omaKuvaus": None}, None])
    ['471920', '3', '51']
    """
    ends = [_referred(one) for one in raw] if isinstance(raw, list) else []
    return [str(one) for one in ends if isinstance(one, (str, int))]


def _referred(one: object) -> object:
    """Return the number that a reference or the object in its place carries."""
    if not isinstance(one, Mapping):
        return one
    held = one.get("sisaltoalueet")
    return held.get("id") if isinstance(held, Mapping) else held
