"""The JSON a curriculum is kept in.

Two forms. The full form starts with ``"format": "polku-curriculum/1"`` and states code and titles for every
entry. The short form has no ``format`` and asks for nothing but skill ids: a missing title is the id in
every language, a missing code stands in the code set ``local``, and an area need not be declared.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from polku.curriculum.values import Code
from polku.schemas.base import Definition

FORMAT: Literal["polku-curriculum/1"] = "polku-curriculum/1"


def _triple(raw: object) -> Code:
    """Refuse whatever is not three texts; the schema library would take an object as well."""
    if isinstance(raw, (list, tuple)) and len(raw) == 3 and all(isinstance(part, str) for part in raw):
        return Code(*raw)
    message = "a code is [code set, version, code], three texts"
    raise ValueError(message)


Triple = Annotated[Code, BeforeValidator(_triple)]
Text = Annotated[str, StringConstraints(pattern=r"\S")]
Band = Literal["1-2", "3-6", "7-9", "lukio", ""]
Syllabus = Literal["common", "long", "short"]
Language = Literal["fi", "sv", "en"]


class Texts(Definition):
    """One text in every language."""

    fi: Text
    """Finnish."""
    sv: Text
    """Swedish."""
    en: Text
    """English."""


class PlacedEntry(Definition):
    """What a skill may state in either form besides its code and title."""

    id: str
    """The id used in responses; no semicolon, which separates ids there."""
    band: Band = ""
    """Grade band, or empty."""
    area: str = ""
    """Id of its content area or module, or empty."""
    grade: Annotated[int, Field(ge=1, le=12)] | None = None
    """Usual grade: 1..9, upper secondary 10..12."""
    syllabus: Syllabus | None = None
    """Upper-secondary syllabus."""
    objectives: tuple[str, ...] = ()
    """Ids of objectives or modules it serves."""
    prerequisites: tuple[str, ...] = ()
    """Skills it uses (hard)."""
    recommended_after: tuple[str, ...] = ()
    """Skills usually met before it (soft)."""
    written: tuple[Language, ...] = ()
    """Languages its title was written in, where not in all."""


class SkillEntry(PlacedEntry):
    """A skill of the full form."""

    code: Triple
    """Code set, version, code."""
    title: Texts
    """Short title."""


class ShortSkillEntry(PlacedEntry):
    """A skill of the short form."""

    code: Triple | None = None
    """Code set, version, code; absent: the id in the code set ``local``."""
    title: Texts | None = None
    """Short title; absent: the id."""


class ObjectiveEntry(Definition):
    """A national objective of one grade band."""

    id: str
    """Unique over bands."""
    code: Triple
    """Code set, version, code."""
    label: Texts
    """Its name in each language's curriculum, as T14, M14."""
    band: Band
    """Grade band."""
    target_area: Literal["A", "B", "C"]
    """A attitudes, B working skills, C concepts and subject skills."""
    graded: bool
    """Whether national assessment covers it."""
    areas: tuple[str, ...] = ()
    """Ids of content areas."""
    title: Texts
    """Own short wording."""
    also: tuple[Triple, ...] = ()
    """The same in other code sets."""
    subject: str = ""
    """Id of its subject, where there are several."""
    transversal: tuple[str, ...] = ()
    """Ids of the transversal competences it serves."""
    written: tuple[Language, ...] = ()
    """Languages its title was written in, where not in all."""


class AreaEntry(Definition):
    """A content area of one grade band."""

    id: str
    """Unique over bands."""
    code: Triple
    """Code set, version, code."""
    label: Texts
    """Its name in each language's curriculum, as S3, I3."""
    band: Band = ""
    """Grade band."""
    title: Texts
    """Short title."""
    also: tuple[Triple, ...] = ()
    """The same in other code sets."""
    subject: str = ""
    """Id of its subject, where there are several."""
    within: str = ""
    """Id of the module whose content it is."""
    written: tuple[Language, ...] = ()
    """Languages its title was written in, where not in all."""


class ModuleEntry(Definition):
    """A module of upper secondary."""

    id: str
    """Its code."""
    code: Triple
    """Code set, version, code."""
    syllabus: Syllabus
    """Which syllabus it belongs to."""
    credits: Annotated[int, Field(ge=0)] | Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Study credits; 0 where they are not stated."""
    compulsory: bool
    """Whether everybody in the syllabus takes it."""
    title: Texts
    """Title."""
    also: tuple[Triple, ...] = ()
    """The same in other code sets."""
    subject: str = ""
    """Id of its subject, where there are several."""
    written: tuple[Language, ...] = ()
    """Languages its title was written in, where not in all."""


class SubjectEntry(Definition):
    """A school subject, or a syllabus of one."""

    id: str
    """Its code."""
    code: Triple
    """Code set, version, code."""
    title: Texts
    """Title."""
    within: str = ""
    """Id of the subject whose syllabus it is."""
    also: tuple[Triple, ...] = ()
    """The same in other code sets."""
    written: tuple[Language, ...] = ()
    """Languages its title was written in, where not in all."""


class TransversalEntry(Definition):
    """A competence that every subject serves."""

    id: str
    """As L4."""
    code: Triple
    """Code set, version, code."""
    label: Texts
    """Its name in each language's curriculum, as L4, K4."""
    title: Texts
    """Title."""
    also: tuple[Triple, ...] = ()
    """The same in other code sets."""
    written: tuple[Language, ...] = ()
    """Languages its title was written in, where not in all."""


class CriterionEntry(Definition):
    """What the national criteria describe for one mark of an objective."""

    id: str
    """Unique in the curriculum."""
    objective: str
    """Id of the objective."""
    mark: int | None = None
    """The mark that the text describes; absent in criteria from before they were given by mark."""
    text: dict[Language, Text]
    """By language, as far as written."""
    target: dict[Language, Text] = Field(default_factory=dict)
    """What is looked at, by language."""


class Listed(Definition):
    """What either form may list beside skills."""

    objectives: tuple[ObjectiveEntry, ...] = ()
    """National objectives."""
    areas: tuple[AreaEntry, ...] = ()
    """Content areas."""
    modules: tuple[ModuleEntry, ...] = ()
    """Upper-secondary modules."""
    version: str = ""
    """Version of the curriculum."""
    subject: Triple | None = None
    """The school subject."""
    replaced_by: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        default_factory=dict, alias="replacedBy"
    )
    """Skills of earlier versions, each with the skills of this one that an answer to it now speaks for."""
    subjects: tuple[SubjectEntry, ...] = ()
    """Subjects and their syllabuses, where there are several."""
    transversals: tuple[TransversalEntry, ...] = ()
    """Transversal competences."""
    criteria: tuple[CriterionEntry, ...] = ()
    """National criteria, as text."""
    valid_from: str = ""
    """ISO date from which a national curriculum holds."""
    valid_until: str = ""
    """ISO date until which it holds; empty while open."""


class Document(Listed):
    """The full form."""

    format: Literal["polku-curriculum/1"]
    """Names the form."""
    id: str
    """Name of the curriculum."""
    title: Texts
    """Title of the curriculum."""
    skills: Annotated[tuple[SkillEntry, ...], Field(min_length=1)]
    """The skills, in any order."""


class ShortDocument(Listed):
    """The short form."""

    id: str = "local"
    """Name of the curriculum."""
    title: Texts | None = None
    """Title of the curriculum; absent: its id."""
    skills: Annotated[tuple[ShortSkillEntry, ...], Field(min_length=1)]
    """The skills, in any order."""
