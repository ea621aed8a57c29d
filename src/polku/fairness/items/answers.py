"""First answers, laid out for comparing items: one row a learner and item, so that rows are independent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from polku.errors import InputError
from polku.fairness.arrays import Floats, Ints, Texts
from polku.fairness.tables import require
from polku.home import digest
from polku.records import Responses

RIGHT = 0.5
"""A part score counts as right from here on."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The first answer of every learner to every item they met.

    A second answer to the same item is of a learner who has seen it; it is left out and counted.

    Parameters
    ----------
    learners, items : ndarray of str, shape (n_learners,), (n_items,)
        Sorted, distinct.
    learner, item : ndarray of int64, shape (n,)
        Row's indices into `learners` and `items`.
    right : ndarray of float64, shape (n,)
        0 or 1.
    school : ndarray of int64, shape (n_learners,)
        Each learner's school; learners without one stand alone.
    schools : int
        How many schools are known.
    repeated : int
        Answers left out because they were not the first.

    Examples
    --------
    >>> long = pd.DataFrame({"learner_id": ["a", "a", "b"], "item_id": ["i", "i", "i"], "correct": [0, 1, 1]})
    >>> answers = Answers.from_frame(long)
    >>> len(answers), answers.right.tolist(), answers.repeated
    (2, [0.0, 1.0], 1)
    """

    learners: Texts
    items: Texts
    learner: Ints
    item: Ints
    right: Floats
    school: Ints
    schools: int
    repeated: int

    def __len__(self) -> int:
        """Return the number of answers."""
        return len(self.right)

    @classmethod
    def from_responses(cls, responses: Responses) -> Answers:
        """Lay out responses; the first is the one that comes first in fold order."""
        frame = pd.DataFrame(
            {
                "learner_id": responses.learners[responses.learner],
                "item_id": responses.items[responses.item],
                "correct": responses.correct,
            }
        )
        return cls.from_frame(frame if responses.school_id is None else frame.assign(school_id=responses.school_id))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Answers:
        """Lay out a long table, earlier answers first.

        Parameters
        ----------
        frame : DataFrame
            ``learner_id, item_id, correct`` and optionally ``school_id``. Rows without a number are left out.

        Raises
        ------
        InputError
            If a column is missing, a score lies outside 0 to 1, or no row can be used.
        """
        require(frame, ("learner_id", "item_id", "correct"), "answers")
        score = np.asarray(pd.to_numeric(frame["correct"], errors="coerce"), dtype=np.float64)
        used = np.isfinite(score) & frame["learner_id"].notna().to_numpy() & frame["item_id"].notna().to_numpy()
        if not used.any():
            raise InputError("no answer can be used", got=f"{len(frame)} rows", hint="give 0 and 1 as correct")
        if score[used].min() < 0 or score[used].max() > 1:
            raise InputError("a score lies outside 0 to 1", got=f"{score[used].min():g} to {score[used].max():g}")
        learner, learners = pd.factorize(frame["learner_id"][used].astype(str), sort=True)
        item, items = pd.factorize(frame["item_id"][used].astype(str), sort=True)
        _, first = np.unique(learner.astype(np.int64) * len(items) + item, return_index=True)
        school, schools = _schools(frame[used], learner, len(learners))
        return cls(
            learners=np.asarray(learners, dtype=object),
            items=np.asarray(items, dtype=object),
            learner=learner[first].astype(np.int64),
            item=item[first].astype(np.int64),
            right=(score[used][first] >= RIGHT).astype(np.float64),
            school=school,
            schools=schools,
            repeated=int(used.sum()) - len(first),
        )

    @classmethod
    def from_matrix(cls, frame: pd.DataFrame) -> Answers:
        """Lay out a test: ``learner_id`` and a column an item, empty where nothing was asked or answered.

        Raises
        ------
        InputError
            As :meth:`from_frame`.

        Examples
        --------
        >>> test = pd.DataFrame({"learner_id": ["a", "b"], "item 1": [1, 0], "item 2": [None, 1]})
        >>> len(Answers.from_matrix(test))
        3
        """
        require(frame, ("learner_id",), "answers")
        kept = ["learner_id", *(["school_id"] if "school_id" in frame else [])]
        return cls.from_frame(frame.melt(id_vars=kept, var_name="item_id", value_name="correct"))

    @cached_property
    def rows(self) -> list[Ints]:
        """Return the rows of each item."""
        order = np.argsort(self.item, kind="stable").astype(np.int64)
        ends = np.cumsum(np.bincount(self.item, minlength=len(self.items)))
        return list(np.split(order, ends[:-1]))

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the content."""
        names = ("\n".join(ids.tolist()) for ids in (self.learners, self.items))
        return digest(*names, *(part.tobytes() for part in (self.learner, self.item, self.right, self.school)))


def _schools(frame: pd.DataFrame, learner: Ints, n_learners: int) -> tuple[Ints, int]:
    """Return each learner's school, the first by name, and how many there are."""
    if "school_id" not in frame:
        return np.arange(n_learners, dtype=np.int64), 0
    named = pd.Series(frame["school_id"].to_numpy(), dtype=object).groupby(learner).min()
    known = named.dropna().astype(str)
    names = pd.Series([f"learner {number}" for number in range(n_learners)], dtype=object)
    names.loc[known.index] = "school " + known
    return pd.factorize(names, sort=True)[0].astype(np.int64), int(known.nunique())
