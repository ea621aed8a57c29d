"""Histories as they were known before something in them was corrected or taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from polku.records.responses import Responses

Int = NDArray[np.int64]


class Version(NamedTuple):
    """One learner's answers as they were known before a moment.

    Parameters
    ----------
    learner_id : str
        Whose.
    until : int
        Order time of the correction: whoever looked before it saw these answers.
    responses : Responses
        The learner's answers, without what came or was amended at that time or later.
    """

    learner_id: str
    until: int
    responses: Responses


@dataclass(frozen=True, eq=False)
class Earlier:
    """Versions of histories beside those that hold now, so that no training row sees a correction made after it.

    Parameters
    ----------
    responses : Responses
        All versions, each as a learner of its own; their ids are made here and are nobody's.
    untils : dict of str to tuple of int
        The moments of each amended learner's versions, ascending.

    Examples
    --------
    >>> from polku.testing.store import sample
    >>> now = sample(learners=2)
    >>> before = Earlier.of([Version("l1", 3, now.of_learners(["l1"]))])
    >>> before.places(now, np.arange(len(now)))
    (array([4, 5, 6]), array([0, 1, 2]))
    """

    responses: Responses
    untils: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, versions: Iterable[Version]) -> Self | None:
        """Return the versions together, None where there are none."""
        untils, parts = dict[str, tuple[int, ...]](), list[Responses]()
        for one in sorted(versions, key=lambda version: (version.learner_id, version.until)):
            if len(one.responses):
                untils[one.learner_id] = (*untils.get(one.learner_id, ()), one.until)
                parts.append(_as_learner(one))
        return cls(Responses.concat(parts), untils) if parts else None

    def places(self, responses: Responses, rows: Int) -> tuple[Int, Int]:
        """Return which of some rows were read before a correction, and where they stand among the versions.

        Parameters
        ----------
        responses : Responses
            Histories as they hold now.
        rows : int64[k]
            Rows of them.

        Returns
        -------
        tuple of int64[j]
            Places in `rows`, and the rows of :attr:`responses` that the same answers have in the version of then. An
            answer that was not there then, since it had been taken back, stands in none.
        """
        amended = np.isin(responses.learners.astype(str), sorted(self.untils))
        found = [
            (place, at)
            for place in np.flatnonzero(amended[responses.learner[rows]])
            if (at := self._row(responses, int(rows[place]))) is not None
        ]
        both = np.array(found, np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _row(self, responses: Responses, row: int) -> int | None:
        learner, known_at = str(responses.learners[responses.learner[row]]), int(responses.known_at[row])
        until = next((one for one in self.untils[learner] if known_at < one), None)
        return None if until is None else self._rows.get(_name(until, str(responses.response_id[row])))

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.responses.response_id)}

    def joined(self, responses: Responses) -> Responses:
        """Return some histories with the versions beside them, in one coding of items and skills."""
        return Responses.concat([responses, self.responses])

    def among(self, learners: Iterable[str]) -> Earlier | None:
        """Return the versions of some learners alone, None where they have none."""
        untils = {one: self.untils[one] for one in learners if one in self.untils}
        names = [_name(until, one) for one, moments in untils.items() for until in moments]
        return replace(self, responses=self.responses.of_learners(names), untils=untils) if untils else None

    def until(self, moment: int) -> Earlier | None:
        """Return the versions of before amendments that were known at a moment, None where there were none."""
        moments = {one: tuple(until for until in untils if until <= moment) for one, untils in self.untils.items()}
        return replace(self, untils={one: untils for one, untils in moments.items() if untils}).among(moments)

    def without_items(self, items: NDArray[np.bool_]) -> Earlier:
        """Return the versions without answers to some items, by a mask over the items of :attr:`responses`."""
        return replace(self, responses=self.responses.rows(~items[self.responses.item]))

    def as_of(self, responses: Responses, moment: int) -> Responses:
        """Return histories as they were known at a moment: without later answers, and without later amendments.

        Parameters
        ----------
        responses : Responses
            Histories as they hold now.
        moment : int
            Order time; answers known at it are in.

        Examples
        --------
        >>> from polku.testing.store import sample
        >>> now = sample(learners=2)
        >>> before = Earlier.of([Version("l1", 3, now.of_learners(["l1"]).rows([0]))])
        >>> list(before.as_of(now, 2).response_id)
        ['r-0-0', 'r-0-1', 'r-0-2', 'r-1-0']
        """
        later = {one: next((until for until in untils if until > moment), None) for one, untils in self.untils.items()}
        amended = {one: until for one, until in later.items() if until is not None}
        held = responses.rows((responses.known_at <= moment) & ~self._of(responses, amended))
        then = [self._then(one, until) for one, until in amended.items()]
        return Responses.concat([held, *(one.rows(one.known_at <= moment) for one in then)])

    def _of(self, responses: Responses, learners: Iterable[str]) -> NDArray[np.bool_]:
        """Return which rows are some learners'."""
        return np.isin(responses.learners.astype(str), sorted(learners))[responses.learner]

    def _then(self, learner: str, until: int) -> Responses:
        """Return one version under the ids of its learner and answers."""
        frame = self.responses.of_learners([_name(until, learner)]).to_frame()
        for name in ("response_id", "learner_id"):
            frame[name] = frame[name].str.partition("\x1f")[2]
        return Responses.from_frame(frame, clock=self.responses.clock)


def _as_learner(version: Version) -> Responses:
    frame = version.responses.to_frame()
    for name in ("response_id", "learner_id"):
        frame[name] = [_name(version.until, value) for value in frame[name]]
    return Responses.from_frame(frame, clock=version.responses.clock)


def _name(until: int, name: str) -> str:
    return f"{until}\x1f{name}"
