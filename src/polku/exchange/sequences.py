"""Sequences in blocks of three or four lines, as attentive knowledge tracing reads them.

Ghosh, Heffernan & Lan (2020), *Context-aware attentive knowledge tracing*, KDD. One block a learner::

    11480,327987        number in the set, and the learner's id on the platform; or only one of them
    1021,1022,1022      items; files without items have no such line
    35,35,14            skills
    1,1,0               1 right, 0 wrong

A folder is all its ``.csv`` and ``.txt`` files. Folds share learners, so a learner who stands in several files is read
once: same id and same lists are a repeat, counted as such; same id and other lists are refused as a conflict, and the
first block stays.

========= ================================================================================================
learner   ``u327987``, the last number of the head
item      ``i1021``; in three lines there are no items, and each skill stands for one: ``kc35``
skill     ``kc35``
order     place in the block, from 0; there is no clock
response  ``u327987-0``
========= ================================================================================================

Traps: heads that only count the answers are no ids, and such files are refused (see :mod:`polku.exchange.fsaif`);
in four lines an item with several skills may stand as several answers, which is reported
(:mod:`polku.records.problems`) and not undone, since two attempts look the same.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from polku.errors import InputError
from polku.exchange.blocks import (
    NUMBER,
    Block,
    Line,
    answer_table,
    broken_block,
    counts_answers,
    peek_blocks,
    read_lines,
    split_blocks,
)
from polku.exchange.ids import pair, prefixed
from polku.exchange.raw import RawTable
from polku.exchange.reading import Reading, check
from polku.exchange.several import files_of, matching, read_several
from polku.records import DenyRules, Items, Reason

LISTS = {3: ("skill", "correct"), 4: ("item", "skill", "correct")}
PATTERNS = ("*.csv", "*.txt")
Seen = dict[str, list[tuple[str, ...]]]


def fits_sequences(path: Path) -> bool:
    """Tell whether a file is of this format, or a folder whose files all are."""
    files = matching(path, *PATTERNS)
    return bool(files) and all((first := peek_blocks(file)) and not counts_answers(first) for file in files)


def read_sequences(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read a file, or all files of a folder.

    Parameters
    ----------
    path : Path
        File or folder.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Gives the skills of answers that name none.

    Returns
    -------
    Reading
        Responses without a clock. A broken block is one refused row, which holds its lines.

    Raises
    ------
    InputError
        If there are no files, or one holds no blocks or blocks without ids.
    """
    files = files_of(path, *PATTERNS, called="files of sequences (.csv or .txt)")
    seen: Seen = {}
    raw = read_several(files, lambda file: _read(file, seen, deny))
    skill = prefixed("kc", raw.column("skill"))
    given = "item" in raw.table.column_names
    columns = {
        "response_id": pair(raw.column("learner_id"), raw.column("place")),
        "learner_id": raw.column("learner_id"),
        "item_id": prefixed("i", raw.column("item")) if given else skill,
        "skill_ids": skill,
        "answered_at": raw.column("place"),
        "correct": raw.column("correct"),
    }
    no_items = () if given else ("there are no items: each skill stands for one",)
    notes = ("answers are in order of place; there are no times", *no_items, *raw.notes)
    names = {"item_id": "item" if given else "skill", "skill_ids": "skill", "answered_at": "place"}
    return check(replace(raw, notes=notes), columns, deny, items, names)


def _read(file: Path, seen: Seen, deny: DenyRules) -> RawTable:
    """Read one file; `seen` holds the lists of learners that came before, and gets those of this file."""
    lines, notes = read_lines(file)
    size, (whole, broken) = _split(file, lines)
    kept, refused = [], [broken_block(part, file.name, Reason.BROKEN_BLOCK, deny, **_known(part)) for part in broken]
    for block in whole:
        learner = _learner(block[0])
        lists = [line.fields for line in block[1:]]
        if seen.setdefault(learner, lists) == lists:
            kept.append((learner, block))
        else:
            refused.append(broken_block(block, file.name, Reason.CONFLICT, deny, learner_id=learner))
    return replace(answer_table(kept, LISTS[size]), broken=tuple(refused), notes=notes)


def _split(file: Path, lines: list[Line]) -> tuple[int, tuple[list[Block], list[Block]]]:
    """Split lines into blocks of three or of four, whichever more of them fit."""
    ways = {size: split_blocks(lines, size, _head_fits) for size in LISTS}
    size = max(ways, key=lambda size: size * len(ways[size][0]))
    whole = ways[size][0]
    if not whole:
        hint = "a block is a line with an id and, below it, skills and correctness, or items, skills and correctness"
        raise InputError(f"{file.name} holds no blocks of three or four lines", got=f"{len(lines)} lines", hint=hint)
    if all(map(counts_answers, whole)):
        hint = "if the lists name items, use the format fsaif with its map of concepts; ids are needed otherwise"
        raise InputError(f"the first lines in {file.name} count the answers and name no learner", hint=hint)
    return size, ways[size]


def _head_fits(head: tuple[str, ...], length: int) -> bool:  # noqa: ARG001 — ids say nothing about the length
    return len(head) <= 2


def _known(lines: Block) -> dict[str, str]:
    """Return the learner of a broken block when its first line looks like a head."""
    return {"learner_id": _learner(lines[0])} if len(lines[0].fields) <= 2 else {}


def _learner(head: Line) -> str:
    """Return a learner's id from a head."""
    number = head.fields[-1]
    return f"u{number}" if NUMBER.fullmatch(number) else number
