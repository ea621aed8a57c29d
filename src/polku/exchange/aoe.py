"""AOE.fi, the library of open educational resources: OAI-PMH records with LRMI, and the service's own JSON.

Traps of the format. The root is not OAI-PMH's but `aoe_request`. A record is deleted by a header that says so, by a
record without metadata, or by a date that has passed. OAI-PMH names what a resource teaches by its title alone; the
JSON has the register's number as `objectkey`. Frameworks and targets are free text too, and some are junk: what names
nothing of the curriculum aligns to nothing. An age of -1 is no age.

Taken: identifier, titles, address, licence, type, languages, levels, ages, time, accessibility, alignment, expiry,
publisher.
Left: authors and their affiliations (people), descriptions, thumbnails, files, ratings, views, comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from polku.curriculum.resources import Resource
from polku.exchange.aoe_json import materials
from polku.exchange.aoe_terms import TEACHES, WEB, ResourceReading, ages, date, numbers
from polku.exchange.curriculum_reading import Refused
from polku.exchange.hardened import local_name, parse_xml
from polku.exchange.plain_text import plain

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_aoe(data: bytes, where: str) -> ResourceReading:
    """Read an answer of AOE: XML of ListRecords, or JSON of materials.

    Parameters
    ----------
    data : bytes
        The whole answer.
    where : str
        Name of its source, for errors.

    Raises
    ------
    InputError
        If it is neither, or XML that a parser must not follow.

    Examples
    --------
    >>> head = b"<aoe_request><record><header><identifier>oai:aoe.fi:1</identifier></header><metadata><dc>"
    >>> body = b"<title xml:lang='fi'>Moolit</title><identifier>https://aoe.fi/#/materiaali/1</identifier>"
    >>> read_aoe(head + body + b"</dc></metadata></record></aoe_request>", "example").resources[0].url
    'https://aoe.fi/#/materiaali/1'
    """
    if data.lstrip()[:1] in {b"{", b"["}:
        return materials(data, where)
    root = parse_xml(data, where)
    resources, deleted, refused = [], [], []
    for record in _every(root, "record"):
        found = _record(record)
        if isinstance(found, Resource):
            resources.append(found)
        elif isinstance(found, str):
            deleted.append(found)
        else:
            refused.append(found)
    following = next((_text(one) for one in _every(root, "resumptionToken")), "")
    return ResourceReading(tuple(resources), tuple(deleted), tuple(refused), following)


def _every(root: Element, name: str) -> Iterator[Element]:
    """Yield every element of a local name, whatever its namespace."""
    return (one for one in root.iter() if local_name(one) == name)


def _text(one: Element | None) -> str:
    return plain(one.text) if one is not None else ""


def _texts(root: Element, *names: str) -> tuple[str, ...]:
    """Return the texts of all elements of some local names, each once."""
    return tuple(dict.fromkeys(text for one in root.iter() if local_name(one) in names and (text := _text(one))))


def _record(record: Element) -> Resource | str | Refused:
    """Return a record's resource; its identifier where it is gone; why not, where it cannot be used."""
    header = next(_every(record, "header"), None)
    name = _text(next(_every(header if header is not None else record, "identifier"), None))
    if not name:
        return Refused("resources", "?", "it has no identifier")
    metadata = next(_every(record, "metadata"), None)
    dc = metadata[0] if metadata is not None and len(metadata) else None
    if (header is not None and header.get("status") == "deleted") or dc is None or not len(dc):
        return name
    own = {local_name(one): one for one in dc}
    titles = {one.get(LANG, "fi"): text for one in dc if local_name(one) == "title" and (text := _text(one))}
    addresses = [_text(one) for one in dc if local_name(one) == "identifier"]
    url = next((one for one in addresses if WEB.fullmatch(one)), "")
    if not titles or not url:
        return Refused("resources", name, "it has no title" if url else "it has no web address")
    subjects = tuple(_texts(one, "educationalSubject", "teaches")[0:50] for one in _every(dc, "learningResource"))
    targets = [one for one in _every(dc, "alignmentObject") if _kind(one) in TEACHES]
    return Resource(
        id=name,
        url=url,
        title=titles,
        maker=next(iter(_texts(dc, "publisher", "legalName")), ""),
        licence=_text(own.get("rights")),
        languages=_texts(dc, "inLanguage"),
        levels=_texts(dc, "educationalLevel"),
        ages=ages(_text(own.get("typicalAgeRange")).split("-")),
        time_required=_text(own.get("timeRequired")),
        accessibility=_texts(dc, "accessibilityFeature"),
        hazards=_texts(dc, "accessibilityHazard"),
        aligned=numbers(text for one in _every(dc, "targetUrl") if (text := _text(one))),
        named=tuple(
            dict.fromkeys((*(n for s in subjects for n in s), *(n for t in targets for n in _texts(t, "targetName"))))
        ),
        expires=date(_text(own.get("valid"))),
        kinds=tuple(dict.fromkeys(text for one in dc if local_name(one) == "type" and (text := _text(one)))),
    )


def _kind(alignment: Element) -> str:
    return _text(next(_every(alignment, "alignmentType"), None)).lower()
