"""The one driver: every number of a profile, in batch and online, comes out of this compiled loop.

Training (`READ | UPDATE | RESET` over many learners), a new answer (`UPDATE` of one row), a path (`READ` of
150 rows) and bulk profiles (`UPDATE` of one learner's rows) differ in `mode` and in the tables only: the machine
code is the same, hence the bits. A learner is folded feature by feature (:mod:`polku.profiles.passes`): which kind
it is, is asked once a learner and not once a response, and a learner's rows stay in the processor's cache meanwhile.
"""

from __future__ import annotations

import math

from polku.profiles import dispatch, evidence
from polku.profiles.compiled import driver, kernel
from polku.profiles.events import (
    ASK,
    NO_KEY,
    READ,
    RESET,
    UPDATE,
    Events,
    Floats,
    Integers,
    Known,
    Program,
    Span,
    Tables,
    Work,
)

POSITION = 0
"""Column of the learner's table that counts responses."""

__all__ = ["ASK", "POSITION", "READ", "RESET", "UPDATE", "fold"]


@driver
def fold(
    program: Program,
    tables: Tables,
    events: Events,
    known: Known,
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
    known : Known
        Prerequisites, as rows of the skill table, and effects of what came before.
    learner_start : int64[L + 1]
        Rows of each learner.
    out : float64[n, n_columns]
        Written when reading; any shape otherwise.
    mode : int
        Sum of READ, UPDATE, RESET (clear what a learner touched before the next one) and ASK (read questions only).
    """
    for learner in range(len(learner_start) - 1):
        span = Span(learner_start[learner], learner_start[learner + 1], tables.learner[0, POSITION], mode)
        for feature in range(len(program.kind)):
            dispatch.fold_feature(Work(program, tables, events, known, span, out), feature)
        if mode & UPDATE:
            evidence.take_in(tables.skill, events, span)
            tables.learner[0, POSITION] += answers(events, span)
        if mode & RESET:
            reset(tables, events, span)


@kernel
def answers(events: Events, span: Span) -> int:
    """Return how many rows are answers: all but questions."""
    number = 0
    for row in range(span.first, span.last):
        if not math.isnan(events.correct[row]):
            number += 1
    return number


@kernel
def reset(tables: Tables, events: Events, span: Span) -> None:
    """Clear the state that the rows of one learner touched."""
    tables.learner[0, :] = 0.0
    for row in range(span.first, span.last):
        tables.item[events.item[row], :] = 0.0
        for tag in range(events.skill_start[row], events.skill_start[row + 1]):
            tables.skill[events.skill[tag], :] = 0.0
            if events.area[tag] != NO_KEY:
                tables.area[events.area[tag], :] = 0.0
