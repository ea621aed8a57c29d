"""The way from a validated document to values, and from values back to text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from polku.curriculum.schema import (
    FORMAT,
    AreaEntry,
    CriterionEntry,
    Document,
    ModuleEntry,
    ObjectiveEntry,
    ShortDocument,
    ShortSkillEntry,
    SkillEntry,
    SubjectEntry,
    Texts,
    TransversalEntry,
)
from polku.curriculum.values import (
    Area,
    Code,
    Content,
    Criterion,
    Module,
    Objective,
    Skill,
    Subject,
    Transversal,
    natural_key,
    same_title,
)

Entry = Area | Objective | Module | Skill | Subject | Transversal | Criterion
Listed = ObjectiveEntry | AreaEntry | ModuleEntry | SubjectEntry | TransversalEntry | CriterionEntry
ID_LISTS = ("areas", "objectives", "prerequisites", "recommended_after", "transversal")


def content_of(document: Document | ShortDocument) -> Content:
    """Turn a validated document into values; fills what the short form leaves out."""
    areas = tuple(Area(**_fields(entry)) for entry in document.areas)
    if isinstance(document, ShortDocument) and not areas:
        known = {module.id for module in document.modules}
        named = {skill.area for skill in document.skills} - known - {""}
        areas = tuple(_bare_area(area) for area in sorted(named, key=natural_key))
    return Content(
        skills=tuple(_skill(entry) for entry in document.skills),
        objectives=tuple(Objective(**_fields(entry)) for entry in document.objectives),
        areas=areas,
        modules=tuple(Module(**_fields(entry)) for entry in document.modules),
        id=document.id,
        version=document.version,
        title=_title(document.title, document.id),
        subject=document.subject,
        replaced_by=dict(document.replaced_by),
        subjects=tuple(Subject(**_fields(entry)) for entry in document.subjects),
        transversals=tuple(Transversal(**_fields(entry)) for entry in document.transversals),
        criteria=tuple(Criterion(**_fields(entry)) for entry in document.criteria),
        valid_from=document.valid_from,
        valid_until=document.valid_until,
    )


def document_of(content: Content, skills: Iterable[Skill]) -> dict[str, Any]:
    """Return the full form of `content`; `skills` gives the skills in the order to list them."""
    document = {
        "format": FORMAT,
        "id": content.id,
        "version": content.version,
        "title": dict(content.title),
        "subject": list(content.subject) if content.subject else None,
        "areas": [_entry(area) for area in _sorted(content.areas)],
        "objectives": [_entry(objective) for objective in _sorted(content.objectives)],
        "modules": [_entry(module) for module in _sorted(content.modules)],
        "skills": [_entry(skill) for skill in skills],
        "replacedBy": {old: sorted(new, key=natural_key) for old, new in content.replaced_by.items()} or None,
        "subjects": [_entry(subject) for subject in _sorted(content.subjects)] or None,
        "transversals": [_entry(competence) for competence in _sorted(content.transversals)] or None,
        "criteria": [_entry(criterion) for criterion in _sorted(content.criteria)] or None,
        "valid_from": content.valid_from or None,
        "valid_until": content.valid_until or None,
    }
    return {key: part for key, part in document.items() if part is not None}


def canonical_text(document: dict[str, Any]) -> str:
    """Return JSON with sorted keys and no spaces."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sorted(entries: Iterable[Any]) -> list[Any]:
    return sorted(entries, key=lambda entry: natural_key(entry.id))


def _entry(value: Entry) -> dict[str, Any]:
    """Return a value as a JSON object; empty fields are left out, lists of ids sorted."""
    fields = {key: _listed(part) for key, part in asdict(value).items()}
    for key in ID_LISTS:
        if key in fields:
            fields[key] = sorted(fields[key], key=natural_key)
    return {key: part for key, part in fields.items() if part not in (None, "", [], {})}


def _listed(part: Any) -> Any:
    """Return tuples, codes within them too, as the lists that JSON knows."""
    return [_listed(inner) for inner in part] if isinstance(part, tuple) else part


def _fields(entry: Listed) -> dict[str, Any]:
    """Return an entry's fields as the values take them: texts as mappings, the rest as it is."""
    return {
        key: part.model_dump() if isinstance(part := getattr(entry, key), Texts) else part
        for key in type(entry).model_fields
    }


def _skill(entry: SkillEntry | ShortSkillEntry) -> Skill:
    return Skill(
        id=entry.id,
        code=entry.code or Code("local", "", entry.id),
        band=entry.band,
        area=entry.area,
        grade=entry.grade,
        syllabus=entry.syllabus,
        title=_title(entry.title, entry.id),
        objectives=entry.objectives,
        prerequisites=entry.prerequisites,
        recommended_after=entry.recommended_after,
        written=entry.written,
    )


def _title(texts: Texts | None, default: str) -> dict[str, str]:
    return texts.model_dump() if texts else same_title(default)


def _bare_area(area: str) -> Area:
    return Area(area, Code("local", "", area), same_title(area), "", same_title(area))
