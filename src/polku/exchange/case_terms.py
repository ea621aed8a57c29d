"""Words of CASE 1.1 and the identifiers we give: a UUID from what an element is called, the same every time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from polku.curriculum.values import Code, Content

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://polku.example/case")
EXTENSION = "polku"
"""Key of our own part of `extensions`, which CASE 1.1 allows on every object."""

PRECEDES, CHILD, PART = "precedes", "isChildOf", "isPartOf"
RELATED, REPLACED, TRANSLATION = "isRelatedTo", "replacedBy", "isTranslationOf"
RECOMMENDED = "ext:isRecommendedBefore"
"""A soft edge: `precedes` would say more than we do."""

KNOWN = {PRECEDES, CHILD, PART, "isPeerOf", "exactMatchOf", RELATED, REPLACED, "exemplar", "hasSkillLevel", TRANSLATION}
TYPES = {
    "subjects": ("Subject", "A school subject, or a syllabus that it is taught in"),
    "transversals": ("Transversal competence", "A competence that every subject serves"),
    "modules": ("Module", "A module of upper secondary education"),
    "areas": ("Content area", "A content area of one grade band, or a content of a module"),
    "objectives": ("Objective", "An objective of the national curriculum"),
    "skills": ("Skill", "Something that answers can show"),
}
"""Kinds of our elements, broader before narrower, with their CFItemType."""


def identifier(content_id: str, kind: str, name: str) -> str:
    """Return the UUID of an element.

    Examples
    --------
    >>> identifier("fi-mathematics", "skills", "MA79.S3.01") == identifier("fi-mathematics", "skills", "MA79.S3.01")
    True
    """
    return str(uuid.uuid5(NAMESPACE, f"{content_id}\n{kind}\n{name}"))


def lasting(also: tuple[Code, ...]) -> str | None:
    """Return the UUID that the national register gave an element, if it did."""
    return next((code.code for code in also if code.codeset == "tunniste"), None)


def moment(content: Content, changed: datetime | None) -> str:
    """Return when a curriculum last changed: as told, else the date that is its version, else its first day."""
    if changed is not None:
        return changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for text in (content.version, content.valid_from):
        try:
            return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            continue
    return "2000-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Naming:
    """Writes identifiers, addresses and links of one package.

    Parameters
    ----------
    base : str
        Address that ends in ``/ims/case/v1p1``; empty: elements are named by ``urn:uuid:``.
    changed : str
        When the package last changed, ISO 8601.
    """

    base: str
    changed: str

    def uri(self, resource: str, identity: str) -> str:
        """Return the address of an object."""
        return f"{self.base.rstrip('/')}/{resource}/{identity}" if self.base else f"urn:uuid:{identity}"

    def head(self, resource: str, identity: str) -> dict[str, Any]:
        """Return what every object begins with."""
        return {"identifier": identity, "uri": self.uri(resource, identity), "lastChangeDateTime": self.changed}

    def link(self, resource: str, one: Mapping[str, Any], title: str) -> dict[str, str]:
        """Return a link to an object."""
        identity = str(one["identifier"])
        return {"title": title, "identifier": identity, "uri": self.uri(resource, identity)}
