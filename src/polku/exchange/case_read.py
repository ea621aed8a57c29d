"""CASE packages read: tolerant of what servers really send, strict about what a prerequisite graph may not hold.

Traps of the format. Servers wrap the package or not, add links to it in every object and send nulls; 1.0 knows neither
extensions nor translations. A link may be an object, or an address alone. An association may name what is not in the
package, come twice, be of a type of somebody's own, or give a node several parents. The order of siblings is
`sequenceNumber`, not the order of the file.

Taken: documents, items, their tree, `precedes`, `isPartOf`, translations, and all of our own packages. Left, and
counted: types that say nothing of order, links that lead out. A circle of `precedes` is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from polku.curriculum import graph
from polku.errors import InputError
from polku.exchange.case_content import foreign_content
from polku.exchange.case_ours import our_content
from polku.exchange.case_package import Package, unpacked
from polku.exchange.case_terms import EXTENSION, PRECEDES
from polku.exchange.curriculum_reading import CurriculumReading, json_of

SHOWN = 5


def fits_case(raw: object) -> bool:
    """Return whether JSON looks like a CASE package."""
    return isinstance(raw, dict) and (isinstance(raw.get("CFPackage"), dict) or "CFDocument" in raw)


def read_case(path: Path) -> CurriculumReading:
    """Read a CASE 1.0 or 1.1 package.

    Raises
    ------
    InputError
        If it is no package, has no items, or its prerequisites run in a circle; names the circle.
    """
    return of_json(json_of(path), str(path))


def of_json(raw: object, where: str) -> CurriculumReading:
    """Read a package from parsed JSON; raises as :func:`read_case`.

    Examples
    --------
    >>> items = [{"identifier": name, "fullStatement": name.upper()} for name in ("a", "b")]
    >>> before = {"associationType": "precedes", "originNodeURI": {"identifier": "a"}, "destinationNodeURI": "x/b"}
    >>> package = {"CFDocument": {"identifier": "d", "title": "D"}, "CFItems": items, "CFAssociations": [before]}
    >>> of_json(package, "example").curriculum.prerequisites("b")
    ('a',)
    """
    package = unpacked(raw, where)
    _refuse_circles(package, where)
    extensions = package.document.get("extensions")
    ours = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    if isinstance(ours, Mapping) and ours.get("format"):
        content = our_content(package, ours, where)
    else:
        content = foreign_content(package)
    counts = {
        "items": len(package.items),
        "associations": len(package.links),
        "precedes": sum(1 for one in package.links if one.type == PRECEDES),
        "skills": len(content.skills),
        "objectives": len(content.objectives),
    }
    notes = tuple(f"{count:,} {what}" for what, count in package.seen.items())
    return CurriculumReading(content, "CASE", counts, tuple(package.refused), notes)


def _refuse_circles(package: Package, where: str) -> None:
    """Raise where prerequisites run in a circle, through nodes outside the package as well."""
    links = [one for one in package.links if one.type == PRECEDES]
    places: dict[str, int] = {}
    called: dict[str, str] = {}
    for one in links:
        for node, title in zip((one.origin, one.destination), one.titles, strict=True):
            places.setdefault(node, len(places))
            called.setdefault(node, package.title(node, title))
    before: list[list[int]] = [[] for _ in places]
    for one in links:
        before[places[one.destination]].append(places[one.origin])
    names = list(places)
    circles = [" → ".join(called[names[place]] for place in ring) for ring in graph.cycles(before)]
    if circles:
        more = f" (and {len(circles) - SHOWN} more)" if len(circles) > SHOWN else ""
        hint = "x → y says that x comes before y: take one of these `precedes` out"
        raise InputError(f"{where}: precedes runs in a circle", got="; ".join(circles[:SHOWN]) + more, hint=hint)
