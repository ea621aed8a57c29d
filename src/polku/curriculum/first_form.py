"""Reads the form the first hypothesis of the Finnish graph was written in, so that it can be given as it is.

It differs in four ways: skills are called ``nodes``; a content area's code repeats in each band; a year of
upper secondary counts from one; and ``recommended_before`` lists the skills that are recommended to come
*before* this one, which is ``recommended_after`` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from polku.curriculum.schema import (
    AreaEntry,
    Band,
    ModuleEntry,
    ObjectiveEntry,
    ShortDocument,
    ShortSkillEntry,
    Syllabus,
    Text,
    Texts,
)
from polku.curriculum.values import Code
from polku.schemas.base import Definition

CODESET_VERSION = "1"
LAST_GRADE_OF_BASIC_EDUCATION = 9
EPERUSTEET_BASIC_EDUCATION = "419550"
SYLLABUS: Mapping[str, Syllabus] = {"common": "common", "MAA": "long", "MAB": "short"}

ALSO_SERVES = {"MA36.S3.01": "MA36.T7", "MA79.S1.02": "MA79.T10"}
"""Version 1.0 ties these two skills to working skills alone; the subject objective that each serves too."""


class Node(Definition):
    """A skill of the first hypothesis."""

    id: str
    """The id used in responses."""
    code: str = ""
    """The same as the id."""
    subject: str = ""
    """Subject code, MA."""
    grade_band: Band = ""
    """Grade band."""
    area: str = ""
    """Content area within the band, or module."""
    module: str | None = None
    """Upper-secondary module."""
    typical_grade: Annotated[int, Field(ge=1, le=9)] | None = None
    """Usual grade of basic education."""
    typical_year: Annotated[int, Field(ge=1, le=3)] | None = None
    """Usual year of upper secondary."""
    title: Texts | None = None
    """Short title; absent: the id."""
    objectives: tuple[str, ...] = ()
    """Objectives or module."""
    prerequisites: tuple[str, ...] = ()
    """Hard."""
    recommended_before: tuple[str, ...] = ()
    """Soft: skills that come before this one."""
    lowest_criterion: int | None = None
    """Lowest described grade of final assessment that expects it; not carried over."""


class RawObjective(Definition):
    """An objective of the first hypothesis."""

    code: str
    """Unique over bands."""
    code_sv: str
    """Swedish name within the band."""
    grade_band: Band
    """Grade band."""
    eperusteet_id: int | None = None
    """Number in the national register."""
    target_area: Literal["A", "B", "C"]
    """A attitudes, B working skills, C concepts and subject skills."""
    graded: bool
    """Whether national assessment covers it."""
    content_areas: tuple[str, ...] = ()
    """Content areas within the band."""
    transversal: tuple[str, ...] | None = None
    """Links to transversal competences; not carried over."""
    title: Texts
    """Own short wording."""


class RawArea(Definition):
    """A content area of the first hypothesis."""

    grade_band: Band
    """Grade band."""
    code: str
    """Repeats in each band."""
    code_sv: str
    """Swedish name within the band."""
    eperusteet_id: int | None = None
    """Number in the national register."""
    title: Texts
    """Short title."""


class RawModule(Definition):
    """A module of the first hypothesis."""

    code: str
    """Module code."""
    credits: Annotated[int, Field(ge=1)]
    """Study credits."""
    compulsory: bool
    """Whether everybody in the syllabus takes it."""
    syllabus: Literal["common", "MAA", "MAB"]
    """Syllabus by its national code."""
    title_fi: Text
    """Finnish only."""


class FirstForm(Definition):
    """The whole file; what nothing reads is allowed and not carried over."""

    meta: Mapping[str, Any] = Field(default_factory=dict)
    """Version and sources."""
    transversal_competences: tuple[dict[str, Any], ...] = ()
    """Not carried over."""
    content_areas: tuple[RawArea, ...] = ()
    """Content areas."""
    objectives: tuple[RawObjective, ...] = ()
    """Objectives."""
    modules: tuple[RawModule, ...] = ()
    """Modules."""
    nodes: Annotated[tuple[Node, ...], Field(min_length=1)]
    """Skills."""
    final_assessment_criteria_digest: tuple[dict[str, Any], ...] = ()
    """Not carried over: it lacks Swedish, whose criteria differ."""


def short_form(document: FirstForm) -> ShortDocument:
    """Translate the first form into the short form, with area ids unique over bands."""
    subject = document.nodes[0].subject
    return ShortDocument(
        id="hypothesis",
        version=str(document.meta.get("version", "")),
        skills=tuple(_skill(node, document) for node in document.nodes),
        objectives=tuple(_objective(entry, subject) for entry in document.objectives),
        areas=tuple(_area(entry, subject) for entry in document.content_areas),
        modules=tuple(_module(entry) for entry in document.modules),
    )


def area_id(subject: str, band: str, code: str) -> str:
    """Return an area's id that names its band.

    Examples
    --------
    >>> area_id("MA", "7-9", "S3"), area_id("", "", "S3"), area_id("MA", "7-9", "")
    ('MA79.S3', 'S3', '')
    """
    prefix = subject + band.replace("-", "")
    return f"{prefix}.{code}" if prefix and code else code


def _skill(node: Node, document: FirstForm) -> ShortSkillEntry:
    objectives = node.objectives
    estimable = {entry.code for entry in document.objectives if entry.target_area == "C"}
    if node.id in ALSO_SERVES and estimable and estimable.isdisjoint(objectives):
        objectives = (*objectives, ALSO_SERVES[node.id])
    grade = node.typical_grade
    if node.typical_year is not None:
        grade = LAST_GRADE_OF_BASIC_EDUCATION + node.typical_year
    syllabus = {module.code: SYLLABUS[module.syllabus] for module in document.modules}
    return ShortSkillEntry(
        id=node.id,
        code=Code("polku-skills", CODESET_VERSION, node.id),
        band=node.grade_band,
        area=node.module or area_id(node.subject, node.grade_band, node.area),
        grade=grade,
        syllabus=syllabus.get(node.module or ""),
        title=node.title,
        objectives=objectives,
        prerequisites=node.prerequisites,
        recommended_after=node.recommended_before,
    )


def _objective(entry: RawObjective, subject: str) -> ObjectiveEntry:
    return ObjectiveEntry(
        id=entry.code,
        code=Code("polku-objectives", CODESET_VERSION, entry.code),
        label=_label(entry.code.rpartition(".")[2], entry.code_sv),
        band=entry.grade_band,
        target_area=entry.target_area,
        graded=entry.graded,
        areas=tuple(area_id(subject, entry.grade_band, code) for code in entry.content_areas),
        title=entry.title,
        also=_registered(entry.eperusteet_id),
    )


def _area(entry: RawArea, subject: str) -> AreaEntry:
    name = area_id(subject, entry.grade_band, entry.code)
    return AreaEntry(
        id=name,
        code=Code("polku-areas", CODESET_VERSION, name),
        label=_label(entry.code, entry.code_sv),
        band=entry.grade_band,
        title=entry.title,
        also=_registered(entry.eperusteet_id),
    )


def _module(entry: RawModule) -> ModuleEntry:
    return ModuleEntry(
        id=entry.code,
        code=Code("moduulikoodistolops2021", CODESET_VERSION, entry.code),
        syllabus=SYLLABUS[entry.syllabus],
        credits=entry.credits,
        compulsory=entry.compulsory,
        title=Texts(fi=entry.title_fi, sv=entry.title_fi, en=entry.title_fi),
    )


def _registered(number: int | None) -> tuple[Code, ...]:
    """Return the code in the national register of curricula, where it is known."""
    return () if number is None else (Code("eperusteet", EPERUSTEET_BASIC_EDUCATION, str(number)),)


def _label(finnish: str, swedish: str) -> Texts:
    return Texts(fi=finnish, sv=swedish, en=finnish)
