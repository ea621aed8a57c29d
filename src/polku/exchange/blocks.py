"""Text files of blocks: a head line and, below it, lists of equal length; one block a learner.

No line says what it is, so a missing line moves all that follow. Here a block is taken where its lists agree in
length; where they do not, lines are given up as one broken block until a block surely begins again: a head, lists of
equal length, and scores in the last of them. A fault so costs the learner that it is in, and no other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from polku.exchange.raw import RawTable
from polku.exchange.text import BYTE_ORDER_MARK, read_text
from polku.records import DenyRules, Reason, Refusal

PEEK = 1 << 20
SCORE = re.compile(r"0(\.[0-9]*)?|1(\.0*)?")
NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, from 1, and its fields."""

    number: int
    fields: tuple[str, ...]


Block = tuple[Line, ...]
HeadFits = Callable[[tuple[str, ...], int], bool]
"""Tells whether the fields of a line can be the head of lists of a length."""


def read_lines(path: Path) -> tuple[list[Line], tuple[str, ...]]:
    """Read the lines of a file that are not empty, and notes about its text.

    Raises
    ------
    InputError
        If the file is empty, or its first line is not UTF-8.
    """
    data, notes = read_text(path)
    return _lines(data.decode()), notes


def peek_blocks(path: Path) -> list[Line]:
    """Return the first lines of a file when they begin like blocks, and none otherwise."""
    with path.open("rb") as file:
        data = file.read(PEEK).removeprefix(BYTE_ORDER_MARK)
    first = _lines(re.sub(rb"\r\n?", b"\n", data).decode("utf-8", "replace"))[:4]
    if len(first) < 3 or len(first[0].fields) > 2 or not all(map(NUMBER.fullmatch, first[0].fields)):
        return []
    return first if any(_is_scored(first[:size]) for size in (3, 4)) else []


def _lines(text: str) -> list[Line]:
    """Split a text into lines and fields; some writers end a list with one more comma."""
    found = ((number, line.replace(" ", "")) for number, line in enumerate(text.split("\n"), start=1))
    return [Line(number, tuple(line.removesuffix(",").split(","))) for number, line in found if line]


def split_blocks(lines: Sequence[Line], size: int, fits: HeadFits) -> tuple[list[Block], list[Block]]:
    """Split lines into blocks.

    Parameters
    ----------
    lines : sequence of Line
        A whole file.
    size : int
        Lines a block.
    fits : callable
        What a head is.

    Returns
    -------
    list of tuple of Line, list of tuple of Line
        Whole blocks, and the runs of lines between them that form none.
    """
    whole, broken, place = [], [], 0
    while place < len(lines):
        if _in_step(lines, place, size, fits):
            end = place + size
            whole.append(tuple(lines[place:end]))
        else:
            later = (at for at in range(place + 1, len(lines)) if _begins(lines[at : at + size], size, fits))
            end = next(later, len(lines))
            broken.append(tuple(lines[place:end]))
        place = end
    return whole, broken


def _in_step(lines: Sequence[Line], place: int, size: int, fits: HeadFits) -> bool:
    """Return whether a block stands at a place; odd scores are for the rules, unless the next block fails as well."""
    block, after = lines[place : place + size], lines[place + size : place + 2 * size]
    return _is_block(block, size, fits) and (_is_scored(block) or not after or _is_block(after, size, fits))


def _begins(lines: Sequence[Line], size: int, fits: HeadFits) -> bool:
    """Return whether a block surely begins here."""
    return _is_block(lines, size, fits) and _is_scored(lines)


def _is_block(lines: Sequence[Line], size: int, fits: HeadFits) -> bool:
    """Return whether lines are a head and lists of equal length."""
    if len(lines) < size:
        return False
    lengths = {len(line.fields) for line in lines[1:]}
    return len(lengths) == 1 and fits(lines[0].fields, lengths.pop())


def _is_scored(lines: Sequence[Line]) -> bool:
    """Return whether the lists are equally long and the last holds scores."""
    same = len({len(line.fields) for line in lines[1:]}) == 1
    return same and all(SCORE.fullmatch(field) for field in set(lines[-1].fields))


def counts_answers(lines: Sequence[Line]) -> bool:
    """Return whether the head of a block is the length of its lists."""
    return lines[0].fields == (str(len(lines[1].fields)),)


def broken_block(lines: Sequence[Line], file: str, reason: Reason, deny: DenyRules, **known: str) -> Refusal:
    """Return the refusal of lines that cannot be taken in; they are kept as one row, as they are."""
    row = {**known, "file": file, "lines": [",".join(line.fields) for line in lines]}
    return Refusal(lines[0].number, reason, "", reason.sentence, deny.row_json(row))


def answer_table(blocks: Sequence[tuple[str, Block]], names: Sequence[str]) -> RawTable:
    """Return one row an answer.

    Parameters
    ----------
    blocks : sequence of (str, Block)
        Learner id and whole block.
    names : sequence of str
        What each list of a block holds.

    Returns
    -------
    RawTable
        ``learner_id``, ``place`` in the block from 0, and the lists; `line` is the block's first.
    """
    lengths = np.array([len(block[-1].fields) for _, block in blocks], np.int64)
    starts = np.cumsum(lengths) - lengths
    learners = pa.array([learner for learner, _ in blocks], pa.string())
    columns = {
        "learner_id": learners.take(pa.array(np.repeat(np.arange(len(blocks)), lengths))),
        "place": pa.array(np.arange(lengths.sum()) - np.repeat(starts, lengths)),
    }
    for number, name in enumerate(names, start=1):
        fields = itertools.chain.from_iterable(block[number].fields for _, block in blocks)
        columns[name] = pa.array(list(fields), pa.string())
    first = np.array([block[0].number for _, block in blocks], np.int64)
    return RawTable(pa.table(columns), np.repeat(first, lengths))
