"""Webhooks: signed, tried again, at least once, ids only, and never into anybody's own network."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from polku.errors import InputError
from polku.schemas.interface import WebhookSettings
from polku.web.webhooks import Deliverer, Delivering, Round, Seal, target_of, verify
from polku.web.webhooks.address import resolved
from receiver import Receiver, receiving
from serving import until
from village import ALICE, Village, assert_problem

SECOND = 1_000_000
ROUND = 10_000 * SECOND
"""Longer than any wait between two attempts of these tests."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(200) as made:
        yield made


def deliverer(village: Village, **settings: Any) -> Deliverer:
    kept = WebhookSettings(**settings)
    return Deliverer(village.store, kept, loopback=True, seal=seal_of(village), chance=random.Random(1))


def seal_of(village: Village) -> Seal:
    service = village.app.state.service
    return Seal.of(service.home, service.settings)


def subscribed(village: Village, url: str) -> dict[str, Any]:
    answer = village.client.post("/v1/webhooks", json={"url": url})
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def deliveries(village: Village, hook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = village.get(f"/v1/webhooks/{hook['webhook_id']}/deliveries{query}")["deliveries"]
    return found


def test_a_new_suggestion_is_told_signed_and_by_ids_alone(village: Village, receiver: Receiver) -> None:
    hook = subscribed(village, receiver.url)
    path = village.get(f"/v1/learners/{ALICE}/path")
    assert deliverer(village).round() == Round(delivered=1)
    (came,) = receiver.came
    assert verify(hook["secret"], came.headers, came.body, time.time())
    said = json.loads(came.body)
    assert said["data"] == {
        "learner_id": ALICE,
        "suggestion_ids": [option["suggestion_id"] for option in path["options"]],
    }
    assert set(said) == {"id", "type", "at", "data"}
    assert said["id"] == came.headers["webhook-id"]
    village.get(f"/v1/learners/{ALICE}/path")  # the same offer: nothing new to tell
    assert deliverer(village).round() == Round()


def test_a_receiver_that_fails_twice_gets_it_the_third_time_under_the_same_id(village: Village) -> None:
    with receiving(500, 503, 200) as receiver:
        hook = subscribed(village, receiver.url)
        village.get(f"/v1/learners/{ALICE}/path")
        mine = deliverer(village)
        done = []
        for _ in range(4):
            done.append(mine.round())
            village.clock.now += ROUND
        assert done == [Round(failed=1), Round(failed=1), Round(delivered=1), Round()]
        assert len({one.headers["webhook-id"] for one in receiver.came}) == 1
        assert len(receiver.came) == 3
        (told,) = deliveries(village, hook)
        assert (told["state"], told["attempts"], told["fault"]) == ("delivered", 3, None)


def test_nothing_is_sent_again_before_its_time(village: Village) -> None:
    with receiving(500) as receiver:
        hook = subscribed(village, receiver.url)
        village.get(f"/v1/learners/{ALICE}/path")
        assert deliverer(village).round() == Round(failed=1)
        assert deliverer(village).round() == Round()
        (told,) = deliveries(village, hook)
        assert told["fault"] == "status 500"
        assert told["due_at"] > village.clock.now


def test_waits_double_to_a_limit_and_differ_by_chance(village: Village) -> None:
    mine = deliverer(village, first_wait_seconds=4)
    for attempt, longest in ((1, 4), (2, 8), (5, 64), (40, 6 * 3600)):
        waits = [mine.wait_s(attempt) for _ in range(50)]
        assert longest / 2 <= min(waits) < max(waits) <= longest
        assert len(set(waits)) == 50


def test_dead_letters_are_visible_and_can_be_sent_again(village: Village) -> None:
    with receiving(500) as receiver:
        hook = subscribed(village, receiver.url)
        village.get(f"/v1/learners/{ALICE}/path")
        mine = deliverer(village, attempts=2)
        assert mine.round() == Round(failed=1)
        village.clock.now += ROUND
        assert mine.round() == Round(dead=1)
        village.clock.now += ROUND
        assert mine.round() == Round()
        assert [one["state"] for one in deliveries(village, hook, "?state=dead")] == ["dead"]
        receiver.statuses = [204]
        again = village.client.post(f"/v1/webhooks/{hook['webhook_id']}/redeliveries")
        assert (again.status_code, again.json()) == (202, {"again": 1})
        assert mine.round() == Round(delivered=1)
        assert deliveries(village, hook, "?state=dead") == []


def test_an_offer_that_is_undone_is_told_to_nobody(village: Village, receiver: Receiver) -> None:
    hook = subscribed(village, receiver.url)

    def undone() -> None:
        with village.store.begin() as tx:
            village.app.state.service.suggester.offer(tx, ALICE)
            assert len(tx.outbox.deliveries()) == 1
            message = "undone"
            raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="undone"):
        undone()
    assert deliveries(village, hook) == []
    assert deliverer(village).round() == Round()


