"""What came just before an answer, and how other learners then fared: fitted effects, a frozen value.

Two kinds of effect on the logit of success. *Repetition*: how an item (a skill) goes after the learner's last two
answers to it. *Sequence*: how an item (a combination of skills) goes right after another one that was right or wrong.
They are fitted in :mod:`polku.training.sequence` from other learners' histories, and help to predict the next answer to
a given item; what a learner has mastered they do not touch: a skill's reference item is met in no sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, Self

import numpy as np

from polku.errors import InputError
from polku.profiles.compiled import kernel
from polku.profiles.events import Effects, Floats, Integers, floats, integers
from polku.records import Responses

PATTERNS: Final = 9
"""Last two answers in base three, the older one first: 0 none, 1 wrong, 2 right."""
COUNTS: Final = 6
"""Numbers of answers on a skill that are told apart: 0 to 4, and 5 for more."""
RIGHT_FROM: Final = 0.5
"""From this score on an answer counts as right."""
UNKNOWN: Final = -1


class Rows(NamedTuple):
    """Where the items and skills of n responses with m skill tags stand among fitted effects; -1 for nowhere."""

    item: Integers
    """(n,)"""
    skills: Integers
    """(n,) of the combination of skills."""
    skill: Integers
    """(m,)"""


@dataclass(frozen=True)
class Followers:
    """Effects of one thing on the next, for pairs met often enough.

    Parameters
    ----------
    start : int64[2 · size + 1]
        By previous row and whether it was right (2 · row + right): a slice of the next two.
    next_row : int64[pairs]
        What came next, ascending within a slice.
    effect : float64[pairs]
        Effect on the logit of its success.
    """

    start: Integers
    next_row: Integers
    effect: Floats

    @classmethod
    def of(cls, size: int, slot: Integers, next_row: Integers, effect: Floats) -> Followers:
        """Return the effects of `size` things, from pairs in any order."""
        order = np.lexsort((next_row, slot))
        start = np.concatenate(([0], np.cumsum(np.bincount(slot, minlength=2 * size))))
        return cls(integers(start), integers(next_row[order]), floats(effect[order]))

    def pairs(self) -> list[tuple[int, int, float]]:
        """Return (slot, next row, effect) of every pair."""
        slot = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        return list(zip(slot.tolist(), self.next_row.tolist(), self.effect.tolist(), strict=True))


@kernel
def effect_of(start: Integers, next_row: Integers, effect: Floats, slot: int, row: int) -> float:
    """Return the effect on `row` of what a slot stands for, by bisection; 0 where the pair is not there."""
    low, high = start[slot], start[slot + 1]
    while low < high:
        middle = (low + high) // 2
        if next_row[middle] < row:
            low = middle + 1
        else:
            high = middle
    return float(effect[low]) if low < start[slot + 1] and next_row[low] == row else 0.0


@dataclass(frozen=True, eq=False)
class SequenceEffects:
    """Fitted effects of what came before.

    Parameters
    ----------
    items, skills : sequence of str
        Ids of the rows.
    combinations : sequence of tuple of str
        Combinations of skills, ascending within each.
    item_repeat : float64[items, 9]
        By the last two answers to the item.
    skill_repeat : float64[skills, 54]
        By the last two answers on the skill (slower) and the number of answers (faster).
    item_next, skills_next : Followers
        From item to item, from combination to combination.

    Examples
    --------
    >>> nothing = SequenceEffects.nothing()
    >>> nothing.item_row("i1"), SequenceEffects.from_dict(nothing.to_dict()) == nothing
    (-1, True)
    """

    items: Sequence[str]
    skills: Sequence[str]
    combinations: Sequence[tuple[str, ...]]
    item_repeat: Floats
    skill_repeat: Floats
    item_next: Followers
    skills_next: Followers

    @classmethod
    def nothing(cls) -> Self:
        """Return what is known before anything was fitted."""
        none = Followers(integers([0]), integers([]), floats([]))
        return cls((), (), (), np.zeros((0, PATTERNS)), np.zeros((0, PATTERNS * COUNTS)), none, none)

    def __bool__(self) -> bool:
        """Return whether anything was fitted."""
        return bool(self.items or self.skills or self.combinations)

    def __eq__(self, other: object) -> bool:
        """Return whether the effects are the same, to the last bit."""
        return isinstance(other, SequenceEffects) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash((len(self.items), len(self.skills), len(self.combinations)))

    def item_row(self, item_id: str) -> int:
        """Return the row of an item, -1 for an unknown one."""
        return self._item_rows.get(item_id, UNKNOWN)

    def skill_row(self, skill_id: str) -> int:
        """Return the row of a skill, -1 for an unknown one."""
        return self._skill_rows.get(skill_id, UNKNOWN)

    def skills_row(self, skill_ids: Sequence[str]) -> int:
        """Return the row of a combination of skills given in ascending order, -1 for an unknown one."""
        return self._combination_rows.get(tuple(skill_ids), UNKNOWN)

    def rows(self, responses: Responses) -> Rows:
        """Return where the items and skills of responses stand."""
        if not self:
            return nowhere(len(responses), len(responses.skill))
        item = np.array([self.item_row(item) for item in responses.items], np.int64)
        skill = np.array([self.skill_row(skill) for skill in responses.skills], np.int64)
        names, code = combinations_of(responses)
        combination = np.array([self.skills_row(each) for each in names], np.int64)
        return Rows(item[responses.item], combination[code], skill[responses.skill])

    def placed(self, responses: Responses) -> tuple[Effects, Rows]:
        """Return the effects, and where responses stand among them: what :func:`~polku.profiles.build` takes."""
        return self.arrays, self.rows(responses)

    @cached_property
    def arrays(self) -> Effects:
        """The effects as the driver reads them."""
        return stacked([self])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, effects that are zero left out; numbers read back bit for bit."""
        return {
            "items": list(self.items),
            "skills": list(self.skills),
            "combinations": [list(skills) for skills in self.combinations],
            "item_repeat": _cells(self.item_repeat),
            "skill_repeat": _cells(self.skill_repeat),
            "item_next": self.item_next.pairs(),
            "skills_next": self.skills_next.pairs(),
        }

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        InputError
            If it is not that.
        """
        try:
            items, skills = tuple(raw["items"]), tuple(raw["skills"])
            combinations = tuple(tuple(each) for each in raw["combinations"])
            read = cls(
                items,
                skills,
                combinations,
                _filled(raw["item_repeat"], (len(items), PATTERNS)),
                _filled(raw["skill_repeat"], (len(skills), PATTERNS * COUNTS)),
                _followers(raw["item_next"], len(items)),
                _followers(raw["skills_next"], len(combinations)),
            )
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise InputError("these are no effects of sequence", got=error, hint="train the model again") from error
        tables = read.item_repeat, read.skill_repeat, read.item_next.effect, read.skills_next.effect
        if not all(np.isfinite(table).all() for table in tables):
            raise InputError("an effect is not a finite number", hint="train the model again")
        return read

    @cached_property
    def _item_rows(self) -> dict[str, int]:
        return {item: row for row, item in enumerate(self.items)}

    @cached_property
    def _skill_rows(self) -> dict[str, int]:
        return {skill: row for row, skill in enumerate(self.skills)}

    @cached_property
    def _combination_rows(self) -> dict[tuple[str, ...], int]:
        return {skills: row for row, skills in enumerate(self.combinations)}


def nowhere(responses: int, tags: int) -> Rows:
    """Return the rows of responses to which no fitted effect applies."""
    unknown = np.full(responses, UNKNOWN, np.int64)
    return Rows(unknown, unknown, np.full(tags, UNKNOWN, np.int64))


def stacked(layers: Sequence[SequenceEffects]) -> Effects:
    """Return several sets of effects on the same ids beneath each other, for cross-fitting.

    Row r of layer k stands at ``k * size + r``, with `size` the number of its items, combinations or skills.
    """
    return Effects(
        floats(np.concatenate([layer.item_repeat for layer in layers])),
        floats(np.concatenate([layer.skill_repeat for layer in layers])),
        *_stack([layer.item_next for layer in layers]),
        *_stack([layer.skills_next for layer in layers]),
    )


def combinations_of(responses: Responses) -> tuple[list[tuple[str, ...]], Integers]:
    """Return the combinations of skills that occur, ascending within each, and each response's place among them."""
    tags = np.diff(responses.skill_start)
    code = np.full(len(responses), UNKNOWN, np.int64)
    single = tags == 1
    code[single] = responses.skill[responses.skill_start[:-1][single]]
    number: dict[tuple[int, ...], int] = {}
    for row in np.flatnonzero(~single).tolist():
        key = tuple(responses.skill[responses.skill_start[row] : responses.skill_start[row + 1]].tolist())
        code[row] = len(responses.skills) + number.setdefault(key, len(number))
    names = [(str(skill),) for skill in responses.skills]
    return names + [tuple(str(responses.skills[one]) for one in key) for key in number], code


