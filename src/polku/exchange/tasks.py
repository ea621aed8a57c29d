"""A vendor's catalogue of tasks: CSV, JSON, or a package of QTI 3 whose skills somebody names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from polku.errors import InputError
from polku.exchange import headers
from polku.exchange.delimited import read_delimited
from polku.exchange.qti import read_qti
from polku.exchange.reading import ListReading
from polku.records import DenyRules, Reason, Refusal, Refused
from polku.records.tasks import CatalogueTask, check_task

COLUMNS = ("item_id", "skill_ids", "title", "language", "difficulty", "share_right", "interaction")
REQUIRED = ("item_id", "skill_ids")
LARGEST = 64 << 20
"""Bytes of a catalogue as JSON."""


def read_tasks(path: Path, deny: DenyRules, *, skill: str = "", language: str = "") -> ListReading[CatalogueTask]:
    """Read a catalogue.

    Parameters
    ----------
    path : Path
        CSV or JSON (a list of objects) of :data:`COLUMNS`; XML or zip as QTI 3.
    deny : DenyRules
        What is kept nowhere.
    skill, language : str
        For a QTI package, which says neither: of all its items.

    Raises
    ------
    InputError
        If the file as a whole cannot be used.
    """
    if not path.is_file():
        raise InputError("no such file", got=path.name, hint="give a catalogue as CSV, JSON or a package of QTI 3")
    kind, refused = path.suffix.lower(), list[Refusal]()
    notes: tuple[str, ...] = ()
    rows: Iterable[tuple[int, Mapping[str, object]]]
    if kind == ".json":
        rows = enumerate(_listed(path), start=1)
    elif kind in {".xml", ".zip"}:
        found = read_qti(path)
        refused = [Refusal(0, Reason.BAD_FORMAT, "", one.reason, "{}") for one in found.refused]
        said = {"skill_ids": skill, "language": language}
        rows = enumerate(
            (
                {"item_id": one.id, "title": one.title, "interaction": "+".join(one.interactions), **said}
                for one in found.items
            ),
            start=1,
        )
    else:
        raw = read_delimited(path, deny)
        names = [*raw.table.column_names, *raw.denied]
        headers.require(path, names, list(REQUIRED), deny)
        refused, notes = list(raw.broken), raw.notes + headers.ignored_note(names, COLUMNS, deny)
        rows = zip(raw.line.tolist(), raw.rows(np.arange(len(raw.line))), strict=True)
    return _checked(rows, deny, refused, notes)


def _checked(
    rows: Iterable[tuple[int, Mapping[str, object]]], deny: DenyRules, refused: list[Refusal], notes: tuple[str, ...]
) -> ListReading[CatalogueTask]:
    """Check rows one by one; the first of an id is kept."""
    kept: dict[str, CatalogueTask] = {}
    repeated = 0
    for line, row in rows:
        clean = check_task(row, deny)
        if isinstance(clean, Refusal):
            refused.append(replace(clean, line=line))
        elif kept.setdefault(clean.item_id, clean) is clean:
            continue
        elif kept[clean.item_id] == clean:
            repeated += 1
        else:
            refused.append(Refusal(line, Reason.CONFLICT, "item_id", Reason.CONFLICT.sentence, deny.row_json(row)))
    return ListReading(list(kept.values()), Refused.of(refused), notes, repeated)


def _listed(path: Path) -> list[Mapping[str, object]]:
    """Return the objects of a JSON list."""
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path.name} is too large", got=path.stat().st_size, hint="send it as CSV")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is no JSON", got=error, hint="a list of objects, in UTF-8") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(f"{path.name} holds no list of tasks", got=type(found).__name__, hint="a list of objects")
    return found
