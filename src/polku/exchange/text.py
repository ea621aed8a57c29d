"""Text files up to their header: encoding, line ends, names of columns."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from polku.errors import InputError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HEAD = 1 << 16


def read_text(path: Path) -> tuple[bytes, tuple[str, ...]]:
    """Read a file as UTF-8 with one kind of line end.

    Bytes that are not UTF-8 become replacement characters, which the rules for values refuse: so they cost rows, not
    the file.

    Returns
    -------
    bytes, tuple of str
        The text, and notes.

    Raises
    ------
    InputError
        If the file is empty, or its header is not UTF-8.
    """
    raw = path.read_bytes()
    if not raw[:HEAD].strip() and not raw.strip():
        raise InputError(f"{path.name} is empty", got=f"{len(raw)} bytes", hint="give a file with a header and rows")
    notes: tuple[str, ...] = ()
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
        where = f"line {line}, byte {error.start}"
        if line == 1:
            hint = "save the file as CSV in UTF-8"
            raise InputError(f"{path.name} is not UTF-8 text in its header", got=where, hint=hint) from error
        notes = (f"not all bytes are UTF-8; the first that are not: {where}",)
        raw = raw.decode("utf-8", "replace").encode()
    raw = raw.removeprefix(BYTE_ORDER_MARK)
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw, notes


def header_names(path: Path, head: str, delimiter: str) -> list[str]:
    """Return the column names in a header line; nameless ones are called by their place.

    Raises
    ------
    InputError
        If there are no names, or one stands twice.
    """
    names = split_header(head, delimiter)
    header = [name or f"column {place}" for place, name in enumerate(names, start=1)]
    if not any(names) or "\x00" in head:
        raise InputError(f"{path.name} has no header in its first line", hint="the first line names the columns")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path.name} names a column twice", got=", ".join(twice), hint="rename or remove one")
    return header


def split_header(head: str, delimiter: str) -> list[str]:
    """Split a header line; one that no CSV reader can split has no names."""
    try:
        return [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    except csv.Error:
        return []


def peek_header(path: Path, delimiter: str) -> list[str]:
    """Return what the first line of a file names, without reading the rest."""
    with path.open("rb") as file:
        head = re.split(rb"[\r\n]", file.read(HEAD).removeprefix(BYTE_ORDER_MARK), maxsplit=1)[0]
    return split_header(head.decode("utf-8", "replace"), delimiter)
