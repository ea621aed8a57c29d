"""What a simulated municipality is made of: its size, its year, its law, and what is planted in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from polku.errors import DefinitionError, nearest

LawName = Literal["strength", "states"]
GROUPS = {
    "gender": ("girl", "boy"),
    "home_language": ("fi", "sv", "other"),
    "s2": ("yes", "no"),
    "support": ("none", "pupil_specific", "adapted_syllabus"),
    "birth_quarter": ("Q1", "Q2", "Q3", "Q4"),
    "area_index": ("low", "middle", "high"),
}
"""Background attributes and their groups; any of them may also be missing (an empty cell)."""

MOST_LENIENCY = 2.0
"""Points of the scale of 4-10: with more, grades would say little else than the school."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A known inequity: whom it meets and how large it is.

    Parameters
    ----------
    attribute : str
        Column of the background, see ``GROUPS``.
    group : str
        Value of that column.
    size : float
        Size in the unit of the switch it is given to.

    Raises
    ------
    DefinitionError
        If there is no such attribute or group, or `size` is negative.

    Examples
    --------
    >>> Planted("home_language", "other", 0.8)
    Planted(attribute='home_language', group='other', size=0.8)
    """

    attribute: str
    group: str
    size: float

    def __post_init__(self) -> None:
        """Refuse what no learner of this municipality could be."""
        if self.attribute not in GROUPS:
            raise DefinitionError(
                "no such background attribute", got=self.attribute, hint=nearest(self.attribute, GROUPS)
            )
        if self.group not in GROUPS[self.attribute]:
            hint = nearest(self.group, GROUPS[self.attribute])
            raise DefinitionError(f"no such group of {self.attribute}", got=self.group, hint=hint)
        if self.size < 0:
            raise DefinitionError("a planted inequity has a size of zero or more", got=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationConfig:
    """Settings of one simulated municipality; everything is drawn from `seed`.

    Parameters
    ----------
    seed : int
        Root of every random stream. The same configuration gives the same municipality.
    learners : int
        Learners on the roster, the silent and the newcomers included.
    responses_per_learner : int
        Mean number of responses per learner on the roster; with nothing planted the municipality has exactly
        ``learners * responses_per_learner`` responses.
    until : date
        Day of the extract: nothing happens or becomes known on it or later. The school year is the one
        that is running, or has just ended, on that day.
    law : {"strength", "states"}
        Law of learning, see :mod:`polku.simulate.laws`.
    grades : tuple of int
        Grades taught, within 1-12; 10-12 are upper secondary.
    schools : int
        Comprehensive schools; upper secondary has one school of its own.
    group_size : int
        Size that classes are aimed at.
    silent_share, newcomer_share, gap_share : float
        Shares of learners without any answer, of learners who joined in the last school week (one to
        three answers), and of learners who return to skills of earlier grades a good deal.
    harder_items_for_language : Planted, optional
        Word problems ask `size` logits more of learners with this home language. Answers change, learning does not.
    harder_items_for : Planted, optional
        Some items, a twentieth of the bank, ask `size` logits more of the group: uniform DIF.
    flatter_items_for : Planted, optional
        Some other items, a twentieth, lose a share `size` (0-1) of their slope over knowledge for the group: they tell
        its learners apart less, non-uniform DIF.
    fewer_opportunities_for : Planted, optional
        The group loses a share `size` (0-1) of its practice sessions.
    noisier_answers_for : Planted, optional
        A share `size` (0-1) of the group's answers is a guess, whatever they know.
    harsher_grades_for : Planted, optional
        Teachers' grades of the group are `size` points lower than those of others who know as much.
    school_leniency : float
        Standard deviation over schools, in points, of how much higher a school's teachers grade the same knowledge.
    base_rate_gaps : bool
        Let preparation differ between groups about as large studies of Finland report. Not an inequity of
        items or practice: learners differ in truth, and an honest audit must be able to tell.

    Raises
    ------
    DefinitionError
        If a number is outside its range; names the setting.

    Examples
    --------
    >>> SimulationConfig(learners=400, seed=7).law
    'strength'
    """

    seed: int = 2026
    learners: int = 600
    responses_per_learner: int = 150
    until: date = date(2026, 6, 5)
    law: LawName = "strength"
    grades: tuple[int, ...] = tuple(range(1, 13))
    schools: int = 3
    group_size: int = 20
    silent_share: float = 0.01
    newcomer_share: float = 0.01
    gap_share: float = 0.12
    harder_items_for_language: Planted | None = None
    harder_items_for: Planted | None = None
    flatter_items_for: Planted | None = None
    fewer_opportunities_for: Planted | None = None
    noisier_answers_for: Planted | None = None
    harsher_grades_for: Planted | None = None
    school_leniency: float = 0.0
    base_rate_gaps: bool = False

    def __post_init__(self) -> None:
        """Check every setting against its range."""
        if not self.grades or list(self.grades) != sorted(set(self.grades) & set(range(1, 13))):
            raise DefinitionError("grades are distinct, ascending and within 1-12", got=self.grades)
        _at_least("seed", self.seed, 0)
        _at_least("learners", self.learners, 10)
        _at_least("responses_per_learner", self.responses_per_learner, 3)
        _at_least("schools", self.schools, 1)
        _at_least("group_size", self.group_size, 2)
        _share("silent_share and newcomer_share together", self.silent_share + self.newcomer_share, upto=0.5)
        for name in ("silent_share", "newcomer_share", "gap_share"):
            _share(name, getattr(self, name))
        for name in ("flatter_items_for", "fewer_opportunities_for", "noisier_answers_for"):
            planted = getattr(self, name)
            _share(f"the size of {name}", planted.size if planted else 0.0)
        if not 0.0 <= self.school_leniency <= MOST_LENIENCY:
            raise DefinitionError(f"school_leniency lies between 0 and {MOST_LENIENCY:g}", got=self.school_leniency)
        language = self.harder_items_for_language
        if language is not None and language.attribute != "home_language":
            hint = "plant it on home_language"
            raise DefinitionError("harder_items_for_language meets a language group", got=language.attribute, hint=hint)


def _at_least(name: str, value: int, least: int) -> None:
    """Refuse a number that is too small."""
    if value < least:
        raise DefinitionError(f"{name} is at least {least}", got=value)


def _share(name: str, value: float, upto: float = 1.0) -> None:
    """Refuse what is not a share."""
    if not 0.0 <= value <= upto:
        raise DefinitionError(f"{name} is a share between 0 and {upto:g}", got=value)
