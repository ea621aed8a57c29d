"""What every kind of extractor must hold to, at every scope and with any parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Area, Code, Content, Curriculum, Skill
from polku.curriculum.values import same_title
from polku.profiles import FeatureSet, ItemStatistics, Profile, build, profiles_of
from polku.profiles.sequence_effects import SequenceEffects
from polku.profiles.snapshot import Snapshot
from polku.records import Responses

Floats = NDArray[np.float64]

DAY = 86_400_000_000
ROWS = 160
FLIPS = 24
"""How many answers are made better, one at a time, to see that the direction holds."""
ROUNDING = 1e-12
"""What a sum of a thousand steps may lose to rounding."""
SKILLS_OF = {"i1": "a", "i2": "a;b", "i3": "b;c", "i4": "c;d", "i5": "e", "new1": "a;unheard", "new2": "unheard"}
PREREQUISITES = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("c",), "e": ()}
AREA_OF = {"a": "numbers", "b": "numbers", "c": "algebra", "d": "algebra", "e": ""}
CURRICULUM = Curriculum(
    Content(
        skills=tuple(
            replace(Skill.bare(skill), area=AREA_OF[skill], prerequisites=before)
            for skill, before in PREREQUISITES.items()
        ),
        areas=tuple(
            Area(area, Code("local", "", area), same_title(area), "", same_title(area))
            for area in ("numbers", "algebra")
        ),
    )
)
SEQUENCE = SequenceEffects.from_dict(
    {
        "items": ["i1", "i2", "i3", "i5"],
        "skills": ["a", "b", "c"],
        "combinations": [["a"], ["a", "b"], ["e"]],
        "item_repeat": [(item, cell, (item + 1) / (cell + 7)) for item in range(4) for cell in range(9)],
        "skill_repeat": [(skill, cell, (skill - 1) / (cell + 3)) for skill in range(3) for cell in range(54)],
        "item_next": [(0, 1, 0.5), (1, 1, -0.5), (1, 3, 0.25), (5, 0, 0.125), (7, 2, -1.0), (7, 3, 0.75)],
        "skills_next": [(0, 0, 0.1), (1, 1, 0.2), (3, 0, -0.3), (5, 1, 0.4)],
    }
)
STATISTICS = ItemStatistics(
    items={"i1": -1.2, "i2": 0.3, "i3": 0.9, "i4": 2.0, "i5": -0.4},
    skills={"a": -0.8, "b": 0.2, "c": 0.7},
    areas={},
    overall=-0.1,
    sequence=SEQUENCE,
)


@dataclass(frozen=True, eq=False)
class Probe:
    """One feature on its own, and answers made to try it.

    Parameters
    ----------
    feature_set : FeatureSet
        The one feature, with mean and minimum where it has several keys.
    responses : Responses
        Ties, repeats, late arrivals, several skills at once, unknown items and skills.
    """

    feature_set: FeatureSet
    responses: Responses

    def rows(self, responses: Responses | None = None) -> Floats:
        """Return the training rows of the probe's responses, or of others."""
        data = self.responses if responses is None else responses
        difficulties = STATISTICS.rows(data), STATISTICS.skill_rows(data)
        return build(data, self.feature_set, *difficulties, CURRICULUM, STATISTICS.sequence.placed(data))

    @cached_property
    def before(self) -> Floats:
        """The training rows of the probe's responses."""
        return self.rows()

    def empty(self) -> Profile:
        """Return a profile without answers."""
        return Profile.empty(self.feature_set, STATISTICS, CURRICULUM)

    def profiles(self) -> list[Profile]:
        """Return the learners' profiles, folded in bulk."""
        return [profile for _, profile in profiles_of(self.responses, self.feature_set, STATISTICS, CURRICULUM)]


def check_extractor(
    kind: str, scope: str, parameters: Mapping[str, Any] | None = None, *, direction: int = 0, seed: int = 0
) -> None:
    """Check that a kind of extractor keeps its promises.

    Many equal one, to the last bit and in any order of arrival; no row sees its own or a later answer; better
    answers move the feature the way the kind says, or not at all; unknown items and skills, ties and late
    arrivals are survived; reading writes nothing; the state stays finite and grows with keys, not with answers.

    Parameters
    ----------
    kind : str
        Name of the kind.
    scope : str
        Level to try it at.
    parameters : mapping, optional
        As under ``parameters`` in ``features/*.toml``.
    direction : int
        Direction to declare.
    seed : int
        Seed of the answers it is tried on.

    Raises
    ------
    AssertionError
        If a promise is broken; says which.

    Examples
    --------
    >>> check_extractor("count", "skill", {"of": "failures"}, direction=-1)
    """
    definition = {
        "name": "probe",
        "kind": kind,
        "scope": scope,
        "direction": direction,
        "aggregate": ["mean", "min"] if scope in {"skill", "area"} else [],
        "meaning": "A probe of one kind of extractor, in a test.",
        "parameters": dict(parameters or {}),
    }
    feature_set = FeatureSet.from_json(json.dumps({"feature": [definition]}))
    for clock in (True, False):
        probe = Probe(feature_set, random_responses(seed, clock=clock))
        many_equal_one(probe)
        order_of_arrival_does_not_matter(probe)
        no_row_looks_ahead(probe)
        better_answers_move_it_as_declared(probe, seed)
        the_unknown_is_survived(probe)
        reading_writes_nothing(probe)
        state_is_bounded(probe)


