"""From the number of a kind to its kernels, at machine speed.

A chain of comparisons over the kernels of each kind, passed once a learner and feature: unlike a table of functions or
a closure it can be compiled ahead and cached between runs. The numbers are the places in
:data:`polku.profiles.extractors.KINDS`.
"""

from __future__ import annotations

from polku.profiles.compiled import routine
from polku.profiles.events import Work
from polku.profiles.extractors import (
    KINDS,
    ability,
    count,
    difficulty,
    first,
    pace,
    prerequisite,
    rate,
    repetition,
    residual,
    run,
    sequence,
    since,
)
from polku.profiles.passes import over

ABILITY, COUNT, DIFFICULTY, FIRST, PACE, PREREQUISITE, RATE, REPETITION, RESIDUAL, RUN, SEQUENCE, SINCE = range(
    len(KINDS)
)


@routine
def fold_feature(work: Work, feature: int) -> None:  # noqa: C901 - two lines a kind
    """Run one feature over one learner's rows."""
    kind = work.program.kind[feature]
    if kind == ABILITY:
        over(ability.read, ability.update, work, feature)
    elif kind == COUNT:
        over(count.read, count.update, work, feature)
    elif kind == DIFFICULTY:
        over(difficulty.read, difficulty.update, work, feature)
    elif kind == FIRST:
        over(first.read, first.update, work, feature)
    elif kind == PACE:
        over(pace.read, pace.update, work, feature)
    elif kind == PREREQUISITE:
        over(prerequisite.read, prerequisite.update, work, feature)
    elif kind == RATE:
        over(rate.read, rate.update, work, feature)
    elif kind == REPETITION:
        over(repetition.read, repetition.update, work, feature)
    elif kind == RESIDUAL:
        over(residual.read, residual.update, work, feature)
    elif kind == RUN:
        over(run.read, run.update, work, feature)
    elif kind == SEQUENCE:
        over(sequence.read, sequence.update, work, feature)
    elif kind == SINCE:
        over(since.read, since.update, work, feature)
