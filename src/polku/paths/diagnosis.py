"""A short diagnostic, where answers are too few to say where someone stands: which skill to ask about next.

Each next skill is the one whose answer is expected to tell most about all skills that matter: an answer speaks for
the skill, a right one also for what it builds on, a wrong one against what builds on it (knowledge spaces: Doignon
and Falmagne 1985; choice by expected information: Lindley 1956). It stops early, when no question would tell much
more. Nothing is decided by it, and it gives no score.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from polku.curriculum import Curriculum
from polku.paths.terrain import Mask, Numbers, Terrain, positions
from polku.schemas.policy import DiagnosticPolicy, PathPolicy

TIE = 1e-6
"""Weight of what is least certain, where no question would tell anything and it is too early to stop."""

LARGEST = 400
"""Skills looked at together: of more, as many are taken evenly spread, for time and memory grow with their square."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a diagnostic asks next, and what it believes so far.

    Parameters
    ----------
    ask : str or None
        Skill to ask an item of; None when it stops.
    tells : float
        Bits that the answer is expected to tell; 0 when it stops.
    known : dict of str to float
        By skill on the way to the goals, or of very many those looked at: how likely it is known, 0 to 1.
    """

    ask: str | None
    tells: float
    known: dict[str, float]


def diagnose(
    curriculum: Curriculum,
    policy: PathPolicy,
    asked: Sequence[tuple[str, bool]] = (),
    *,
    grade: int | None = None,
    goals: Collection[str] = (),
    locked: Collection[str] = (),
) -> Diagnosis:
    """Return which skill to ask about next, a pure function of the answers so far.

    Parameters
    ----------
    curriculum : Curriculum
        Any graph.
    policy : PathPolicy
        Its part on the diagnostic says how many questions there are, and when to stop.
    asked : sequence of (str, bool)
        Skills asked about so far and whether the answer was correct, in order. Unknown skills are left out.
    grade : int, optional
        The learner's; skills of earlier grades are more likely known.
    goals : collection of str
        Skills that matter, with what they build on; by default those of the grade, else all.
    locked : collection of str
        Skills not to ask about.

    Examples
    --------
    >>> from polku.home import Home
    >>> from polku.paths import load_policy
    >>> skills = ", ".join(f'{{"id": "s{n}", "prerequisites": ["s{n - 1}"]}}' for n in range(1, 9))
    >>> chain = Curriculum.from_json(f'{{"skills": [{{"id": "s0"}}, {skills}]}}')
    >>> policy = load_policy(Home.find().models)
    >>> first = diagnose(chain, policy).ask  # neither the first nor the last of the chain
    >>> first, diagnose(chain, policy, [(first, True)]).ask > first
    ('s4', True)
    """
    terrain, rules = Terrain.of(curriculum), policy.diagnostic
    places = _spread(_that_matter(terrain, grade, goals), terrain.mask([name for name, _ in asked]))
    if not len(places):
        return Diagnosis(None, 0.0, {})
    beneath = _beneath(terrain, places)
    known = _prior(terrain.grade[places], grade, beneath, rules)
    back = {terrain.skills[place].id: number for number, place in enumerate(places.tolist())}
    free = ~terrain.mask(locked)[places]
    for name, correct in asked:
        if name in back:
            known = _after(known, beneath, rules)[1 if correct else 0][back[name]]
            free[back[name]] &= rules.twice
    believed = {name: float(known[number]) for name, number in back.items()}
    tells = np.where(free, _information(known, beneath, rules) + TIE * _entropy(known), 0.0)
    best = int(tells.argmax())
    few, many = len(asked) < rules.least, len(asked) >= rules.most
    if many or not free.any() or (not few and tells[best] < rules.enough):
        return Diagnosis(None, 0.0, believed)
    return Diagnosis(terrain.skills[places[best]].id, float(tells[best]), believed)


def _that_matter(
    terrain: Terrain, grade: int | None, goals: Collection[str]
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the goals and what they build on, ascending."""
    aims = terrain.mask(goals)
    if not aims.any():
        aims = terrain.grade == grade if grade is not None else np.ones(len(terrain), dtype=np.bool_)
    if not aims.any():
        aims = np.ones(len(terrain), dtype=np.bool_)
    return np.array(positions(terrain.with_beneath(np.flatnonzero(aims).tolist())), dtype=np.intp)


