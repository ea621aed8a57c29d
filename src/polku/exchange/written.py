"""How standards write IRIs, UUIDs, languages, durations and times, and what the last two mean.

Each pattern is one text that Python, msgspec and the check of :mod:`polku.exchange.forms` share, so that the fast and
the exact way cannot differ.
"""

from __future__ import annotations

import re
from typing import Final

from polku.records.times import parse_time

#: RFC 3987: a scheme, and no character that must be percent-encoded. Whether it can be resolved is not looked at.
IRI: Final = r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+"
UUID: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
MAILTO: Final = r"mailto:[^\s@<>]+@[^\s@<>]+"
SHA1: Final = "[0-9a-fA-F]{40}"
SHA2: Final = "(?:[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})"
MEDIA_TYPE: Final = r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:\s*;.*)?"

_VARIANT = "(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3})"
_LANGUAGE = "(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"
_EXTENSION = "(?:[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)"
_PRIVATE = "[xX](?:-[A-Za-z0-9]{1,8})+"
#: RFC 5646, section 2.1, the registered irregular tags of its grandfathered list included.
LANGUAGE: Final = (
    rf"(?:{_LANGUAGE}(?:-[A-Za-z]{{4}})?(?:-(?:[A-Za-z]{{2}}|[0-9]{{3}}))?(?:-{_VARIANT})*(?:-{_EXTENSION})*(?:-{_PRIVATE})?"
    rf"|{_PRIVATE}|en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
    r"|sgn-(?:BE-FR|BE-NL|CH-DE))"
)

_DATE = "[0-9]{4}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))"
_TIME = "(?:[01][0-9]|2[0-3])(?::?[0-5][0-9](?::?[0-5][0-9](?:[.,][0-9]+)?)?)?"
_ZONE = r"(?:Z|\+[0-2][0-9](?::?[0-5][0-9])?|-(?!00(?::?00)?$)[0-2][0-9](?::?[0-5][0-9])?)"
#: ISO 8601, extended or basic; no zone of minus nothing, which says "unknown". A zone may be missing.
TIMESTAMP: Final = rf"{_DATE}(?:T{_TIME}{_ZONE}?)?"
_AMOUNT = "[0-9]+(?:[.,][0-9]+)?"
#: ISO 8601 durations; only the last amount may be broken, and there is at least one.
DURATION: Final = (
    rf"P(?:(?P<weeks>{_AMOUNT})W|(?=[0-9]|T[0-9])(?:(?P<years>{_AMOUNT})Y)?(?:(?P<months>{_AMOUNT})M)?"
    rf"(?:(?P<days>{_AMOUNT})D)?(?:T(?=[0-9])(?:(?P<hours>{_AMOUNT})H)?(?:(?P<minutes>{_AMOUNT})M)?"
    rf"(?:(?P<seconds>{_AMOUNT})S)?)?)"
)
_SECONDS: Final = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_DURATION = re.compile(DURATION)
_SHORT = re.compile(r"PT([0-9]+(?:\.[0-9]+)?)S").fullmatch
_PARTS = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T([0-9]{2})(?::?([0-9]{2}))?(?::?([0-9]{2}))?([.,][0-9]+)?(.*))?"
)


def seconds_of(duration: str) -> float | None:
    """Return the seconds of a duration; None where it says years or months, which have no length.

    Examples
    --------
    >>> seconds_of("PT1H0M0.5S"), seconds_of("P4W"), seconds_of("P3Y")
    (3600.5, 2419200.0, None)
    """
    short = _SHORT(duration)
    if short is not None:
        return float(short[1])
    found = _DURATION.fullmatch(duration)
    if found is None or found["years"] or found["months"]:
        return None
    return sum(float(found[name].replace(",", ".")) * size for name, size in _SECONDS.items() if found[name])


def instant_of(timestamp: str) -> tuple[int, bool]:
    """Return the microseconds UTC of a timestamp, and whether it named its zone; without one it is read as UTC.

    Raises
    ------
    RefusedValueError
        If there is no such day, or the year is out of range.

    Examples
    --------
    >>> instant_of("1970-01-01T02:00:01+02:00"), instant_of("19700101T000001")
    ((1000000, True), (1000000, False))
    """
    found = _PARTS.fullmatch(timestamp)
    if found is None:
        return parse_time(timestamp).value, True
    year, month, day, hour, minute, second, fraction, zone = found.groups(default="")
    clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}{fraction}"
    return parse_time(f"{year}-{month}-{day}T{clock[:18]}{zone or 'Z'}").value, bool(zone)
