"""What a kernel sees of a response, and nothing more.

There is no learner id, item id, group or clock time in here: a kernel can only look at when, how hard and
how well. Reading gets an event whose ``correct`` and ``duration`` are NaN, so that no row can see its own answer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MICROSECONDS_PER_DAY = 86_400_000_000.0
BLANK = -1
"""Row of a key that has no state yet: the last row of every table, always zero."""
NO_KEY = -2
"""A skill without a known area: its area features are missing."""


class Event(NamedTuple):
    """One response as seen from one of its keys."""

    time: float
    """``answered_at``: microseconds UTC, or an order number without a clock."""
    clock: bool
    """Whether `time` can be read as days."""
    position: float
    """How many responses the learner gave before this one."""
    correct: float
    """Score in 0 to 1; NaN while reading."""
    duration: float
    """Seconds the answer took; NaN while reading and where nobody measured it."""
    item_difficulty: float
    """Logit difficulty of the item."""
    skill_difficulty: float
    """Logit difficulty of the skill; NaN for features of the learner or the item."""
    node: int
    """Row of the skill in the graph; -1 for features of the learner, the item or the area."""
    item_row: int
    """Row of the item in the effects of what came before; -1 where none were fitted."""
    skills_row: int
    """Row of the item's combination of skills there."""
    skill_row: int
    """Row of the skill there; -1 also for features of the learner or the item."""


class Events(NamedTuple):
    """Responses of whole learners, as read-only arrays; n rows with m skill tags between them."""

    item: Integers
    """(n,) row of the item's state."""
    skill_start: Integers
    """(n + 1,) offsets into the arrays of length m."""
    skill: Integers
    """(m,) row of the skill's state."""
    area: Integers
    """(m,) row of the area's state, or :data:`NO_KEY`."""
    node: Integers
    """(m,) row of the skill in the graph."""
    time: Integers
    """(n,) ``answered_at``."""
    place: Integers
    """(n,) how many of the learner's answers stand in earlier rows."""
    correct: Floats
    """(n,) score in 0 to 1; NaN for a question, which is read and never taken in."""
    duration: Floats
    """(n,) seconds, NaN where not known."""
    item_difficulty: Floats
    """(n,) logit."""
    skill_difficulty: Floats
    """(m,) logit."""
    item_row: Integers
    """(n,) row of the item in :class:`Effects`, or -1."""
    skills_row: Integers
    """(n,) row of the item's combination of skills there, or -1."""
    skill_row: Integers
    """(m,) row of the skill there, or -1."""
    clock: bool
    """Whether times are microseconds."""


class Graph(NamedTuple):
    """Direct hard prerequisites as compressed rows: node → rows of the skill table."""

    indptr: Integers
    indices: Integers


class Effects(NamedTuple):
    """What came just before, and how others then fared: effects on the logit of success (:mod:`.sequence`)."""

    item_repeat: Floats
    """(items, 9) by the learner's last two answers to the item."""
    skill_repeat: Floats
    """(skills, 54) by the learner's last two answers on the skill and how many there were."""
    item_start: Integers
    """(2 · items + 1,) by previous item and whether it was right: its slice of the next two."""
    item_next: Integers
    """Rows of items that came next, ascending within a slice."""
    item_effect: Floats
    """Effect on each."""
    skills_start: Integers
    """(2 · combinations + 1,) the same for combinations of skills."""
    skills_next: Integers
    skills_effect: Floats


class Known(NamedTuple):
    """What is known beside the learner's own answers."""

    graph: Graph
    effects: Effects


class Tables(NamedTuple):
    """State of one learner: a float64 table per scope, last row blank."""

    learner: Floats
    area: Floats
    skill: Floats
    item: Floats


class Program(NamedTuple):
    """A feature set as arrays; f features, p parameters at most."""

    kind: Integers
    """(f,) number of the kind, its place in ``extractors.KINDS``."""
    scope: Integers
    """(f,) number of the scope, its place in ``SCOPES``."""
    offset: Integers
    """(f,) first column of the feature's state in its scope's table."""
    mean_column: Integers
    """(f,) output column of the mean over the response's keys, or -1."""
    min_column: Integers
    """(f,) output column of the minimum over the response's keys, or -1."""
    params: Floats
    """(f, p) parameters of each feature, padded with zeros."""


class Span(NamedTuple):
    """The rows of one learner, and what is to be done with them."""

    first: int
    last: int
    position: float
    """How many responses the learner gave before the first row."""
    mode: int
    """Sum of :data:`READ`, :data:`UPDATE`, :data:`RESET` and :data:`ASK`."""


class Work(NamedTuple):
    """All that is needed to fold one learner."""

    program: Program
    tables: Tables
    events: Events
    known: Known
    span: Span
    out: Floats
    """(n, columns) where to write what is read."""


READ, UPDATE, RESET, ASK = 1, 2, 4, 8
"""What is done with rows: read, taken in, cleared after the learner; with ASK only questions are read."""
SCOPES = ("learner", "area", "skill", "item")
LEARNER, AREA, SKILL, ITEM = range(len(SCOPES))


def integers(values: Any) -> Integers:
    """Return `values` as a contiguous read-only array: one array type, one compiled driver.

    Examples
    --------
    >>> integers([1, 2]).flags.writeable
    False
    """
    return _frozen(np.ascontiguousarray(values, dtype=np.int64))


def floats(values: Any) -> Floats:
    """Return `values` as a contiguous read-only array of numbers, as :func:`integers` does."""
    return _frozen(np.ascontiguousarray(values, dtype=np.float64))


def durations(seconds: Floats | None, count: int) -> Floats:
    """Return `count` durations; all missing where nobody measured any.

    Examples
    --------
    >>> durations(None, 2)
    array([nan, nan])
    """
    return floats(np.full(count, np.nan) if seconds is None else seconds)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view; the array itself stays as it was."""
    view = array.view()
    view.flags.writeable = False
    return view
