"""Ids as codes into a sorted vocabulary, and rows in fold order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Objects = NDArray[np.object_]
Codes = NDArray[np.int32]
Offsets = NDArray[np.int64]
Times = NDArray[np.int64]
Floats = NDArray[np.float64]


def strings(column: pa.Array) -> Objects:
    """Return an Arrow string column as an array of `str`, with None for null."""
    values: Objects = column.to_numpy(zero_copy_only=False).astype(object, copy=False)
    return values


def factorize(values: Objects | Sequence[str]) -> tuple[Objects, Codes]:
    """Return the sorted vocabulary of `values` and each value's code in it.

    Examples
    --------
    >>> vocabulary, codes = factorize(["b", "a", "b"])
    >>> list(vocabulary), codes.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    encoded = pa.array(values, pa.string()).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return sort_vocabulary(encoded.dictionary, codes)


def sort_vocabulary(vocabulary: pa.Array, codes: Codes) -> tuple[Objects, Codes]:
    """Sort a vocabulary of distinct strings by code point and renumber `codes` accordingly."""
    order = pc.sort_indices(vocabulary).to_numpy()
    renumbered = np.empty(len(order), np.int32)
    renumbered[order] = np.arange(len(order), dtype=np.int32)
    return strings(vocabulary.take(pa.array(order))), renumbered[codes]


def compact(vocabulary: Objects, codes: Codes) -> tuple[Objects, Codes]:
    """Drop the words of a sorted vocabulary that no code uses; order is kept."""
    used = np.zeros(len(vocabulary), bool)
    used[codes] = True
    if used.all():
        return vocabulary, codes
    renumbered = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return vocabulary[used], renumbered[codes]


def merge(parts: Sequence[tuple[Objects, Codes]]) -> tuple[Objects, Codes]:
    """Join coded columns end to end over one sorted vocabulary."""
    words, places = factorize(np.concatenate([vocabulary for vocabulary, _ in parts]))
    starts = np.cumsum([0] + [len(vocabulary) for vocabulary, _ in parts])
    return words, np.concatenate([places[start + codes] for start, (_, codes) in zip(starts, parts, strict=False)])


def gather(starts: Offsets, values: Codes, rows: NDArray[np.int64]) -> tuple[Offsets, Codes]:
    """Pick `rows` of a CSR list column: new offsets and values."""
    lengths = np.diff(starts)[rows]
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    return offsets, values[np.repeat(starts[:-1][rows], lengths) + within]


def fold_order(learner: Codes, known_at: Times, answered_at: Times, response_id: Objects) -> NDArray[np.int64]:
    """Return the rows in order of learner, then (known_at, answered_at, response_id).

    Ids are compared only where the times are tied: comparing a million strings costs more than all the rest.
    """
    order = np.lexsort((answered_at, known_at, learner)).astype(np.int64)
    keys = [column[order] for column in (learner, known_at, answered_at)]
    same = np.logical_and.reduce([key[1:] == key[:-1] for key in keys])
    if not same.any():
        return order
    run = np.concatenate(([0], np.cumsum(~same)))
    tied = np.concatenate((same, [False])) | np.concatenate(([False], same))
    places = np.flatnonzero(tied)
    ids = pa.array(response_id[order[places]], pa.string())
    rank = np.empty(len(places), np.int64)
    rank[pc.sort_indices(ids).to_numpy()] = np.arange(len(places))
    order[places] = order[places][np.lexsort((rank, run[places]))]
    return order
