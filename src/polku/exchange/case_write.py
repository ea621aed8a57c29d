"""Our curriculum as a CASE 1.1 package, valid against the official schema and without loss.

What CASE has no place for (titles in three languages, code sets, soft edges) stands in `extensions`, which 1.1 allows.
Prerequisites are `precedes` and nothing else is: a soft edge is an extended association type, since `precedes` would
promise more. Criteria are rubrics whose levels carry no score: they are text to read, no ground for a mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from polku.curriculum import Curriculum
from polku.exchange.case_rubrics import rubrics_of
from polku.exchange.case_terms import (
    CHILD,
    EXTENSION,
    PART,
    PRECEDES,
    RECOMMENDED,
    RELATED,
    REPLACED,
    TYPES,
    Naming,
    identifier,
    lasting,
    moment,
)

Json = dict[str, Any]
DOCUMENT = "CFDocuments"
ITEM = "CFItems"
CREATOR = "Polku"


def package_of(curriculum: Curriculum, *, base: str = "", changed: datetime | None = None) -> Json:
    """Return a curriculum with its prerequisite graph as a CASE 1.1 CFPackage.

    Parameters
    ----------
    curriculum : Curriculum
        Any: of skills alone, or a whole national one.
    base : str, optional
        Address that ends in ``/ims/case/v1p1``, for `uri`; default: ``urn:uuid:``.
    changed : datetime, optional
        When it last changed; default: its version or its first day, where these are dates.

    Examples
    --------
    >>> package = package_of(Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}'))
    >>> [(one["associationType"], one["originNodeURI"]["title"]) for one in package["CFAssociations"]][-1]
    ('precedes', 'a')
    """
    return _Package(curriculum, Naming(base, moment(curriculum.content, changed))).to_dict()


class _Package:
    """The parts of one package, linked to one another."""

    def __init__(self, curriculum: Curriculum, naming: Naming) -> None:
        self.curriculum, self.content, self.naming = curriculum, curriculum.content, naming
        self.said = curriculum.to_dict()
        self.types = {kind: self._type(kind, place) for place, kind in enumerate(TYPES, 1) if self.said.get(kind)}
        self.document = self._document()
        self.items: dict[tuple[str, str], Json] = {}
        self._name_items()

    def to_dict(self) -> Json:
        """Return the package."""
        definitions = {
            "CFConcepts": [],
            "CFSubjects": self._subjects(),
            "CFLicenses": [],
            "CFItemTypes": list(self.types.values()),
            "CFAssociationGroupings": [],
        }
        package: Json = {
            "CFDocument": self.document,
            "CFItems": list(self.items.values()),
            "CFAssociations": list(self._associations()),
            "CFDefinitions": definitions,
        }
        items = {name: item for (kind, name), item in self.items.items() if kind == "objectives"}
        rubrics = rubrics_of(self.said.get("criteria") or [], items, self.naming, self.content.id)
        return {**package, "CFRubrics": rubrics} if rubrics else package

    def _id(self, kind: str, name: str) -> str:
        return identifier(self.content.id, kind, name)

    def _document(self) -> Json:
        lists = {*TYPES, "criteria"}
        own = {key: part for key, part in self.said.items() if key not in lists}
        dates = {"statusStartDate": self.content.valid_from, "statusEndDate": self.content.valid_until}
        return {
            **self.naming.head(DOCUMENT, self._id("document", self.content.id)),
            "creator": CREATOR,
            "title": self.content.title["fi"],
            "language": "fi",
            "caseVersion": "1.1",
            "adoptionStatus": "Adopted" if self.content.valid_from else "Draft",
            **({"version": self.content.version} if self.content.version else {}),
            **{key: date for key, date in dates.items() if date},
            "extensions": {EXTENSION: own},
        }

    def _type(self, kind: str, place: int) -> Json:
        title, about = TYPES[kind]
        own = self.naming.head("CFItemTypes", identifier("", "type", kind))
        return {**own, "title": title, "description": about, "hierarchyCode": str(place)}

    def _subjects(self) -> list[Json]:
        if self.content.subjects:
            named = [(one.id, one.title["fi"]) for one in self.content.subjects]
        else:
            named = [(self.content.subject.code, self.content.title["fi"])] if self.content.subject else []
        heads = [self.naming.head("CFSubjects", self._id("subject", name)) for name, _ in named]
        pairs = zip(heads, named, strict=True)
        return [{**head, "title": title, "hierarchyCode": name} for head, (name, title) in pairs]

    def _name_items(self) -> None:
        """Make an item of every element; one that the national register named keeps its name."""
        entries = [(kind, entry) for kind in TYPES for entry in self.said.get(kind) or []]
        stated = {
            (kind, one.id): lasting(one.also)
            for kind in ("subjects", "transversals", "modules", "areas", "objectives")
            for one in getattr(self.content, kind)
        }
        often = Counter(name for name in stated.values() if name)
        for kind, entry in entries:
            name = stated.get((kind, entry["id"]))
            identity = name if name and often[name] == 1 else self._id(kind, entry["id"])
            self.items[kind, entry["id"]] = self._item(kind, entry, identity)

    def _item(self, kind: str, entry: Json, identity: str) -> Json:
        item_type = self.types[kind]
        grade = entry.get("grade")
        kept = {key: part for key, part in entry.items() if key not in {"prerequisites", "recommended_after"}}
        return {
            **self.naming.head(ITEM, identity),
            "fullStatement": entry["title"]["fi"],
            "humanCodingScheme": entry["id"],
            "language": "fi" if "fi" in entry.get("written", ("fi",)) else entry["written"][0],
            "CFItemType": item_type["title"],
            "CFItemTypeURI": self.naming.link("CFItemTypes", item_type, item_type["title"]),
            **({"educationLevel": [f"{grade:02d}"]} if grade else {}),
            "extensions": {EXTENSION: {"kind": kind, "entry": kept}},
        }

    def _associations(self) -> Iterator[Json]:
        """Write the tree, what serves what, the order, and what replaced what."""
        for place, ((kind, name), item) in enumerate(self.items.items(), 1):
            yield self._link(CHILD, item, self._parent(kind, name), place)
        for kind, name, other in self._served():
            type_ = PART if kind == "skills" else RELATED
            yield self._link(type_, self.items[kind, name], self.items[other])
        for skill in self.curriculum.skills.values():
            after = self.items["skills", skill.id]
            for type_, names in ((PRECEDES, skill.prerequisites), (RECOMMENDED, skill.recommended_after)):
                for name in sorted(names):
                    yield self._link(type_, self.items["skills", name], after)
        for old, new in sorted(self.content.replaced_by.items()):
            gone = {"identifier": self._id("skills", old), "humanCodingScheme": old}
            for name in sorted(new):
                yield self._link(REPLACED, gone, self.items["skills", name])

    def _parent(self, kind: str, name: str) -> Json:
        """Return what an element hangs on: the nearest broader one, else the document."""
        one = self._element(kind, name)
        holders = {
            "subjects": [("subjects", getattr(one, "within", ""))],
            "areas": [("modules", getattr(one, "within", "")), ("subjects", getattr(one, "subject", ""))],
            "modules": [("subjects", getattr(one, "subject", ""))],
            "objectives": [("subjects", getattr(one, "subject", ""))],
            "skills": [("modules", getattr(one, "area", "")), ("areas", getattr(one, "area", ""))],
        }
        found = (self.items.get(key) for key in holders.get(kind, ()))
        return next((item for item in found if item is not None), self.document)

    def _element(self, kind: str, name: str) -> object:
        if kind == "skills":
            return self.curriculum.skills[name]
        if kind == "objectives":
            return self.curriculum.objectives[name]
        return {
            "subjects": self.curriculum.subjects,
            "transversals": self.curriculum.transversals,
            "modules": self.curriculum.modules,
            "areas": self.curriculum.areas,
        }[kind][name]

    def _served(self) -> Iterator[tuple[str, str, tuple[str, str]]]:
        """Yield what serves what: skills their objectives and modules, objectives their areas and competences."""
        for skill in self.curriculum.skills.values():
            for name in skill.objectives:
                kind = "objectives" if name in self.curriculum.objectives else "modules"
                yield "skills", skill.id, (kind, name)
        for objective in self.curriculum.objectives.values():
            for name in objective.areas:
                kind = "modules" if name in self.curriculum.modules else "areas"
                yield "objectives", objective.id, (kind, name)
            for name in objective.transversal:
                yield "objectives", objective.id, ("transversals", name)

    def _link(self, type_: str, origin: Json, destination: Json, place: int | None = None) -> Json:
        """Return an association of two objects."""
        name = f"{type_} {origin['identifier']} {destination['identifier']}"
        return {
            **self.naming.head("CFAssociations", self._id("association", name)),
            "associationType": type_,
            **({} if place is None else {"sequenceNumber": place}),
            "originNodeURI": self._node(origin),
            "destinationNodeURI": self._node(destination),
        }

    def _node(self, one: Json) -> dict[str, str]:
        title = str(one.get("humanCodingScheme") or one["title"])
        return self.naming.link(DOCUMENT if one is self.document else ITEM, one, title)
