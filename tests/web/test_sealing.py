"""The service's sealer: at its pace, at the end, and not at all where the settings say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.store import Store
from polku.store.engine import begin
from polku.testing.store import offer
from polku.web.sealing import IDLE_S, Sealer
from village import ALICE, TestClient, Village


@pytest.fixture
def stores(tmp_path: Path) -> list[Store]:
    """Return two providers' stores, each with an entry that is not sealed."""
    city = Store.open(tmp_path / "polku.db", "city")
    both = [city, city.for_provider("town")]
    for one in both:
        offer(one, "l0", "a")
    return both


def test_stopping_seals_every_log(stores: list[Store]) -> None:
    sealer = Sealer(lambda: stores, IDLE_S)
    sealer.start()
    sealer.start()
    assert [one.verify_log().unsealed for one in stores] == [1, 1]
    sealer.close()
    assert [one.chain_head().seq for one in stores] == [1, 1]
    sealer.close()


def test_a_log_that_cannot_be_sealed_keeps_nobody_else_from_it(stores: list[Store]) -> None:
    broken, whole = stores[0].for_provider("city"), stores[1]
    with begin(stores[0].engine, write=True) as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE UPDATE ON log WHEN OLD.provider_id = 'city' "
            "BEGIN SELECT RAISE(ABORT, 'away'); END"
        )
    assert Sealer(lambda: [broken, whole], IDLE_S).round() == 1
    assert whole.chain_head().seq == 1


def test_the_service_seals_when_it_stops(village: Village) -> None:
    with TestClient(village.app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        assert client.get(f"/v1/learners/{ALICE}/path").status_code == 200
        assert village.store.verify_log().unsealed > 0
    report = village.store.verify_log()
    assert (report.whole, report.unsealed) == (True, 0)
