"""From the number of a kind to its kernels, at machine speed.

A chain of comparisons over the kernels of each kind: numba inlines it, and unlike a table of functions or
a closure it can be cached between runs. The numbers are the places in
:data:`polku.profiles.extractors.KINDS`.
"""

from __future__ import annotations

import math

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Graph
from polku.profiles.extractors import (
    KINDS,
    ability,
    count,
    difficulty,
    prerequisite,
    rate,
    residual,
    run,
    since,
)

ABILITY, COUNT, DIFFICULTY, PREREQUISITE, RATE, RESIDUAL, RUN, SINCE = range(len(KINDS))


@kernel
def read(  # noqa: PLR0911 - one line a kind
    kind: int,
    table: Floats,
    key: int,
    offset: int,
    params: Floats,
    event: Event,
    graph: Graph,
) -> float:
    """Read one feature of one key."""
    if kind == ABILITY:
        return ability.read(table, key, offset, params, event, graph)
    if kind == COUNT:
        return count.read(table, key, offset, params, event, graph)
    if kind == DIFFICULTY:
        return difficulty.read(table, key, offset, params, event, graph)
    if kind == PREREQUISITE:
        return prerequisite.read(table, key, offset, params, event, graph)
    if kind == RATE:
        return rate.read(table, key, offset, params, event, graph)
    if kind == RESIDUAL:
        return residual.read(table, key, offset, params, event, graph)
    if kind == RUN:
        return run.read(table, key, offset, params, event, graph)
    if kind == SINCE:
        return since.read(table, key, offset, params, event, graph)
    return math.nan


@kernel
def update(kind: int, table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Take one response into the state of one feature of one key."""
    if kind == ABILITY:
        ability.update(table, key, offset, params, event)
    elif kind == COUNT:
        count.update(table, key, offset, params, event)
    elif kind == DIFFICULTY:
        difficulty.update(table, key, offset, params, event)
    elif kind == PREREQUISITE:
        prerequisite.update(table, key, offset, params, event)
    elif kind == RATE:
        rate.update(table, key, offset, params, event)
    elif kind == RESIDUAL:
        residual.update(table, key, offset, params, event)
    elif kind == RUN:
        run.update(table, key, offset, params, event)
    elif kind == SINCE:
        since.update(table, key, offset, params, event)
