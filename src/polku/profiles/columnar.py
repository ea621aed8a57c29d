"""Responses to and from Arrow tables in canonical columns: the way in and out of :mod:`polku.profiles.stream`.

Ids stay coded from the file to the fold, which is what makes it fast. Files of unknown origin are read by
:mod:`polku.exchange`, which keeps what it refuses; here a table that does not hold is refused as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.errors import InputError, nearest
from polku.profiles.events import Floats
from polku.records import Responses, assemble, codes

REQUIRED = ("response_id", "learner_id", "item_id", "skill_ids", "answered_at", "correct", "known_at")
ZONED = pa.timestamp("us", tz="UTC")
HINT = "write buckets with polku.profiles.split, or read the file with polku.exchange"


def table_of(responses: Responses) -> pa.Table:
    """Return the canonical columns as an Arrow table, without what no feature may look at (school and group).

    Examples
    --------
    >>> nothing = Responses.from_responses([])
    >>> table_of(nothing).column_names == [*REQUIRED, "duration_s"]
    True
    """
    times = ZONED if responses.clock else pa.int64()
    duration = pa.nulls(len(responses), pa.float64())
    if responses.duration_s is not None:
        duration = pa.array(responses.duration_s, from_pandas=True)  # NaN becomes null
    starts = pa.array(responses.skill_start, pa.int32())
    columns = {
        "response_id": pa.array(responses.response_id, pa.string()),
        "learner_id": _words(responses.learners, responses.learner),
        "item_id": _words(responses.items, responses.item),
        "skill_ids": pa.ListArray.from_arrays(starts, _words(responses.skills, responses.skill)),
        "answered_at": pa.array(responses.answered_at).cast(times),
        "correct": pa.array(responses.correct),
        "known_at": pa.array(responses.known_at).cast(times),
        "duration_s": duration,
    }
    return pa.table(columns)


def responses_of(table: pa.Table) -> Responses:
    """Return the responses of a table in canonical columns, in any row order.

    Raises
    ------
    InputError
        If a column or a value is missing, a score is outside 0 to 1, a response has no skill or occurs twice.
    """
    missing = [name for name in REQUIRED if name not in table.column_names]
    if missing:
        raise InputError(
            f"no column {missing[0]}", got=", ".join(table.column_names), hint=nearest(missing[0], table.column_names)
        )
    column = {name: _whole(table, name) for name in table.column_names}
    for name in REQUIRED:
        if column[name].null_count:
            raise InputError(f"column {name} has missing values", hint=HINT)
    fields: dict[str, Any] = dict.fromkeys(("school_id", "group_id", "duration_s"))
    fields["learners"], fields["learner"] = _coded(column["learner_id"])
    fields["items"], fields["item"] = _coded(column["item_id"])
    fields["skills"], fields["skill"], fields["skill_start"] = _skills(column["skill_ids"])
    fields["response_id"] = codes.strings(column["response_id"])
    fields["correct"] = _scores(column["correct"])
    clock = pa.types.is_timestamp(column["answered_at"].type)
    for name in ("answered_at", "known_at"):
        fields[name] = column[name].cast(ZONED if clock else pa.int64()).cast(pa.int64()).to_numpy()
    if "duration_s" in column:
        fields["duration_s"] = column["duration_s"].to_numpy(zero_copy_only=False)
    if pc.count_distinct(column["response_id"]).as_py() < len(table):
        raise InputError("a response id occurs twice", hint=HINT)
    return Responses(clock=clock, **assemble.sort(fields))


def rows_table(responses: Responses, names: tuple[str, ...], rows: Floats) -> pa.Table:
    """Return feature rows as an Arrow table: response and learner id, then one float64 column per feature column."""
    ids = {
        "response_id": pa.array(responses.response_id, pa.string()),
        "learner_id": _words(responses.learners, responses.learner),
    }
    return pa.table({**ids, **{name: pa.array(rows[:, place]) for place, name in enumerate(names)}})


def _words(vocabulary: codes.Objects, places: codes.Codes) -> pa.Array:
    """Return coded ids as texts that stay coded."""
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(vocabulary, pa.string()))


def _whole(table: pa.Table, name: str) -> pa.Array:
    """Return a column in one piece."""
    return table.column(name).unify_dictionaries().combine_chunks()


def _coded(texts: pa.Array) -> tuple[codes.Objects, codes.Codes]:
    """Return the sorted vocabulary of a column of texts, and codes; words that do not occur are dropped."""
    encoded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return codes.compact(*codes.sort_vocabulary(encoded.dictionary.cast(pa.string()), places))


def _skills(lists: pa.Array) -> tuple[codes.Objects, codes.Codes, codes.Offsets]:
    """Return vocabulary, codes and offsets of a column of lists; ascending within a row, each skill once."""
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    skills, skill = _coded(lists.flatten())
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    if not lengths.all():
        raise InputError("a response has no skill", hint=HINT)
    row = np.repeat(np.arange(len(lengths)), lengths)
    same = row[1:] == row[:-1]
    if (skill[1:][same] <= skill[:-1][same]).any():
        raise InputError("the skills of a response are not sorted, each once", hint=HINT)
    return skills, skill, starts


def _scores(column: pa.Array) -> Floats:
    """Return scores, checked to lie in 0 to 1."""
    scores: Floats = column.to_numpy().astype(np.float64)
    if not ((scores >= 0.0) & (scores <= 1.0)).all():  # NaN fails both comparisons
        raise InputError("a score is not between 0 and 1", hint=HINT)
    return scores
