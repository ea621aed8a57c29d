"""``/ims/case/v1p1``: the curriculum and its prerequisites to whoever speaks CASE 1.1.

What a provider's learners work by, with the edges that it softened: that is why a provider's people sign in, though a
curriculum tells nothing about anybody. An error is the problem document of every other endpoint, with the members
`imsx_codeMajor`, `imsx_severity`, `imsx_description` and `imsx_CodeMinor` that CASE wants.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse

from polku.curriculum import Curriculum
from polku.errors import NotFoundError
from polku.exchange.case_index import Index
from polku.web.access import Anyone
from polku.web.service import Held, Reading

PREFIX = "/ims/case/v1p1"
router = APIRouter(prefix=PREFIX, tags=["case"])

Limit = Annotated[int, Query(ge=1, le=500, description="Most objects of one page")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Objects before the page")]
Uuid = Annotated[str, Path(max_length=100, description="The object's UUID")]
Json = dict[str, Any]


@lru_cache(maxsize=16)
def _index(curriculum: Curriculum, base: str, changed: datetime) -> Index:
    """Return a curriculum as CASE; written once for each address that it is asked for under."""
    return Index.of(curriculum, base, changed)


def index(request: Request, held: Held, tx: Reading) -> Index:
    """Return the curriculum that the caller's provider suggests by."""
    file = held.home.curriculum_path(held.settings.curriculum)
    changed = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    base = str(request.base_url).rstrip("/") + PREFIX
    return _index(held.suggester.released(tx).lens.curriculum, base, changed)


Indexed = Annotated[Index, Depends(index, scope="function")]


def _one(found: Json | None, identifier: str, what: str) -> Json:
    if found is None:
        raise NotFoundError(f"no such {what}", got=identifier[:100], hint=f"{PREFIX}/CFDocuments lists what there is")
    return found


@router.get("/CFDocuments")
def documents(_viewer: Anyone, held: Indexed, request: Request, limit: Limit = 100, offset: Offset = 0) -> JSONResponse:
    """Return the curricula, page by page; `X-Total-Count` says how many there are, `Link` where the next page is."""
    listed = [held.document]
    headers = {"X-Total-Count": str(len(listed))}
    if offset + limit < len(listed):
        following = request.url.include_query_params(limit=limit, offset=offset + limit)
        headers["Link"] = f'<{following}>; rel="next"'
    return JSONResponse({"CFDocuments": listed[offset : offset + limit]}, headers=headers)


@router.get("/CFDocuments/{identifier}")
def document(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return one curriculum's own description."""
    return _one(held.document if held.document["identifier"] == identifier else None, identifier, "document")


@router.get("/CFPackages/{identifier}")
def package(_viewer: Anyone, held: Indexed, identifier: Uuid) -> JSONResponse:
    """Return a whole curriculum: document, items, associations, definitions and rubrics."""
    found = held.package if held.document["identifier"] == identifier else None
    return JSONResponse(_one(found, identifier, "package"))


@router.get("/CFItems/{identifier}")
def item(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return one item: a subject, competence, module, area, objective or skill."""
    return _one(held.items.get(identifier), identifier, "item")


@router.get("/CFItemAssociations/{identifier}")
def item_associations(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return an item with every association that it is an end of."""
    found = _one(held.items.get(identifier), identifier, "item")
    return {"CFItem": found, "CFAssociations": held.associations_of(identifier)}


@router.get("/CFAssociations/{identifier}")
def association(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return one association: what is within what, what comes before what, what serves what."""
    return _one(held.associations.get(identifier), identifier, "association")


@router.get("/CFItemTypes/{identifier}")
def item_type(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return a type of item, in a list of its own as CASE has it."""
    return {"CFItemTypes": [_one(held.definitions["CFItemTypes"].get(identifier), identifier, "item type")]}


@router.get("/CFSubjects/{identifier}")
def subject(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return a school subject, in a list of its own as CASE has it."""
    return {"CFSubjects": [_one(held.definitions["CFSubjects"].get(identifier), identifier, "subject")]}


@router.get("/CFConcepts/{identifier}")
def concept(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return a concept; our curricula name none."""
    return {"CFConcepts": [_one(held.definitions["CFConcepts"].get(identifier), identifier, "concept")]}


@router.get("/CFLicenses/{identifier}")
def licence(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return a licence; our curricula name none."""
    return _one(held.definitions["CFLicenses"].get(identifier), identifier, "licence")


@router.get("/CFAssociationGroupings/{identifier}")
def grouping(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return a grouping of associations; our curricula name none."""
    return _one(held.definitions["CFAssociationGroupings"].get(identifier), identifier, "association grouping")


@router.get("/CFRubrics/{identifier}")
def rubric(_viewer: Anyone, held: Indexed, identifier: Uuid) -> Json:
    """Return an objective's criteria: levels in words, without scores."""
    return _one(held.rubrics.get(identifier), identifier, "rubric")