def _stack(layers: Sequence[Followers]) -> tuple[Integers, Integers, Floats]:
    """Return the followers of several layers with their rows shifted."""
    size = (len(layers[0].start) - 1) // 2
    starts, pairs = [np.zeros(1, np.int64)], 0
    for layer in layers:
        starts.append(layer.start[1:] + pairs)
        pairs += len(layer.next_row)
    shifted = [layer.next_row + place * size for place, layer in enumerate(layers)]
    effects = [layer.effect for layer in layers]
    return integers(np.concatenate(starts)), integers(np.concatenate(shifted)), floats(np.concatenate(effects))


def _cells(table: Floats) -> list[tuple[int, int, float]]:
    """Return (row, column, value) of the cells that are not zero."""
    row, column = np.nonzero(table)
    return list(zip(row.tolist(), column.tolist(), table[row, column].tolist(), strict=True))


def _filled(cells: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> Floats:
    """Return the table of which :func:`_cells` gave the cells."""
    table = np.zeros(shape)
    for row, column, value in cells:
        table[row, column] = value
    return table


def _followers(pairs: Sequence[tuple[int, int, float]], size: int) -> Followers:
    """Return the followers of which :meth:`Followers.pairs` gave the pairs."""
    slot, next_row, effect = (list(part) for part in zip(*pairs, strict=True)) if pairs else ([], [], [])
    return Followers.of(size, np.array(slot, np.int64), np.array(next_row, np.int64), np.array(effect, np.float64))