def random_responses(seed: int, *, clock: bool) -> Responses:
    """Return answers of four learners with everything that has gone wrong before."""
    rng = np.random.default_rng(seed)
    items = rng.choice(list(SKILLS_OF), ROWS)
    answered = rng.integers(0, 40, ROWS) * (DAY // 4 if clock else 1)
    late = rng.choice([0, 0, 0, 3], ROWS) * (DAY if clock else 1)
    columns = {
        "response_id": [f"r{number:03d}" for number in rng.permutation(ROWS)],
        "learner_id": [f"learner{number}" for number in rng.integers(0, 4, ROWS)],
        "item_id": items,
        "skill_ids": [SKILLS_OF[item] for item in items],
        "answered_at": answered,
        "known_at": answered + late,
        "correct": rng.choice([0.0, 0.25, 1.0], ROWS, p=[0.4, 0.1, 0.5]),
        "duration_s": rng.choice([np.nan, 0.0, 4.5, 30.0, 600.0], ROWS),
    }
    return Responses.from_columns(columns, clock=clock)


def many_equal_one(probe: Probe) -> None:
    """Compare batch rows, answers taken one at a time, and bulk profiles."""
    data = probe.responses
    profiles = {learner: probe.empty() for learner in data.learners}
    for row, response in enumerate(data):
        profile = profiles[response.learner_id]
        now = response.answered_at if data.clock else None
        online = profile.read(response.item_id, response.skill_ids, now)
        _require(online.tobytes() == probe.before[row].tobytes(), f"row {row} differs online: {online}")
        profile.update(response)
    for learner, profile in profiles_of(data, probe.feature_set, STATISTICS, CURRICULUM):
        _require(profile.to_bytes() == profiles[learner].to_bytes(), f"the bulk profile of {learner} differs")


def order_of_arrival_does_not_matter(probe: Probe) -> None:
    """Hand the same answers over in reverse."""
    frame = probe.responses.to_frame().iloc[::-1]
    rows = probe.rows(Responses.from_frame(frame, clock=probe.responses.clock))
    _require(rows.tobytes() == probe.before.tobytes(), "rows depend on the order of arrival")


def no_row_looks_ahead(probe: Probe) -> None:
    """Turn every answer, and the time it took, from the middle of each history on; the first half must not notice."""
    starts = probe.responses.learner_start
    middle = (starts[:-1] + starts[1:]) // 2
    later = np.arange(ROWS) >= middle[probe.responses.learner]
    data = probe.responses
    assert data.duration_s is not None  # noqa: S101 - random_responses gives every row one
    turned = replace(
        data,
        correct=np.where(later, 1.0 - data.correct, data.correct),
        duration_s=np.where(later, data.duration_s + 1.0, data.duration_s),
    )
    seen = ~later
    seen[middle] = True  # its own answer is turned, and it must not notice either
    _require(probe.rows(turned)[seen].tobytes() == probe.before[seen].tobytes(), "a row sees its own or a later answer")


def better_answers_move_it_as_declared(probe: Probe, seed: int) -> None:
    """Make single answers right and look at everything that follows."""
    effect = probe.feature_set.features[0].parameters.effect()
    correct = probe.responses.correct
    for row in np.random.default_rng(seed).choice(np.flatnonzero(correct < 1.0), FLIPS):
        better = correct.copy()
        better[row] = 1.0
        change = probe.rows(replace(probe.responses, correct=better)) - probe.before
        change = change[~np.isnan(change)]
        if effect is None:  # either way, but nobody else's
            continue
        wrong = change * effect < -ROUNDING if effect else change != 0.0
        _require(not wrong.any(), f"a better answer in row {row} moves it the other way")


def the_unknown_is_survived(probe: Probe) -> None:
    """Read what nobody has heard of, with and without answers."""
    for profile in (probe.empty(), *probe.profiles()):
        one, other = profile.read_skills(["nothing", "something"], now=DAY)
        _require(one.tobytes() == other.tobytes(), "two unknown skills read differently")
        _require(not np.isinf(one).any(), "an unknown skill reads infinite")
    _require(not np.isinf(probe.before).any(), "a training row is infinite")


def reading_writes_nothing(probe: Probe) -> None:
    """Read between two snapshots, and look for state that is not finite."""
    for profile in probe.profiles():
        before = profile.to_bytes()
        profile.read_skills([*CURRICULUM.order, "unheard"], now=100 * DAY)
        profile.read("i1", ["a", "b", "new"], now=100 * DAY)
        _require(profile.to_bytes() == before, "reading changed the state")
        state = Snapshot.unpack(before).rows.values()
        _require(all(np.isfinite(rows).all() for rows in state), "the state is not finite")


def state_is_bounded(probe: Probe) -> None:
    """Give the same answers once more, later: the same keys need no more room, and the state stays finite."""
    data = probe.responses
    later = replace(
        data,
        response_id=np.array([f"again-{name}" for name in data.response_id], dtype=object),
        answered_at=data.answered_at + 1000 * DAY,
        known_at=data.known_at + 1000 * DAY,
    )
    twice = replace(probe, responses=Responses.concat([data, later]))
    for before, after in zip(probe.profiles(), twice.profiles(), strict=True):
        one, other = (Snapshot.unpack(profile.to_bytes()).rows for profile in (before, after))
        same = all(one[scope].shape == other[scope].shape for scope in one)
        _require(same, "the state grows with the number of answers")
        _require(all(np.isfinite(rows).all() for rows in other.values()), "the state does not stay finite")


def _require(holds: bool, sentence: str) -> None:
    """Raise AssertionError, which reads well in any test runner."""
    if not holds:
        raise AssertionError(sentence)
