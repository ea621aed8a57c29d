"""What stands between tenants beneath the application: the role that connects, its grants, the policies.

On PostgreSQL the application connects as a role that owns nothing and bypasses nothing (``serve/roles.sql``); the owner
migrates. SQLite has no roles: there the repository layer is the guard.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, text

from polku.errors import NotReadyError
from polku.store.engine import begin

APPLICATION: Final = "polku_app"
"""Role of the service and of every daily command."""

_OWNED: Final = (
    "SELECT c.oid, c.relname, c.relrowsecurity AND c.relforcerowsecurity AS secured, "
    "pg_get_userbyid(c.relowner) AS owner FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace "
    "AND a.attname = 'provider_id' AND NOT a.attisdropped ORDER BY c.relname"
)
# Of pg_trigger.tgtype the bit 8 is DELETE and 16 is UPDATE; a trigger with a condition refuses only some rows.
_REFUSED: Final = text(
    "SELECT bool_or(tgtype & 8 > 0) AS deletes, bool_or(tgtype & 16 > 0) AS updates FROM pg_trigger "
    "WHERE tgrelid = :table AND tgqual IS NULL AND tgfoid = to_regprocedure('polku_refuse()')"
)


class Protection(NamedTuple):
    """How far the database itself keeps tenants apart from this connection.

    Parameters
    ----------
    role : str
        The role that connects; empty on SQLite, which has none.
    problems : tuple of str
        What lets it see another tenant; empty when nothing does.
    """

    role: str
    problems: tuple[str, ...]


def protection(engine: Engine) -> Protection:
    """Return what the database says of the role that this engine connects as, and of the tables.

    Examples
    --------
    >>> import tempfile
    >>> from polku.store import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(f"{folder}/polku.db", "demo") as store:
    ...     protection(store.engine)
    Protection(role='', problems=())
    """
    if engine.dialect.name != "postgresql":
        return Protection("", ())
    with begin(engine, write=False) as connection:
        statement = text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role = connection.execute(statement).one()
        tables = connection.execute(text(_OWNED)).all()
    open_tables = [table.relname for table in tables if not table.secured]
    owned = [table.relname for table in tables if table.owner == role.rolname]
    found = {
        "is a superuser, whom row-level security does not hold": role.rolsuper,
        "has BYPASSRLS": role.rolbypassrls,
        f"owns tables ({len(owned)}) and could take their policies off": owned,
        f"meets tables without row-level security: {', '.join(open_tables)}": open_tables,
    }
    return Protection(role.rolname, tuple(what for what, holds in found.items() if holds))


def require_server(url: str, *, embedded: bool) -> None:
    """Refuse to keep real people's data in a file that only the application guards, unless somebody decided so.

    Parameters
    ----------
    url : str
        Address of the store.
    embedded : bool
        Whether the settings say that a file is meant.

    Raises
    ------
    NotReadyError
        If it is an SQLite file and not meant to be.
    """
    if url.startswith("sqlite") and not embedded:
        raise NotReadyError(
            "in production the store is a PostgreSQL database, where the database itself keeps tenants apart",
            got=url.partition(":")[0],
            hint="set POLKU_STORE=postgresql://…, or embedded = true in [access] for one small provider alone",
        )


def require_protection(engine: Engine) -> None:
    """Refuse a role that the database would show more than one tenant.

    Raises
    ------
    NotReadyError
        With everything that lets it.
    """
    role, problems = protection(engine)
    if problems:
        raise NotReadyError(
            "in production the database itself keeps tenants apart, but not from this role",
            got=f"{role} {'; '.join(problems)}",
            hint=f"connect as {APPLICATION}, see serve/roles.sql",
        )


def grant(connection: Connection) -> None:
    """Let the application's role, where there is one, do with each table what the table allows, and nothing else.

    Rows may be read and added. They may be updated and deleted where no trigger refuses it to everybody: erasing a
    learner needs that. Nothing may be truncated, altered or owned. For the owner, after a migration.
    """
    if not connection.scalar(text("SELECT to_regrole(:role) IS NOT NULL"), {"role": APPLICATION}):
        return
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {APPLICATION}"))
    for table in connection.execute(text(_OWNED)).all():
        refused = connection.execute(_REFUSED, {"table": table.oid}).one()
        may = ["SELECT", "INSERT", *["UPDATE"] * (not refused.updates), *["DELETE"] * (not refused.deletes)]
        connection.execute(text(f'REVOKE ALL ON "{table.relname}" FROM {APPLICATION}'))
        connection.execute(text(f'GRANT {", ".join(may)} ON "{table.relname}" TO {APPLICATION}'))
