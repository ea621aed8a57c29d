"""The noun of the room: one learner's answers, folded into state and read as features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from polku.curriculum import Curriculum
from polku.errors import ConflictError, InputError
from polku.profiles.events import (
    BLANK,
    NO_KEY,
    SCOPES,
    Events,
    Floats,
    Graph,
    Integers,
    Known,
    Tables,
    durations,
    floats,
    integers,
)
from polku.profiles.evidence import Evidence
from polku.profiles.feature_set import FeatureSet
from polku.profiles.fold import POSITION, READ, UPDATE, fold
from polku.profiles.history import History
from polku.profiles.item_statistics import ItemStatistics
from polku.profiles.places import Asked, area_of, asked_of
from polku.profiles.sequence_effects import Rows, nowhere
from polku.profiles.snapshot import HINT, FoldKey, Snapshot
from polku.profiles.state import KeyedTable
from polku.records import Response, Responses

NO_GRAPH = Graph(integers([0]), integers([]))
"""Updating looks at no prerequisites."""
NO_ROWS: Floats = np.empty((0, 0))
"""Updating writes no features."""


class OutOfOrderError(ConflictError):
    """A response that does not come after what a profile has folded already."""

    slug = "out-of-order"


class Profile:
    """What one learner's responses add up to, for one feature set and one set of item statistics.

    State is kept by skill, area and item id, so another curriculum needs no refold: it changes which
    prerequisites and areas are looked at from then on. Equal responses in equal order give equal
    bits, however they arrive: singly, in bulk, or with :meth:`to_bytes` in between.

    Parameters
    ----------
    feature_set : FeatureSet
        What is looked at.
    item_statistics : ItemStatistics
        How hard items and skills are.
    curriculum : Curriculum
        Areas and prerequisites of the skills.

    Attributes
    ----------
    last_key : (int, int, str) or None
        Fold key (known_at, answered_at, response_id) of the last response taken in.
    clock : bool or None
        Whether responses came with a clock; None before the first.

    Examples
    --------
    >>> from polku.home import Home
    >>> features = FeatureSet.load(Home.find().features, ["skill_success"])
    >>> statistics = ItemStatistics({}, {}, {}, overall=0.0)
    >>> profile = Profile.empty(features, statistics, Curriculum.of_skills(["a", "b"]))
    >>> profile.update(Response("r1", "anna", "i1", ("a",), 1, 1, 1.0, clock=False))
    >>> profile.read_skills(["a", "b"], now=None).round(2)[:, 0].tolist()
    [0.77, 0.65]
    >>> profile.evidence()["a"].answers
    1
    """

    def __init__(self, feature_set: FeatureSet, item_statistics: ItemStatistics, curriculum: Curriculum) -> None:
        self.feature_set = feature_set
        self.item_statistics = item_statistics
        self.curriculum = curriculum
        self.last_key: FoldKey | None = None
        self.clock: bool | None = None
        self._state = {scope: KeyedTable(feature_set.layout.widths[scope]) for scope in SCOPES}
        self._state["learner"].claim("")

    @classmethod
    def empty(cls, feature_set: FeatureSet, item_statistics: ItemStatistics, curriculum: Curriculum) -> Profile:
        """Return the profile of a learner without responses."""
        return cls(feature_set, item_statistics, curriculum)

    @property
    def answers(self) -> int:
        """Number of responses folded."""
        return int(self._state["learner"].array[0, POSITION])

    def update(self, response: Response) -> None:
        """Take in one response.

        Raises
        ------
        OutOfOrderError
            If it does not come after :attr:`last_key`: the learner's history is to be folded anew.
        InputError
            If it has a clock and earlier responses had none, or the other way round.
        """
        self._follow(response.fold_key, clock=response.clock)
        skills = sorted(set(response.skill_ids))
        rows = integers(self._state["skill"].claim_all(skills))
        places = self._places(response.item_id, skills)
        events = Events(
            item=integers([self._state["item"].claim(response.item_id)]),
            skill_start=integers([0, len(skills)]),
            skill=rows,
            area=integers([self._claim_area(skill) for skill in skills]),
            node=rows,
            time=integers([response.answered_at]),
            place=integers([0]),
            correct=floats([response.correct]),
            duration=floats([np.nan if response.duration_s is None else response.duration_s]),
            item_difficulty=floats([self.item_statistics.difficulty(response.item_id, skills)]),
            skill_difficulty=floats([self.item_statistics.skill_difficulty(skill) for skill in skills]),
            item_row=places.item,
            skills_row=places.skills,
            skill_row=places.skill,
            clock=response.clock,
        )
        self._run(events, NO_GRAPH, NO_ROWS, UPDATE)
        self.last_key = response.fold_key

    def fold(self, responses: Responses) -> None:
        """Take in many responses of this one learner.

        Raises
        ------
        OutOfOrderError
            If the first does not come after :attr:`last_key`.
        InputError
            If they are of several learners, or of another kind of time than earlier ones.
        """
        if len(responses.learners) > 1:
            raise InputError("a profile is of one learner", got=f"{len(responses.learners)} learners")
        if len(responses):
            self._fold_rows(History.of(responses, self.item_statistics), 0, len(responses))

    def read(self, item_id: str, skill_ids: Sequence[str], now: int | None) -> Floats:
        """Return the features for the next answer to one item, as a training row would hold them.

        Parameters
        ----------
        item_id : str
            The item; an unknown one is new to the learner and as hard as its skills.
        skill_ids : sequence of str
            Its skills.
        now : int or None
            Microseconds UTC; None without a clock: features of days are missing.

        Returns
        -------
        float64[n_columns]
        """
        skills = sorted(set(skill_ids))
        difficulty = self.item_statistics.difficulty(item_id, skills)
        places = self._places(item_id, skills)
        rows = self._read([self._state["item"].row(item_id)], [difficulty], skills, [0, len(skills)], now, places)
        return rows.ravel()

    def read_skills(self, skill_ids: Sequence[str], now: int | None) -> Floats:
        """Return the features for each skill's reference item, met for the first time and after nothing.

        Parameters
        ----------
        skill_ids : sequence of str
            Skills, known or not.
        now : int or None
            As in :meth:`read`.

        Returns
        -------
        float64[n_skills, n_columns]
        """
        count, asked = len(skill_ids), asked_of(skill_ids, self.curriculum, self.item_statistics)
        return self._read(np.full(count, BLANK), asked.reference, skill_ids, range(count + 1), now, asked=asked)

    def evidence(self) -> Mapping[str, Evidence]:
        """Return what has been shown of each skill answered so far, by skill id."""
        return {skill: Evidence.of_state(state) for skill, state in self._state["skill"]}

    def to_bytes(self) -> bytes:
        """Return the profile as :mod:`polku.profiles.snapshot` lays it out."""
        return Snapshot(
            feature_set=self.feature_set.hash,
            item_statistics=self.item_statistics.hash,
            last_key=self.last_key,
            clock=self.clock,
            ids={scope: table.ids() for scope, table in self._state.items()},
            rows={scope: table.values() for scope, table in self._state.items()},
        ).pack()

    @classmethod
    def from_bytes(
        cls, raw: bytes, feature_set: FeatureSet, item_statistics: ItemStatistics, curriculum: Curriculum
    ) -> Profile:
        """Return the profile that :meth:`to_bytes` wrote.

        Raises
        ------
        InputError
            If the bytes are damaged or of another version.
        ConflictError
            If it was folded with another feature set or other item statistics.
        """
        kept = Snapshot.unpack(raw)
        if kept.feature_set != feature_set.hash:
            raise ConflictError("the stored profile is of another feature set", got=kept.feature_set, hint=HINT)
        if kept.item_statistics != item_statistics.hash:
            raise ConflictError("the stored profile is of other item statistics", got=kept.item_statistics, hint=HINT)
        profile = cls(feature_set, item_statistics, curriculum)
        profile.last_key, profile.clock = kept.last_key, kept.clock
        profile._state = {
            scope: KeyedTable(kept.rows[scope].shape[1], kept.ids[scope], kept.rows[scope]) for scope in SCOPES
        }
        return profile

    def _follow(self, key: FoldKey, *, clock: bool) -> None:
        """Refuse what does not come after the last response."""
        if self.last_key is not None and key <= self.last_key:
            raise OutOfOrderError(
                "a response does not come after those already folded",
                got=f"{key} after {self.last_key}",
                hint="fold all responses of the learner anew, in order",
            )
        if self.clock is not None and clock != self.clock:
            raise InputError("responses with and without a clock do not go together", got=f"clock = {clock}")
        self.clock = clock

    def _fold_rows(self, history: History, first: int, last: int) -> None:
        """Take in the rows `first` to `last` of a history, all of this learner."""
        data = history.responses
        self._follow(history.fold_key(first), clock=bool(data.clock))
        rows = slice(first, last)
        starts = data.skill_start[first : last + 1]
        tags = slice(int(starts[0]), int(starts[-1]))
        items, item = history.items(rows)
        skills, skill = history.skills(tags)
        skill_rows = integers(self._state["skill"].claim_all(skills)[skill])
        events = Events(
            item=integers(self._state["item"].claim_all(items)[item]),
            skill_start=integers(starts - starts[0]),
            skill=skill_rows,
            area=integers(np.array([self._claim_area(name) for name in skills], dtype=np.int64)[skill]),
            node=skill_rows,
            time=integers(data.answered_at[rows]),
            place=integers(range(last - first)),
            correct=floats(data.correct[rows]),
            duration=durations(None if data.duration_s is None else data.duration_s[rows], last - first),
            item_difficulty=floats(history.item_difficulty[rows]),
            skill_difficulty=floats(history.skill_difficulty[tags]),
            item_row=integers(history.rows.item[rows]),
            skills_row=integers(history.rows.skills[rows]),
            skill_row=integers(history.rows.skill[tags]),
            clock=bool(data.clock),
        )
        self._run(events, NO_GRAPH, NO_ROWS, UPDATE)
        self.last_key = history.fold_key(last - 1)

    def _claim_area(self, skill_id: str) -> int:
        """Return the row of a skill's area, made if need be."""
        area = area_of(skill_id, self.curriculum)
        return self._state["area"].claim(area) if area else NO_KEY

    def _read(
        self,
        items: Sequence[int] | Integers,
        difficulties: Sequence[float] | Floats,
        skills: Sequence[str],
        starts: Sequence[int],
        now: int | None,
        places: Rows | None = None,
        *,
        asked: Asked | None = None,
    ) -> Floats:
        """Read the features of several would-be responses, after nothing unless `places` are given; writes no state."""
        rows = nowhere(len(items), len(skills)) if places is None else places
        same = asked_of(skills, self.curriculum, self.item_statistics) if asked is None else asked
        row = self._state["skill"].rows
        area = {name: self._state["area"].row(name) if name else NO_KEY for name in set(same.areas)}
        events = Events(
            item=integers(items),
            skill_start=integers(starts),
            skill=integers([row.get(skill, BLANK) for skill in skills]),
            area=integers([area[name] for name in same.areas]),
            node=integers(np.arange(len(skills))),
            time=integers(np.full(len(items), now or 0)),
            place=integers(np.zeros(len(items), dtype=np.int64)),
            correct=floats(np.full(len(items), np.nan)),
            duration=durations(None, len(items)),
            item_difficulty=floats(difficulties),
            skill_difficulty=same.difficulty,
            item_row=integers(rows.item),
            skills_row=integers(rows.skills),
            skill_row=integers(rows.skill),
            clock=now is not None and self.clock is not False,
        )
        out = np.full((len(items), len(self.feature_set.columns)), np.nan)
        graph = Graph(same.start, integers([row.get(name, BLANK) for name in same.before]))
        self._run(events, graph, out, READ)
        return out

    def _places(self, item_id: str, skills: Sequence[str]) -> Rows:
        """Return where one item and its skills stand among fitted effects."""
        fitted = self.item_statistics.sequence
        each = [fitted.skill_row(skill) for skill in skills]
        return Rows(integers([fitted.item_row(item_id)]), integers([fitted.skills_row(skills)]), integers(each))

    def _run(self, events: Events, graph: Graph, out: Floats, mode: int) -> None:
        """Run the compiled driver over this learner's state."""
        known = Known(graph, self.item_statistics.sequence.arrays)
        tables = Tables(*(self._state[scope].array for scope in SCOPES))
        fold(self.feature_set.layout.program, tables, events, known, integers([0, len(events.item)]), out, mode)


def profiles_of(
    responses: Responses, feature_set: FeatureSet, item_statistics: ItemStatistics, curriculum: Curriculum
) -> Iterator[tuple[str, Profile]]:
    """Yield each learner's id and final profile, in the order of ``responses.learners``.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    feature_set, item_statistics, curriculum
        As in :class:`Profile`.
    """
    history = History.of(responses, item_statistics)
    starts = responses.learner_start.tolist()
    for learner_id, first, last in zip(responses.learners, starts, starts[1:], strict=False):
        profile = Profile(feature_set, item_statistics, curriculum)
        if last > first:
            profile._fold_rows(history, first, last)  # noqa: SLF001 - same room: many learners share one history
        yield learner_id, profile
