"""What is read of Koski: study rights, what was taken under them, and what became of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from polku.curriculum import Code
from polku.exchange.koski_document import Mark

ENDED: Final = frozenset({"valmistunut", "eronnut", "katsotaaneronneeksi", "peruutettu", "mitatoity"})
"""States after which nobody studies under a right."""


class Decided(StrEnum):
    """How a syllabus was adapted, by a decision that exists."""

    LIMITED = "limited"
    INDIVIDUALISED = "individualised"
    BY_ACTIVITY = "by_activity_area"


class Course(NamedTuple):
    """A subject, course, module or year that somebody takes or has completed.

    Parameters
    ----------
    code : Code
        What it is, with its code set: ``AI7`` alone means two things.
    within : tuple of str
        Codes of what it is a part of, the widest first.
    kind : str
        What Koski calls it: ``perusopetuksenoppiaine``, ``lukionmoduuli``, …
    syllabus : Code or None
        Which syllabus of a subject, or which language.
    credits, unit : float or None, str
        How much, and the code of its unit.
    compulsory : bool or None
        None where nothing is said.
    mark : Mark or None
        The assessment that holds; None while there is none.
    decided : Decided or None
        How its goals were adapted; such a mark speaks of goals of somebody's own.
    """

    code: Code
    within: tuple[str, ...]
    kind: str
    syllabus: Code | None
    credits: float | None
    unit: str
    compulsory: bool | None
    mark: Mark | None
    decided: Decided | None

    @property
    def done(self) -> bool:
        """Return whether it was passed; 4, H and O are no passes."""
        return self.mark is not None and self.mark.passed

    @property
    def comparable(self) -> bool:
        """Return whether its mark speaks of the national goals."""
        return self.decided is None


@dataclass(frozen=True, slots=True)
class StudyRight:
    """A right to study, and what was taken under it.

    Parameters
    ----------
    id : str
        Its OID; empty where the sender has none yet.
    kind : str
        ``perusopetus``, ``lukiokoulutus``, …
    state : str
        The last period's: ``lasna``, ``valmistunut``, ``eronnut``, …
    since : str
        First day of that period.
    syllabus : str
        ``nuortenops`` and the like, where it is said.
    courses : tuple of Course
        However deep they lay, in their order.
    """

    id: str
    kind: str
    state: str
    since: str
    syllabus: str
    courses: tuple[Course, ...]

    @property
    def is_open(self) -> bool:
        """Return whether somebody still studies under it."""
        return self.state not in ENDED


@dataclass(frozen=True, slots=True)
class Background:
    """What a document says about somebody's goals.

    Parameters
    ----------
    learner_id : str or None
        The person's OID; None where the document names somebody by an identity code alone, which is kept nowhere.
    rights : tuple of StudyRight
        Those that are read.
    """

    learner_id: str | None
    rights: tuple[StudyRight, ...]

    def courses(self) -> Iterator[Course]:
        """Yield what was taken, under all rights."""
        for right in self.rights:
            yield from right.courses


class Refused(NamedTuple):
    """A document that is not read: its number in the file, and why."""

    number: int
    reason: str


@dataclass
class KoskiReading:
    """What became of a file of documents; ``accepted`` and ``refused`` add up to ``expected``.

    Parameters
    ----------
    expected : int
        Documents in the file.
    backgrounds : list of Background
        Those that were read.
    refused : list of Refused
        The others.
    dropped : Counter of str
        Personal data by kind, kept nowhere.
    other_rights : Counter of str
        Study rights of kinds that are not read.
    """

    expected: int
    backgrounds: list[Background] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    other_rights: Counter[str] = field(default_factory=Counter)
