"""PostgreSQL keeps tenants apart beneath the application: who forgets to filter sees one's own rows, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from databases import ADMINISTRATOR, OWNER, as_role, new_database
from polku.errors import NotReadyError
from polku.schemas.access import AccessSettings
from polku.schemas.settings import Settings
from polku.store import Store, tables
from polku.store.engine import begin, create, of_tenant
from polku.store.migrate import HEAD, migrate, to_head
from polku.store.protection import APPLICATION, grant, protection
from polku.store.tenant import COPY_FROM, Tenant
from polku.testing.store import offer, sample

OpenEngine = Callable[..., Engine]
POLICIES = text(
    "SELECT c.relname FROM pg_class AS c JOIN pg_policy AS p ON p.polrelid = c.oid "
    "WHERE p.polcmd = '*' AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL"
)
ROWS = "SELECT provider_id FROM responses"
CITIES = ("one city", "another city")


@pytest.fixture(scope="module")
def url(postgres: str) -> str:
    """Return the application's URL of a database in which two providers have put everything that a store holds."""
    made = new_database(postgres, "polku_apart")
    for city in CITIES:
        with Store.open(made, city, owner=as_role(made, OWNER)) as store:
            with store.begin() as tx:
                tx.responses.add(sample())
                tx.profiles.put("l0", "f", "i", None, b"state")
                tx.bundles.add("bundle", {"model.txt": b"tree"}, {})
            offer(store, "l0", "a")
            store.seal()
    return made


@pytest.fixture
def engine(url: str) -> Iterator[OpenEngine]:
    """Return a function that connects under a role, to no tenant."""
    with ExitStack() as stack:

        def opened(role: str = APPLICATION) -> Engine:
            made = create(as_role(url, role))
            stack.callback(made.dispose)
            return made

        yield opened


def seen(connection: Connection) -> dict[str, set[str]]:
    """Return whose rows each table shows to somebody who does not filter."""
    found = {name: f"SELECT DISTINCT provider_id FROM {name}" for name in tables.metadata.tables}  # noqa: S608 - ours
    return {name: set(connection.scalars(text(statement))) for name, statement in found.items()}


@pytest.mark.parametrize("role", [APPLICATION, OWNER])
@pytest.mark.parametrize("city", CITIES)
def test_who_forgets_to_filter_sees_one_tenant_in_every_table(engine: OpenEngine, role: str, city: str) -> None:
    with begin(of_tenant(engine(role), city), write=False) as connection:
        found = seen(connection)
    assert set().union(*found.values()) == {city}
    held = {name for name, providers in found.items() if providers}
    assert held >= {"responses", "profiles", "bundles", "bundle_files", "log", "log_payloads", "suggestions"}


@pytest.mark.parametrize("role", [APPLICATION, OWNER])
@pytest.mark.parametrize("tenant", [None, "", "nobody", "one city%", "' OR true --"])
def test_without_a_tenant_or_with_a_made_up_one_nothing_is_seen(
    engine: OpenEngine, role: str, tenant: str | None
) -> None:
    made = engine(role) if tenant is None else of_tenant(engine(role), tenant)
    with begin(made, write=False) as connection:
        assert not any(seen(connection).values())


def test_a_connection_of_the_pool_carries_no_tenant_into_the_next_transaction(engine: OpenEngine) -> None:
    pool = engine()
    for city in CITIES:
        with begin(of_tenant(pool, city), write=False) as connection:
            assert set(connection.scalars(text(ROWS))) == {city}
            process = connection.scalar(text("SELECT pg_backend_pid()"))
        with begin(pool, write=False) as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) == process, "it is the same connection"
            assert connection.scalar(text("SELECT current_setting('polku.provider', true)")) == ""
            assert connection.scalars(text(ROWS)).all() == []


def test_an_undone_transaction_carries_no_tenant_either(engine: OpenEngine) -> None:
    pool = engine()
    with pytest.raises(ProgrammingError, match="nonesuch"), begin(of_tenant(pool, CITIES[0]), write=True) as connection:
        connection.execute(text("SELECT * FROM nonesuch"))
    with begin(pool, write=False) as connection:
        assert not any(seen(connection).values())


