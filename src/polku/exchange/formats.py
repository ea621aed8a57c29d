"""The formats there are, and which of them a file or folder is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from polku.errors import InputError
from polku.exchange.canonical import read_csv, read_parquet
from polku.exchange.eedi import fits_eedi, read_eedi
from polku.exchange.fsaif import fits_fsaif, read_fsaif
from polku.exchange.gervet import fits_gervet, read_gervet
from polku.exchange.oulad import fits_oulad, read_oulad
from polku.exchange.reading import Reading
from polku.exchange.sequences import fits_sequences, read_sequences
from polku.exchange.typed import fits_parquet
from polku.exchange.uci import fits_uci, read_uci
from polku.records import DenyRules, Items

READERS: Mapping[str, Callable[[Path, DenyRules, Items | None], Reading]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "gervet": read_gervet,
    "sequences": read_sequences,
    "fsaif": read_fsaif,
    "eedi": read_eedi,
    "oulad": read_oulad,
    "uci": read_uci,
}
FITS: Mapping[str, Callable[[Path], bool]] = {
    "parquet": fits_parquet,
    "gervet": fits_gervet,
    "sequences": fits_sequences,
    "fsaif": fits_fsaif,
    "eedi": fits_eedi,
    "oulad": fits_oulad,
    "uci": fits_uci,
}
FORMATS = ("auto", *READERS)
FILES = frozenset({"csv", "parquet"})
"""Formats of single files; all others may be folders."""


def detect_format(path: Path) -> str | None:
    """Tell the format of a file or folder.

    Parameters
    ----------
    path : Path
        A file or folder that is there.

    Returns
    -------
    str or None
        A name of `FORMATS`; ``csv`` for a file that is nothing else, None for a folder that is no research set.

    Raises
    ------
    InputError
        If it could be more than one.
    """
    found = [name for name, fits in FITS.items() if fits(path)]
    if len(found) > 1:
        raise InputError(f"{path.name} could be {' or '.join(found)}", hint="name the format")
    if found:
        return found[0]
    return None if path.is_dir() else "csv"
