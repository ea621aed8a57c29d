"""Secrets of webhooks at rest: sealed, bound to their webhook, sealed anew with a new key, never lost on the way."""

from __future__ import annotations

import base64
import json
import sqlite3
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from polku.errors import ConflictError, InputError
from polku.home import Home
from polku.schemas.interface import WebhookSettings
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.outbox import Webhook
from polku.web.webhooks import Deliverer, Seal, resealed, verify
from receiver import receiving
from village import ALICE, Village, assert_problem

SECRET = "whsec_c2VjcmV0IG9mIGEgd2ViaG9vaw=="  # noqa: S105 - of nobody


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def seal(keys: Path) -> Seal:
    return Seal(keys, makes=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "demo")


def turned(keys: Path) -> None:
    """Put a new key in front, as an operator does."""
    keys.write_text(Seal(keys, makes=False).with_new_key())


def test_what_is_kept_says_nothing_and_differs_each_time(seal: Seal) -> None:
    kept = [seal.sealed("w1", SECRET) for _ in range(20)]
    assert len(set(kept)) == 20
    assert not any("c2Vjcm" in one or "whsec" in one for one in kept)
    assert {seal.opened("w1", one) for one in kept} == {SECRET}


def test_the_keys_are_for_their_owner_alone_and_made_once(keys: Path) -> None:
    with ThreadPoolExecutor(8) as crowd:
        kept = list(crowd.map(lambda _: Seal(keys, makes=True).sealed("w1", SECRET), range(16)))
    assert {Seal(keys, makes=False).opened("w1", one) for one in kept} == {SECRET}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert [one.name for one in keys.parent.iterdir()] == [keys.name]


def decoded(kept: str) -> list[bytes]:
    return [base64.urlsafe_b64decode(part + "==") for part in kept.split(".")]


def test_no_altered_byte_and_no_other_webhooks_secret_opens(seal: Seal) -> None:
    kept, cases = seal.sealed("w1", SECRET), 0
    for place in (place for place, sign in enumerate(kept) if sign != "."):
        for altered in (kept[:place] + other + kept[place + 1 :] for other in {"A", "Q"} - {kept[place]}):
            if decoded(altered) == decoded(kept):
                continue  # the last bits of base 64 that say nothing
            with pytest.raises(InputError, match="cannot be read"):
                seal.opened("w1", altered)
            cases += 1
    print(f"\n{cases} altered secrets")  # noqa: T201 - the figure of cases tried
    assert cases > len(kept)
    for cut in ("", ".", kept[:40], kept[: kept.rindex(".")], "....", "a.b.c.d.e", kept[::-1]):
        with pytest.raises(InputError, match="cannot be read"):
            seal.opened("w1", cut)
    with pytest.raises(InputError, match="cannot be read"):
        seal.opened("w2", kept)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '{"keys": 1}',
        '{"keys": [{}]}',
        '{"keys": [{"kty": "oct", "kid": "a"}]}',
        '{"keys": [{"kty": "oct", "kid": "a", "k": "c2hvcnQ"}]}',
    ],
)
def test_keys_that_are_none_are_refused(keys: Path, content: str) -> None:
    keys.write_text(content)
    with pytest.raises(InputError, match="keys of webhooks"):
        Seal(keys, makes=True).sealed("w1", SECRET)


def test_production_makes_no_keys_of_its_own() -> None:
    home = Home.find()
    named = home.settings().model_copy(update={"webhooks": WebhookSettings(keys="nowhere.json")})
    with pytest.raises(ConflictError, match="no key to seal"):
        Seal.of(home, named).sealed("w1", SECRET)
    access = named.access.model_copy(update={"production": True})
    unnamed = home.settings().model_copy(update={"access": access})
    assert not Seal.of(home, unnamed)._makes
    assert Seal.of(home, home.settings())._makes


def test_a_new_key_seals_and_the_one_before_still_opens(seal: Seal, keys: Path) -> None:
    first = seal.sealed("w1", SECRET)
    turned(keys)
    second = seal.sealed("w1", SECRET)
    assert (seal.is_current(first), seal.is_current(second)) == (False, True)
    assert {seal.opened("w1", one) for one in (first, second)} == {SECRET}
    only = json.loads(keys.read_text())["keys"][:1]
    keys.write_text(json.dumps({"keys": only}))  # the one before is taken back
    assert seal.opened("w1", second) == SECRET
    with pytest.raises(InputError, match="cannot be read"):
        seal.opened("w1", first)


def kept_of(store: Store) -> Webhook:
    with store.read() as tx:
        (hook,) = tx.outbox.webhooks()
    return hook


@pytest.mark.parametrize("plain", [True, False], ids=["as it is", "under an earlier key"])
def test_what_is_not_under_the_newest_key_is_sealed_anew(store: Store, seal: Seal, keys: Path, plain: bool) -> None:
    with store.begin() as tx:
        hook = tx.outbox.subscribe("https://hooks.example/", "S1", (lambda _, said: said) if plain else seal.sealed)
    seal.sealed("w", "s")
    turned(keys)
    before = kept_of(store)
    assert resealed(store, seal, before) == hook.secret
    after = kept_of(store)
    assert after.secret not in {before.secret, hook.secret}
    assert seal.is_current(after.secret)
    assert resealed(store, seal, after) == hook.secret
    assert kept_of(store) == after, "nothing is written where nothing is to be mended"


def test_no_file_of_the_store_holds_a_secret_and_events_are_signed_with_it(village: Village) -> None:
    with receiving(200) as receiver:
        hook = village.client.post("/v1/webhooks", json={"url": receiver.url}).json()
        village.get(f"/v1/learners/{ALICE}/path")
        service = village.app.state.service
        assert Deliverer.of(service.home, service.settings, village.store).round().delivered == 1
        (came,) = receiver.came
    assert verify(hook["secret"], came.headers, came.body, time.time())
    with closing(sqlite3.connect(str(village.store.engine.url.database))) as there:
        dump = "\n".join(there.iterdump())
    assert hook["webhook_id"] in dump
    assert hook["secret"].removeprefix("whsec_") not in dump


def test_what_cannot_be_opened_is_not_sent_and_waits(village: Village, keys: Path) -> None:
    with receiving(200) as receiver:
        hook = village.client.post("/v1/webhooks", json={"url": receiver.url}).json()
        village.get(f"/v1/learners/{ALICE}/path")
        service = village.app.state.service
        named = service.settings.webhooks.model_copy(update={"keys": str(keys)})
        settings: Settings = service.settings.model_copy(update={"webhooks": named})
        assert Deliverer.of(service.home, settings, village.store).round().failed == 1
        assert receiver.came == []
    (told,) = village.get(f"/v1/webhooks/{hook['webhook_id']}/deliveries")["deliveries"]
    assert told["fault"] == "the secret of this webhook cannot be read"


def test_without_keys_nobody_signs_up(village: Village, keys: Path) -> None:
    service = village.app.state.service
    named = service.settings.webhooks.model_copy(update={"keys": str(keys)})
    service.__dict__["settings"] = service.settings.model_copy(update={"webhooks": named})
    answer = village.client.post("/v1/webhooks", json={"url": "https://hooks.example/in"})
    assert "no key to seal" in assert_problem(answer, 409, "conflict")["title"]
    assert village.get("/v1/webhooks")["webhooks"] == []