def _spread(
    places: np.ndarray[tuple[int], np.dtype[np.intp]], asked: Mask
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return positions, of very many those asked about and others evenly spread."""
    if len(places) <= LARGEST:
        return places
    kept = asked[places]
    kept[np.linspace(0, len(places) - 1, LARGEST).astype(np.intp)] = True
    return places[kept]


def _beneath(terrain: Terrain, places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Mask:
    """Return which of some skills (columns) each of them (rows) builds on, near or far; shape (m, m)."""
    below = np.zeros((len(places), len(terrain)), dtype=np.bool_)
    for row, place in enumerate(places.tolist()):
        below[row, positions(terrain.ancestors[place])] = True
    found: Mask = below[:, places]
    return found


def _prior(grades: Numbers, grade: int | None, beneath: Mask, rules: DiagnosticPolicy) -> Numbers:
    """Return how likely each skill is known before any answer: the more builds on it, and the less it builds on.

    In a chain that is exactly the share of its states in which the skill is known.
    """
    above, below = beneath.sum(axis=0), beneath.sum(axis=1)
    known: Numbers = (1.0 + above) / (2.0 + above + below)
    if grade is not None:
        known = np.where(grades < grade, np.maximum(known, rules.earlier), known)
        known = np.where(grades > grade, np.minimum(known, 1.0 - rules.earlier), known)
    return known


def _after(known: Numbers, beneath: Mask, rules: DiagnosticPolicy) -> tuple[Numbers, Numbers]:
    """Return the belief about all skills (columns) after a wrong and after a right answer on each (rows)."""
    if_known, if_not = _given(known, beneath, rules)
    right = known * (1.0 - rules.slip) + (1.0 - known) * rules.guess
    after_right = (known * (1.0 - rules.slip) / right)[:, np.newaxis]
    after_wrong = (known * rules.slip / (1.0 - right))[:, np.newaxis]
    wrong, correct = (share * if_known + (1.0 - share) * if_not for share in (after_wrong, after_right))
    return wrong, correct


def _given(known: Numbers, beneath: Mask, rules: DiagnosticPolicy) -> tuple[Numbers, Numbers]:
    """Return the belief about all skills (columns) if one (row) is known, and if it is not."""
    own, others = known[:, np.newaxis], np.broadcast_to(known, beneath.shape)
    lifted = np.where(beneath, others + (1.0 - others) * rules.speaks, others)
    lowered = np.clip((others - own * lifted) / (1.0 - own), 0.0, 1.0)
    sunk = np.where(beneath.T, others * (1.0 - rules.speaks), others)
    raised = np.clip((others - (1.0 - own) * sunk) / own, 0.0, 1.0)
    if_known, if_not = np.where(beneath.T, raised, lifted), np.where(beneath.T, sunk, lowered)
    itself = np.eye(len(known), dtype=np.bool_)
    edge = rules.edge
    return np.where(itself, 1.0 - edge, np.clip(if_known, edge, 1 - edge)), np.where(
        itself, edge, np.clip(if_not, edge, 1 - edge)
    )


def _information(known: Numbers, beneath: Mask, rules: DiagnosticPolicy) -> Numbers:
    """Return how many bits an answer on each skill is expected to tell about all of them, shape (m,)."""
    wrong, correct = _after(known, beneath, rules)
    right = known * (1.0 - rules.slip) + (1.0 - known) * rules.guess
    left = right * _entropy(correct).sum(axis=1) + (1.0 - right) * _entropy(wrong).sum(axis=1)
    told: Numbers = np.maximum(_entropy(known).sum() - left, 0.0)
    return told


def _entropy(p: Numbers) -> Numbers:
    found: Numbers = -(p * np.log2(p) + (1.0 - p) * np.log2(1.0 - p))
    return found
