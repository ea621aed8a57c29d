"""Backing a store up: one file, one moment, every provider, and what it takes to see that it is whole.

A backup is a tar of plain parts: ``manifest.json`` and, of SQLite, a copy of the database made by its online backup; of
PostgreSQL a table each in its own text format, all of one snapshot. No server program is needed, so none of the wrong
version is in the way. Background attributes are not in it: they lie elsewhere, and are handed over anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from polku import __version__
from polku.errors import ConflictError, NotReadyError
from polku.store.engine import begin, create
from polku.store.migrate import current
from polku.store.store import utc_now
from polku.store.values import ChainHead

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "polku.db"
VERSIONS: Final = "alembic_version"
PRIVATE: Final = 0o600
_BLOCK: Final = 1 << 20
_HEADS: Final = text(
    "SELECT log.provider_id, log.seq, log.hash FROM log "
    "JOIN (SELECT provider_id, max(seq) AS last FROM log GROUP BY provider_id) AS heads "
    "ON heads.provider_id = log.provider_id AND heads.last = log.seq ORDER BY log.provider_id"
)
OnStep = Callable[[int, int], None]


@dataclass(frozen=True)
class Part:
    """One file of a backup.

    Parameters
    ----------
    sha256 : str
        Of its bytes.
    columns : tuple of str
        Of a table, in the order of the file; empty of a whole database.
    """

    sha256: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    Parameters
    ----------
    engine : {"sqlite", "postgresql"}
        Where it was made, and where it can be restored.
    migration : str
        Version of the tables.
    polku : str
        Version of the program that made it.
    made_at : int
        Microseconds UTC.
    rows : mapping of str to int
        By table.
    heads : mapping of str to ChainHead
        Where each provider's log stood.
    parts : mapping of str to Part
        Files, by name; in the order in which tables are to be filled.
    """

    engine: Literal["sqlite", "postgresql"]
    migration: str
    polku: str
    made_at: int
    rows: Mapping[str, int]
    heads: Mapping[str, ChainHead]
    parts: Mapping[str, Part]

    def to_json(self) -> str:
        """Return the manifest as text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2)


def backup(url: str, to: Path, on_step: OnStep | None = None) -> Manifest:
    """Write a backup of a whole store, of one moment, while it is in use.

    Parameters
    ----------
    url : str
        Address of the store; on PostgreSQL of a role that sees every provider's rows (``polku_backup``).
    to : Path
        File to write, for its owner alone.
    on_step : callable, optional
        Called with (done, total) tables.

    Returns
    -------
    Manifest

    Raises
    ------
    ConflictError
        If the file is there already.
    NotReadyError
        If the store cannot be read or was never migrated, or the role would see a part of the rows only.
    """
    if to.exists():
        raise ConflictError("a backup overwrites nothing", got=to, hint="give another file name")
    to.parent.mkdir(parents=True, exist_ok=True)
    engine = create(url)
    try:
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=".polku-backup") as folder:
            take = _of_sqlite if engine.dialect.name == "sqlite" else _of_postgresql
            manifest = take(engine, Path(folder), on_step or (lambda _done, _total: None))
            _pack(Path(folder), manifest, to)
    finally:
        engine.dispose()
    return manifest


def describe(connection: Connection, engine: str, parts: Mapping[str, Part], rows: Mapping[str, int]) -> Manifest:
    """Return the manifest of what a connection sees.

    Raises
    ------
    NotReadyError
        If the database holds no store.
    """
    migration = current(connection)
    if migration is None:
        raise NotReadyError("there is no store to back up", hint="see POLKU_STORE and serve/settings.toml")
    heads = {row.provider_id: ChainHead(row.seq, row.hash) for row in connection.execute(_HEADS)}
    kind = cast("Literal['sqlite', 'postgresql']", engine)
    return Manifest(kind, migration, __version__, utc_now(), rows, heads, parts)


def counted(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        name: int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)  # noqa: S608 - names from the database itself
        for name in tables_of(connection)
    }


def tables_of(connection: Connection) -> list[str]:
    """Return the tables in the order in which they can be filled."""
    sorted_names = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in sorted_names if name is not None and name != VERSIONS]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _of_sqlite(engine: Engine, folder: Path, on_step: OnStep) -> Manifest:
    copy = folder / DATABASE
    source = engine.url.database or ""
    if not Path(source).is_file():
        raise NotReadyError("there is no store to back up", got=source, hint="see POLKU_STORE and serve/settings.toml")
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(copy)) as here:
        there.backup(here, pages=4096, progress=lambda _status, left, total: on_step(total - left, total))
        here.execute("PRAGMA journal_mode = DELETE")  # one file: nothing of it is in a log beside it
    read = create_engine(f"sqlite:///{copy}")
    try:
        with read.connect() as connection:
            return describe(connection, "sqlite", {DATABASE: Part(sha256_of(copy))}, counted(connection))
    finally:
        read.dispose()


def _of_postgresql(engine: Engine, folder: Path, on_step: OnStep) -> Manifest:
    try:
        with begin(engine, write=False) as connection:
            connection.execute(text("SET LOCAL row_security = off"))  # refuse rather than leave rows out
            names, parts, rows = tables_of(connection), {}, {}
            for done, name in enumerate(names, start=1):
                path = folder / f"{name}.copy"
                columns = tuple(column["name"] for column in inspect(connection).get_columns(name))
                rows[name] = _copy_out(connection, name, columns, path)
                parts[path.name] = Part(sha256_of(path), columns)
                on_step(done, len(names))
            return describe(connection, "postgresql", parts, rows)
    except ProgrammingError as error:
        hint = "back up as polku_backup, see serve/roles.sql"
        raise NotReadyError("this role does not see every provider's rows", hint=hint) from error


def _copy_out(connection: Connection, table: str, columns: tuple[str, ...], path: Path) -> int:
    cursor: Any = connection.connection.cursor()
    listed = ", ".join(f'"{column}"' for column in columns)
    try:
        with path.open("wb") as file, cursor.copy(f'COPY (SELECT {listed} FROM "{table}") TO STDOUT') as copy:  # noqa: S608 - names from the database itself
            for block in copy:
                file.write(block)
        return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.ProgrammingError as error:
        raise ProgrammingError(None, None, error) from error


def _pack(folder: Path, manifest: Manifest, to: Path) -> None:
    """Write the tar beside its place and move it there whole."""
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    packed = folder / "packed"
    with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
        for name in (MANIFEST, *manifest.parts):
            archive.add(folder / name, arcname=name)
    packed.chmod(PRIVATE)
    packed.replace(to)
