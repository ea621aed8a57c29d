"""Sets that come in several files: their rows as one table that remembers which file each row is from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from polku.errors import InputError
from polku.exchange import headers
from polku.exchange.delimited import read_delimited
from polku.exchange.raw import RawTable
from polku.records import DenyRules, Refusal


def files_of(path: Path, *patterns: str, called: str) -> list[Path]:
    """Return a file, or the files of a folder that match a pattern, sorted by name.

    Parameters
    ----------
    path : Path
        File or folder.
    patterns : str
        Glob patterns.
    called : str
        What the files are called, for the error.

    Raises
    ------
    InputError
        If the folder holds none.
    """
    files = matching(path, *patterns)
    if not files:
        raise InputError(f"{path.name} holds no {called}", got=listing(path), hint=f"give the folder with {called}")
    return files


def matching(path: Path, *patterns: str) -> list[Path]:
    """Return a file itself, or the files of a folder that match a pattern; perhaps none."""
    if not path.is_dir():
        return [path]
    return sorted({file for pattern in patterns for file in path.glob(pattern) if file.is_file()})


def companion(folder: Path, name: str, use: str) -> Path:
    """Return a file that must lie beside others.

    Raises
    ------
    InputError
        If it does not.
    """
    file = folder / name
    if not file.is_file():
        hint = f"put {name} there: {use}"
        raise InputError(f"{name} is missing beside the responses", got=listing(folder), hint=hint)
    return file


def read_companion(file: Path, needed: Sequence[str], deny: DenyRules) -> RawTable:
    """Read a file with a header that says something about the responses; notes count the lines that say nothing.

    Raises
    ------
    InputError
        If the file as a whole cannot be used, or columns are missing.
    """
    raw = read_delimited(file, deny)
    headers.require(file, [*raw.table.column_names, *raw.denied], needed, deny)
    if not raw.broken:
        return raw
    lines = f"{len(raw.broken)} lines of {file.name} could not be split, the first being {raw.broken[0].line}"
    return replace(raw, notes=(*raw.notes, lines))


def texts(raw: RawTable, name: str) -> list[str]:
    """Return a column as texts without spaces around them."""
    return [text.strip() for text in raw.column(name).to_pylist()]


def listing(folder: Path) -> str:
    """Return the first few names in a folder, for an error."""
    names = sorted(file.name for file in folder.iterdir())
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "") or "an empty folder"


def read_several(files: Sequence[Path], read: Callable[[Path], RawTable]) -> RawTable:
    """Read files one after another; every row, refused ones too, gets a field ``file``.

    Parameters
    ----------
    files : sequence of Path
        At least one.
    read : callable
        Reads one.
    """
    parts = [_named(read(file), file.name) for file in files]
    return RawTable(
        pa.concat_tables([part.table for part in parts], promote_options="default"),
        np.concatenate([part.line for part in parts]),
        tuple(refusal for part in parts for refusal in part.broken),
        _distinct(name for part in parts for name in part.denied),
        _distinct(note for part in parts for note in part.notes),
    )


def _named(raw: RawTable, name: str) -> RawTable:
    """Write the file's name into every row."""
    broken = tuple(_in_file(refusal, name) for refusal in raw.broken)
    return replace(raw.add(file=pa.array([name] * raw.table.num_rows, pa.string())), broken=broken)


def _in_file(refusal: Refusal, name: str) -> Refusal:
    row = json.dumps({**json.loads(refusal.row), "file": name}, ensure_ascii=False)
    return replace(refusal, row=row)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
