"""Requests sent twice: the same answer, no second effect, in a crowd as well."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from polku.store import Store
from polku.store.repeats import KEPT_US, Kept
from tried import tried
from village import ALICE, HERE, TestClient, Village, assert_problem, row

DAY_US = KEPT_US


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def option(village: Village) -> str:
    return str(village.get(f"/v1/learners/{ALICE}/path")["options"][0]["suggestion_id"])


def decide(village: Village, about: str, key: str, **said: Any) -> Any:
    body = {"decision": "accept", "by": "T07", "role": "teacher", **said}
    return village.client.post(f"/v1/suggestions/{about}/decision", json=body, headers=keyed(key))


def decisions(village: Village) -> int:
    with village.store.read() as tx:
        return len(tx.decisions.history(ALICE))


def test_a_decision_sent_twice_is_one_decision(village: Village) -> None:
    about = option(village)
    first, again = decide(village, about, "k1"), decide(village, about, "k1")
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert decisions(village) == 1
    assert decide(village, about, "k2").json() != first.json()
    assert decisions(village) == 2


def test_the_same_key_for_something_else_is_refused(village: Village) -> None:
    about = option(village)
    decide(village, about, "k1")
    assert_problem(decide(village, about, "k1", reason="otherwise"), 422, "invalid-input")
    assert_problem(
        village.client.post("/v1/responses", json={"responses": []}, headers=keyed("k1")), 422, "invalid-input"
    )
    assert decisions(village) == 1


def test_what_was_refused_may_be_sent_again(village: Village) -> None:
    about = option(village)
    assert decide(village, about, "k1", decision="nonsense").status_code == 422
    assert decide(village, about, "k1").status_code == 201


@pytest.mark.parametrize("sent", [[row()], [row(correct="?")], [row(), row(correct=0)]])
def test_answers_that_came_in_are_answered_alike(village: Village, sent: list[dict[str, Any]]) -> None:
    """Also where rows were refused or in conflict: what was kept aside is kept aside once."""
    answers = [village.client.post("/v1/responses", json={"responses": sent}, headers=keyed("k1")) for _ in range(3)]
    assert len({(one.status_code, one.content) for one in answers}) == 1
    with village.store.read() as tx:
        assert tx.refused.count() == len(answers[0].json()["refused"]) + len(answers[0].json()["conflicts"])


def test_a_key_is_forgotten_after_a_day(village: Village) -> None:
    about = option(village)
    decide(village, about, "k1")
    village.clock.now += DAY_US + 1_000
    assert decide(village, about, "k1").headers.get("idempotency-replayed") is None
    assert decisions(village) == 2
    with village.store.read() as tx:
        assert tx.repeats.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "\x7f"])
def test_not_everything_is_a_key(village: Village, key: str) -> None:
    assert_problem(decide(village, option(village), key), 422, "invalid-input")


def test_ten_at_once_are_one(village: Village) -> None:
    """Concurrent duplicates: one effect, ten equal answers."""
    about = option(village)

    def ask(_: int) -> tuple[int, bytes]:
        with TestClient(village.app, **HERE) as caller:
            answer = caller.post(
                f"/v1/suggestions/{about}/decision",
                json={"decision": "accept", "by": "T07", "role": "teacher"},
                headers=keyed("k1"),
            )
        return answer.status_code, answer.content

    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(ask, range(10)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert decisions(village) == 1
    tried("concurrent duplicates", len(answers))


def test_without_a_key_nothing_is_kept(village: Village) -> None:
    village.post(row())
    with village.store.read() as tx:
        assert tx.repeats.count() == 0


def test_keys_of_others_are_other_keys(village: Village) -> None:
    with village.store.begin() as tx:
        tx.repeats.keep("teacher:T1", "k", "one", Kept(201, b"{}", "application/json"))
        assert tx.repeats.find("teacher:T2", "k", "two") is None
        assert tx.repeats.find("teacher:T1", "k", "one") == Kept(201, b"{}", "application/json")


def test_an_answer_is_kept_with_its_effect_or_not_at_all(village: Village) -> None:
    store: Store = village.store

    def undone() -> None:
        with store.begin() as tx:
            tx.repeats.keep("teacher:T1", "k", "one", Kept(201, b"{}", "application/json"))
            message = "undone"
            raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="undone"):
        undone()
    with store.begin() as tx:
        assert tx.repeats.find("teacher:T1", "k", "one") is None
