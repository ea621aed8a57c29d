"""AOE's own JSON: materials with the register's numbers as `objectkey`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from polku.curriculum.resources import Resource
from polku.errors import InputError
from polku.exchange.aoe_terms import TEACHES, WEB, ResourceReading, ages, date, numbers
from polku.exchange.curriculum_reading import Refused
from polku.exchange.plain_text import plain


def materials(data: bytes, where: str) -> ResourceReading:
    """Read materials as AOE's own interface gives them."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not valid JSON", got=error, hint="send the answer as it came") from error
    resources, deleted, refused = [], [], []
    for one in (one for one in _listed(raw) if isinstance(one, dict)):
        name = str(one.get("id", one.get("materialId", "")))
        title = {row["language"]: row["text"] for row in _named(one, "materialname", "name")}
        if one.get("obsoleted") or one.get("deleted"):
            deleted.append(name)
        elif not name or not title:
            refused.append(Refused("resources", name or "?", "it has no title" if name else "it has no id"))
        else:
            resources.append(_material(one, name, title))
    return ResourceReading(tuple(resources), tuple(deleted), tuple(refused))


def _listed(raw: Any) -> list[Any]:
    """Return the materials of an answer: a list, a page with one, or a material by itself."""
    if isinstance(raw, dict):
        raw = next((raw[name] for name in ("results", "content") if isinstance(raw.get(name), list)), [raw])
    return raw if isinstance(raw, list) else []


def _material(one: Mapping[str, Any], name: str, title: dict[str, str]) -> Resource:
    alignments = [row for row in _rows(one, "alignmentobject", "alignmentObjects") if _type(row) in TEACHES]
    keys = [str(row["objectkey"]) for row in alignments if row.get("objectkey") not in (None, "")]
    addresses = [row["targeturl"] for row in alignments if isinstance(row.get("targeturl"), str)]
    return Resource(
        id=f"oai:aoe.fi:{name}",
        url=_address(one, name),
        title=title,
        maker=next((str(row.get("name")) for row in _rows(one, "publisher") if row.get("name")), ""),
        licence=str(one.get("licensecode") or ""),
        languages=tuple(dict.fromkeys(str(row["language"]) for row in _rows(one, "materials") if row.get("language"))),
        levels=tuple(str(row["value"]) for row in _rows(one, "educationallevel") if row.get("value")),
        ages=ages((one.get("agerangemin"), one.get("agerangemax"))),
        time_required=plain(one.get("timerequired")),
        accessibility=tuple(str(row["value"]) for row in _rows(one, "accessibilityfeature") if row.get("value")),
        hazards=tuple(str(row["value"]) for row in _rows(one, "accessibilityhazard") if row.get("value")),
        aligned=tuple(dict.fromkeys((*keys, *numbers(addresses)))),
        named=() if keys else tuple(plain(row.get("targetname")) for row in alignments),
        expires=date(one.get("expires")),
        kinds=tuple(str(row["value"]) for row in _rows(one, "learningresourcetype") if row.get("value")),
    )


def _address(one: Mapping[str, Any], name: str) -> str:
    """Return where a material is: what it says, if that is an address of the web, else its page at AOE."""
    said = one.get("aoeUrl")
    return said if isinstance(said, str) and WEB.fullmatch(said) else f"https://aoe.fi/#/materiaali/{quote(name)}"


def _rows(one: Mapping[str, Any], *names: str) -> list[dict[str, Any]]:
    listed: list[Any] = next((one[name] for name in names if isinstance(one.get(name), list)), [])
    return [row for row in listed if isinstance(row, dict)]


def _type(row: Mapping[str, Any]) -> str:
    return str(row.get("alignmenttype", "")).lower()


def _named(one: Mapping[str, Any], *names: str) -> Iterator[dict[str, str]]:
    """Yield the titles of a material, each with its language."""
    for row in _rows(one, *names):
        text = plain(row.get("materialname") or row.get("name") or row.get("text"))
        if text:
            yield {"language": str(row.get("language") or "fi"), "text": text}