def test_killed_between_sending_and_marking_it_is_sent_again_under_the_same_id(village: Village) -> None:
    """The receiver kills the process that sends before it answers: what was sent is not marked."""
    with receiving(200) as receiver:
        hook = subscribed(village, receiver.url)
        village.get(f"/v1/learners/{ALICE}/path")
        code = (
            "import sys; from polku.home import Home; from polku.store import Store;"
            "from polku.web.webhooks import Deliverer; now = int(sys.argv[2]);"
            "store = Store.open(sys.argv[1], 'demo', clock=lambda: now); home = Home.find(sys.argv[3]);"
            "Deliverer.of(home, home.settings(), store).round()"
        )
        address, root = village.store.engine.url.render_as_string(), village.app.state.service.home.root
        process = subprocess.Popen([sys.executable, "-c", code, address, str(village.clock()), str(root)])
        receiver.before = lambda _: os.kill(process.pid, signal.SIGKILL)
        assert process.wait(120) == -signal.SIGKILL
        receiver.before = lambda _: None
        assert [one["state"] for one in deliveries(village, hook)] == ["due"]
        assert deliverer(village).round() == Round()  # lent still
        village.clock.now += ROUND
        assert deliverer(village).round() == Round(delivered=1)
        first, second = receiver.came
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body


def test_two_deliverers_do_not_send_the_same(village: Village) -> None:
    with receiving(200) as receiver:
        subscribed(village, receiver.url)
        village.get("/v1/groups/7A/suggestions")
        pair = [threading.Thread(target=deliverer(village).round) for _ in range(2)]
        for one in pair:
            one.start()
        for one in pair:
            one.join()
        ids = [one.headers["webhook-id"] for one in receiver.came]
        assert len(ids) == len(set(ids)) > 1


def test_a_redirect_is_not_followed(village: Village) -> None:
    with receiving(307) as receiver:
        hook = subscribed(village, receiver.url)
        village.get(f"/v1/learners/{ALICE}/path")
        assert deliverer(village).round() == Round(failed=1)
        assert [one.path for one in receiver.came] == ["/hook"]
        assert deliveries(village, hook)[0]["fault"] == "status 307"


