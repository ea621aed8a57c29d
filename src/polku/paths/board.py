"""The board: every skill of one standing with its score, its kind, and whether it may be suggested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.paths.rules import chosen_rules
from polku.paths.standing import Standing
from polku.paths.terrain import Mask, Numbers, Terrain, to_bits
from polku.paths.values import KINDS, Kind
from polku.schemas.policy import OfferPolicy

REPAIR, CONTINUE, STRETCH, REVIEW = range(len(KINDS))


@dataclass(frozen=True, eq=False)
class Board:
    """What the planner chooses from; `n` skills, `k` rules.

    Attributes
    ----------
    standing : Standing
        Where the learner stands.
    allowed : bool array, shape (n,)
        What may be offered: neither rejected nor locked nor of another syllabus, and no return to something earlier
        where the path is to carry on.
    blocked_bits : int
        The skills rejected, locked or of another syllabus, as a bit set: they stand on no path. What is to be carried
        on from may.
    answers : int
        All answers of the learner.
    rules : tuple of str
        Names of the terms.
    terms : float64 array, shape (k, n)
        Points by rule.
    score : float64 array, shape (n,)
        Their sum.
    kinds : int8 array, shape (n,)
        Index into :data:`~polku.paths.values.KINDS`.
    """

    standing: Standing
    allowed: Mask
    blocked_bits: int
    answers: int
    rules: tuple[str, ...]
    terms: Numbers
    score: Numbers
    kinds: NDArray[np.int8]

    @classmethod
    def of(cls, standing: Standing, blocked: Mask, answers: int) -> Board:
        """Score every skill; raises DefinitionError where the policy names an unknown rule."""
        thin = answers < standing.policy.evidence.minimum_answers
        rules, terms = (("order",), _order_term(standing)) if thin else _rule_terms(standing)
        kinds, allowed = _kinds(standing, thin), ~blocked
        if standing.pressing and (allowed & (kinds != REPAIR)).any():
            allowed = allowed & (kinds != REPAIR)
        return cls(standing, allowed, to_bits(blocked), answers, rules, terms, terms.sum(axis=0), kinds)

    @property
    def thin(self) -> bool:
        """Return whether answers are too few: the order is then the curriculum's, and no estimate is used."""
        return self.answers < self.standing.policy.evidence.minimum_answers

    @property
    def terrain(self) -> Terrain:
        """Return the curriculum planned on."""
        return self.standing.terrain

    @property
    def offer(self) -> OfferPolicy:
        """Return the policy's part on offering."""
        return self.standing.policy.offer

    def kind(self, place: int, *, eased: bool = False) -> Kind:
        """Return the kind of the skill at a position; `eased`, a stretch carries on."""
        code = int(self.kinds[place])
        return KINDS[CONTINUE if eased and code == STRETCH else code]

    def cost(self, place: int, remaining: int) -> float:
        """Return what the open skills before this one cost it; nothing while the curriculum sets the order."""
        if self.thin:
            return 0.0
        return self.offer.step_cost * (self.terrain.ancestors[place] & remaining).bit_count()


def _order_term(standing: Standing) -> Numbers:
    """Return one term that falls along the curriculum's order, shape (1, n)."""
    size = len(standing.terrain)
    return 1.0 - np.arange(size, dtype=np.float64)[np.newaxis] / max(size, 1)


def _rule_terms(standing: Standing) -> tuple[tuple[str, ...], Numbers]:
    """Return the names and weighted values of the policy's rules, shape (k, n)."""
    chosen = chosen_rules(standing.policy)
    return tuple(name for name, _, _ in chosen), np.stack([weight * rule(standing) for _, weight, rule in chosen])


def _kinds(standing: Standing, thin: bool) -> NDArray[np.int8]:
    """Return the kind of every skill.

    No longer open: review. Above the learner's grade: stretch. Below it, where answers point: repair.
    Without grades a skill that builds on something open is a stretch, and one that answers point to is a
    repair if open skills lean on it. Too few answers claim no repair.
    """
    terrain = standing.terrain
    if standing.grade is None:
        above = ~standing.ready & ~standing.pointed
        below = standing.pointed & terrain.hard.touch(standing.open)
    else:
        unknown = np.isnan(terrain.grade)
        above = terrain.grade > standing.grade
        below = standing.pointed & ((terrain.grade < standing.grade) | unknown & terrain.hard.touch(standing.open))
    kinds = np.full(len(terrain), CONTINUE, dtype=np.int8)
    if not thin:
        kinds[below] = REPAIR
    kinds[above] = STRETCH
    kinds[~standing.open] = REVIEW
    return kinds
