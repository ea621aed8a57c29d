"""Parquet files as rows for the rules: few types stand for the many that tools write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from polku.errors import InputError
from polku.exchange.raw import RawTable, deny_notes
from polku.records import DenyRules
from polku.records.columns import COLUMNS

MAGIC = b"PAR1"
IDS = ("response_id", "learner_id", "item_id", "school_id", "group_id")


def fits_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet."""
    if path.is_dir():
        return False
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def read_typed(path: Path, deny: DenyRules) -> RawTable:
    """Read a Parquet file without its denied columns.

    Raises
    ------
    InputError
        If it is no Parquet file, has no rows, or a canonical column is of a type that no rule can read.
    """
    try:
        file = pyarrow.parquet.ParquetFile(path)
        names = file.schema_arrow.names
        table = file.read(columns=[name for name in names if deny.rule(name) is None])
    except (pa.ArrowException, OSError) as error:
        hint = "give a Parquet file, or another format"
        raise InputError(f"{path.name} cannot be read as Parquet", got=error, hint=hint) from error
    if not table.num_rows:
        raise InputError(f"{path.name} has columns but no rows", hint="give a file with at least one row")
    for place, column in enumerate(table.schema):
        if column.name in COLUMNS:
            kind = _type_of(path, column)
            table = table.set_column(place, column.name, table.column(place).cast(kind, safe=False))
    denied = tuple(deny.denied(names))
    return RawTable(table, np.arange(1, table.num_rows + 1), denied=denied, notes=deny_notes(names, deny))


def _type_of(path: Path, column: pa.Field) -> pa.DataType:
    """Return the type in which the rules read a column."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if _is_text(kind) or pa.types.is_null(kind) or (pa.types.is_integer(kind) and column.name in IDS):
        return pa.string()
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz=kind.tz)
    if column.name == "skill_ids" and _lists_ids(kind):
        return pa.list_(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return kind
    raise InputError(f"{path.name}: column {column.name} has type {kind}", hint="write text, numbers or times")


def _is_text(kind: pa.DataType) -> bool:
    """Return whether a type holds texts."""
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _lists_ids(kind: pa.DataType) -> bool:
    """Return whether a type is a list of texts or whole numbers."""
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        return False
    member = kind.value_type
    return _is_text(member) or pa.types.is_integer(member) or pa.types.is_null(member)
