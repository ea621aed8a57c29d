"""What tests share: answers as they come in from real life, and one feature of every kind at every level."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from polku.profiles import FeatureSet, Profile, build
from polku.profiles.extractors import KINDS
from polku.records import Responses
from polku.testing.extractors import CURRICULUM, STATISTICS

patient = settings(deadline=None)
"""The first example may have to compile; after that they take a millisecond."""
DAY = 86_400_000_000
SKILLS = ("a", "b", "c", "d", "e", "unheard")
ITEMS = ("i1", "i2", "i3", "new1", "new2")
LEARNERS = ("anna", "bo", "cecilia")

scores = st.sampled_from([0.0, 1.0]) | st.floats(0.0, 1.0, width=16)
skill_sets = st.sets(st.sampled_from(SKILLS), min_size=1, max_size=3).map(sorted).map(tuple)


@st.composite
def columns(draw: st.DrawFn, *, clock: bool, max_rows: int = 30) -> dict[str, list[Any]]:
    """Draw canonical columns: ties, repeats of an item, late arrivals, several skills, unknown items and skills."""
    unit = DAY // 8 if clock else 1
    row = st.tuples(
        st.sampled_from(LEARNERS),
        st.sampled_from(ITEMS),
        skill_sets,
        st.integers(0, 12).map(lambda steps: steps * unit),
        st.sampled_from([0, 0, 0, 5]).map(lambda steps: steps * unit),
        scores,
        st.sampled_from([math.nan, 0.0, 2.5, 40.0]),
    )
    rows = draw(st.lists(row, min_size=1, max_size=max_rows))
    numbers = draw(st.permutations(range(len(rows))))
    return {
        "response_id": [f"r{number:03d}" for number in numbers],
        "learner_id": [learner for learner, *_ in rows],
        "item_id": [item for _, item, *_ in rows],
        "skill_ids": [";".join(skills) for _, _, skills, *_ in rows],
        "answered_at": [answered for *_, answered, _, _, _ in rows],
        "known_at": [answered + late for *_, answered, late, _, _ in rows],
        "correct": [score for *_, score, _ in rows],
        "duration_s": [seconds for *_, seconds in rows],
    }


@st.composite
def responses(draw: st.DrawFn, *, clock: bool | None = None, max_rows: int = 30) -> Responses:
    """Draw responses of up to three learners; with or without a clock when `clock` is not given."""
    timed = draw(st.booleans()) if clock is None else clock
    return Responses.from_columns(draw(columns(clock=timed, max_rows=max_rows)), clock=timed)


PRIOR = {"mean": 0.6, "weight": 2.0}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "ability": [{"gain": 1.0, "decline": 0.2, "floor": 0.1}, {"gain": 3.9, "decline": 0.0, "against": "item"}],
    "count": [{"of": "answers"}, {"of": "successes"}, {"of": "failures"}],
    "difficulty": [{}],
    "first": [{}],
    "pace": [{}, {"within": 3.0, "half_life": {"responses": 3}}, {"half_life": {"days": 2}}],
    "prerequisite": [{"prior": PRIOR}, {"prior": PRIOR, "half_life": {"days": 2}, "over": "min"}],
    "rate": [
        {"prior": PRIOR},
        {"prior": PRIOR, "half_life": {"responses": 3}},
        {"prior": PRIOR, "half_life": {"days": 2}},
    ],
    "repetition": [{}],
    "residual": [{"weight": 2.0}, {"weight": 1.0, "half_life": {"responses": 3}}],
    "run": [{}, {"reach": 0.5}],
    "sequence": [{"of": "item"}, {"of": "skills"}],
    "since": [{"unit": "days"}, {"unit": "responses"}],
}
"""Parameters that lead through every branch of every kind."""
CASES = [
    (kind.name, scope, variant) for kind in KINDS for scope in sorted(kind.scopes) for variant in VARIANTS[kind.name]
]


def definition(name: str, kind: str, scope: str, parameters: dict[str, Any], direction: int = 0) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "scope": scope,
        "direction": direction,
        "aggregate": ["mean", "min"] if scope in {"skill", "area"} else [],
        "meaning": "A feature that is here to be tested.",
        "parameters": parameters,
    }


def feature_set(*definitions: dict[str, Any]) -> FeatureSet:
    return FeatureSet.from_json(json.dumps({"feature": definitions}))


EVERYTHING = feature_set(*(definition(f"f{number}", *case) for number, case in enumerate(CASES)))
"""Every kind at every level with every variant, in one set: 80 columns."""


def empty(features: FeatureSet = EVERYTHING) -> Profile:
    return Profile.empty(features, STATISTICS, CURRICULUM)


def rows_of(data: Responses, features: FeatureSet = EVERYTHING) -> NDArray[np.float64]:
    difficulties = STATISTICS.rows(data), STATISTICS.skill_rows(data)
    return build(data, features, *difficulties, CURRICULUM, STATISTICS.sequence.placed(data))


def answers(*rows: tuple[str, str, int, float], clock: bool = False) -> Responses:
    """One learner's answers: (item, skills, time, score)."""
    columns = {
        "response_id": [f"r{number:03d}" for number in range(len(rows))],
        "learner_id": ["anna"] * len(rows),
        "item_id": [item for item, *_ in rows],
        "skill_ids": [skills for _, skills, *_ in rows],
        "answered_at": [time for _, _, time, _ in rows],
        "correct": [score for *_, score in rows],
    }
    return Responses.from_columns(columns, clock=clock)
