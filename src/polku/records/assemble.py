"""How the columns of :class:`~polku.records.Responses` are put together, joined, cut and hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from polku.errors import InputError, nearest
from polku.home import digest
from polku.records import codes, times
from polku.records.codes import Codes, Objects, Offsets
from polku.records.columns import COLUMNS, REQUIRED, SEPARATOR, Columns

VOCABULARIES = (("learners", "learner"), ("items", "item"), ("skills", "skill"))
PLAIN = ("answered_at", "known_at", "correct", "response_id")
EXTRA = ("duration_s", "school_id", "group_id")
SEE_WHICH = "read the file with polku.exchange, which refuses single rows and says why"


def from_columns(columns: Mapping[str, Any], *, clock: bool) -> dict[str, Any]:
    """Code, check and sort canonical columns; see :meth:`~polku.records.Responses.from_columns`."""
    given = _given(columns)
    plain = {name: _typed(name, values) for name, values in given.items()}
    if not ((plain["correct"] >= 0) & (plain["correct"] <= 1)).all():  # NaN fails both comparisons
        raise InputError("a score is not between 0 and 1", hint=SEE_WHICH)
    if clock and not all(((at >= times.FIRST) & (at <= times.LAST)).all() for at in _times(plain)):
        raise InputError("a time is outside the years 1 to 9999", hint="give microseconds since 1970")
    fields: dict[str, Any] = {name: plain.get(name) for name in (*PLAIN, *EXTRA)}
    fields["known_at"] = plain.get("known_at", plain["answered_at"])
    fields["correct"] = plain["correct"] + 0.0  # -0.0 becomes 0.0
    fields["learners"], fields["learner"] = codes.factorize(plain["learner_id"])
    fields["items"], fields["item"] = codes.factorize(plain["item_id"])
    texts, place = codes.factorize(plain["skill_ids"])
    sets = [tuple(sorted(set(filter(None, text.split(SEPARATOR))))) for text in texts]
    if not all(sets):
        raise InputError("a response has no skill", hint="give skill_ids, or items that name their skills")
    fields["skills"], fields["skill"], fields["skill_start"] = skill_lists(sets, place)
    _refuse_twice(fields["response_id"])
    return sort(fields)


def _given(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical columns that are there, checked for presence and length."""
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        hint = nearest(missing[0], [str(name) for name in columns])
        raise InputError(f"no column {missing[0]}", got=", ".join(map(str, columns)), hint=hint)
    given = {name: columns[name] for name in COLUMNS if columns.get(name) is not None}
    rows = len(given["response_id"])
    for name, values in given.items():
        if len(values) != rows:
            raise InputError(f"column {name} has another length", got=f"{len(values)} values for {rows} responses")
    return given


