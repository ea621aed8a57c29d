"""``polku webhooks``: the key that seals secrets is turned without anybody signing up anew; what is due goes out."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polku.cli import polku
from polku.home import Home
from polku.store import Store
from polku.store.outbox import Webhook
from polku.testing.store import offer
from polku.web.webhooks import Seal, verify
from receiver import receiving


@pytest.fixture
def store(home_apart: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the store of a home of its own."""
    monkeypatch.setenv("POLKU_HOME", str(home_apart.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    return Store.open(tmp_path / "polku.db", home_apart.settings().provider_id)


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(polku, ["webhooks", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def kept(store: Store) -> Webhook:
    with store.read() as tx:
        (hook,) = tx.outbox.webhooks()
    return hook


def test_a_new_key_is_printed_put_in_place_and_taken_into_use(store: Store, home_apart: Home) -> None:
    seal = Seal.of(home_apart, home_apart.settings())
    path = home_apart.root / "var" / "webhook-keys.json"
    with receiving(200) as receiver:
        with store.begin() as tx:
            hook = tx.outbox.subscribe(receiver.url, "S1", seal.sealed)
        before = kept(store)
        path.write_text(run("key").stdout)
        assert len(json.loads(path.read_text())["keys"]) == 2
        assert "1 secrets are sealed with the first key" in run("reseal").output
        after = kept(store)
        assert after.secret != before.secret
        assert seal.opened(hook.webhook_id, after.secret) == hook.secret
        path.write_text(json.dumps({"keys": json.loads(path.read_text())["keys"][:1]}))
        offer(store, "l0", "a")
        assert json.loads(run("deliver", "--once", "--json").stdout) == {"delivered": 1, "failed": 0, "dead": 0}
        (came,) = receiver.came
    assert verify(hook.secret, came.headers, came.body, int(came.headers["webhook-timestamp"]))
    listed = run("list")
    assert hook.webhook_id in listed.output
    assert "whsec" not in listed.output


def test_told_to_stop_it_ends_what_is_under_way(store: Store, home_apart: Home) -> None:
    """As the first process of a container it would otherwise hear nothing of it."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        with receiving(200) as receiver:
            receiver.before = lambda _: os.kill(os.getpid(), signal.SIGTERM)
            with store.begin() as tx:
                hook = tx.outbox.subscribe(receiver.url, "S1", Seal.of(home_apart, home_apart.settings()).sealed)
            offer(store, "l0", "a")
            assert json.loads(run("deliver", "--every", "3600", "--json").stdout)["delivered"] == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    with store.read() as tx:
        assert tx.outbox.standing(hook.webhook_id)["delivered"] == 1