STEALS = {
    "an insert for another": "INSERT INTO items VALUES ('another city', 'i', 's', 't')",
    "an insert for nobody": "INSERT INTO items VALUES ('', 'i', 's', 't')",
    "an own row given away": "UPDATE profiles SET provider_id = 'another city'",
}


@pytest.mark.parametrize("role", [APPLICATION, OWNER])
@pytest.mark.parametrize("statement", STEALS.values(), ids=STEALS)
def test_nobody_writes_for_another_tenant(engine: OpenEngine, role: str, statement: str) -> None:
    made = of_tenant(engine(role), CITIES[0])
    with (
        pytest.raises(ProgrammingError, match="violates row-level security policy"),
        begin(made, write=True) as connection,
    ):
        connection.execute(text(statement))


def test_changing_and_deleting_without_a_filter_reaches_the_own_rows_alone(engine: OpenEngine) -> None:
    with undone(of_tenant(engine(), CITIES[0])) as connection:
        assert connection.execute(text("UPDATE profiles SET content = ''")).rowcount == 1
        assert connection.execute(text("DELETE FROM profiles")).rowcount == 1


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """Give a transaction of which nothing stays."""
    with begin(engine, write=True) as connection:
        yield connection
        connection.rollback()


def test_rows_that_go_by_copy_are_held_too(engine: OpenEngine) -> None:
    """A tenant object bound to one provider on a connection of another, as a slip in the code would have it."""
    names = ("item_id", "skill_ids", "title")
    rows = [(f"i{number}", "s", "") for number in range(COPY_FROM + 1)]
    made = of_tenant(engine(), CITIES[0])
    with (
        pytest.raises(InsufficientPrivilege, match="violates row-level security policy"),
        begin(made, write=True) as connection,
    ):
        Tenant(connection, CITIES[1], lambda: 0).insert_new(tables.items, names, rows)
    with undone(made) as connection:
        assert Tenant(connection, CITIES[0], lambda: 0).insert_new(tables.items, names, rows) == len(rows)