def _times(plain: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """Return the columns of times that are there."""
    return [plain[name] for name in ("answered_at", "known_at") if name in plain]


def _typed(name: str, values: Any) -> NDArray[Any]:
    """Return one column as an array of the type it is kept in."""
    if name in {"answered_at", "known_at"}:
        at = np.asarray(values)
        if len(at) and not np.issubdtype(at.dtype, np.integer):
            raise InputError(f"column {name} is not made of integers", got=at.dtype, hint="use Responses.from_frame")
        return at.astype(np.int64)
    if name in {"correct", "duration_s"}:
        return pd.to_numeric(pd.Series(values)).to_numpy(np.float64, na_value=np.nan)
    if name == "skill_ids":
        values = [SEPARATOR.join(value) if isinstance(value, list | tuple | np.ndarray) else value for value in values]
    try:
        texts = pa.array(values, pa.string(), from_pandas=True)
    except pa.ArrowException as error:
        raise InputError(f"column {name} is not made of texts", got=error, hint=SEE_WHICH) from error
    if name in REQUIRED and texts.null_count:
        raise InputError(f"column {name} has missing values", hint=SEE_WHICH)
    return codes.strings(texts)


def skill_lists(sets: Sequence[tuple[str, ...]] | Objects, place: Codes) -> tuple[Objects, Codes, Offsets]:
    """Spread sets of skills over rows: vocabulary, codes and offsets (CSR), ascending within a row.

    Parameters
    ----------
    sets : sequence of tuples of str
        Distinct sets, each sorted.
    place : (n,) int32 array
        Each row's set.
    """
    skills, flat = codes.factorize([skill for one in sets for skill in one])
    starts = np.concatenate(([0], np.cumsum([len(one) for one in sets], dtype=np.int64)))
    skill_start, skill = codes.gather(starts, flat, place.astype(np.int64))
    return skills, skill, skill_start


def _refuse_twice(response_id: Objects) -> None:
    """Refuse ids that occur twice."""
    ids = pa.array(response_id, pa.string())
    if len(ids.unique()) < len(ids):
        raise InputError("a response id occurs twice", hint=SEE_WHICH)


def sort(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Bring coded columns into fold order."""
    order = codes.fold_order(fields["learner"], fields["known_at"], fields["answered_at"], fields["response_id"])
    return {**fields, **_rows(fields, order)}


def _rows(fields: Mapping[str, Any], rows: NDArray[np.int64]) -> dict[str, Any]:
    """Pick rows of every column; an optional column in which nothing is given becomes None."""
    skill_start, skill = codes.gather(fields["skill_start"], fields["skill"], rows)
    picked = {"skill": skill, "skill_start": skill_start}
    picked |= {name: fields[name][rows] for name in ("learner", "item", *PLAIN)}
    for name in EXTRA:
        column = None if fields[name] is None else fields[name][rows]
        picked[name] = None if column is None or pd.isna(column).all() else column
    return picked


def take(columns: Columns, rows: NDArray[np.int64]) -> dict[str, Any]:
    """Pick ascending `rows` and reduce the vocabularies to what they use."""
    picked = _rows(vars(columns), rows)
    for vocabulary, name in VOCABULARIES:
        picked[vocabulary], picked[name] = codes.compact(getattr(columns, vocabulary), picked[name])
    return picked


def concat(parts: Sequence[Columns]) -> dict[str, Any]:
    """Join coded columns over common vocabularies, in fold order."""
    fields: dict[str, Any] = {}
    for vocabulary, name in VOCABULARIES:
        coded = [(getattr(part, vocabulary), getattr(part, name)) for part in parts]
        fields[vocabulary], fields[name] = codes.merge(coded)
    lengths = np.concatenate([np.diff(part.skill_start) for part in parts])
    fields["skill_start"] = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    fields |= {name: np.concatenate([getattr(part, name) for part in parts]) for name in PLAIN}
    fields |= {name: _join_extra(parts, name) for name in EXTRA}
    _refuse_twice(fields["response_id"])
    return sort(fields)


def _join_extra(parts: Sequence[Columns], name: str) -> NDArray[Any] | None:
    """Join an optional column; parts without it get the mark of a missing value."""
    columns = [getattr(part, name) for part in parts]
    if all(column is None for column in columns):
        return None
    blank = np.nan if name == "duration_s" else None
    kind = np.float64 if name == "duration_s" else object
    blanks = [np.full(len(part.response_id), blank, kind) for part in parts]
    return np.concatenate([empty if column is None else column for empty, column in zip(blanks, columns, strict=True)])


def content_hash(columns: Columns) -> str:
    """Hash vocabularies, codes and numbers; all are canonical, so equal content gives equal hashes."""
    parts: list[bytes] = [b"polku.responses.1", bytes([columns.clock])]
    for name in ("learners", "items", "skills", "response_id", "school_id", "group_id"):
        parts.extend(_string_bytes(getattr(columns, name)))
    for name in ("learner", "item", "skill", "skill_start", "answered_at", "known_at", "correct", "duration_s"):
        column = getattr(columns, name)
        parts.append(b"" if column is None else column.astype(column.dtype.newbyteorder("<")).tobytes())
    return digest(*parts)


def _string_bytes(column: Objects | None) -> list[bytes]:
    """Return lengths (-1 for missing) and joined UTF-8 of a column of strings."""
    if column is None:
        return [b"", b""]
    raw = [None if value is None else value.encode() for value in column]
    lengths = np.array([-1 if value is None else len(value) for value in raw], "<i8")
    return [lengths.tobytes(), b"".join(filter(None, raw))]
