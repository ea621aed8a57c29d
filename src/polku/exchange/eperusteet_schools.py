"""Local curricula of upper secondary education: national subjects, a school's own, and the study units it teaches.

A study unit that is made of national modules alone says nothing of its own: its modules are there. One with objectives
of its own is a module as well. A school's subject names the national one that it belongs to by an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from polku.exchange.curriculum_reading import OnStep
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_texts import many, speakable
from polku.exchange.eperusteet_upper import take_module, upper_secondary

STATED = ("valtakunnallisetOppiaineet", "paikallisetOppiaineet", "opintojaksot")
"""Keys by which such a curriculum is told: national subjects, the school's own, and study units."""

OWN = "paikallinen"
"""The code set of codes that a school gives."""


def local_upper(root: Mapping[str, Any], into: Gathering, on_step: OnStep) -> None:
    """Take a local curriculum of upper secondary education."""
    national = many(root.get("valtakunnallisetOppiaineet"))
    shared = {"laajaAlaisetOsaamiset": root.get("laajaAlaisetOsaamiset")}
    upper_secondary({"laajaAlainenOsaaminen": shared, "oppiaineet": national}, into, on_step)
    called = _called(national, into)
    for raw in many(root.get("paikallisetOppiaineet")):
        name = into.subject(_coded(raw), called.get(str(raw.get("perusteenOppiaineUri")), ""))
        if name is not None and isinstance(raw.get("koodi"), str):
            called.setdefault(raw["koodi"], name)
    for unit in _units(many(root.get("opintojaksot"))):
        _unit(unit, called, into)


def _called(national: list[dict[str, Any]], into: Gathering) -> dict[str, str]:
    """Return subjects by the addresses and values of their codes, as study units name them."""
    by_value = {one.code.code: one.id for one in reversed(into.subjects.values())}
    called: dict[str, str] = {}
    for one in _within(national):
        code = one.get("koodi")
        value = speakable(code.get("arvo")) if isinstance(code, Mapping) else ""
        if isinstance(code, Mapping) and value in by_value:
            called |= {value: by_value[value], str(code.get("uri")): by_value[value]}
    return called


def _within(subjects: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in subjects:
        yield one
        yield from _within(many(one.get("oppimaarat")))


def _units(units: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield study units and those within them."""
    for one in units:
        yield one
        yield from _units(many(one.get("paikallisetOpintojaksot")))


def _coded(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return an element whose code is a word of the school's as one with a code object."""
    code = raw.get("koodi")
    return {**raw, "koodi": {"arvo": code, "koodisto": OWN} if isinstance(code, str) else code}


def _unit(raw: Mapping[str, Any], called: Mapping[str, str], into: Gathering) -> None:
    """Take a study unit that states objectives of its own as a module of its first known subject."""
    goals = [_words(one) for one in many(raw.get("tavoitteet"))]
    if not goals:
        into.lost("study units say nothing beyond their national modules", 1)
        return
    stated = many(raw.get("oppiaineet"))
    subject = next((called[str(one.get("koodi"))] for one in stated if str(one.get("koodi")) in called), None)
    if subject is None:
        into.refuse("modules", raw, "it belongs to no subject of the curriculum")
        return
    credits_ = sum(one["laajuus"] for one in stated if type(one.get("laajuus")) in {int, float})
    contents = [_words(one) for one in many(raw.get("keskeisetSisallot"))]
    own = {"laajuus": credits_, "tavoitteet": {"tavoitteet": goals}, "sisallot": [{"sisallot": contents}]}
    take_module({**_coded(raw), **own}, subject, into)


def _words(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return an objective or a content of a study unit as a module has it: its text, with its number."""
    text: Mapping[str, Any] = next((raw[key] for key in ("kuvaus", "otsikko") if isinstance(raw.get(key), Mapping)), {})
    return {**{key: part for key, part in text.items() if key != "_id"}, "_id": raw.get("id")}
