"""A CASE package taken apart: each object by its identifier, as the endpoints of the standard hand it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from polku.curriculum import Curriculum
from polku.exchange.case_write import package_of

Json = dict[str, Any]
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")


@dataclass(frozen=True, slots=True)
class Index:
    """One package and its objects.

    An object by itself names its document (`CFDocumentURI`), a document its package (`CFPackageURI`); within the
    package neither may stand.

    Attributes
    ----------
    package : dict
        The whole, valid against the official schema.
    document : dict
        The document by itself.
    items, associations, rubrics : mapping
        By identifier.
    definitions : mapping
        Per kind of definition, by identifier.
    """

    package: Json
    document: Json
    items: Mapping[str, Json]
    associations: Mapping[str, Json]
    rubrics: Mapping[str, Json]
    definitions: Mapping[str, Mapping[str, Json]]
    ends: Mapping[str, list[str]]

    @classmethod
    def of(cls, curriculum: Curriculum, base: str, changed: datetime | None = None) -> Index:
        """Take a curriculum's package apart; parameters as :func:`~polku.exchange.case_write.package_of`."""
        package = package_of(curriculum, base=base, changed=changed)
        own = package["CFDocument"]
        link = {"title": own["title"], "identifier": own["identifier"]}
        where = {"CFDocumentURI": {**link, "uri": own["uri"]}}
        held = {**link, "uri": own["uri"].replace("/CFDocuments/", "/CFPackages/")}
        ends: dict[str, list[str]] = defaultdict(list)
        for one in package["CFAssociations"]:
            for end in {one["originNodeURI"]["identifier"], one["destinationNodeURI"]["identifier"]}:
                ends[end].append(one["identifier"])
        return cls(
            package=package,
            document={**own, "CFPackageURI": held},
            items=_by_identifier(package["CFItems"], where),
            associations=_by_identifier(package["CFAssociations"], where),
            rubrics=_by_identifier(package.get("CFRubrics", []), {}),
            definitions={kind: _by_identifier(package["CFDefinitions"][kind], {}) for kind in DEFINITIONS},
            ends=dict(ends),
        )

    def associations_of(self, identifier: str) -> list[Json]:
        """Return every association that an item is an end of."""
        return [self.associations[name] for name in self.ends.get(identifier, [])]


def _by_identifier(objects: list[Json], more: Json) -> dict[str, Json]:
    return {one["identifier"]: {**one, **more} for one in objects}
