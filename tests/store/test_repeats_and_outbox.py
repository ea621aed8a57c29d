"""Kept answers and the outbox, on both databases; providers see their own alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from polku.errors import InputError, NotFoundError
from polku.store import Store
from polku.store.outbox import DEAD, DELIVERED, DUE
from polku.store.repeats import Kept
from polku.store.transaction import Transaction

ANSWER = Kept(200, b'{"a": "\xc3\xa4"}', "application/json")
LEASE = 60_000_000


def shut(webhook_id: str, secret: str) -> str:
    """Return something that nobody takes for the secret."""
    return f"{webhook_id}:{secret[::-1]}"


def offer(tx: Transaction, learner_id: str) -> None:
    path = {"rung": "curriculum_order", "options": [{"skill_id": "a", "kind": "new"}], "path": []}
    nothing: dict[str, float] = {}
    tx.suggestions.offer(
        learner_id, path=path, candidates=[], scores=nothing, propensity=nothing, policy_hash="p", bundle_id=None
    )


def test_an_answer_comes_back_byte_for_byte(any_store: Store) -> None:
    with any_store.begin() as tx:
        assert tx.repeats.find("s", "k", "one") is None
        tx.repeats.keep("s", "k", "one", ANSWER)
    with any_store.begin() as tx:
        assert tx.repeats.find("s", "k", "one") == ANSWER
        with pytest.raises(InputError, match="used for another request"):
            tx.repeats.find("s", "k", "two")


def test_the_same_request_at_once_does_its_work_once(any_store: Store) -> None:
    done = []

    def ask(number: int) -> None:
        with any_store.begin() as tx:
            if tx.repeats.find("s", "k", "one") is None:
                done.append(number)
                tx.repeats.keep("s", "k", "one", ANSWER)

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(ask, range(12)))
    assert len(done) == 1


def test_an_event_is_written_with_the_offer_and_lent_once(any_store: Store) -> None:
    with any_store.begin() as tx:
        hook = tx.outbox.subscribe("https://hooks.example/", "S1", shut)
        offer(tx, "L1")
        other = tx.outbox.subscribe("https://other.example/", "S1", shut)
    with any_store.begin() as tx:
        assert tx.outbox.waited_for() == [hook.webhook_id]
        assert tx.outbox.take(other.webhook_id, 10, LEASE) == []
        (lent,) = tx.outbox.take(hook.webhook_id, 10, LEASE)
        assert tx.outbox.take(hook.webhook_id, 10, LEASE) == []
        assert (lent.state, lent.attempts, lent.webhook_id) == (DUE, 1, hook.webhook_id)
        tx.outbox.failed(lent, "status 500", None)
        assert [one.fault for one in tx.outbox.deliveries(hook.webhook_id, DEAD)] == ["status 500"]
        assert tx.outbox.revive(hook.webhook_id) == 1
        (again,) = tx.outbox.take(hook.webhook_id, 10, LEASE)
        tx.outbox.delivered(again)
        assert tx.outbox.waited_for() == []
        assert tx.outbox.standing(hook.webhook_id) == {DUE: 0, DELIVERED: 1, DEAD: 0}
        assert (again.event_id, again.body) == (lent.event_id, lent.body)


def test_without_webhooks_nothing_is_written(any_store: Store) -> None:
    with any_store.begin() as tx:
        offer(tx, "L1")
        assert tx.outbox.deliveries() == []


def test_what_is_kept_of_a_secret_is_what_the_caller_makes_of_it(any_store: Store) -> None:
    with any_store.begin() as tx:
        hook = tx.outbox.subscribe("https://hooks.example/", "S1", shut)
        (kept,) = tx.outbox.webhooks()
        assert hook.secret.startswith("whsec_")
        assert kept == hook._replace(secret=shut(hook.webhook_id, hook.secret))
        tx.outbox.reseal(kept, "otherwise")
        tx.outbox.reseal(kept, "too late: it is not what was read")
        assert [one.secret for one in tx.outbox.webhooks()] == ["otherwise"]
        tx.outbox.unsubscribe(hook.webhook_id)
        tx.outbox.reseal(kept, "back")
        assert tx.outbox.webhooks() == []


def test_a_provider_sees_its_own_alone(open_store: Callable[[str], Store]) -> None:
    one, other = open_store("one"), open_store("other")
    with one.begin() as tx:
        hook = tx.outbox.subscribe("https://hooks.example/", "S1", shut)
        tx.repeats.keep("s", "k", "one", ANSWER)
    with other.begin() as tx:
        assert tx.outbox.webhooks() == []
        assert tx.repeats.find("s", "k", "two") is None
        offer(tx, "L1")
        with pytest.raises(NotFoundError, match="no such webhook"):
            tx.outbox.webhook(hook.webhook_id)
    with one.begin() as tx:
        assert tx.outbox.deliveries() == []
        with pytest.raises(NotFoundError, match="no such webhook"):
            tx.outbox.webhook(hook.webhook_id, by="another service")


def test_what_is_erased_or_taken_off_meanwhile_is_not_marked(any_store: Store) -> None:
    with any_store.begin() as tx:
        hook = tx.outbox.subscribe("https://hooks.example/", "S1", shut)
        offer(tx, "L1")
        (lent,) = tx.outbox.take(hook.webhook_id, 10, LEASE)
        tx.outbox.unsubscribe(hook.webhook_id)
        tx.outbox.delivered(lent)
        assert tx.outbox.deliveries() == []
        assert tx.outbox.webhooks() == []
