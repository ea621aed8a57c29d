"""Bringing a database to the version that this code expects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from polku.errors import NotReadyError
from polku.store.engine import begin, not_ready
from polku.store.protection import grant

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0015"
"""The newest migration; a test compares it with the folder."""

_LOCK = 0x506F6C6B75  # "Polku": one process at a time migrates a PostgreSQL database


def to_head(engine: Engine, owner: Engine | None = None) -> None:
    """Migrate the database where it is not at :data:`HEAD` yet.

    Alembic is loaded only then, so that opening an up-to-date store stays quick. Processes that open the
    same new database at once wait for each other.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Engine of the database.
    owner : sqlalchemy.Engine, optional
        The same database under the role that owns its tables, closed afterwards; default `engine`.

    Raises
    ------
    NotReadyError
        If the database cannot be written, is no database, or was migrated by a newer Polku.
    """
    try:
        with begin(engine, write=False) as connection:
            version = current(connection)
        if version != HEAD:
            migrate(owner or engine, HEAD)
    except DatabaseError as error:
        raise not_ready(engine.url, error) from error
    finally:
        if owner is not None:
            owner.dispose()


def current(connection: Connection) -> str | None:
    """Return the version of the database, or None when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)


def migrate(engine: Engine, target: str) -> None:
    """Bring the database to `target`, up or down, in one transaction.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Engine of the database.
    target : str
        A version, or "base" for an empty database.

    Raises
    ------
    NotReadyError
        If the database is at a version that this code does not know.
    """
    from alembic import command

    with begin(engine, write=True) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = configuration(connection)
        version = current(connection)
        known = versions(config)
        if version is not None and version not in known:
            raise NotReadyError(
                "the store was migrated by a newer Polku",
                got=f"version {version}, this code knows up to {HEAD}",
                hint="upgrade Polku, or restore the backup made before that upgrade",
            )
        goal = None if target == "base" else target
        step = command.downgrade if known.index(version) > known.index(goal) else command.upgrade
        step(config, target)
        if engine.dialect.name == "postgresql" and goal is not None:
            grant(connection)


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration, working on `connection`."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def versions(config: Config) -> list[str | None]:
    """Return every version from the empty database (None, also called "base") to the newest."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)
    return [None, *(revision.revision for revision in reversed(list(script.walk_revisions())))]
