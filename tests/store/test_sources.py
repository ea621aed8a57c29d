"""The one door for streams: each element ends in one way, and what ended well can be told where it came from."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from polku.records import DenyRules, Items, Reason, Refusal, Response, Responses, check_response
from polku.records.elements import Element, Evidence, NoEffect, Tally, Voiding
from polku.store import Store
from polku.store.receipts import counts
from polku.store.rostered import PAGES_KB
from polku.store.sources import Delivery

ITEMS = Items.of([{"item_id": "i7", "skill_ids": ("a",), "title": ""}])
SOURCE = "exercises"
AT = 1_700_000_000_000_000


def evidence(element_id: str = "e1", digest: str = "d1", **changes: Any) -> Evidence:
    said = {"learner_id": "anna", "item_id": "i7", "correct": 1.0, "answered_at": AT, **changes}
    return Evidence(element_id, digest, **said)


def take(store: Store, *elements: Element, items: Items = ITEMS, source: str = SOURCE, **more: Any) -> Tally:
    """Take elements in, in a transaction of their own, with a receipt; return its counts."""
    with store.begin() as tx:
        delivery = Delivery(source, "xapi", tx.receipts.new_id(), DenyRules(), items, **more)
        tx.sources.take(elements, delivery, lambda place: f'{{"learner_id": "anna", "element": {place}}}')
        tx.receipts.add(delivery.receipt_id, delivery.tally, source=source, standard="xapi", digest="0", by="a service")
    return delivery.tally


def held(store: Store) -> dict[str, float]:
    with store.read() as tx:
        return {one.response_id: one.correct for one in tx.responses.all()}


def test_evidence_becomes_an_answer_that_says_where_it_came_from(any_store: Store) -> None:
    tally = take(any_store, evidence(skill_ids=("b",), duration_s=3.5))
    assert (tally.accepted, tally.elements) == (1, 1)
    with any_store.read() as tx:
        [answer] = tx.responses.of(["anna"])
        found = tx.provenance.of_response("exercises:e1")
        assert found is not None
        receipt = tx.receipts.get(found.receipt_id)
    assert (answer.response_id, answer.skill_ids, answer.answered_at, answer.duration_s) == (
        *("exercises:e1", ("b",), AT),
        3.5,
    )
    assert (found.source, found.element_id, found.standard, found.learner_id) == (SOURCE, "e1", "xapi", "anna")
    assert receipt is not None
    assert receipt.counts == counts(tally)
    assert receipt.elements == 1


def test_the_same_element_again_is_a_repeat_and_another_content_a_conflict(any_store: Store) -> None:
    take(any_store, evidence())
    again = take(any_store, evidence(), evidence(digest="d2", correct=0.0))
    assert (again.accepted, again.repeated, again.refused) == (0, 1, {"conflict": 1})
    assert held(any_store) == {"exercises:e1": 1.0}


def test_repeats_and_conflicts_within_a_delivery_are_told_apart_the_first_wins(any_store: Store) -> None:
    tally = take(any_store, evidence(), evidence(), evidence(digest="d2", correct=0.0))
    assert (tally.accepted, tally.repeated, tally.refused) == (1, 1, {"conflict": 1})
    assert held(any_store) == {"exercises:e1": 1.0}


def test_two_sources_may_use_one_id(any_store: Store) -> None:
    take(any_store, evidence())
    assert take(any_store, evidence(digest="d2", correct=0.5), source="games").accepted == 1
    assert held(any_store) == {"exercises:e1": 1.0, "games:e1": 0.5}


def test_a_voiding_takes_evidence_out_and_stays_written(any_store: Store) -> None:
    take(any_store, evidence())
    tally = take(any_store, Voiding("v1", "d", target_id="e1", learner_id="anna"))
    assert (tally.voidings, tally.voided) == (1, 1)
    assert held(any_store) == {}
    with any_store.read() as tx:
        [amendment] = tx.responses.amendments("anna")
        assert tx.provenance.voided(SOURCE, "e1")
    assert (amendment.kind, amendment.by) == ("void", SOURCE)


def test_a_voiding_may_come_before_what_it_voids_or_beside_it(any_store: Store) -> None:
    take(any_store, Voiding("v1", "d", target_id="e1"))
    tally = take(any_store, evidence(), evidence("e2"), Voiding("v2", "d", target_id="e2"))
    assert tally.without_effect == {"voided_before": 2}
    assert held(any_store) == {}


def test_a_voiding_is_never_voided_and_no_other_source_voids(any_store: Store) -> None:
    take(any_store, evidence(), Voiding("v1", "d", target_id="v2"), Voiding("v2", "d", target_id="v1"))
    assert take(any_store, Voiding("v1", "d", target_id="e1"), source="games").voided == 0
    assert held(any_store) == {"exercises:e1": 1.0}
    with any_store.read() as tx:
        assert not tx.provenance.voided(SOURCE, "v1")


def test_what_cannot_be_used_yet_waits_and_is_taken_when_it_comes_again(any_store: Store) -> None:
    assert take(any_store, evidence(), items=Items.of()).refused == {"no_skills": 1}
    assert held(any_store) == {}
    with any_store.read() as tx:
        assert tx.refused.reasons() == {"no_skills": 1}
        [(_, element, _)] = tx.sources.waiting(SOURCE)
    assert element == "0"
    assert take(any_store, evidence()).accepted == 1
    assert held(any_store) == {"exercises:e1": 1.0}


def test_quarantine_tried_again_may_have_lost_what_its_digest_was_made_of(any_store: Store) -> None:
    take(any_store, evidence(), items=Items.of())
    assert take(any_store, evidence(digest="d2")).refused == {"conflict": 1}
    assert take(any_store, evidence(digest="d2"), replay=True).accepted == 1
    assert take(any_store, evidence()).repeated == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"learner_id": "131052-308T"}, "identity_code"),
        ({"correct": 1.5}, "out_of_range"),
        ({"item_id": "i" * 300}, "too_long"),
        ({"learner_id": ""}, "missing"),
    ],
)
def test_evidence_is_checked_as_any_answer_is(any_store: Store, changes: dict[str, Any], reason: str) -> None:
    assert take(any_store, evidence(**changes)).refused == {reason: 1}
    assert held(any_store) == {}


def test_the_future_counts_as_now_and_a_missing_time_too(any_store: Store) -> None:
    with any_store.read() as tx:
        before = tx.receipts.list()
    assert before == []
    tally = take(any_store, evidence(answered_at=4_000_000_000_000_000), evidence("e2", answered_at=None))
    assert tally.flags == {"in_the_future": 1}
    with any_store.read() as tx:
        times = [one.answered_at for one in tx.responses.of(["anna"])]
    assert all(AT < at < 4_000_000_000_000_000 for at in times)


def test_what_comes_live_is_known_from_now_on_and_a_file_from_when_it_was_given(any_store: Store) -> None:
    take(any_store, evidence())
    take(any_store, evidence("e2", known_at=AT + 5), evidence("e3"), live=False)
    with any_store.read() as tx:
        known = {one.response_id: one.known_at for one in tx.responses.of(["anna"])}
    assert known["exercises:e1"] > AT + 5
    assert (known["exercises:e2"], known["exercises:e3"]) == (AT + 5, AT)


def test_every_element_ends_in_one_way(any_store: Store) -> None:
    refusal = Refusal(0, Reason.MISSING, "verb", Reason.MISSING.sentence, "{}")
    elements: list[Element] = [
        *(evidence(), evidence(), evidence("e2", learner_id="")),
        NoEffect("n1", "d", why="other_verb", dropped=("name",), flags=("odd",)),
        *(Voiding("v1", "d", target_id="x"), refusal),
    ]
    tally = take(any_store, *elements)
    assert tally.elements == len(elements)
    assert (tally.dropped, tally.flags) == ({"name": 1}, {"odd": 1})


def test_order_numbers_and_clock_times_are_not_mixed(any_store: Store) -> None:
    row = {"response_id": "r1", "learner_id": "anna", "item_id": "i7", "skill_ids": ["a"], "correct": 1}
    answer = check_response({**row, "answered_at": 1})
    assert isinstance(answer, Response)
    with any_store.begin() as tx:
        tx.responses.add(Responses.from_responses([answer]))
    assert take(any_store, evidence()).refused == {"mixed_time": 1}


def test_whoever_is_erased_leaves_no_element_behind(any_store: Store) -> None:
    take(any_store, evidence(), NoEffect("n1", "d", why="ungraded", learner_id="anna", content="{}"))
    take(any_store, evidence("e2"), items=Items.of())
    erased = any_store.erase("anna").rows
    assert (erased["elements"], erased["responses"], erased["refused"]) == (3, 1, 1)
    with any_store.read() as tx:
        assert tx.provenance.get(SOURCE, "e1") is None
        assert len(tx.receipts.list()) == 2


def test_receipts_are_listed_latest_first_and_name_the_standard_of_a_source(any_store: Store) -> None:
    take(any_store, evidence())
    take(any_store, evidence("e2"), source="games")
    with any_store.read() as tx:
        assert [one.source for one in tx.receipts.list()] == ["games", SOURCE]
        assert [one.source for one in tx.receipts.list(SOURCE)] == [SOURCE]
        assert (tx.receipts.standard_of(SOURCE), tx.receipts.standard_of("nobody")) == ("xapi", None)
        assert tx.receipts.get("none") is None


def test_a_receipt_says_more_while_more_comes_and_nothing_else_once_it_is_finished(any_store: Store) -> None:
    told = {"source": SOURCE, "standard": "xapi", "by": "a command"}
    with any_store.begin() as tx:
        named = tx.receipts.new_id()
        for accepted in (1, 2):
            so_far = tx.receipts.go_on(named, Tally(accepted=accepted), **told)
    with any_store.read() as tx:
        assert tx.receipts.list(SOURCE) == [so_far], "one row, however often it went on"
    assert (so_far.finished, so_far.elements, so_far.counts["accepted"]) == (False, 2, 2)
    with any_store.begin() as tx:
        whole = tx.receipts.go_on(named, Tally(accepted=3), digest="f" * 64, **told)
        assert tx.receipts.get(named) == whole
        assert whole.finished
    with pytest.raises(IntegrityError, match="receipts"), any_store.begin() as tx:
        tx.receipts.go_on(named, Tally(accepted=4), **told)
    with any_store.read() as tx:
        assert tx.receipts.get(named) == whole


def test_a_delivery_passes_through_an_embedded_database_in_few_pages(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.register.pass_through()
        if any_store.engine.dialect.name == "sqlite":
            [[pages]] = tx.register._tenant.connection.exec_driver_sql("PRAGMA cache_size")
            assert pages == -PAGES_KB


def test_receipts_come_in_pages_that_meet_also_where_all_are_of_one_moment(any_store: Store) -> None:
    ids = [str(number) for number in range(5)]
    with Store(any_store.engine, "one moment", lambda: AT).begin() as tx:
        for one in ids:
            tx.receipts.add(one, Tally(), source=SOURCE, standard="xapi", digest="0", by="a service")
        found: list[str] = []
        while page := tx.receipts.list(SOURCE, 2, found[-1] if found else None):
            found += [one.receipt_id for one in page]
        assert found == ids
        assert [one.receipt_id for one in tx.receipts.list(limit=2, after="gone")] == ids[:2]
