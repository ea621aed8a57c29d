"""Codes into vocabularies, and the order of the fold."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.records import codes
from polku.records.codes import Objects

words = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=20)


def objects(values: list[str]) -> Objects:
    array = np.empty(len(values), object)
    array[:] = values
    return array


@given(words)
def test_factorize_sorts_and_restores(values: list[str]) -> None:
    vocabulary, code = codes.factorize(values)
    assert vocabulary.tolist() == sorted(set(values))
    assert vocabulary[code].tolist() == values
    assert code.dtype == np.int32


@given(words, words)
def test_merge_joins_two_coded_columns(left: list[str], right: list[str]) -> None:
    vocabulary, code = codes.merge([codes.factorize(left), codes.factorize(right)])
    assert vocabulary.tolist() == sorted({*left, *right})
    assert vocabulary[code].tolist() == left + right


@given(words, st.data())
def test_compact_keeps_what_is_used(values: list[str], data: st.DataObject) -> None:
    vocabulary, code = codes.factorize(values)
    kept = code[np.array(data.draw(st.lists(st.booleans(), min_size=len(code), max_size=len(code))), bool)]
    smaller, renumbered = codes.compact(vocabulary, kept)
    assert smaller[renumbered].tolist() == vocabulary[kept].tolist()
    assert smaller.tolist() == sorted(set(vocabulary[kept]))


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=8), st.data())
def test_gather_picks_lists(lists: list[list[int]], data: st.DataObject) -> None:
    starts = np.concatenate(([0], np.cumsum([len(one) for one in lists]))).astype(np.int64)
    flat = np.array([value for one in lists for value in one], np.int32)
    rows = np.array(data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=9)), np.int64)
    offsets, values = codes.gather(starts, flat, rows)
    assert [values[offsets[n] : offsets[n + 1]].tolist() for n in range(len(rows))] == [lists[row] for row in rows]


keys = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.sampled_from(["a", "B", "ä", "10", "9"]))


@given(st.lists(keys, max_size=30))
def test_fold_order_is_learner_then_known_answered_and_id(rows: list[tuple[int, int, int, str]]) -> None:
    learner, known, answered, ids = zip(*rows, strict=True) if rows else ((), (), (), ())
    order = codes.fold_order(
        np.array(learner, np.int32), np.array(known, np.int64), np.array(answered, np.int64), objects(list(ids))
    )
    assert [rows[place] for place in order] == sorted(rows)
