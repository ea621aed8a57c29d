"""``polku serve`` as a process: it leaves without losing a request, and swaps its model while it is asked."""

from __future__ import annotations

import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import pytest

from polku.cli.desk import Desk
from polku.home import Home
from polku.store import Store
from polku.store.transaction import Transaction
from polku.training import Bundle
from serving import PATIENCE, Served, serving, until
from village import row

pytestmark = pytest.mark.xdist_group("town")


def copied(origin: str, path: Path) -> str:
    with closing(sqlite3.connect(origin.removeprefix("sqlite:///"))) as there, closing(sqlite3.connect(path)) as here:
        there.backup(here)
    return f"sqlite:///{path}"


def test_a_signal_to_stop_loses_nobodys_request(home: Home, settled: Path, tmp_path: Path) -> None:
    store = copied(f"sqlite:///{settled}", tmp_path / "polku.db")
    answers: list[tuple[int, Any]] = []
    with (
        serving(
            home,
            store,
            tmp_path,
            drain_seconds=5.0,  # the request below is taken in this time, on a machine however busy
            store_seconds=60,
            request_seconds=120,
            stop_seconds=120,
            log="json",
        ) as served,
        closing(sqlite3.connect(tmp_path / "polku.db", isolation_level=None)) as writer,
    ):
        writer.execute("BEGIN IMMEDIATE")  # the request below waits for this lock
        sent = {"responses": [row("in-flight")]}
        asking = threading.Thread(target=lambda: answers.append(served.post("/v1/responses", sent)))
        asking.start()
        served.process.send_signal(signal.SIGTERM)
        until(lambda: served.get("/readyz")[0] == 503, "the refusal")
        assert served.get("/readyz")[1]["title"] == "the service is stopping"
        until(lambda: served.get("/healthz")[0] == 0, "the end of listening")
        assert served.process.poll() is None
        writer.execute("ROLLBACK")
        asking.join(PATIENCE)
        assert served.process.wait(PATIENCE) == 0
    assert [(status, said["accepted"]) for status, said in answers] == [(200, 1)]
    lines = served.lines()
    assert any(line.get("route") == "/v1/responses" and line.get("status") == 200 for line in lines)
    assert "L0001" not in served.log.read_text(encoding="utf-8")


def another(tx: Transaction, note: bytes) -> str:
    """Store the champion's bundle once more with a remark in its policy; return the new bundle's id."""
    release = tx.bundles.champion_release()
    assert release is not None
    stored, audit = tx.bundles.get(release.bundle_id), tx.audits.get(release.audit_id)
    assert stored is not None
    assert audit is not None
    old = Bundle.from_files(stored.files)
    new = Bundle.assemble(old.model, old.curriculum, policy=old.policy + note, gates=old.gates)
    tx.bundles.add(new.id, new.files, new.manifest)
    audit_id, validation_id = tx.audits.add(audit.audit_json, new.id), tx.validations.add("{}", new.id, "pass")
    tx.bundles.release(new.id, "head of pedagogy", "spring", audit_id, validation_id)
    return new.id


class Askers:
    """Threads that ask for a path and for the champion without pause, and keep every answer."""

    def __init__(self, served: Served) -> None:
        self.served, self.statuses, self.bundles = served, list[int](), set[str]()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(4)]

    def _ask(self, number: int) -> None:
        while not self._stop.is_set():
            status, said = self.served.get(
                "/v1/models/champion" if number == 0 else f"/v1/learners/L000{number}/profile"
            )
            self.statuses.append(status)
            if status == 200:
                self.bundles.add(said["bundle"])

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)


@pytest.mark.long
def test_the_model_is_swapped_under_load_and_an_altered_one_is_not(town: Desk, tmp_path: Path) -> None:
    url = copied(town.settings.store, tmp_path / "polku.db")
    with Store.open(url, "demo") as store, serving(town.home, url, tmp_path) as served:
        first = served.get("/readyz")[1]["bundle"]
        with Askers(served) as askers:
            until(lambda: len(askers.statuses) > 20, "answers by the first bundle")
            with store.begin() as tx:
                second = another(tx, b"\n# the second\n")
            until(lambda: second in askers.bundles, "answers by the second bundle")
            with store.begin() as tx:
                third = another(tx, b"\n# the third\n")
                _alter(tx, third)
            refused = until(lambda: served.get("/readyz")[1]["refused"], "word of the altered bundle")
            enough = len(askers.statuses) + 20
            until(lambda: len(askers.statuses) > enough, "answers after it")
        assert (refused["bundle"], refused["number"]) == (third, 3)
        assert "altered" in refused["because"]
        assert set(askers.statuses) == {200}
        assert askers.bundles == {first, second}
        figures = served.get("/metrics")[1]
    assert "polku_champion_refused 1.0" in figures
    assert f'polku_champion_info{{bundle="{second[:12]}",rung="model"}} 1.0' in figures


def _alter(tx: Transaction, bundle_id: str) -> None:
    """Change a stored file behind the store's back, as somebody with its password would."""
    connection = tx.bundles._tenant.connection
    triggers = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bundle_files'"
    )
    for (name,) in triggers.all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    changed = "UPDATE bundle_files SET content = ? WHERE bundle_id = ? AND path = 'policy.toml'"
    assert connection.exec_driver_sql(changed, (b"# anything\n", bundle_id)).rowcount == 1
