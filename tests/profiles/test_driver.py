"""The driver and what is handed to it: layout, places, halves of a decay, and state that is left clean."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from polku.profiles import decay
from polku.profiles.events import BLANK, NO_KEY, SCOPES, Event, Events, Known, Tables, floats, integers
from polku.profiles.fold import POSITION, READ, RESET, UPDATE, fold
from polku.profiles.places import area_of, graph_of
from polku.profiles.program import RESERVED
from polku.schemas.features import HalfLife
from polku.testing.extractors import CURRICULUM, SEQUENCE
from strategies import DAY, EVERYTHING, PRIOR, definition, feature_set, patient

NOTHING = graph_of([], CURRICULUM, {})


def event(time: float, *, clock: bool = True) -> Event:
    return Event(time, clock, 0.0, 1.0, np.nan, 0.0, np.nan, -1, -1, -1, -1)


def events_of(*areas: int) -> Events:
    """One response whose tags have these areas, and skills of their own."""
    tags = integers(range(len(areas)))
    zeros = floats([0.0] * len(areas))
    return Events(
        integers([0]), integers([0, len(areas)]), tags, integers(areas), tags, integers([7]), integers([0]),
        floats([1.0]), floats([np.nan]), floats([0.0]), zeros, integers([0]), integers([0]), tags, clock=True,
    )  # fmt: skip


def tables() -> Tables:
    return Tables(*(np.zeros((4, EVERYTHING.layout.widths[scope])) for scope in SCOPES))


def run(state: Tables, events: Events, mode: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    out = np.zeros((1, len(EVERYTHING.columns)))
    known = Known(graph_of(["unheard"] * len(events.skill), CURRICULUM, {}), SEQUENCE.arrays)
    fold(EVERYTHING.layout.program, state, events, known, integers([0, 1]), out, mode)
    return out


def test_resetting_leaves_nothing_behind() -> None:
    state = tables()
    run(state, events_of(0, 1, NO_KEY), READ | UPDATE | RESET)
    assert not any(table.any() for table in state)


def test_updating_leaves_the_blank_rows_alone() -> None:
    state = tables()
    run(state, events_of(0, 1, NO_KEY), UPDATE)
    assert not any(table[BLANK].any() for table in state)
    assert state.learner[0, POSITION] == 1.0


def test_an_area_that_two_skills_share_is_updated_once() -> None:
    once, twice = tables(), tables()
    run(once, events_of(2), UPDATE)
    run(twice, events_of(2, 2), UPDATE)
    assert once.area.tobytes() == twice.area.tobytes()
    assert once.skill.tobytes() != twice.skill.tobytes()


def test_reading_alone_changes_no_state() -> None:
    state = tables()
    run(state, events_of(0), UPDATE)
    before = [table.tobytes() for table in state]
    run(state, events_of(0, 1), READ)
    assert [table.tobytes() for table in state] == before


def test_features_of_one_scope_have_columns_of_their_own() -> None:
    layout = EVERYTHING.layout
    for scope in SCOPES:
        taken = RESERVED[scope]
        for place, feature in enumerate(EVERYTHING.features):
            if feature.definition.scope == scope:
                assert layout.program.offset[place] == taken
                taken += feature.kind.width
        assert layout.widths[scope] == taken


def test_output_columns_are_numbered_without_gaps() -> None:
    program = EVERYTHING.layout.program
    columns = sorted({*program.mean_column.tolist(), *program.min_column.tolist()} - {-1})
    assert columns == list(range(len(EVERYTHING.columns)))
    least = feature_set({**definition("x", "rate", "skill", {"prior": PRIOR}), "aggregate": ["min", "mean"]})
    assert least.columns == ("x_min", "x")
    assert least.layout.program.mean_column.tolist() == [1]
    assert least.layout.program.min_column.tolist() == [0]


def test_nothing_to_look_at_is_laid_out_too() -> None:
    layout = feature_set(definition("x", "difficulty", "item", {})).layout
    assert layout.widths == RESERVED
    assert layout.program.params.shape == (1, 0)


def test_what_is_handed_over_cannot_be_written() -> None:
    mine = np.zeros(3)
    handed = floats(mine)
    with pytest.raises(ValueError, match="read-only"):
        handed[0] = 1.0
    mine[0] = 1.0  # the caller's own array stays writable
    assert handed[0] == 1.0


def test_places_of_known_and_unknown_skills() -> None:
    assert [area_of(skill, CURRICULUM) for skill in ("a", "e", "unheard")] == ["numbers", "", ""]
    graph = graph_of(["c", "unheard", "b"], CURRICULUM, {"a": 7})
    assert graph.indptr.tolist() == [0, 2, 2, 3]
    assert graph.indices.tolist() == [7, BLANK, 7]
    assert (NOTHING.indptr.tolist(), NOTHING.indices.tolist()) == ([0], [])


@patient
@given(half=st.floats(0.01, 1000), steps=st.integers(0, 30))
def test_a_sum_halves_with_each_half_life(half: float, steps: int) -> None:
    by_days = decay.encode(HalfLife(days=half))
    table = np.zeros((1, decay.WIDTH))
    decay.add(table, 0, 0, *by_days, event(0.0), 1.0)
    faded = decay.sums(table, 0, 0, *by_days, event(steps * half * DAY))
    assert faded == pytest.approx((0.5**steps, 0.5**steps), rel=1e-9)


@patient
@given(amounts=st.lists(st.floats(-1, 1), max_size=20))
def test_without_a_half_life_it_is_a_plain_sum(amounts: list[float]) -> None:
    table = np.zeros((1, decay.WIDTH))
    for amount in amounts:
        decay.add(table, 0, 0, *decay.encode(None), event(0.0, clock=False), amount)
    assert table[0, decay.SUM] == pytest.approx(sum(amounts))
    assert table[0, decay.WEIGHT] == len(amounts)


def test_without_a_clock_days_are_missing_and_the_state_stays_finite() -> None:
    by_days = decay.encode(HalfLife(days=1))
    table = np.zeros((1, decay.WIDTH))
    for order in range(3):
        decay.add(table, 0, 0, *by_days, event(order, clock=False), 1.0)
    assert np.isfinite(table).all()
    assert np.isnan(decay.sums(table, 0, 0, *by_days, event(9.0, clock=False))).all()


@pytest.mark.parametrize("wrong", [{}, {"days": 1, "responses": 1}, {"days": 0}, {"responses": -1}, {"weeks": 1}])
def test_a_half_life_is_one_positive_number(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="HalfLife"):
        HalfLife(**wrong)
