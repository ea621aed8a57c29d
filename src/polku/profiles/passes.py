"""One feature over one learner's rows: read before update, row by row.

The pair of kernels is an argument, so numba makes one machine-code loop of each pair, with the kernels inlined.
A response has one learner and one item (:func:`single`), but may have several skills and areas (:func:`several`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from polku.profiles.compiled import kernel, routine
from polku.profiles.events import AREA, ASK, ITEM, LEARNER, NO_KEY, READ, UPDATE, Event, Events, Floats, Span, Work

Read = Callable[..., float]
Update = Callable[..., None]


@routine
def over(read: Read, update: Update, work: Work, feature: int) -> None:
    """Run one feature over one learner's rows."""
    if work.program.scope[feature] in (LEARNER, ITEM):
        single(read, update, work, feature)
    else:
        several(read, update, work, feature)


@routine
def single(read: Read, update: Update, work: Work, feature: int) -> None:
    """Run a feature of the learner or the item over one learner's rows."""
    program, events, span = work.program, work.events, work.span
    offset, params, column = program.offset[feature], program.params[feature], program.mean_column[feature]
    of_item = program.scope[feature] == ITEM
    table = work.tables.item if of_item else work.tables.learner
    for row in range(span.first, span.last):
        key = events.item[row] if of_item else 0
        if is_read(events, span, row):
            event = event_of_item(events, span, row, math.nan, math.nan)
            work.out[row, column] = read(table, key, offset, params, event, work.known)
        if is_taken_in(events, span, row):
            event = event_of_item(events, span, row, events.correct[row], events.duration[row])
            update(table, key, offset, params, event)


@routine
def several(read: Read, update: Update, work: Work, feature: int) -> None:
    """Run a feature of the skills or areas over one learner's rows."""
    of_area = work.program.scope[feature] == AREA
    table = work.tables.area if of_area else work.tables.skill
    for row in range(work.span.first, work.span.last):
        if is_read(work.events, work.span, row):
            read_tags(read, table, work, feature, row)
        if is_taken_in(work.events, work.span, row):
            update_tags(update, table, work, feature, row)


@kernel
def read_tags(read: Read, table: Floats, work: Work, feature: int, row: int) -> None:
    """Read a feature of each skill (or area) of one response; keep mean and minimum of what is not missing."""
    program, events = work.program, work.events
    of_area = program.scope[feature] == AREA
    total, least, number = 0.0, math.inf, 0
    for tag in range(events.skill_start[row], events.skill_start[row + 1]):
        key = key_of(events, row, tag, of_area)
        if key == NO_KEY:
            continue
        event = event_of_skill(events, work.span, row, tag, math.nan, math.nan)
        value = read(table, key, program.offset[feature], program.params[feature], event, work.known)
        if not math.isnan(value):
            total += value
            least = min(least, value)
            number += 1
    if program.mean_column[feature] >= 0:
        work.out[row, program.mean_column[feature]] = total / number if number else math.nan
    if program.min_column[feature] >= 0:
        work.out[row, program.min_column[feature]] = least if number else math.nan


@kernel
def update_tags(update: Update, table: Floats, work: Work, feature: int, row: int) -> None:
    """Take one response into the state of a feature of each of its skills (or areas)."""
    program, events = work.program, work.events
    of_area = program.scope[feature] == AREA
    for tag in range(events.skill_start[row], events.skill_start[row + 1]):
        key = key_of(events, row, tag, of_area)
        if key != NO_KEY:
            event = event_of_skill(events, work.span, row, tag, events.correct[row], events.duration[row])
            update(table, key, program.offset[feature], program.params[feature], event)


@kernel
def key_of(events: Events, row: int, tag: int, of_area: bool) -> int:
    """Return the row of a tag's skill or area; NO_KEY for an area that an earlier tag of the response had."""
    if not of_area:
        return int(events.skill[tag])
    for earlier in range(events.skill_start[row], tag):
        if events.area[earlier] == events.area[tag]:
            return NO_KEY
    return int(events.area[tag])


@kernel
def is_read(events: Events, span: Span, row: int) -> bool:
    """Return whether features are read of a row: of all rows or, when asking, of questions only."""
    if not span.mode & READ:
        return False
    return not span.mode & ASK or math.isnan(events.correct[row])


@kernel
def is_taken_in(events: Events, span: Span, row: int) -> bool:
    """Return whether a row is an answer to be taken in."""
    return bool(span.mode & UPDATE) and not math.isnan(events.correct[row])


@kernel
def event_of_item(events: Events, span: Span, row: int, correct: float, duration: float) -> Event:
    """Return the response as the learner's and the item's features see it."""
    return Event(
        float(events.time[row]),
        events.clock,
        span.position + events.place[row],
        correct,
        duration,
        events.item_difficulty[row],
        math.nan,
        -1,
        events.item_row[row],
        events.skills_row[row],
        -1,
    )


@kernel
def event_of_skill(events: Events, span: Span, row: int, tag: int, correct: float, duration: float) -> Event:
    """Return the response as the features of one of its skills (or areas) see it."""
    return Event(
        float(events.time[row]),
        events.clock,
        span.position + events.place[row],
        correct,
        duration,
        events.item_difficulty[row],
        events.skill_difficulty[tag],
        events.node[tag],
        events.item_row[row],
        events.skills_row[row],
        events.skill_row[tag],
    )
