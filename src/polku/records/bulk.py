"""Many rows checked at once: raw columns in, responses and refusals out, and every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.records import assemble, codes, parse, problems
from polku.records.columns import COLUMNS
from polku.records.deny import DenyRules
from polku.records.items import Items
from polku.records.parse import NUMBER_OF, REASONS, Coded, Faults, ParsedTimes
from polku.records.reasons import Reason
from polku.records.responses import Responses


@dataclass(frozen=True, eq=False)
class Checked:
    """The outcome of a bulk check over n rows.

    Parameters
    ----------
    responses : Responses
        The accepted rows.
    refused : (r,) int64 array
        Positions of the refused rows, ascending.
    reasons : list of (Reason, str)
        Why, and at which column, for each refused row.
    repeated : int
        Rows whose id and content had occurred before; accepted + refused + repeated = n.
    notes : tuple of str
        Counts of what is worth knowing; see :mod:`polku.records.problems`.
    """

    responses: Responses
    refused: NDArray[np.int64]
    reasons: list[tuple[Reason, str]]
    repeated: int
    notes: tuple[str, ...]


def check_columns(columns: Mapping[str, pa.Array], deny: DenyRules, items: Items | None = None) -> Checked:
    """Check raw canonical columns; the same rules as :func:`~polku.records.check.check_response`.

    Parameters
    ----------
    columns : mapping of str to Arrow array of n values
        Canonical columns as strings, or as typed columns from Parquet. Absent ones count as missing.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Gives the skills of rows that name none.

    Returns
    -------
    Checked
    """
    length = len(next(iter(columns.values())))
    table = _Table({name: columns.get(name, pa.nulls(length, pa.string())) for name in COLUMNS}, deny)
    filled = table.fill_skills(items)
    clock = table.settle_clock()
    fault, column = table.first_faults()
    good = fault == 0
    first = table.first_of_same_id(good)
    again = good & (first != np.arange(length))
    repeated = again & table.same_content(first)
    conflict = again & ~repeated
    fault[conflict], column[conflict] = NUMBER_OF[Reason.CONFLICT], COLUMNS.index("response_id")
    refused = np.flatnonzero(fault)
    accepted = np.flatnonzero(good & ~again)
    reasons = [(REASONS[fault[row] - 1], COLUMNS[column[row]]) for row in refused]
    responses = table.responses(accepted, clock=clock)
    notes = (
        *_filled_note(int(filled[accepted].sum())),
        *problems.of_ids(int(repeated.sum()), int(conflict.sum())),
        *problems.of_order(table.ids["learner_id"].code[accepted], table.answered_at.value[accepted]),
        *problems.of_responses(responses),
    )
    return Checked(responses, refused, reasons, int(repeated.sum()), notes)


class _Table:
    """The parsed columns of one check."""

    def __init__(self, columns: Mapping[str, pa.Array], deny: DenyRules) -> None:
        self.ids = {name: parse.ids(columns[name], deny) for name in ("response_id", "learner_id", "item_id")}
        self.places = {name: parse.ids(columns[name], deny, optional=True) for name in ("school_id", "group_id")}
        self.skills = parse.skills(columns["skill_ids"], deny)
        self.answered_at = parse.parse_times(columns["answered_at"])
        self.known_at = parse.parse_times(columns["known_at"], optional=True)
        self.correct = parse.scores(columns["correct"])
        self.duration_s = parse.durations(columns["duration_s"])
        self.known = np.where(self.known_at.given, self.known_at.value, self.answered_at.value)

    def fill_skills(self, items: Items | None) -> NDArray[np.bool_]:
        """Give rows without skills those of their item; return which rows were filled, refuse what stays empty."""
        item = self.ids["item_id"]
        of_item = [items.skills.get(word, ()) if items else () for word in item.words] + [()]
        words = np.empty(len(self.skills.words) + len(of_item), object)
        words[:] = [*self.skills.words, *of_item]
        absent = np.array([not skills for skills in words], bool)
        code, fault = self.skills.code.copy(), self.skills.fault.copy()
        filled: NDArray[np.bool_] = absent[code] & (fault == 0)
        code[filled] = len(self.skills.words) + item.code[filled] % len(of_item)
        empty = filled & absent[code]
        fault[empty] = NUMBER_OF[Reason.NO_SKILLS]
        self.skills = Coded(words, code, fault)
        filled &= ~empty
        return filled

    def settle_clock(self) -> bool:
        """Decide the file's kind of time by majority (clock on a tie) and refuse times of the other kind."""
        kinds = self.answered_at.clock[self.answered_at.given]
        clock = bool(2 * kinds.sum() >= len(kinds))
        for parsed in (self.answered_at, self.known_at):
            parsed.fault[_other_kind(parsed, clock=clock)] = NUMBER_OF[Reason.MIXED_TIME]
        return clock

    def first_faults(self) -> tuple[Faults, NDArray[np.int8]]:
        """Return each row's first fault, in the order of the canonical columns of the row check, and its column."""
        order: dict[str, Faults] = {name: coded.fault for name, coded in self.ids.items()}
        order |= {"skill_ids": self.skills.fault, "answered_at": self.answered_at.fault, "correct": self.correct.fault}
        order |= {"known_at": self.known_at.fault, "duration_s": self.duration_s.fault}
        order |= {name: coded.fault for name, coded in self.places.items()}
        fault = np.zeros(len(self.known), np.uint8)
        column = np.zeros(len(fault), np.int8)
        for name, faults in order.items():
            fresh = (fault == 0) & (faults != 0)
            fault[fresh], column[fresh] = faults[fresh], COLUMNS.index(name)
        return fault, column

    def first_of_same_id(self, good: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return for each good row the first good row with its response id; other rows stand for themselves."""
        first = np.arange(len(good))
        rows = np.flatnonzero(good)
        code = self.ids["response_id"].code[rows]
        earliest = np.full(len(self.ids["response_id"].words), -1)
        earliest[code[::-1]] = rows[::-1]  # the last write, that is the earliest row, stays
        first[rows] = earliest[code]
        return first

    def same_content(self, first: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows agree in every column with the row at `first`."""
        duration = np.nan_to_num(self.duration_s.value, nan=-1.0)
        coded = [*self.ids.values(), *self.places.values(), _as_sets(self.skills)]
        values: list[NDArray[Any]] = [column.code for column in coded]
        values += [self.answered_at.value, self.known, self.correct.value, duration]
        same: NDArray[np.bool_] = np.logical_and.reduce([column == column[first] for column in values])
        return same

    def responses(self, rows: NDArray[np.int64], *, clock: bool) -> Responses:
        """Build the accepted rows."""
        fields: dict[str, Any] = {"response_id": self.ids["response_id"].values[rows]}
        for vocabulary, name in (("learners", "learner"), ("items", "item")):
            column = self.ids[f"{name}_id"]
            words, code = codes.compact(column.words, column.code[rows])
            fields[vocabulary], fields[name] = codes.sort_vocabulary(pa.array(words, pa.string()), code)
        sets, place = codes.compact(self.skills.words, self.skills.code[rows])
        fields["skills"], fields["skill"], fields["skill_start"] = assemble.skill_lists(sets, place)
        fields |= {"answered_at": self.answered_at.value[rows], "known_at": self.known[rows]}
        fields |= {"correct": self.correct.value[rows], "duration_s": self.duration_s.value[rows]}
        fields |= {name: column.values[rows] for name, column in self.places.items()}
        return Responses(clock=clock, **assemble.sort(fields))


def _other_kind(parsed: ParsedTimes, *, clock: bool) -> NDArray[np.bool_]:
    """Return which given times are not of the expected kind."""
    other: NDArray[np.bool_] = parsed.given & (parsed.clock != clock)
    return other


def _as_sets(skills: Coded) -> Coded:
    """Renumber sets of skills so that equal sets have equal codes, whatever text they were written in."""
    numbers: dict[tuple[str, ...], int] = {}
    same = np.array([numbers.setdefault(word or (), len(numbers)) for word in skills.words], np.int32)
    return Coded(skills.words, same[skills.code], skills.fault)


def _filled_note(filled: int) -> tuple[str, ...]:
    """Say how many responses got their skills from their items."""
    return (f"{filled} responses took their skills from the item list",) if filled else ()