def test_a_receiver_that_says_nothing_is_left_after_a_time(village: Village) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hook = subscribed(village, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        village.get(f"/v1/learners/{ALICE}/path")
        assert deliverer(village, answer_seconds=0.2).round() == Round(failed=1)
    assert "no answer" in deliveries(village, hook)[0]["fault"]
    village.clock.now += ROUND
    assert deliverer(village).round() == Round(failed=1)
    assert deliveries(village, hook)[0]["fault"] == "no answer: ConnectionRefusedError"


def test_who_is_told_is_listed_without_secrets_and_can_be_taken_off(village: Village, receiver: Receiver) -> None:
    hook = subscribed(village, receiver.url)
    assert hook["secret"].startswith("whsec_")
    (listed,) = village.get("/v1/webhooks")["webhooks"]
    assert listed == {name: value for name, value in hook.items() if name != "secret"}
    village.get(f"/v1/learners/{ALICE}/path")
    address = f"/v1/webhooks/{hook['webhook_id']}"
    gone = village.client.delete(address)
    assert (gone.status_code, gone.content) == (204, b"")
    assert_problem(village.client.delete(address), 404, "not-found")
    assert deliverer(village).round() == Round()
    assert receiver.came == []


def test_there_are_twenty_at_most(village: Village) -> None:
    for number in range(20):
        subscribed(village, f"https://hooks.example/{number}")
    answer = village.client.post("/v1/webhooks", json={"url": "https://hooks.example/more"})
    assert_problem(answer, 409, "conflict")


def test_deliveries_come_in_pages(village: Village, receiver: Receiver) -> None:
    hook = subscribed(village, receiver.url)
    village.get("/v1/groups/7A/suggestions")
    whole = [one["event_id"] for one in deliveries(village, hook)]
    address, pages = f"/v1/webhooks/{hook['webhook_id']}/deliveries?limit=2", list[list[str]]()
    after: str | None = ""
    while after is not None:
        said = village.get(f"{address}&after={after}" if after else address)
        pages.append([one["event_id"] for one in said["deliveries"]])
        after = said["next"]
    assert [one for page in pages for one in page] == whole
    assert max(map(len, pages)) == 2
    assert len(pages) > 1


def test_a_learner_who_is_erased_is_told_of_no_more(village: Village, receiver: Receiver) -> None:
    hook = subscribed(village, receiver.url)
    village.get(f"/v1/learners/{ALICE}/path")
    assert village.store.erase(ALICE).rows["deliveries"] == 1
    assert deliveries(village, hook) == []
    assert deliverer(village).round() == Round()
    assert receiver.came == []


def test_the_service_delivers_by_itself_where_it_is_told_to(village: Village, receiver: Receiver) -> None:
    subscribed(village, receiver.url)
    village.get(f"/v1/learners/{ALICE}/path")
    arrived = threading.Event()
    receiver.before = lambda _: arrived.set()
    background = Delivering(lambda: [deliverer(village)], 0.01)
    background.start()
    assert arrived.wait(60)
    background.close()
    assert not Delivering.of(village.app.state.tenants, village.app.state.service.home)._every_s


def test_a_receiver_that_hangs_keeps_nobody_else_waiting(village: Village, receiver: Receiver) -> None:
    """The other gets every event while the first still holds its connection."""
    let_go, reached = threading.Event(), threading.Event()

    def hang(_: object) -> None:
        reached.set()
        assert let_go.wait(60)

    with receiving(200) as hanging:
        hanging.before = hang
        subscribed(village, hanging.url)
        subscribed(village, receiver.url)
        village.get("/v1/groups/7A/suggestions")
        background = Delivering(lambda: [deliverer(village, answer_seconds=60)], 0)
        lanes = background.round()
        assert reached.wait(60)
        until(lambda: sum(lane.done() for lane in lanes) == 1, "the end of the other lane")
        assert len(receiver.came) > len(hanging.came) == 1
        assert background.round() == [], "the one that hangs has its lane still"
        let_go.set()
        background.close()
        assert len(hanging.came) == len(receiver.came)


def test_where_nobody_answers_the_rest_waits_for_the_next_round(village: Village) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hook = subscribed(village, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        village.get("/v1/groups/7A/suggestions")
        assert deliverer(village, answer_seconds=0.2).round() == Round(failed=1)
    states = [one["attempts"] for one in deliveries(village, hook)]
    assert sorted(states)[-2:] == [0, 1]


FORBIDDEN = [
    "http://hooks.example/",
    "ftp://hooks.example/",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "https://user:secret@hooks.example/",
    "https://hooks.example/#fragment",
    "https://hooks.example:99999/",
    "https://hooks.example/ space",
    "https://hooks..example/",
    f"https://{'a' * 64}.example/",
    "https://hooks.example\\@10.0.0.1/",
    "https://10.0.0.1/",
    "https://172.16.3.4/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://[::1/",
]
HERE = ["http://127.0.0.1:9/", "http://localhost/", "https://127.8.9.1/", "http://[::1]:9000/", "https://localhost./"]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_events_go_to_no_such_address(village: Village, url: str) -> None:
    assert_problem(village.client.post("/v1/webhooks", json={"url": url}), 422, "invalid-input")
    assert village.get("/v1/webhooks")["webhooks"] == []


@pytest.mark.parametrize("url", HERE)
def test_this_machine_is_called_outside_production_only(url: str) -> None:
    assert target_of(url, loopback=True).host
    with pytest.raises(InputError, match="on this machine is not called"):
        target_of(url, loopback=False)


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.215.14", "192.168.0.1"], ["127.0.0.1"], ["::ffff:10.0.0.1"]])
def test_a_name_that_leads_inside_is_not_called(found: list[str]) -> None:
    target = target_of("https://hooks.example/", loopback=False)
    with pytest.raises(InputError, match="leads to an address that events do not go to"):
        resolved(target, loopback=False, resolve=lambda _host, _port: found)
    assert resolved(target, loopback=False, resolve=lambda _host, _port: ["93.184.215.14"]) == "93.184.215.14"


@pytest.mark.parametrize("wrong", ["secret", "body", "id", "time", "replayed", "no number"])
def test_a_signature_holds_for_this_event_alone(wrong: str) -> None:
    from polku.web.webhooks import signature

    secret, now, body = "whsec_" + "A" * 40, 1_700_000_000, b"{}"
    headers = {
        "webhook-id": "e1",
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, "e1", now, body),
    }
    assert verify(secret, headers, body, now)
    assert verify(secret, headers | {"webhook-signature": "v1,old " + headers["webhook-signature"]}, body, now)
    change: dict[str, dict[str, Any]] = {
        "secret": {"secret": "whsec_" + "B" * 40},
        "body": {"body": b"{ }"},
        "id": {"headers": headers | {"webhook-id": "e2"}},
        "time": {"headers": headers | {"webhook-timestamp": str(now + 1)}},
        "replayed": {"now": now + 301},
        "no number": {"headers": headers | {"webhook-timestamp": "now"}},
    }
    assert not verify(**{"secret": secret, "headers": headers, "body": body, "now": now, **change[wrong]})


def test_what_ended_long_ago_is_deleted(village: Village, receiver: Receiver) -> None:
    hook = subscribed(village, receiver.url)
    village.get(f"/v1/learners/{ALICE}/path")
    assert deliverer(village).round() == Round(delivered=1)
    village.clock.now += 29 * 86_400 * SECOND
    deliverer(village).round()
    assert len(deliveries(village, hook)) == 1
    village.clock.now += 2 * 86_400 * SECOND
    deliverer(village).round()
    assert deliveries(village, hook) == []
