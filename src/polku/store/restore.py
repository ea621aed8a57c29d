"""Restoring a store from its backup: into an empty database, seen to be whole, then brought up to date.

A backup of an earlier release is restored the same way: its tables are made as they were, filled, and then migrated.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, text

from polku.errors import ConflictError, InputError
from polku.store.backup import DATABASE, FORMAT, MANIFEST, Manifest, OnStep, Part, counted, sha256_of, tables_of
from polku.store.engine import begin, create
from polku.store.migrate import HEAD, current, migrate
from polku.store.store import Store
from polku.store.values import ChainHead

_BLOCK: Final = 1 << 20
_FORCED: Final = text(
    "SELECT relname FROM pg_class WHERE relforcerowsecurity "
    "AND relnamespace = current_schema()::regnamespace ORDER BY relname"
)


@dataclass(frozen=True)
class Restored:
    """What a restoration brought back.

    Parameters
    ----------
    manifest : Manifest
        Of the backup.
    migrated_to : str
        Version of the tables now.
    problems : tuple of str
        What is not as the manifest says; empty when everything is.
    """

    manifest: Manifest
    migrated_to: str
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Return whether every row is back and every provider's log verifies up to its head."""
        return not self.problems


def restore(url: str, origin: Path, on_step: OnStep | None = None) -> Restored:
    """Fill an empty database from a backup, verify it, and bring it to the version of this program.

    Parameters
    ----------
    url : str
        Address of an empty database; on PostgreSQL of the role that is to own the tables.
    origin : Path
        The backup.
    on_step : callable, optional
        Called with (done, total) parts.

    Returns
    -------
    Restored

    Raises
    ------
    ConflictError
        If the database holds a store already, or is of another engine.
    InputError
        If the file is no backup, or a part of it is missing or altered.
    """
    engine = create(url)
    try:
        with begin(engine, write=False) as connection:
            _refuse_held(connection, url)
        with tempfile.TemporaryDirectory(prefix="polku-restore") as name:
            manifest = unpack(origin, Path(name))
            if manifest.engine != engine.dialect.name:
                raise ConflictError(
                    f"this backup is of {manifest.engine}", got=engine.dialect.name, hint="restore where it came from"
                )
            fill = _into_sqlite if manifest.engine == "sqlite" else _into_postgresql
            rows = fill(engine, Path(name), manifest, on_step or (lambda _done, _total: None))
        migrate(engine, HEAD)
        return Restored(manifest, HEAD, tuple(_differences(engine, manifest, rows)))
    finally:
        engine.dispose()


def unpack(origin: Path, folder: Path) -> Manifest:
    """Unpack a backup into a folder and check every part by its hash.

    Raises
    ------
    InputError
        If it is no backup, or not whole.
    """
    try:
        with tarfile.open(origin, "r:gz") as archive:
            for member in archive:
                _extract(archive, member, folder)
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise InputError("this is no backup, or not all of one", got=origin, hint="see polku backup") from error
    if raw.pop("format", None) != FORMAT:
        raise InputError("this backup is of a form that this Polku does not know", got=origin, hint="upgrade Polku")
    parts = {name: Part(part["sha256"], tuple(part["columns"])) for name, part in raw.pop("parts").items()}
    heads = {provider: ChainHead(*head) for provider, head in raw.pop("heads").items()}
    manifest = Manifest(**raw, parts=parts, heads=heads)
    for name, part in manifest.parts.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != part.sha256:
            raise InputError(f"{name} of this backup is missing or altered", got=origin, hint="take another backup")
    return manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a plain file of the archive into the folder itself; a backup holds nothing else.

    Not all Pythons that Polku runs on have the filters of :meth:`tarfile.TarFile.extract`.
    """
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or member.name != Path(member.name).name or member.name in {".", ".."}:
        raise tarfile.ExtractError(f"{member.name} is no part of a backup")
    with content, (folder / member.name).open("wb") as target:
        shutil.copyfileobj(content, target)


def _refuse_held(connection: Connection, url: str) -> None:
    if current(connection) is not None:
        del url  # it may hold a password
        raise ConflictError(
            "the database holds a store already", hint="restore into an empty database, then switch over"
        )


def _into_sqlite(engine: Engine, folder: Path, manifest: Manifest, on_step: OnStep) -> dict[str, int]:
    target = Path(engine.url.database or "")
    engine.dispose()
    for ending in ("", "-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    shutil.move(folder / DATABASE, target)
    on_step(1, 1)
    with begin(engine, write=False) as connection:
        return {name: rows for name, rows in counted(connection).items() if name in manifest.rows}


def _into_postgresql(engine: Engine, folder: Path, manifest: Manifest, on_step: OnStep) -> dict[str, int]:
    migrate(engine, manifest.migration)
    rows: dict[str, int] = {}
    with begin(engine, write=True) as connection, _owner_unbound(connection):
        for done, (name, part) in enumerate(manifest.parts.items(), start=1):
            table = name.removesuffix(".copy")
            rows[table] = _copy_in(connection, table, part.columns, folder / name)
            on_step(done, len(manifest.parts))
    return rows


@contextmanager
def _owner_unbound(connection: Connection) -> Iterator[None]:
    """Let the owner write any provider's rows and sealed entries for one transaction; nobody else ever may."""
    forced, tables = list(connection.scalars(_FORCED)), tables_of(connection)
    for table in tables:
        connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
    for table in forced:
        connection.execute(text(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'))
    yield
    for table in forced:
        connection.execute(text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))
    for table in tables:
        connection.execute(text(f'ALTER TABLE "{table}" ENABLE TRIGGER USER'))


def _copy_in(connection: Connection, table: str, columns: tuple[str, ...], path: Path) -> int:
    cursor: Any = connection.connection.cursor()
    listed = ", ".join(f'"{column}"' for column in columns)
    with path.open("rb") as file, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
        while block := file.read(_BLOCK):
            copy.write(block)
    return int(cursor.rowcount)


def _differences(engine: Engine, manifest: Manifest, rows: dict[str, int]) -> Iterator[str]:
    """Yield what is not as the manifest says: rows of a table, a provider's log."""
    for table, expected in manifest.rows.items():
        if rows.get(table) != expected:
            yield f"{table}: {rows.get(table, 0)} rows of {expected}"
    for provider, head in manifest.heads.items():
        report = Store(engine, provider).verify_log(head)
        yield from (f"log of {provider}: {one.seq} {one.what}" for one in report.problems)
