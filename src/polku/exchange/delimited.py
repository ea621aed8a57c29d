"""Text files of rows, one row a line: split so that a broken line costs one row and never the rest of the file.

Values do not hold line breaks: a quote that is not closed on its line would otherwise swallow the lines after it.
Lines end as on any system; empty lines are no rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from polku.errors import InputError
from polku.exchange.raw import RawTable, deny_notes
from polku.exchange.text import BYTE_ORDER_MARK, header_names, read_text
from polku.records import DenyRules, Reason, Refusal

BLOCK = 1 << 24


def read_delimited(path: Path, deny: DenyRules, delimiter: str = ",") -> RawTable:
    """Read a text file of rows.

    Parameters
    ----------
    path : Path
        File with a header.
    deny : DenyRules
        Columns that are not read.
    delimiter : str
        Between fields.

    Returns
    -------
    RawTable
        Columns of text.

    Raises
    ------
    InputError
        If the file is empty, has only a header, is no UTF-8 text in the header, or names a column twice.
    """
    data, notes = read_text(path)
    head, _, body = data.partition(b"\n")
    header = header_names(path, head.decode(), delimiter)
    lines = _Lines.of(body)
    if not len(lines.number):
        raise InputError(f"{path.name} has a header but no rows", hint="give a file with at least one row")
    good = lines.well_quoted(delimiter)
    table, uneven = _split(lines.keep(good), header, deny, delimiter)
    line = lines.number[good]
    faults = dict.fromkeys(lines.number[~good].tolist(), Reason.BROKEN_QUOTES)
    faults |= dict.fromkeys(line[uneven].tolist(), Reason.FIELD_COUNT)
    denied = deny.denied(header)
    broken = tuple(_broken(lines, faults, deny, denied))
    notes += deny_notes(header, deny)
    return RawTable(table, np.delete(line, uneven), broken, tuple(denied), notes)


@dataclass(frozen=True, eq=False)
class _Lines:
    """The non-empty lines after the header: texts with their line ends, and their numbers in the file."""

    texts: Any
    number: NDArray[np.int64]
    has_quotes: bool

    @classmethod
    def of(cls, body: bytes) -> _Lines:
        """Cut a body into lines without copying it."""
        body = body if body.endswith(b"\n") else body + b"\n"
        ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n")) + 1
        offsets = np.concatenate(([0], ends)).astype(np.int64)
        texts = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(body))
        lines = cls(texts, np.arange(2, len(ends) + 2), b'"' in body)
        return lines.keep(np.diff(offsets) > 1)

    def keep(self, mask: NDArray[np.bool_]) -> _Lines:
        """Keep some lines."""
        if mask.all():
            return self
        return replace(self, texts=self.texts.filter(pa.array(mask)), number=self.number[mask])

    def body(self) -> Any:
        """Return the lines as one text, for the CSV reader."""
        end = int(np.frombuffer(self.texts.buffers()[1], np.int64)[len(self.texts)])
        text = self.texts.buffers()[2].slice(0, end)
        starts_with_mark = text[: len(BYTE_ORDER_MARK)].to_pybytes() == BYTE_ORDER_MARK
        # The CSV reader takes one byte order mark away; here it belongs to the first value.
        return BYTE_ORDER_MARK + text.to_pybytes() if starts_with_mark else text

    def well_quoted(self, delimiter: str) -> NDArray[np.bool_]:
        """Return which lines close every quote that they open, in the form of RFC 4180."""
        good = np.ones(len(self.number), bool)
        if self.has_quotes:
            quoted = pc.match_substring(self.texts, '"').to_numpy(zero_copy_only=False)
            field = f'(?:[^"{delimiter}\n]*|"(?:[^"]|"")*")'
            pattern = f"^{field}(?:{delimiter}{field})*\n$"
            suspects = self.texts.filter(pa.array(quoted))
            good[quoted] = pc.match_substring_regex(suspects, pattern).to_numpy(zero_copy_only=False)
        return good


def _split(lines: _Lines, header: Sequence[str], deny: DenyRules, delimiter: str) -> tuple[pa.Table, list[int]]:
    """Split lines into columns; also return the places of lines with more or fewer fields than the header."""
    uneven: list[int] = []

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        uneven.append(row.number - 1)
        return "skip"

    kept = [name for name in header if deny.rule(name) is None]
    if not len(lines.number):
        return pa.table({name: pa.array([], pa.string()) for name in kept}), uneven
    longest = int(pc.max(pc.binary_length(lines.texts)).as_py())
    quote = '"' if lines.has_quotes else False
    table = pyarrow.csv.read_csv(
        pa.BufferReader(lines.body()),
        # One thread: only then does the reader number the lines that it cannot split.
        pyarrow.csv.ReadOptions(column_names=list(header), use_threads=False, block_size=max(BLOCK, longest + 1)),
        pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=quote, invalid_row_handler=skip),
        pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), include_columns=kept),
    )
    return table.combine_chunks(), uneven


def _broken(lines: _Lines, faults: dict[int, Reason], deny: DenyRules, denied: dict[str, str]) -> list[Refusal]:
    """Return the refusals of lines that have no columns.

    Where a denied field would stand in such a line nobody can tell, so a file with denied columns keeps none of it.
    """
    places = np.flatnonzero(np.isin(lines.number, list(faults)))
    texts = lines.texts.take(pa.array(places)).to_pylist()
    removed = " ".join(f"[removed: {rule}]" for rule in sorted(set(denied.values())))
    return [
        Refusal(line, faults[line], "", faults[line].sentence, deny.row_json({"line": removed or text.rstrip("\n")}))
        for line, text in zip(lines.number[places].tolist(), texts, strict=True)
    ]