FORBIDDEN = {
    "taking the policy off": "ALTER TABLE responses DISABLE ROW LEVEL SECURITY",
    "taking the owner out": "ALTER TABLE responses NO FORCE ROW LEVEL SECURITY",
    "dropping the policy": "DROP POLICY polku_tenant ON responses",
    "a policy of one's own": "CREATE POLICY mine ON responses USING (true)",
    "another role": f"SET ROLE {OWNER}",
    "a right of one's own": f"ALTER ROLE {APPLICATION} BYPASSRLS",
    "no triggers": "ALTER TABLE responses DISABLE TRIGGER ALL",
    "no triggers for a session": "SET session_replication_role = replica",
    "emptying": "TRUNCATE items",
    "changing what is append-only": "UPDATE responses SET correct = 1",
    "changing a release": "UPDATE releases SET approver = 'somebody else'",
    "deleting from the log": "DELETE FROM log",
    "deleting an audit": "DELETE FROM audits",
    "another version": "UPDATE alembic_version SET version_num = '0001'",
    "a table": "CREATE TABLE copied AS SELECT * FROM responses",
    "a function": "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "another's trigger function": "CREATE OR REPLACE FUNCTION polku_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NEW; END'",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_application_cannot_take_down_what_holds_it(engine: OpenEngine, statement: str) -> None:
    made = of_tenant(engine(), CITIES[0])
    with (
        pytest.raises(ProgrammingError, match=r"must be owner|permission denied|must be superuser|attribute"),
        begin(made, write=True) as connection,
    ):
        connection.execute(text(statement))


def test_saying_that_row_security_is_off_shows_an_error_and_no_rows(engine: OpenEngine) -> None:
    with (
        pytest.raises(ProgrammingError, match="would be affected by row-level security"),
        begin(of_tenant(engine(), CITIES[0]), write=False) as connection,
    ):
        connection.exec_driver_sql(f"SET LOCAL row_security = off; {ROWS}")


def test_every_table_with_a_provider_is_held_by_one_policy_and_no_other_has_data(engine: OpenEngine) -> None:
    with begin(engine(OWNER), write=False) as connection:
        assert sorted(connection.scalars(POLICIES)) == sorted(tables.metadata.tables)


def test_the_roles_are_what_they_should_be(engine: OpenEngine) -> None:
    assert protection(engine()) == (APPLICATION, ())
    assert [what.split(",")[0] for what in protection(engine(ADMINISTRATOR)).problems] == [
        "is a superuser",
        "has BYPASSRLS",
    ]
    (owns,) = protection(engine(OWNER)).problems
    assert owns.startswith(f"owns tables ({len(tables.metadata.tables)})")
    assert protection(engine("polku_backup")).problems == ("has BYPASSRLS",)


def test_a_table_that_lost_its_policy_is_named(postgres: str) -> None:
    url = new_database(postgres, "polku_unheld")
    owner = create(as_role(url, OWNER))
    to_head(owner)
    with begin(owner, write=True) as connection:
        connection.execute(text("ALTER TABLE items NO FORCE ROW LEVEL SECURITY"))
    assert "meets tables without row-level security: items" in protection(owner).problems
    owner.dispose()


def installation(url: str, *, production: bool) -> Settings:
    access = AccessSettings(
        sign_in="oidc" if production else "none", production=production, issuer="https://id", keys="https://id/keys"
    )
    provider = "1.2.246.562.10.1"
    return Settings(
        provider_id=provider, store=url, background="", curriculum="c", model="m", access=access, store_owner=None
    )


@pytest.mark.parametrize("role", [ADMINISTRATOR, OWNER, "polku_backup"])
def test_production_does_not_start_with_a_role_that_sees_everything(url: str, role: str) -> None:
    with pytest.raises(NotReadyError, match=rf"keeps tenants apart(?s:.)*got: {role} (?s:.)*serve/roles.sql"):
        Store.of(installation(as_role(url, role), production=True))


def test_production_does_not_start_on_a_file_unless_one_is_meant(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'polku.db'}"
    settings = installation(url, production=True)
    with pytest.raises(NotReadyError, match=r"is a PostgreSQL database(?s:.)*got: sqlite(?s:.)*embedded = true"):
        Store.of(settings)
    assert not (tmp_path / "polku.db").exists()
    meant = settings.model_copy(update={"access": settings.access.model_copy(update={"embedded": True})})
    Store.of(meant).close()
    Store.of(installation(url, production=False)).close()


def test_production_starts_with_the_applications_role_and_a_trial_with_any(url: str) -> None:
    Store.of(installation(url, production=True)).close()
    Store.of(installation(as_role(url, ADMINISTRATOR), production=False)).close()


def test_the_application_alone_cannot_make_the_tables_and_says_who_can(postgres: str) -> None:
    url = new_database(postgres, "polku_empty")
    with pytest.raises(NotReadyError, match=r"permission denied(?s:.)*serve/roles.sql(?s:.)*POLKU_STORE_OWNER"):
        Store.open(url, "p")
    with Store.open(url, "p", owner=as_role(url, OWNER)) as store, store.begin() as tx:
        assert tx.responses.add(sample()).accepted == len(sample())


def test_roles_made_after_the_tables_are_granted_what_they_need(postgres: str) -> None:
    """The administrator migrated first, as a trial does; then the city gave the database its roles."""
    url = new_database(postgres, "polku_late")
    administrator = create(as_role(url, ADMINISTRATOR))
    migrate(administrator, HEAD)
    with begin(administrator, write=True) as connection:
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APPLICATION}"))
    with pytest.raises(NotReadyError, match="permission denied"):
        Store.open(url, "p")
    for _ in range(2):
        with begin(administrator, write=True) as connection:
            grant(connection)
    with Store.open(url, "p") as store, store.read() as tx:
        assert tx.responses.count() == 0
    administrator.dispose()
