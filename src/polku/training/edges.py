"""What answers say about prerequisite edges. An edge is a hypothesis of people; this is for people to dispute it by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.training.edge_contrast import Contrast, Ground, Rate
from polku.training.skill_histories import History, histories, surpluses

OnStep = Callable[[int, int], None]
Said = Literal["against", "unclear", "for", "not_enough_evidence"]
SAID: Final[tuple[Said, ...]] = ("against", "unclear", "for", "not_enough_evidence")
"""What the data may say of an edge, in the order in which edges are worth a look."""
LEAST: Final = 30
"""Learners with, and without, the earlier skill shown, below which nothing is said."""
OTHERS: Final = 12
"""Skills that do not belong to an edge and are looked at beside it."""
NEGLIGIBLE: Final = 0.05
"""Share of right answers below which an edge makes no difference that a path should follow."""
GRADES: Final = 1
"""School years between the later skill and those looked at beside it."""
_95: Final = 1.96


class Band(NamedTuple):
    """A difference of shares with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Edge:
    """What the data say of one prerequisite edge.

    Parameters
    ----------
    before, after : str
        The skill said to come first, and the one said to build on it.
    kind : {"hard", "soft"}
        Whether paths are ordered by it, or it merely helps.
    says : str
        One of :data:`SAID`.
    shown, unshown : Rate or None
        Success on the later skill with and without the earlier one shown; None below :data:`LEAST` learners.
    difference : Band or None
        Between the two, at equal success on everything else.
    others : float or None
        The same difference for skills that do not belong to the later one: what any skill of that time seems to make.
    beyond : Band or None
        The edge's difference less the others': what speaks for this edge.
    """

    before: str
    after: str
    kind: Literal["hard", "soft"]
    says: Said
    shown: Rate | None = None
    unshown: Rate | None = None
    difference: Band | None = None
    others: float | None = None
    beyond: Band | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        named = {name: getattr(self, name) for name in ("shown", "unshown", "difference", "beyond")}
        plain = {name: None if value is None else value._asdict() for name, value in named.items()}
        head = {"before": self.before, "after": self.after, "kind": self.kind, "says": self.says}
        return {**head, **plain, "others": self.others}


