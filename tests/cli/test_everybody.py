"""What runs by the clock runs for every provider that joined, and what fails for one keeps nobody else waiting."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polku.cli import polku
from polku.cli.everybody import names
from polku.errors import ConflictError, InputError
from polku.home import Home
from polku.store import Store
from polku.store.retention import DAY
from polku.testing.store import offer
from polku.web.webhooks import Seal
from receiver import receiving

CITIES = ("1.2.246.562.10.11111111111", "1.2.246.562.10.22222222222")
TERM = 900
"""Days; longer than anything of a suggestion is kept."""


def earlier(now: Callable[[], int]) -> int:
    return now() - TERM * DAY


@pytest.fixture
def stores(home_apart: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Store]:
    """Return the stores of the home's own provider and of two cities that joined, each with an old suggestion."""
    monkeypatch.setenv("POLKU_HOME", str(home_apart.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    monkeypatch.setenv("POLKU_BACKGROUND", f"sqlite:///{tmp_path / 'background.db'}")
    for city in CITIES:
        folder = home_apart.providers_folder / city
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "provider.toml").write_text(f'name = "City {city[-1]}"\n', encoding="utf-8")
    first = Store.open(tmp_path / "polku.db", home_apart.settings().provider_id)
    made = {one: first.for_provider(one) for one in (first.provider_id, *CITIES)}
    for store in made.values():
        now = store._clock
        store._clock = partial(earlier, now)
        offer(store, "l0", "a")
        store._clock = now
    return made


def run(*arguments: str, catch: bool = False) -> Result:
    return CliRunner().invoke(polku, [*arguments], catch_exceptions=catch)


def sealed(stores: dict[str, Store]) -> dict[str, int]:
    return {name: store.chain_head().seq for name, store in stores.items()}


def test_the_own_provider_and_those_that_joined_are_everybody(stores: dict[str, Store]) -> None:
    assert list(names(None)) == sorted(stores)


def test_without_it_one_provider_alone_is_meant(stores: dict[str, Store]) -> None:
    own = next(iter(stores))
    assert run("log", "seal").exit_code == 0
    assert sealed(stores) == {own: 1, CITIES[0]: 0, CITIES[1]: 0}
    with pytest.raises(InputError, match="--all is for everybody"):
        run("log", "seal", "--all", "--provider", CITIES[0])


def test_every_log_is_sealed_and_every_head_written(stores: dict[str, Store], tmp_path: Path) -> None:
    assert run("log", "seal", "--all").exit_code == 0
    assert set(sealed(stores).values()) == {1}
    heads = tmp_path / "heads.jsonl"
    assert run("log", "heads", "--all", "--to", str(heads)).exit_code == 0
    assert {json.loads(line)["provider_id"] for line in heads.read_text().splitlines()} == set(stores)


def test_what_is_old_goes_at_every_provider(stores: dict[str, Store]) -> None:
    assert run("rights", "expire", "--all").exit_code == 0
    for store in stores.values():
        with store.read() as tx:
            assert len(tx.suggestions.of("l0")) == 1, "without --now the terms are said"
    assert run("rights", "expire", "--now", "--all").exit_code == 0
    for store in stores.values():
        with store.read() as tx:
            assert tx.suggestions.of("l0") == []
        assert store.verify_log().whole


def test_what_fails_for_one_is_said_and_done_for_the_others(stores: dict[str, Store], home_apart: Home) -> None:
    (home_apart.providers_folder / CITIES[0] / "provider.toml").write_text("no = definition\n", encoding="utf-8")
    with pytest.raises(ConflictError, match=f"not done for everybody\n  got: {CITIES[0]}"):
        run("log", "seal", "--all")
    assert sealed(stores) == dict.fromkeys(stores, 1) | {CITIES[0]: 0}
    failed = run("log", "seal", "--all", catch=True)
    assert f"{CITIES[0]}: " in failed.output
    assert failed.exit_code != 0


def test_events_of_every_provider_go_out(stores: dict[str, Store], home_apart: Home) -> None:
    seal = Seal.of(home_apart, home_apart.settings())
    with receiving(200) as receiver:
        for store in stores.values():
            with store.begin() as tx:
                tx.outbox.subscribe(receiver.url, "S1", seal.sealed)
            offer(store, "l1", "a")
        assert run("webhooks", "reseal", "--all").exit_code == 0
        assert run("webhooks", "deliver", "--once", "--all").exit_code == 0
        assert len(receiver.came) == len(stores)
