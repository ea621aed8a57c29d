"""Who is compared with whom: learners of equal standing on the other items, the item itself included.

The item under study belongs into its own matching variable. Under the Rasch model the number right is then
sufficient, and an item without DIF shows none however much the groups differ in ability (Holland & Thayer 1988); left
out, every item of an unequal pair of groups shows some.

Where all learners met the same items, or a few forms of a test, standing is the *number right* within the form. In a
log where everybody met other items, it is the *ability* estimated from whichever items were met (Zwick, Thayer &
Wingersky 1994 match adaptive tests so), the item again included, in strata of about equally many learners.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from scipy.special import expit

from polku.errors import InputError
from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.items.ability import STEPS, abilities, difficulties
from polku.fairness.items.answers import Answers

FORM = 50
"""Learners with exactly the same items from which they make up a form."""
COVERED = 0.9
"""Share of learners in forms from which scores are compared rather than abilities."""
LEAST_OTHERS = 5
"""Answers to other items that a learner's standing rests on at least."""
PER_STRATUM, MOST_STRATA, LEAST_STRATA = 15, 40, 5
"""Strata of ability: about so many learners in each, and bounds on their number (Cochran 1968: five remove nine
tenths of a bias; the Mantel-Haenszel statistics hold for many small ones)."""


LEAST_RELIABLE = 0.4
"""No standing is taken to be less reliable than this: beyond, a correction would make more than it found."""


class Matched(NamedTuple):
    """The learners compared on one item: rows of the answers, their stratum and their standing, each shape (n,)."""

    rows: Ints
    stratum: Ints
    standing: Floats
    reliability: float = 1.0
    """Share of the variance of standing that is not error of measurement."""


class Matching(Protocol):
    """A way to find learners of equal standing."""

    @property
    def name(self) -> str:
        """Return what standing is: "score" or "ability"."""

    def of(self, item: int, anchor: Bools) -> Matched:
        """Match the learners who answered `item` on the items of `anchor`, shape (n_items,), and on `item` itself."""


def matching_of(answers: Answers, how: str = "auto") -> Matching:
    """Return the matching that fits the answers.

    Parameters
    ----------
    answers : Answers
        First answers.
    how : {"auto", "score", "ability"}
        "auto" compares scores where forms cover nine tenths of the learners.

    Raises
    ------
    InputError
        If `how` is none of these, or scores are asked for where no form exists.
    """
    if how not in {"auto", "score", "ability"}:
        raise InputError("no such matching", got=how, hint="one of: ability, auto, score")
    form = _forms(answers)
    if how == "ability" or (how == "auto" and float((form >= 0).mean()) < COVERED):
        return Ability(answers)
    if not (form >= 0).any():
        raise InputError(
            "scores cannot be compared: nobody met the same items", got=f"no form of {FORM} learners", hint="ability"
        )
    return Score(answers, form)


class _Standing(NamedTuple):
    """What a set of anchors says of everybody, each of shape (n_learners,)."""

    value: Floats
    others: Floats
    """Answers to anchors that it rests on."""
    reliability: float


@dataclass(frozen=True, eq=False)
class Ability:
    """Matching on ability, for adaptive and sparse logs.

    Parameters
    ----------
    answers : Answers
        First answers.
    """

    answers: Answers
    name = "ability"

    def of(self, item: int, anchor: Bools) -> Matched:
        """Match on the ability that the anchors and the item show."""
        rows, others = self.answers.rows[item], self._base(anchor).others
        rows = rows[others[self.answers.learner[rows]] - anchor[item] >= LEAST_OTHERS]
        standing = self.standing(item, anchor)[self.answers.learner[rows]]
        return Matched(rows, _strata(standing), standing, self._base(anchor).reliability)

    def standing(self, item: int, anchor: Bools) -> Floats:
        """Return the ability of every learner, shape (n_learners,)."""
        able = self._base(anchor).value
        if anchor[item]:
            return able
        mine = np.zeros(len(able), dtype=np.bool_)
        mine[self.answers.learner[self.answers.rows[item]]] = True
        used = anchor.copy()
        used[item] = True
        kept = used[self.answers.item] & mine[self.answers.learner]
        return np.where(mine, self._estimate(kept, able, steps=2), able)  # one answer more moves an ability little

    def _base(self, anchor: Bools) -> _Standing:
        """Return what the anchors alone say; kept, since all items of a round ask for it."""
        key = anchor.tobytes()
        if key not in self._kept:
            self._kept.clear()
            n, kept = len(self.answers.learners), anchor[self.answers.item]
            others = totals(self.answers.learner, kept.astype(np.float64), n)
            able = self._estimate(kept, np.zeros(n), steps=STEPS)
            self._kept[key] = _Standing(able, others, self._reliability(kept, able, others))
        return self._kept[key]

    def _reliability(self, kept: Bools, able: Floats, others: Floats) -> float:
        """Return the marginal reliability of abilities (Green et al. 1984): less the mean error variance."""
        answers, used = self.answers, others >= LEAST_OTHERS
        if used.sum() < FORM:
            return 1.0
        learner = answers.learner[kept]
        chance = expit(able[learner] - self._hard[answers.item[kept]])
        information = totals(learner, chance * (1 - chance), len(able))[used]
        return _bounded(1 - float((1 / np.maximum(information, 0.1)).mean()) / float(able[used].var()))

    def _estimate(self, kept: Bools, start: Floats, *, steps: int) -> Floats:
        answers = self.answers
        hard = self._hard[answers.item[kept]]
        return abilities(answers.learner[kept], answers.right[kept], hard, start, steps=steps)

    @cached_property
    def _hard(self) -> Floats:
        return difficulties(self.answers)

    @cached_property
    def _kept(self) -> dict[bytes, _Standing]:
        return {}


