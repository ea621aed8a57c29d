"""Whole columns put through the rules for single values.

Each function recognises, column-wise and conservatively, the values that are certainly fine; all others go one by one
through the same rule that the service uses, so both ways cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.records import rules, times
from polku.records.codes import Codes, Floats, Objects, Times, strings
from polku.records.columns import SEPARATOR
from polku.records.deny import DenyRules
from polku.records.reasons import Reason, RefusedValueError

REASONS = tuple(Reason)
NUMBER_OF = {reason: number for number, reason in enumerate(REASONS, start=1)}
Faults = NDArray[np.uint8]
Rule = Callable[[object], Any]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of ids: `code` (n,) into `words`, -1 for none; `fault` (n,) is 0 or the number of a reason."""

    words: Objects
    code: Codes
    fault: Faults

    @property
    def values(self) -> Objects:
        """Return the (n,) ids, None for none."""
        words = np.full(len(self.words) + 1, None, object)
        words[:-1] = self.words
        return words[self.code]


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers: `value` (n,), NaN for none, and `fault` (n,)."""

    value: Floats
    fault: Faults


@dataclass(frozen=True, eq=False)
class ParsedTimes:
    """A column of times: `value` (n,), whether each is `given` and has a `clock`, and `fault` (n,)."""

    value: Times
    given: NDArray[np.bool_]
    clock: NDArray[np.bool_]
    fault: Faults


def ids(column: pa.Array, deny: DenyRules, *, optional: bool = False) -> Coded:
    """Check a column of ids; see :func:`polku.records.rules.clean_id`."""

    def rule(value: object) -> str | None:
        return rules.optional_id(value, deny) if optional else rules.clean_id(value, deny)

    words, code = _distinct(column)
    sure = _plain_ids(words, deny) if pa.types.is_string(words.type) else np.zeros(len(words), bool)
    cleaned, faults = _settle(words, strings(words), sure, rule)
    fault = np.append(faults, _fault(rule, None))[code]
    if sure.all():
        return Coded(cleaned, code, fault)
    # Cleaning may have made words equal, or turned some into none: number the words anew.
    encoded = pa.array(cleaned, pa.string()).dictionary_encode()
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return Coded(strings(encoded.dictionary), np.append(places, np.int32(-1))[code], fault)


def skills(column: pa.Array, deny: DenyRules) -> Coded:
    """Check a column of skill ids; words are tuples, () for no skill. See :func:`polku.records.rules.clean_skills`."""

    def rule(value: object) -> tuple[str, ...]:
        return rules.clean_skills(value, deny)

    plain, odd = _joined(column) if pa.types.is_list(column.type) else (column, np.zeros(len(column), bool))
    words, code = _distinct(plain)
    nothing, unsure = np.empty(len(words), object), np.zeros(len(words), bool)
    cleaned, faults = _settle(words, nothing, unsure, rule)
    cleaned, fault = np.append(cleaned, np.empty(1, object)), np.append(faults, np.uint8(0))[code]
    cleaned[-1] = ()
    for row in np.flatnonzero(odd):
        fault[row] = _fault(rule, column[int(row)].as_py())
    return Coded(cleaned, np.where(code < 0, len(words), code).astype(np.int32), fault)


def scores(column: pa.Array) -> Numbers:
    """Check a column of scores; see :func:`polku.records.rules.clean_score`."""
    return _numbers(column, rules.clean_score, 1.0)


def durations(column: pa.Array) -> Numbers:
    """Check a column of durations; see :func:`polku.records.rules.optional_duration`."""
    return _numbers(column, rules.optional_duration, np.inf)


def _numbers(column: pa.Array, rule: Rule, largest: float) -> Numbers:
    """Check a column of numbers from 0 to `largest`."""
    values = np.full(len(column), np.nan)
    rows = np.arange(0)
    if pa.types.is_string(column.type):
        # Fifteen digits on either side: what any correct reader of decimals reads alike.
        plain = pc.match_substring_regex(column, r"^[0-9]{1,15}(\.[0-9]{1,15})?$").fill_null(False)
        rows = np.flatnonzero(plain.to_numpy(zero_copy_only=False))
        values[rows] = column.filter(plain).cast(pa.float64()).to_numpy()
    elif pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        rows = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        values[rows] = column.drop_null().to_numpy().astype(np.float64)
    with np.errstate(invalid="ignore"):
        sure = (values >= 0) & (values <= largest) & np.isfinite(values)
    settled, faults = _settle(column, values + 0.0, sure, rule)
    return Numbers(settled, faults)


def parse_times(column: pa.Array, *, optional: bool = False) -> ParsedTimes:
    """Check a column of times; see :func:`polku.records.rules.clean_time`."""
    rule = rules.optional_time if optional else rules.clean_time
    sure, values, clock = _recognised_times(column)
    parsed = np.empty(len(column), object)
    parsed, fault = _settle(column, parsed, sure, rule)
    given = sure.copy()
    for row in np.flatnonzero(~sure):
        if parsed[row] is not None:
            values[row], clock[row] = parsed[row]
            given[row] = True
    return ParsedTimes(values, given, clock, fault)


def _recognised_times(column: pa.Array) -> tuple[NDArray[np.bool_], Times, NDArray[np.bool_]]:
    """Return which times are certain, their values, and whether they have a clock."""
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    sure, values = np.zeros(len(column), bool), np.zeros(len(column), np.int64)
    clock = np.zeros(len(column), bool)
    if not valid.any():
        return sure, values, clock
    if pa.types.is_string(column.type):
        texts = column.fill_null("")
        sure, values = times.recognise(texts)
        clock = sure.copy()
        rest = np.flatnonzero(~sure)
        whole = pc.match_substring_regex(texts.take(pa.array(rest)), "^[0-9]{1,18}$").to_numpy(zero_copy_only=False)
        rows = rest[whole]
        sure[rows], values[rows] = True, texts.take(pa.array(rows)).cast(pa.int64()).to_numpy()
    elif pa.types.is_integer(column.type) and column.type != pa.uint64():
        values[valid] = column.drop_null().cast(pa.int64()).to_numpy()
        sure = valid & (values < times.LARGEST) & (values > -times.LARGEST)
    elif pa.types.is_timestamp(column.type) and column.type.tz is not None:
        values[valid] = column.drop_null().cast(pa.int64()).to_numpy()
        sure = valid & (values >= times.FIRST) & (values <= times.LAST)
        clock = sure.copy()
    return sure, values, clock


def _distinct(column: pa.Array) -> tuple[pa.Array, Codes]:
    """Return the distinct values and each row's place among them, -1 for null."""
    encoded = column.dictionary_encode()
    return encoded.dictionary, encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)