def edge_evidence(
    responses: Responses,
    curriculum: Curriculum,
    *,
    shown_at: float = 0.7,
    skill_answers: int = 3,
    least: int = LEAST,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> list[Edge]:
    """Return what the data say of every prerequisite edge, those spoken against first.

    Every two skills of a subject go together: some learners know more of everything. So learners are compared at
    equal success on all other skills (regression on it, with equal practice and on equal items), and what is left is
    set against what unrelated skills of the same school years leave: for each later skill, up to :data:`OTHERS` that
    neither build on it nor it on them (negative controls: Lipsitch, Tchetgen & Cohen 2010). An edge is spoken *for*
    where the interval of what is beyond them lies above zero, *against* where it lies below :data:`NEGLIGIBLE`.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    curriculum : Curriculum
        Whose hard and soft edges to look at.
    shown_at, skill_answers
        When a skill counts as shown; of the path policy.
    least : int
        Learners on either side below which nothing is said.
    seed : int
        Draws the skills looked at beside.
    on_step : callable, optional
        Told ``(done, total)`` edges.

    Returns
    -------
    list of Edge
        In the order of :data:`SAID`, within it by what is beyond, lowest first.
    """
    known = _Known.of(responses, curriculum, shown_at, skill_answers, least)
    listed = _edges(curriculum)
    beside, spread = _beside(known, curriculum, {after for _, after, _ in listed}, seed)
    found = []
    for done, (before, after, kind) in enumerate(listed, start=1):
        found.append(_judged(before, after, kind, known.contrast(before, after), beside.get(after, []), spread))
        if on_step is not None:
            on_step(done, len(listed))
    return sorted(found, key=lambda one: (SAID.index(one.says), one.beyond.value if one.beyond else 0.0))


@dataclass(frozen=True, eq=False)
class _Known:
    ground: Ground
    skills: dict[str, History]

    @classmethod
    def of(
        cls, responses: Responses, curriculum: Curriculum, shown_at: float, skill_answers: int, least: int
    ) -> _Known:
        surplus = surpluses(responses)
        learner = responses.learner.astype(np.int64)
        everybody = len(responses.learners)
        ground = Ground(
            correct=responses.correct,
            surplus=surplus,
            learner=learner,
            order=np.arange(len(responses)) - responses.learner_start[learner],
            total=np.bincount(learner, surplus, minlength=everybody).astype(np.float64),
            count=np.bincount(learner, minlength=everybody).astype(np.float64),
            shown_at=shown_at,
            skill_answers=skill_answers,
            least=least,
        )
        found = histories(responses, surplus)
        return cls(ground, {skill: found[skill] for skill in curriculum.order if skill in found})

    def contrast(self, before: str, after: str) -> Contrast | None:
        if before not in self.skills or after not in self.skills:
            return None
        return self.ground.contrast(self.skills[before], self.skills[after])


def _edges(curriculum: Curriculum) -> list[tuple[str, str, Literal["hard", "soft"]]]:
    hard = [(before, skill.id, "hard") for skill in curriculum.skills.values() for before in skill.prerequisites]
    soft = [(before, skill.id, "soft") for skill in curriculum.skills.values() for before in skill.recommended_after]
    return [*hard, *soft]  # type: ignore[list-item] # the literals are widened to str


def _beside(
    known: _Known, curriculum: Curriculum, afters: Collection[str], seed: int
) -> tuple[dict[str, list[Contrast]], float]:
    """Return what unrelated skills show beside each later skill, and how far they differ beyond chance (variance)."""
    random = np.random.default_rng(seed)
    found: dict[str, list[Contrast]] = {}
    for after in [skill for skill in curriculum.order if skill in afters and skill in known.skills]:
        near = [skill for skill in known.skills if _unrelated(curriculum, skill, after)]
        chosen = random.permutation(len(near))
        contrasts = (known.contrast(near[place], after) for place in chosen)
        found[after] = [one for one, _ in zip(filter(None, contrasts), range(OTHERS), strict=False)]
    return found, _variance_between([one for listed in found.values() for one in listed])


def _unrelated(curriculum: Curriculum, skill: str, after: str) -> bool:
    """Return whether a skill of about the same time neither leads to the later one nor builds on it."""
    one, other = curriculum.skills[skill], curriculum.skills[after]
    related = curriculum.ancestors(after) | curriculum.descendants(after) | {after} | {*other.recommended_after}
    if skill in related or after in one.recommended_after:
        return False
    return one.grade is None or other.grade is None or abs(one.grade - other.grade) <= GRADES


def _variance_between(contrasts: Sequence[Contrast]) -> float:
    """Return how much contrasts differ in truth (DerSimonian & Laird 1986)."""
    if len(contrasts) < 2:
        return 0.0
    value, weight = np.array([one.difference for one in contrasts]), np.array([one.error**-2.0 for one in contrasts])
    surplus = np.sum(weight * (value - np.average(value, weights=weight)) ** 2) - (len(value) - 1)
    return float(max(surplus / (weight.sum() - np.sum(weight**2) / weight.sum()), 0.0))


def _judged(
    before: str,
    after: str,
    kind: Literal["hard", "soft"],
    contrast: Contrast | None,
    beside: Sequence[Contrast],
    spread: float,
) -> Edge:
    if contrast is None:
        return Edge(before, after, kind, "not_enough_evidence")
    weight = np.array([1.0 / (one.error**2 + spread) for one in beside])
    others = float(np.average([one.difference for one in beside], weights=weight)) if beside else 0.0
    beyond = _band(contrast.difference - others, contrast.error**2 + spread + (1.0 / weight.sum() if beside else 0.0))
    says: Said = "for" if beyond.low > 0.0 else "against" if beyond.high < NEGLIGIBLE else "unclear"
    difference = _band(contrast.difference, contrast.error**2)
    return Edge(before, after, kind, says, contrast.shown, contrast.unshown, difference, others, beyond)


def _band(value: float, variance: float) -> Band:
    reach = _95 * float(np.sqrt(variance))
    return Band(value, value - reach, value + reach)
