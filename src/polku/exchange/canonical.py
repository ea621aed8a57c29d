"""Polku's own columns as CSV or Parquet: responses, roster, teacher relations, items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from polku.exchange import headers
from polku.exchange.delimited import read_delimited
from polku.exchange.raw import RawTable
from polku.exchange.reading import ItemsReading, ListReading, Reading, RosterReading, check
from polku.exchange.typed import read_typed
from polku.records import DenyRules, Items, Reason, Refusal, Refused, Roster
from polku.records.columns import COLUMNS, REQUIRED
from polku.records.confirmed import FIGURES, Confirmed, check_confirmed
from polku.records.items import ITEM_COLUMNS, check_item
from polku.records.relations import Permit, Relation, check_permit, check_protected, check_relation
from polku.records.roster import LEARNER_COLUMNS, TEACHER_COLUMNS, check_learner, check_teacher

RowRule = Callable[[Mapping[str, object], DenyRules], dict[str, Any] | Refusal]


def read_csv(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read responses from canonical CSV: UTF-8, commas, ``;`` between skills, no line breaks inside values."""
    return _responses(path, read_delimited(path, deny), deny, items)


def read_parquet(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read responses from Parquet: columns of text or typed; `skill_ids` a text with ``;`` or a list."""
    return _responses(path, read_typed(path, deny), deny, items)


def _responses(path: Path, raw: RawTable, deny: DenyRules, items: Items | None) -> Reading:
    """Check the rows of a file of responses."""
    found = [*raw.table.column_names, *raw.denied]
    needed = [name for name in REQUIRED if name != "skill_ids" or not items]
    headers.require(path, found, needed, deny)
    columns = {name: raw.column(name) for name in COLUMNS if name in raw.table.column_names}
    reading = check(raw, columns, deny, items)
    return replace(reading, notes=reading.notes + headers.ignored_note(found, COLUMNS, deny))


def read_learners(path: Path, teachers: Path | None, deny: DenyRules) -> RosterReading:
    """Read a roster, and teacher relations when their file is given."""
    learners, refused, notes, repeated = _rows(path, deny, LEARNER_COLUMNS, check_learner, ("learner_id",))
    relations: list[dict[str, object]] = []
    if teachers is not None:
        key = ("teacher_id", "group_id", "starts_on")
        relations, more, more_notes, more_repeated = _rows(teachers, deny, TEACHER_COLUMNS, check_teacher, key)
        refused, notes = Refused.concat([refused, more]), notes + more_notes
        repeated += more_repeated
    return RosterReading(Roster.of(learners, relations), refused, notes, repeated)


def read_item_list(path: Path, deny: DenyRules) -> ItemsReading:
    """Read an item list."""
    rows, refused, notes, repeated = _rows(path, deny, ITEM_COLUMNS, check_item, ("item_id",))
    return ItemsReading(Items.of(rows), refused, notes, repeated)


def read_relation_list(path: Path, deny: DenyRules) -> ListReading[Relation]:
    """Read who may see whom."""
    key = ("subject", "kind", "object_type", "object_id", "starts_on")
    rows, refused, notes, repeated = _rows(path, deny, Relation._fields, _plain(check_relation), key)
    return ListReading([Relation(**row) for row in rows], refused, notes, repeated)


def read_permit_list(path: Path, deny: DenyRules) -> ListReading[Permit]:
    """Read which researcher works under which permit."""
    key = ("permit_id", "subject")
    rows, refused, notes, repeated = _rows(path, deny, Permit._fields, _plain(check_permit), key)
    return ListReading([Permit(**row) for row in rows], refused, notes, repeated)


def read_protected_list(path: Path, deny: DenyRules) -> ListReading[str]:
    """Read whose identity is protected: a column ``learner_id``."""
    rows, refused, notes, repeated = _rows(path, deny, ("learner_id",), check_protected, ("learner_id",))
    return ListReading([str(row["learner_id"]) for row in rows], refused, notes, repeated)


def read_confirmed_list(path: Path, deny: DenyRules) -> ListReading[Confirmed]:
    """Read what teachers confirmed."""
    key = ("learner_id", "skill_id")
    rows, refused, notes, repeated = _rows(path, deny, Confirmed._fields, _plain(check_confirmed), key)
    return ListReading([Confirmed(**row) for row in rows], refused, notes, repeated)


def _plain(rule: Callable[[Mapping[str, object], DenyRules], Relation | Permit | Confirmed | Refusal]) -> RowRule:
    """Return a rule that gives the columns of what it made."""

    def ruled(row: Mapping[str, object], deny: DenyRules) -> dict[str, Any] | Refusal:
        clean = rule(row, deny)
        return clean if isinstance(clean, Refusal) else clean._asdict()

    return ruled


def _rows(
    path: Path, deny: DenyRules, columns: tuple[str, ...], rule: RowRule, key: tuple[str, ...]
) -> tuple[list[dict[str, Any]], Refused, tuple[str, ...], int]:
    """Read a small CSV file row by row: clean rows, refusals, notes, and the number of repeated rows."""
    raw = read_delimited(path, deny)
    found = [*raw.table.column_names, *raw.denied]
    optional = {"grade", "group_id", "school_id", "ends_on", "restricted", "title", *FIGURES} - set(key)
    headers.require(path, found, [name for name in columns if name not in optional], deny)
    kept: dict[tuple[object, ...], dict[str, Any]] = {}
    refusals, repeated = list(raw.broken), 0
    for line, row in zip(raw.line.tolist(), raw.rows(np.arange(len(raw.line))), strict=True):
        clean = rule(row, deny)
        if isinstance(clean, Refusal):
            refusals.append(replace(clean, line=line))
            continue
        first = kept.setdefault(tuple(clean[name] for name in key), clean)
        if first is clean:
            continue
        if first == clean:
            repeated += 1
        else:
            refusals.append(Refusal(line, Reason.CONFLICT, key[0], Reason.CONFLICT.sentence, deny.row_json(row)))
    notes = raw.notes + headers.ignored_note(found, columns, deny)
    return list(kept.values()), Refused.of(refusals), notes, repeated
