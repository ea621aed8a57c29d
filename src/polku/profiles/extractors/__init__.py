"""Kinds of extractor, one file each.

A kind is a handful of checked parameters, a few columns of state per key, and a pair of kernels: ``update``
takes one response into the state, ``read`` reads the feature before the next one. The same pair runs over a
national year, for one learner in the service, and in every test.

Kinds know nothing of each other, of ids, of learners or of where their state is kept; a feature
(``features/*.toml``) is a kind with parameters at one scope. To add one, write its file, name it in
:data:`KINDS` and give it its two lines in :mod:`polku.profiles.dispatch`; ``polku.testing.check_extractor``
says whether it holds.
"""

from polku.profiles.extractors import (
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
from polku.profiles.kind import Kind, Parameters

KINDS: tuple[Kind, ...] = (
    ability.KIND,
    count.KIND,
    difficulty.KIND,
    first.KIND,
    pace.KIND,
    prerequisite.KIND,
    rate.KIND,
    repetition.KIND,
    residual.KIND,
    run.KIND,
    sequence.KIND,
    since.KIND,
)
"""Every kind; its place is its number in the compiled driver."""

__all__ = ["KINDS", "Kind", "Parameters"]
