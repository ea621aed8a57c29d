"""QTI 3 items (and 2.x as far as it is the same): what a task is, for the catalogue of items; never its content.

Read from an item's XML or from a content package with its manifest: identifier, title, type of interaction, declared
responses, whether there is a score. Prompts, choices, correct answers, styles and media are not read, and nothing is
rendered: a task stays with whoever provides it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from polku.errors import InputError
from polku.exchange.curriculum_reading import Refused
from polku.exchange.hardened import Archive, local_name, parse_xml
from polku.exchange.plain_text import plain

MANIFEST = "imsmanifest.xml"
ITEM = "assessmentitem"


@dataclass(frozen=True, slots=True)
class Declared:
    """A response that an item declares: its name, base type and cardinality."""

    id: str
    base_type: str
    cardinality: str


@dataclass(frozen=True, slots=True)
class QtiItem:
    """What the catalogue knows of an item.

    Parameters
    ----------
    id, title : str
        As the item states them.
    interactions : tuple of str
        Types of interaction in order, as ``choice`` or ``textEntry``; several make a composite item.
    responses : tuple of Declared
        What an answer consists of.
    scored : bool
        Whether it declares the outcome ``SCORE``.
    file : str
        Where it stands in its package.
    """

    id: str
    title: str
    interactions: tuple[str, ...]
    responses: tuple[Declared, ...]
    scored: bool
    file: str


@dataclass(frozen=True, slots=True)
class QtiReading:
    """Items of a file, and what could not be used of it."""

    items: tuple[QtiItem, ...]
    refused: tuple[Refused, ...] = ()


def read_qti(path: Path) -> QtiReading:
    """Read the items of a content package (zip) or of one item (XML).

    Raises
    ------
    InputError
        If it cannot be read safely, has no manifest, or holds no item.
    """
    try:
        data = path.read_bytes() if path.suffix.lower() != ".zip" else b"PK"
    except OSError as error:
        raise InputError(f"{path} cannot be read", got=error.strerror, hint="give an item or a package") from error
    if data[:2] != b"PK":
        return QtiReading((item_of(data, path.name),))
    with Archive(path, path.name) as archive:
        reading = _package(archive)
    if not reading.items:
        got = f"{len(reading.refused)} entries that could not be used"
        raise InputError(f"{path.name} holds no item", got=got, hint="pack items with their imsmanifest.xml")
    return reading


def item_of(data: bytes, where: str) -> QtiItem:
    """Read one item.

    Raises
    ------
    InputError
        If it is no well-formed item.

    Examples
    --------
    >>> xml = b'<qti-assessment-item identifier="i1" title="Moles"><qti-choice-interaction/>'
    >>> item_of(xml + b"</qti-assessment-item>", "i1.xml").interactions
    ('choice',)
    """
    root = parse_xml(data, where)
    name = root.get("identifier", "").strip()
    if _kind(root) != ITEM or not name:
        got = local_name(root)
        raise InputError(f"{where} is no QTI item", got=got, hint="an assessment item with an identifier")
    responses = tuple(
        Declared(one.get("identifier", ""), _attribute(one, "base-type", "baseType"), one.get("cardinality", ""))
        for one in root.iter()
        if _kind(one) == "responsedeclaration"
    )
    scored = any(_kind(one) == "outcomedeclaration" and one.get("identifier") == "SCORE" for one in root.iter())
    return QtiItem(name, plain(root.get("title")) or name, tuple(_interactions(root)), responses, scored, where)


def _kind(element: Element) -> str:
    """Return an element's name as versions 2 and 3 share it: ``qti-choice-interaction`` is ``choiceInteraction``."""
    return local_name(element).removeprefix("qti-").replace("-", "").lower()


def _interactions(root: Element) -> Iterator[str]:
    for one in root.iter():
        name = local_name(one)
        if name.startswith("qti-") and name.endswith("-interaction"):
            first, *rest = name.removeprefix("qti-").removesuffix("-interaction").split("-")
            yield first + "".join(word.capitalize() for word in rest)
        elif name.endswith("Interaction"):
            yield name.removesuffix("Interaction")


def _attribute(one: Element, *names: str) -> str:
    return next((one.get(name, "") for name in names if one.get(name)), "")


def _package(archive: Archive) -> QtiReading:
    """Read the items that a manifest names; one that is missing or unusable costs itself alone."""
    if MANIFEST not in archive.names:
        raise InputError(
            f"{archive.where} has no {MANIFEST}", got=f"{len(archive.names)} files", hint="send the package"
        )
    root = parse_xml(archive.read(MANIFEST), MANIFEST)
    items: dict[str, QtiItem] = {}
    refused: list[Refused] = []
    for file in dict.fromkeys(_files(root)):
        try:
            item = item_of(archive.read(file), file)
        except InputError as error:
            refused.append(Refused("items", file, error.what))
            continue
        if item.id in items:
            refused.append(Refused("items", file, f"its identifier {item.id!r} repeats"))
            continue
        items[item.id] = item
    return QtiReading(tuple(items.values()), tuple(refused))


def _files(root: Element) -> Iterator[str]:
    """Yield the files of the manifest's item resources."""
    for one in root.iter():
        if _kind(one) == "resource" and "_item_" in one.get("type", "").replace("imsqti_item", "_item_"):
            href = one.get("href") or next((part.get("href", "") for part in one if _kind(part) == "file"), "")
            if href:
                yield str(PurePosixPath(unquote(href)))
