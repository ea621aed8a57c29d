"""Koski's JSON, whatever year it was written in: names of fields without their dots, codes, periods, one assessment.

Fields are named with ä and ö, in one letter or in two, or without where a system between dropped the dots; all three
are one name here. Nothing personal is looked at but the person's OID; what else there is of a person is counted.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from polku.curriculum import Code
from polku.errors import InputError

LARGEST: Final = 32 << 20
"""Bytes of one document; the largest known is half a megabyte."""
OWN_TONGUE: Final = "omanAidinkielenOpinnot"
"""Studies of somebody's own mother tongue. That they were taken is read; which tongue it is says who somebody is."""
PERSONAL: Final = {
    "hetu": "personal identity code",
    "etunimet": "name",
    "kutsumanimi": "name",
    "sukunimi": "name",
    "myontajaHenkilot": "name",
    "arvioitsijat": "name",
    "syntymaaika": "demographics",
    "aidinkieli": "demographics",
    OWN_TONGUE: "demographics",
    "kansalaisuus": "demographics",
    "turvakielto": "demographics",
    "kuvaus": "verbal assessment",
    "kayttaytymisenArvio": "behaviour",
    "erityisenTuenPaatos": "decision on support",
    "erityisenTuenPaatokset": "decision on support",
    "tuenPaatoksenJaksot": "decision on support",
    "vammainen": "health",
    "vaikeastiVammainen": "health",
    "majoitusetu": "benefits",
    "kuljetusetu": "benefits",
    "koulukoti": "placement",
}
"""Fields that are kept nowhere, by the kind that the receipt counts."""
SUPPORT: Final = ("erityisenTuenPaatos", "erityisenTuenPaatokset")


class Mark(NamedTuple):
    """An assessment: a word of a scale, never a number.

    Parameters
    ----------
    scale, mark : str
        Code set, and code within it: ``arviointiasteikkoyleissivistava`` has 4 to 10, S, H and O.
    on : str
        Day, as written; empty where none is.
    passed : bool
        Whether the scale calls it a pass.
    """

    scale: str
    mark: str
    on: str
    passed: bool


def decoded(content: bytes) -> list[Any]:
    """Return the documents of a file, with the names of fields as :func:`plain` writes them.

    Raises
    ------
    InputError
        If it is too large or no JSON.
    """
    if len(content) > LARGEST:
        raise InputError("the file is too large", got=f"{len(content):,} bytes", hint=f"at most {LARGEST:,}")
    try:
        made = _plain_keys(msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("the file is no JSON", got=type(error).__name__, hint="give what Koski gives") from error
    return made if isinstance(made, list) else [made]


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a field's name without dots over letters.

    Examples
    --------
    >>> plain("yksilöllistettyOppimäärä")
    'yksilollistettyOppimaara'
    """
    return "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))


def _plain_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {plain(name): _plain_keys(part) for name, part in value.items()}
    return [_plain_keys(one) for one in value] if isinstance(value, list) else value


def personal(value: Any) -> Counter[str]:
    """Count what a document holds of a person; what lies within a counted field is not counted again.

    Examples
    --------
    >>> personal({"henkilo": {"hetu": "x", "etunimet": "y", "oid": "1.2"}})
    Counter({'personal identity code': 1, 'name': 1})
    """
    found: Counter[str] = Counter()
    if isinstance(value, Mapping):
        for name, part in value.items():
            kind = PERSONAL.get(name)
            if kind is None:
                found += personal(part)
            elif part not in (None, "", [], {}, False):
                found[kind] += 1
    elif isinstance(value, list):
        for one in value:
            found += personal(one)
    return found


def part(value: Any, *names: str) -> Mapping[str, Any]:
    """Return an object within an object, an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def parts(value: Any, *names: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list; a single one that stands without a list is a list of one."""
    *above, last = names
    found = part(value, *above).get(last)
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, Mapping)]


def text(value: Any, name: str) -> str:
    """Return a field's text without spaces around it, empty where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found.strip() if isinstance(found, str) else ""


def code(value: Any, name: str) -> Code:
    """Return a code with its code set and version; of a local code the set is empty.

    Examples
    --------
    >>> code({"tunniste": {"koodiarvo": "MA", "koodistoUri": "x", "koodistoVersio": 1}}, "tunniste")
    Code(codeset='x', version='1', code='MA')
    """
    found = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(found, str):
        return Code("", "", found.strip())
    version = part(found).get("koodistoVersio")
    return Code(text(found, "koodistoUri"), "" if version is None else str(version), text(found, "koodiarvo"))


SCALE: Final = "arviointiasteikkoyleissivistava"
PASSES: Final = frozenset({"5", "6", "7", "8", "9", "10", "S"})
"""4 and H are no passes, O says that somebody took part."""


def last_mark(sub: Mapping[str, Any]) -> Mark | None:
    """Return the assessment that holds: the one with the latest day; one without a day comes before those with one.

    Examples
    --------
    >>> marks = [{"arvosana": {"koodiarvo": "S", "koodistoUri": SCALE}}, {"arvosana": {"koodiarvo": "4",
    ...          "koodistoUri": SCALE}, "paiva": "2026-05-30"}]
    >>> last_mark({"arviointi": marks})
    Mark(scale='arviointiasteikkoyleissivistava', mark='4', on='2026-05-30', passed=False)
    """
    listed = list(enumerate(parts(sub, "arviointi")))
    if not listed:
        return None
    _, found = max(listed, key=lambda one: (text(one[1], "paiva"), one[0]))
    return mark_of(found, "paiva")


def mark_of(assessed: Mapping[str, Any], on: str) -> Mark | None:
    """Return the mark of an assessment, whose day stands in the field `on`; None where it has none."""
    given = code(assessed, "arvosana")
    if not given.code:
        return None
    said = assessed.get("hyvaksytty") is True
    passed = given.code in PASSES if given.codeset in {SCALE, ""} else said
    return Mark(given.codeset, given.code, text(assessed, on), passed)


def supports(extra: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the decisions on support of a study right's additional facts, of which one field alone is looked at."""
    for name in SUPPORT:
        yield from parts(extra, name)
