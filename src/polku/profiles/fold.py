"""The one driver: every number of a profile, in batch and online, comes out of this compiled loop.

Training (`READ | UPDATE | RESET` over many learners), a new answer (`UPDATE` of one row), a path (`READ` of
150 rows) and bulk profiles (`UPDATE` of one learner's rows) differ in `mode` and in the tables only: the machine
code is the same, hence the bits. A row is read before its response updates anything, and while reading
its score is not even handed over.
"""

from __future__ import annotations

import math

from polku.profiles import dispatch, evidence
from polku.profiles.compiled import driver, kernel
from polku.profiles.events import (
    AREA,
    ITEM,
    LEARNER,
    NO_KEY,
    SKILL,
    Event,
    Events,
    Floats,
    Graph,
    Integers,
    Program,
    Tables,
)

READ, UPDATE, RESET = 1, 2, 4
POSITION = 0
"""Column of the learner's table that counts responses."""


@driver
def fold(
    program: Program,
    tables: Tables,
    events: Events,
    graph: Graph,
    learner_start: Integers,
    out: Floats,
    mode: int,
) -> None:
    """Run learners' responses through their state.

    Parameters
    ----------
    program : Program
        The compiled feature set.
    tables : Tables
        State on entry; written in place when updating.
    events : Events
        n responses, in fold order within each learner.
    graph : Graph
        Prerequisites, as rows of the skill table.
    learner_start : int64[L + 1]
        Rows of each learner.
    out : float64[n, n_columns]
        Written when reading; any shape otherwise.
    mode : int
        Sum of READ, UPDATE and RESET (clear what a learner touched before the next one).
    """
    for learner in range(len(learner_start) - 1):
        for row in range(learner_start[learner], learner_start[learner + 1]):
            if mode & READ:
                read_row(program, tables, events, graph, row, out[row])
            if mode & UPDATE:
                update_row(program, tables, events, row)
        if mode & RESET:
            reset(tables, events, learner_start[learner], learner_start[learner + 1])


@kernel
def read_row(program: Program, tables: Tables, events: Events, graph: Graph, row: int, out: Floats) -> None:
    """Read all features of one response into `out`."""
    for feature in range(len(program.kind)):
        scope = program.scope[feature]
        if scope in (LEARNER, ITEM):
            event = event_of_item(tables, events, row, math.nan)
            table = tables.learner if scope == LEARNER else tables.item
            key = 0 if scope == LEARNER else events.item[row]
            out[program.mean_column[feature]] = read_key(program, feature, table, key, event, graph)
        else:
            read_keys(program, tables, events, graph, row, feature, out)


@kernel
def read_keys(
    program: Program,
    tables: Tables,
    events: Events,
    graph: Graph,
    row: int,
    feature: int,
    out: Floats,
) -> None:
    """Read one feature of each skill (or area) of a response; keep mean and minimum of what is not missing."""
    total, least, number = 0.0, math.inf, 0
    scope = program.scope[feature]
    table = tables.area if scope == AREA else tables.skill
    for tag in range(events.skill_start[row], events.skill_start[row + 1]):
        key = key_of(events, row, tag, scope)
        if key == NO_KEY:
            continue
        event = event_of_skill(tables, events, row, tag, math.nan)
        value = read_key(program, feature, table, key, event, graph)
        if not math.isnan(value):
            total += value
            least = min(least, value)
            number += 1
    if program.mean_column[feature] >= 0:
        out[program.mean_column[feature]] = total / number if number else math.nan
    if program.min_column[feature] >= 0:
        out[program.min_column[feature]] = least if number else math.nan


@kernel
def read_key(program: Program, feature: int, table: Floats, key: int, event: Event, graph: Graph) -> float:
    """Read one feature of one key."""
    return dispatch.read(
        program.kind[feature], table, key, program.offset[feature], program.params[feature], event, graph
    )


@kernel
def update_row(program: Program, tables: Tables, events: Events, row: int) -> None:
    """Take one response into the state of its learner, item, skills and areas."""
    score = events.correct[row]
    for feature in range(len(program.kind)):
        scope = program.scope[feature]
        if scope == LEARNER:
            update_key(program, feature, tables.learner, 0, event_of_item(tables, events, row, score))
        elif scope == ITEM:
            update_key(program, feature, tables.item, events.item[row], event_of_item(tables, events, row, score))
        else:
            update_keys(program, tables, events, row, feature)
    for tag in range(events.skill_start[row], events.skill_start[row + 1]):
        evidence.update(tables.skill, events.skill[tag], event_of_skill(tables, events, row, tag, score))
    tables.learner[0, POSITION] += 1.0


@kernel
def update_keys(program: Program, tables: Tables, events: Events, row: int, feature: int) -> None:
    """Take one response into the state of one feature of each of its skills (or areas)."""
    scope = program.scope[feature]
    table = tables.area if scope == AREA else tables.skill
    for tag in range(events.skill_start[row], events.skill_start[row + 1]):
        key = key_of(events, row, tag, scope)
        if key != NO_KEY:
            update_key(program, feature, table, key, event_of_skill(tables, events, row, tag, events.correct[row]))


@kernel
def update_key(program: Program, feature: int, table: Floats, key: int, event: Event) -> None:
    """Take one response into the state of one feature of one key."""
    dispatch.update(program.kind[feature], table, key, program.offset[feature], program.params[feature], event)


@kernel
def key_of(events: Events, row: int, tag: int, scope: int) -> int:
    """Return the row of a tag's skill or area; NO_KEY for an area that an earlier tag of the response had."""
    if scope == SKILL:
        return int(events.skill[tag])
    for earlier in range(events.skill_start[row], tag):
        if events.area[earlier] == events.area[tag]:
            return NO_KEY
    return int(events.area[tag])


@kernel
def event_of_item(tables: Tables, events: Events, row: int, correct: float) -> Event:
    """Return the response as the learner's and the item's features see it."""
    return Event(
        float(events.time[row]),
        events.clock,
        tables.learner[0, POSITION],
        correct,
        events.item_difficulty[row],
        math.nan,
        -1,
    )


@kernel
def event_of_skill(tables: Tables, events: Events, row: int, tag: int, correct: float) -> Event:
    """Return the response as the features of one of its skills (or areas) see it."""
    return Event(
        float(events.time[row]),
        events.clock,
        tables.learner[0, POSITION],
        correct,
        events.item_difficulty[row],
        events.skill_difficulty[tag],
        events.node[tag],
    )


@kernel
def reset(tables: Tables, events: Events, first: int, last: int) -> None:
    """Clear the state that the rows `first` to `last` touched."""
    tables.learner[0, :] = 0.0
    for row in range(first, last):
        tables.item[events.item[row], :] = 0.0
        for tag in range(events.skill_start[row], events.skill_start[row + 1]):
            tables.skill[events.skill[tag], :] = 0.0
            if events.area[tag] != NO_KEY:
                tables.area[events.area[tag], :] = 0.0
