"""Corrections and voids: what was recorded stays, what holds changes, and everybody who asks sees what holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from polku.errors import ConflictError, NotFoundError
from polku.records import Response, Responses
from polku.store import Store, Transaction
from polku.store.engine import begin
from polku.store.packing import unpacked
from polku.testing.store import sample

WHO: dict[str, Any] = {"by": "t1", "role": "teacher", "reason": "read wrongly"}
MARCH = 1_772_000_000_000_000
OpenStore = Callable[[str], Store]


@pytest.fixture
def filled(any_store: Store) -> Store:
    with any_store.begin() as tx:
        tx.responses.add(sample())
    return any_store


def corrected(tx: Transaction, response_id: str, **columns: object) -> Response:
    return replace(tx.responses.latest(response_id), **columns)  # type: ignore[arg-type]  # columns of many types


def held(responses: Responses) -> dict[str, Response]:
    return {one.response_id: one for one in responses}


def logged(store: Store) -> list[tuple[str, dict[str, object], str]]:
    statement = (
        "SELECT kind, payload, learner_id FROM log JOIN log_payloads USING (provider_id, entry_id) "
        "WHERE provider_id = :own ORDER BY appended_at, entry_id"
    )
    with begin(store.engine, write=False) as connection:
        rows = connection.execute(text(statement), {"own": store.provider_id}).all()
    return [(kind, json.loads(unpacked(payload)), learner) for kind, payload, learner in rows]


def test_a_correction_holds_wherever_answers_are_read(filled: Store) -> None:
    with filled.begin() as tx:
        new = corrected(tx, "r-0-1", correct=0.25, item_id="i9", skill_ids=("b",), duration_s=None)
        assert tx.responses.correct(new, **WHO) == ("r-0-1", "l0", 1, "correct", False)
    with filled.read() as tx:
        for read in (tx.responses.all(), tx.responses.of(["l0"]), tx.responses.after("l0", None)):
            assert held(read)["r-0-1"] == new
        assert held(tx.responses.after("l0", (0, 0, "r-0-0")))["r-0-1"] == new
        assert (tx.responses.count(), tx.responses.count("l0")) == (12, 4)
        assert tx.responses.latest("r-0-1") == new
        assert [tuple(row) for part in tx.responses.stream(5) for row in part if row[2] == "i9"] == [
            ("r-0-1", "l0", "i9", "b", 1, 1, False, 0.25, None, "s1", None)
        ]


def test_a_void_takes_an_answer_out_and_a_correction_brings_it_back(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.void("r-0-1", **WHO)
        tx.responses.void("r-1-0", **WHO)
        assert held(tx.responses.all()).keys() == held(sample()).keys() - {"r-0-1", "r-1-0"}
        assert (tx.responses.count(), tx.responses.count("l0"), tx.responses.count("l2")) == (10, 3, 4)
        assert sum(map(len, tx.responses.stream(3))) == 10
        again = tx.responses.latest("r-0-1")
        assert tx.responses.correct(again, **WHO) == ("r-0-1", "l0", 2, "correct", False)
        assert held(tx.responses.of(["l0"]))["r-0-1"] == again == held(sample())["r-0-1"]


def test_a_learner_whose_every_answer_is_void_has_none(filled: Store) -> None:
    with filled.begin() as tx:
        for answer in range(4):
            tx.responses.void(f"r-1-{answer}", **WHO)
        assert tx.responses.learners() == ["l0", "l2"]
        assert len(tx.responses.of(["l1"])) == tx.responses.count("l1") == 0


def test_the_same_amendment_again_is_a_repeat_that_records_nothing(filled: Store) -> None:
    with filled.begin() as tx:
        new = corrected(tx, "r-0-1", correct=0.5)
        assert tx.responses.correct(corrected(tx, "r-0-1"), **WHO) == ("r-0-1", "l0", 0, "correct", True)
        assert [tx.responses.correct(new, **WHO).repeated for _ in range(3)] == [False, True, True]
        assert [tx.responses.void("r-0-1", **WHO).repeated for _ in range(3)] == [False, True, True]
        assert [one.kind for one in tx.responses.amendments("l0")] == ["correct", "void"]
    assert [(kind, learner) for kind, _, learner in logged(filled)] == [("corrected", "l0"), ("voided", "l0")]


def test_the_log_says_what_held_before_and_after(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.correct(corrected(tx, "r-0-1", correct=0.5), **WHO)
    ((_, said, _),) = logged(filled)
    assert (said["before"]["correct"], said["correct"], said["amended_by"]) == (1.0, 0.5, "t1")  # type: ignore[index]  # JSON
    assert filled.verify_log(filled.seal()).whole


def test_the_history_of_a_learner_is_kept_in_order(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.correct(corrected(tx, "r-0-1", correct=0.5), **WHO)
        tx.responses.correct(corrected(tx, "r-0-1", correct=0.75), by="t2", role="teacher", reason="again")
        tx.responses.void("r-1-1", **WHO)
        first, second = tx.responses.amendments("l0")
    assert (first.number, first.by, first.content and first.content.correct) == (1, "t1", 0.5)
    assert (second.number, second.by, second.reason) == (2, "t2", "again")


def test_what_was_recorded_stays_written_and_so_does_each_amendment(
    filled: Store, refuses: Callable[[Store, str], str]
) -> None:
    with filled.begin() as tx:
        tx.responses.correct(corrected(tx, "r-0-1", correct=0.5), **WHO)
    assert "append-only" in refuses(filled, "UPDATE amendments SET correct = 1")
    with begin(filled.engine, write=False) as connection:
        statement = text("SELECT correct FROM responses WHERE response_id = 'r-0-1' AND provider_id = :own")
        assert connection.scalar(statement, {"own": filled.provider_id}) == 1.0


def test_what_cannot_be_amended_is_refused(filled: Store, open_store: OpenStore) -> None:
    with filled.begin() as tx:
        one = tx.responses.latest("r-0-1")
        for unknown in ("nobody", "r-0-1\x1f", ""):
            with pytest.raises(NotFoundError, match="no such answer"):
                tx.responses.void(unknown, **WHO)
        with pytest.raises(NotFoundError, match="no such answer"):
            tx.responses.correct(replace(one, response_id="nobody"), **WHO)
        with pytest.raises(ConflictError, match="another learner's"):
            tx.responses.correct(replace(one, learner_id="l1"), **WHO)
        with pytest.raises(ConflictError, match="carries an order number"):
            tx.responses.correct(replace(one, clock=True), **WHO)
        with pytest.raises(ConflictError, match="known after what it amends"):
            tx.responses.void("r-0-1", **WHO, known_at=0)
        assert tx.responses.all().hash == sample().hash
    with open_store("town").begin() as tx, pytest.raises(NotFoundError, match="no such answer"):
        tx.responses.void("r-0-1", **WHO)


def test_amendments_are_known_one_after_the_other(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.void("r-0-1", **WHO, known_at=7)
        with pytest.raises(ConflictError, match="known after what it amends"):
            tx.responses.correct(corrected(tx, "r-0-1"), **WHO, known_at=6)
        tx.responses.correct(corrected(tx, "r-0-1"), **WHO, known_at=7)


def test_answers_as_they_were_known_at_a_moment(filled: Store) -> None:
    """Before a correction is known its old value holds; nothing that was learnt later shows."""
    with filled.begin() as tx:
        tx.responses.correct(corrected(tx, "r-0-0", correct=0.5), **WHO, known_at=2)
        tx.responses.void("r-0-0", **WHO, known_at=3)
        known = [held(tx.responses.as_known_at(moment)) for moment in range(5)]
    assert [len(one) for one in known] == [3, 6, 9, 11, 11]
    assert [one["r-0-0"].correct for one in known[:3]] == [0.0, 0.0, 0.5]
    assert "r-0-0" not in known[3]


def test_without_a_time_an_amendment_is_known_after_everything_so_far(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.void("r-0-0", **WHO)
        assert [one.known_at for one in tx.responses.amendments("l0")] == [3]
    clocked = Response("c", "l9", "i", ("a",), MARCH, MARCH, 1.0)
    other = filled.for_provider(f"{filled.provider_id} clock")
    with other.begin() as tx:
        tx.responses.add(Responses.from_responses([clocked]))
        tx.responses.void("c", **WHO)
        assert tx.responses.amendments("l9")[0].known_at > MARCH


def test_a_corrected_time_moves_the_answer_only_where_it_stood_by_that_time(filled: Store) -> None:
    later = Response("late", "l0", "i0", ("a",), 1, 9, 1.0, clock=False)
    with filled.begin() as tx:
        tx.responses.add(Responses.from_responses([later]))
        tx.responses.correct(corrected(tx, "r-0-0", answered_at=5), **WHO)
        tx.responses.correct(corrected(tx, "late", answered_at=2), **WHO)
        assert [(one.response_id, one.answered_at, one.known_at) for one in tx.responses.of(["l0"])][-2:] == [
            ("r-0-0", 5, 5),
            ("late", 2, 9),
        ]
        assert list(tx.responses.after("l0", (3, 3, "r-0-3")).response_id) == ["r-0-0", "late"]
        streamed = [row[0] for part in tx.responses.stream(2) for row in part if row[1] == "l0"]
        assert streamed == list(tx.responses.of(["l0"]).response_id)


def test_items_left_out_are_those_that_hold(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.correct(corrected(tx, "r-0-1", item_id="out"), **WHO)
        tx.responses.correct(corrected(tx, "r-0-2", item_id="i3"), **WHO)
        for without in (["out"], ["i2"], ["i1"], ["i3", "out"]):
            read = tx.responses.of(["l0"], without=without)
            assert not set(read.items) & set(without)
            assert len(read) == tx.responses.count("l0", without=without)
            assert tx.responses.all(without=without).of_learners(["l0"]).hash == read.hash


def test_sending_what_was_recorded_or_what_holds_again_is_a_repeat(filled: Store) -> None:
    with filled.begin() as tx:
        new = corrected(tx, "r-0-1", correct=0.5)
        tx.responses.correct(new, **WHO)
        tx.responses.void("r-0-2", **WHO)
        assert tx.responses.add(sample()) == (0, 12, [])
        assert tx.responses.add(Responses.from_responses([new])) == (0, 1, [])
        assert tx.responses.add(Responses.from_responses([replace(new, correct=0.75)])) == (0, 0, ["r-0-1"])
        assert tx.responses.latest("r-0-1") == new
        assert tx.responses.count("l0") == 3


def test_kept_profiles_of_that_learner_are_dropped(filled: Store) -> None:
    with filled.begin() as tx:
        for learner in ("l0", "l1"):
            tx.profiles.put(learner, "f", "i", None, b"state")
        tx.responses.void("r-0-1", **WHO)
        assert (tx.profiles.get("l0", "f", "i"), tx.profiles.get("l1", "f", "i")) == (None, b"state")


def test_erasing_a_learner_takes_their_amendments_too(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.void("r-0-1", **WHO)
        tx.responses.void("r-1-1", **WHO)
    assert filled.erase("l0").rows["amendments"] == 1
    with filled.read() as tx:
        assert tx.responses.amendments("l0") == []
        assert len(tx.responses.amendments("l1")) == 1
    assert filled.verify_log().whole


def test_many_who_send_one_correction_at_once_make_one(filled: Store) -> None:
    with filled.read() as tx:
        new = corrected(tx, "r-0-1", correct=0.5)

    def send(number: int) -> bool:
        with filled.begin() as tx:
            return tx.responses.correct(new if number % 2 else replace(new, response_id="r-0-3"), **WHO).repeated

    with ThreadPoolExecutor(4) as pool:
        repeated = list(pool.map(send, range(12)))
    assert repeated.count(False) == 2
    with filled.read() as tx:
        assert [one.number for one in tx.responses.amendments("l0")] == [1, 1]


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, 0.0, 0.25, 1.0])), max_size=8)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_amended_the_last_word_holds(any_store: Store, steps: list[tuple[int, float | None]]) -> None:
    """What the store reads is what a dictionary holds in which every amendment overwrites."""
    store = any_store.for_provider(f"{any_store.provider_id} {json.dumps(steps)}")
    expected: dict[str, Response | None] = dict(held(sample()))
    with store.begin() as tx:
        tx.responses.add(sample())
        for answer, score in steps:
            name = f"r-0-{answer}"
            expected[name] = None if score is None else replace(held(sample())[name], correct=score)
            new = expected[name]
            tx.responses.void(name, **WHO) if new is None else tx.responses.correct(new, **WHO)
    kept = Responses.from_responses([one for one in expected.values() if one], clock=False)
    with store.read() as tx:
        assert tx.responses.all().hash == kept.hash
        assert tx.responses.count() == sum(map(len, tx.responses.stream(2))) == len(kept)


def test_who_folds_everybody_keeps_no_profile_that_misses_an_amendment(filled: Store) -> None:
    def void() -> None:
        with filled.begin() as tx:
            tx.responses.void("r-0-1", **WHO)

    with ThreadPoolExecutor(1) as pool:
        with filled.begin() as tx:
            read = tx.responses.all()
            waits = pool.submit(void)
            tx.profiles.put("l0", "f", "i", None, str(len(read)).encode())
        waits.result()
    with filled.read() as tx:
        assert (len(read), tx.responses.count()) == (12, 11)
        assert tx.profiles.get("l0", "f", "i") is None


def test_nothing_is_learned_from_the_amended_answers_of_who_objects(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.correct(corrected(tx, "r-0-1", correct=0.5), **WHO)
        tx.responses.correct(corrected(tx, "r-1-1", correct=0.5), **WHO)
        tx.holds.put("objection", "learner", "l0", by="l0", role="learner", reason=None)
        streamed = {str(row[1]) for part in tx.responses.stream(5) for row in part}
        for learners in (tx.responses.all().learners, tx.responses.as_known_at(9).learners, streamed):
            assert set(learners) == {"l1", "l2"}
