"""xAPI's activities: what was done, and how its interaction was set up (Data 2.4.4.1)."""

from __future__ import annotations

from typing import Final

from polku.exchange import written
from polku.exchange.forms import Check, FaultError, listing, members, one_of, record, text, under
from polku.exchange.forms import written as form
from polku.exchange.xapi_actors import iri
from polku.records import Reason

COMPONENTS: Final[dict[str, tuple[str, ...]]] = {
    "choice": ("choices",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "matching": ("source", "target"),
    "performance": ("steps",),
    **dict.fromkeys(("true-false", "fill-in", "long-fill-in", "numeric", "other"), ()),
}
"""Kinds of interaction, and the lists of components that each has."""
LISTS: Final = ("choices", "scale", "source", "target", "steps")
_language: Final = form(written.LANGUAGE, "a language tag of RFC 5646")


def language_map(value: object, place: str) -> None:
    """Accept texts by language."""
    for tag, words in members(value, place).items():
        _language(tag, under(place, tag))
        text(words, under(place, tag))


def extensions(value: object, place: str) -> None:
    """Accept anything, null included, under keys that are IRIs."""
    for key in members(value, place):
        iri(key, under(place, key))


_components: Final = listing(record({"id": text, "description": language_map}, required=("id",)))


def _distinct(value: object, place: str) -> None:
    """Accept components whose ids differ."""
    _components(value, place)
    ids = [one["id"] for one in value] if isinstance(value, list) else []
    if len(set(ids)) < len(ids):
        raise FaultError(Reason.NOT_ALLOWED, place, "the ids of components differ")


_FIELDS: Final[dict[str, Check]] = {
    "name": language_map,
    "description": language_map,
    "type": iri,
    "moreInfo": iri,
    "extensions": extensions,
    "interactionType": one_of(*COMPONENTS),
    "correctResponsesPattern": listing(text),
    **dict.fromkeys(LISTS, _distinct),
}
_definition: Final = record(_FIELDS)


def definition(value: object, place: str) -> None:
    """Accept a definition; parts of an interaction stand beside its type, and are those of the type."""
    _definition(value, place)
    one = members(value, place)
    present = [name for name in LISTS if name in one]
    kind = one.get("interactionType")
    if kind is None and (present or "correctResponsesPattern" in one):
        raise FaultError(Reason.MISSING, under(place, "interactionType"), "an interaction says its type")
    for name in present:
        if name not in COMPONENTS[str(kind)]:
            raise FaultError(Reason.NOT_ALLOWED, under(place, name), f"{kind} has no such components")


activity: Final = record({"objectType": one_of("Activity"), "id": iri, "definition": definition}, required=("id",))


def language(value: object, place: str) -> None:
    """Accept a language tag."""
    _language(value, place)