@dataclass(frozen=True, eq=False)
class Score:
    """Matching on the number right, within forms of the same items.

    Parameters
    ----------
    answers : Answers
        First answers.
    form : ndarray of int64, shape (n_learners,)
        Form of each learner; -1 for learners of no form, who are left out.
    """

    answers: Answers
    form: Ints
    name = "score"

    def of(self, item: int, anchor: Bools) -> Matched:
        """Match on the form and the number right among the anchors and the item."""
        answers, rows = self.answers, self.answers.rows[item]
        rows = rows[self.form[answers.learner[rows]] >= 0]
        base = self._base(anchor)
        score = base.value[answers.learner[rows]]
        if not anchor[item]:
            score = score + answers.right[rows]
        form = self.form[answers.learner[rows]]
        stratum = np.unique(form * (len(answers.items) + 1) + score.astype(np.int64), return_inverse=True)[1]
        several = len(np.unique(form)) > 1
        standing = self._ability.standing(item, anchor)[answers.learner[rows]] if several else score
        return Matched(rows, stratum.astype(np.int64), standing, base.reliability)

    def _base(self, anchor: Bools) -> _Standing:
        """Return everybody's number right among the anchors; kept, since all items of a round ask for it."""
        key = anchor.tobytes()
        if key not in self._kept:
            self._kept.clear()
            answers, kept, n = self.answers, anchor[self.answers.item], len(self.answers.learners)
            right, others = (totals(answers.learner, one * kept, n) for one in (answers.right, np.ones(len(answers))))
            self._kept[key] = _Standing(right, others, self._reliability(anchor, right))
        return self._kept[key]

    def _reliability(self, anchor: Bools, score: Floats) -> float:
        """Return Kuder & Richardson's formula 20 (1937) of the largest form."""
        answers, form = self.answers, np.bincount(self.form[self.form >= 0]).argmax()
        inside = (self.form == form)[answers.learner] & anchor[answers.item]
        n = int((self.form == form).sum())
        right = totals(answers.item[inside], answers.right[inside])
        items = int((np.bincount(answers.item[inside]) > 0).sum())
        spread = float(score[self.form == form].var())
        if items < LEAST_OTHERS or not spread:
            return 1.0
        return _bounded(items / (items - 1) * (1 - float((right / n * (1 - right / n)).sum()) / spread))

    @cached_property
    def _kept(self) -> dict[bytes, _Standing]:
        return {}

    @cached_property
    def _ability(self) -> Ability:
        """Scores of two forms do not compare; a curve over both needs the scale that they share."""
        return Ability(self.answers)


def _bounded(reliability: float) -> float:
    return float(np.clip(reliability, LEAST_RELIABLE, 1.0))


def _forms(answers: Answers) -> Ints:
    """Return each learner's form; -1 where fewer than :data:`FORM` met the same items."""
    key = np.random.default_rng(0).integers(1, 2**62, len(answers.items))
    sums = np.zeros(len(answers.learners), dtype=np.int64)
    np.add.at(sums, answers.learner, key[answers.item])  # the sum of random keys tells sets of items apart
    _, form, size = np.unique(sums, return_inverse=True, return_counts=True)
    chosen: Ints = np.where(size[form] >= FORM, form, -1).astype(np.int64)
    return chosen


def _strata(standing: Floats) -> Ints:
    """Return strata of about equally many learners; equal standings share one."""
    wanted = int(np.clip(len(standing) // PER_STRATUM, LEAST_STRATA, MOST_STRATA))
    edges = np.quantile(standing, np.linspace(0, 1, wanted + 1)[1:-1]) if len(standing) else np.empty(0)
    return np.searchsorted(np.unique(edges), standing, side="right").astype(np.int64)