def _plain_ids(words: pa.Array, deny: DenyRules) -> NDArray[np.bool_]:
    """Recognise ids of printable ASCII without spaces that no rule could object to."""
    plain = pc.match_substring_regex(words, "^[!-~]+$")
    plain = pc.and_(plain, pc.less_equal(pc.binary_length(words), rules.LONGEST_ID))
    plain = pc.and_not(plain, pc.is_in(pc.ascii_lower(words), pa.array(sorted(rules.MISSING))))
    for _, pattern in deny.values:
        plain = pc.and_not(plain, pc.match_substring_regex(words, pattern))
    sure: NDArray[np.bool_] = plain.to_numpy(zero_copy_only=False)
    return sure


def _joined(column: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Join a list column by the separator; the mask marks rows whose lists cannot be joined without loss."""
    elements = column.flatten()
    strange = pc.fill_null(pc.match_substring(elements, SEPARATOR), True).to_numpy(zero_copy_only=False)
    odd = np.zeros(len(column), bool)
    odd[pc.list_parent_indices(column).to_numpy()[strange]] = True
    return pc.binary_join(column, SEPARATOR), odd


def _settle(column: pa.Array, values: Any, sure: NDArray[np.bool_], rule: Rule) -> tuple[Any, Faults]:
    """Put the values that are not `sure` through the rule, each distinct one once; return all values, and faults."""
    faults = np.zeros(len(column), np.uint8)
    rows = np.flatnonzero(~sure)
    words, code = _distinct(column.take(pa.array(rows)))
    settled, fault = np.full(len(words) + 1, None, values.dtype), np.zeros(len(words) + 1, np.uint8)
    for place, raw in enumerate([*words.to_pylist(), None]):
        try:
            settled[place] = rule(raw)
        except RefusedValueError as error:
            fault[place] = NUMBER_OF[error.reason]
    values[rows], faults[rows] = settled[code], fault[code]
    return values, faults


def _fault(rule: Rule, value: object) -> np.uint8:
    """Return the number of the reason for which a rule refuses one value, 0 when it does not."""
    try:
        rule(value)
    except RefusedValueError as error:
        return np.uint8(NUMBER_OF[error.reason])
    return np.uint8(0)
