"""What every peer is given: answers as arrays, one row a response, each learner's in order."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Log:
    """Responses of some learners; codes are the same in all parts of one data set.

    Parameters
    ----------
    learner, item : int64[n]
        Who answered what; a learner's rows follow each other, in order of time.
    skill, skill_start : int64[m], int64[n + 1]
        Row i carries ``skill[skill_start[i]:skill_start[i + 1]]``.
    combination : int64[n]
        The row's skills as one code.
    correct : float64[n]
        Scores 0..1.
    fold : int64[n]
        Fold of the row's learner.
    sizes : int64[3]
        Number of items, skills and combinations in the whole data set.

    Examples
    --------
    >>> log = Log.of([0, 0, 1], [0, 1, 0], [[0], [0, 1], [0]], [1.0, 0.0, 1.0], [0, 0, 1])
    >>> log.sizes.tolist(), log.combination.tolist()
    ([2, 2, 2], [0, 1, 0])
    >>> log.rows(log.fold == 0).skill_start.tolist()
    [0, 1, 3]
    """

    learner: Ints
    item: Ints
    skill: Ints
    skill_start: Ints
    combination: Ints
    correct: Floats
    fold: Ints
    sizes: Ints

    @classmethod
    def of(
        cls, learner: list[int], item: list[int], skills: list[list[int]], correct: list[float], fold: list[int]
    ) -> Self:
        """Build a small log from lists."""
        starts = np.cumsum([0, *map(len, skills)])
        flat = np.array([skill for row in skills for skill in row], np.int64)
        return cls.build(np.array(learner), np.array(item), flat, starts, np.array(correct, float), np.array(fold))

    @classmethod
    def build(
        cls,
        learner: NDArray[np.integer],
        item: NDArray[np.integer],
        skill: NDArray[np.integer],
        skill_start: NDArray[np.integer],
        correct: Floats,
        fold: NDArray[np.integer],
    ) -> Self:
        """Build a log; the combinations of skills are numbered as they occur."""
        numbers: dict[bytes, int] = {}
        combination = [
            numbers.setdefault(skill[first:end].tobytes(), len(numbers))
            for first, end in pairwise(skill_start.tolist())
        ]
        sizes = [int(item.max()) + 1, int(skill.max()) + 1, len(numbers)]
        return cls(
            learner=learner.astype(np.int64),
            item=item.astype(np.int64),
            skill=skill.astype(np.int64),
            skill_start=skill_start.astype(np.int64),
            combination=np.array(combination, np.int64),
            correct=correct,
            fold=fold.astype(np.int64),
            sizes=np.array(sizes, np.int64),
        )

    def __len__(self) -> int:
        """Return the number of responses."""
        return len(self.learner)

    def rows(self, kept: Mask) -> Self:
        """Return the rows of a mask."""
        tags = np.diff(self.skill_start)
        each = {name: getattr(self, name)[kept] for name in ("learner", "item", "combination", "correct", "fold")}
        starts = np.concatenate(([0], np.cumsum(tags[kept])))
        return replace(self, **each, skill=self.skill[np.repeat(kept, tags)], skill_start=starts)

    @property
    def row_of_tag(self) -> Ints:
        """Return the row of each entry of `skill`."""
        return np.repeat(np.arange(len(self)), np.diff(self.skill_start))

    @property
    def item_combination(self) -> Ints:
        """Return the combination of each item that occurs, -1 for the others."""
        found = np.full(int(self.sizes[0]), -1)
        found[self.item[::-1]] = self.combination[::-1]
        return found

    def write(self, path: Path) -> None:
        """Write the arrays to one file."""
        np.savez(path, allow_pickle=False, **{part.name: getattr(self, part.name) for part in fields(self)})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what :meth:`write` wrote."""
        with np.load(path) as found:
            return cls(**{part.name: found[part.name] for part in fields(cls)})


class Peer(Protocol):
    """A model of the next answer."""

    def fit(self, train: Log) -> None:
        """Learn from the training learners."""
        ...

    def predict(self, test: Log) -> Floats:
        """Return the probability of success of each row, from strictly earlier rows of the same learner."""
        ...


def earlier(key: Ints, values: Floats) -> Floats:
    """Return, for each row, the sum of `values` over earlier rows of the same key.

    Examples
    --------
    >>> earlier(np.array([4, 7, 4, 4]), np.array([1.0, 1.0, 0.0, 1.0])).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    order = np.argsort(key, kind="stable")
    ordered = values[order]
    before = np.cumsum(ordered) - ordered
    first = np.searchsorted(key[order], key[order], side="left")
    found = np.empty(len(key))
    found[order] = before - before[first]
    return found


def with_fallback(values: Floats, train: Log, test: Log) -> Floats:
    """Return a value for each test row: its item's, else the mean of its combination's items, else of all items.

    Parameters
    ----------
    values : float64[items]
        What was fitted for each item on the training rows.
    train, test : Log
        Where items were seen, and where they are asked for.
    """
    combination = train.item_combination
    seen = combination >= 0
    count = np.bincount(combination[seen], minlength=int(train.sizes[2]))
    total = np.bincount(combination[seen], values[seen], int(train.sizes[2]))
    mean = np.where(count > 0, total / np.maximum(count, 1), values[seen].mean())
    return np.where(seen[test.item], values[test.item], mean[test.combination])
