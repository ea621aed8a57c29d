"""Answers come in by the API: none lost, none twice, nothing kept that may not be."""

from __future__ import annotations

import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from polku.store.values import Quarantined
from village import ALICE, DAY, NOW, Village, assert_problem, row

HOUR = DAY // 24


def kept(village: Village) -> list[Quarantined]:
    with village.store.read() as tx:
        return tx.refused.list()


def answers(village: Village) -> int:
    with village.store.read() as tx:
        return tx.responses.count()


def test_new_responses_are_taken_in(village: Village) -> None:
    before = answers(village)
    said = village.post(row("a"), row("b", correct=0.5), row("c", learner_id="newcomer"))
    assert said == {"http": 200, "accepted": 3, "repeated": 0, "refused": [], "conflicts": []}
    assert answers(village) == before + 3
    assert village.get("/v1/learners/newcomer/profile")["answers"] == 1


def test_sending_again_changes_nothing_however_late(village: Village) -> None:
    village.post(row("a"), row("b"))
    before = village.get(f"/v1/learners/{ALICE}/profile")
    village.clock.now += HOUR
    assert village.post(row("a"), row("b")) == {
        "http": 200,
        "accepted": 0,
        "repeated": 2,
        "refused": [],
        "conflicts": [],
    }
    village.clock.now -= HOUR
    assert village.get(f"/v1/learners/{ALICE}/profile") == before
    assert not kept(village)


def test_nothing_at_all_is_fine(village: Village) -> None:
    assert village.post()["accepted"] == 0


def test_another_answer_under_the_same_id_is_a_conflict_that_is_kept(village: Village) -> None:
    village.post(row("a", correct=1))
    said = assert_problem(
        village.client.post("/v1/responses", json={"responses": [row("a", correct=0)]}), 409, "conflict"
    )
    assert (said["conflicts"], said["accepted"]) == (["a"], 0)
    (one,) = kept(village)
    assert (one.source, one.reason, one.column) == ("api", "conflict", "correct")
    assert json.loads(one.row)["correct"] == 0
    with village.store.read() as tx:
        assert {one.response_id: one.correct for one in tx.responses.of([ALICE])}["a"] == 1


def test_good_rows_are_taken_in_beside_bad_ones(village: Village) -> None:
    village.post(row("old"))
    said = village.post(row("a"), row("b", correct=2), 7, row("old", correct=0), row("old"), row("c", learner_id=None))
    assert (said["http"], said["accepted"], said["repeated"], said["conflicts"]) == (200, 1, 1, ["old"])
    assert [(one["index"], one["reason"], one["column"]) for one in said["refused"]] == [
        (1, "out_of_range", "correct"),
        (2, "wrong_type", ""),
        (5, "missing", "learner_id"),
    ]
    assert all(one["explanation"] for one in said["refused"])
    assert sorted(one.reason for one in kept(village)) == ["conflict", "missing", "out_of_range", "wrong_type"]


def test_what_is_refused_is_kept_even_when_nothing_could_be_used(village: Village) -> None:
    answer = village.client.post("/v1/responses", json={"responses": [row(answered_at="yesterday")]})
    said = assert_problem(answer, 422, "invalid-input")
    assert [one["reason"] for one in said["refused"]] == ["bad_time"]
    assert [one.reason for one in kept(village)] == ["bad_time"]
    village.client.post("/v1/responses", json={"responses": [row(answered_at="yesterday")]})
    assert len(kept(village)) == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"correct": math.nan}, "not_finite"),
        ({"correct": math.inf}, "not_finite"),
        ({"correct": 10**4000}, "out_of_range"),
        ({"correct": {}}, "wrong_type"),
        ({"correct": None}, "missing"),
        ({"learner_id": "a\x00b"}, "control_character"),
        ({"learner_id": "\ud800"}, "control_character"),
        ({"learner_id": "x" * 201}, "too_long"),
        ({"learner_id": ["a"]}, "wrong_type"),
        ({"learner_id": 10**30}, "too_long"),
        ({"answered_at": "2026-06-05T09:00:00"}, "no_zone"),
        ({"answered_at": 10**30}, "out_of_range"),
        ({"answered_at": True}, "wrong_type"),
        ({"skill_ids": [], "item_id": "unheard-of"}, "no_skills"),
        ({"skill_ids": [["a"]]}, "wrong_type"),
        ({"duration_s": -1}, "out_of_range"),
    ],
)
def test_odd_values_are_refused_with_their_reason(village: Village, more: dict[str, object], reason: str) -> None:
    body = json.dumps({"responses": [row(**more), row("sound")]})
    answer = village.client.post("/v1/responses", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert ([one["reason"] for one in answer.json()["refused"]], answer.json()["accepted"]) == ([reason], 1)
    assert [one.reason for one in kept(village)] == [reason]


@pytest.mark.parametrize(
    "sent",
    [
        row(learner_id="010190-123A"),
        row(learner_id="", note={"who": "010190-123A"}),
        row(learner_id="", note=["010190-123A"]),
        {"010190-123A": 1},
        {"note": {"010190-123A": 1}},
        "010190-123A",
        row(skill_ids=["010190-123A"]),
        row(correct=0, school_id="010190-123A"),
    ],
)
def test_a_personal_identity_code_is_kept_nowhere(village: Village, sent: object) -> None:
    village.post(sent)
    assert len(kept(village)) == 1
    village.client.post("/v1/responses", json={"responses": [row("other", note="010190-123A")]})
    village.store.engine.dispose()
    files = village.store.engine.url.database or ""
    for end in ("", "-wal"):
        path = Path(files + end)
        assert not path.exists() or b"010190" not in path.read_bytes()


def test_half_a_character_in_a_name_is_no_reason_to_lose_the_row(village: Village) -> None:
    body = b'{"responses": [{"\\ud800": "\\udfff"}]}'
    answer = village.client.post("/v1/responses", content=body, headers={"content-type": "application/json"})
    assert_problem(answer, 422, "invalid-input")
    assert len(kept(village)) == 1


def test_a_denied_field_is_removed_before_a_row_is_kept(village: Village) -> None:
    village.post(row(correct=7, hetu="anything"))
    assert '"hetu": "[removed: personal identity code]"' in kept(village)[0].row


def test_an_id_that_stands_twice_in_one_request(village: Village) -> None:
    said = village.post(row("a"), row("a"), row("a", correct=0), row("a", correct=0), row("b"))
    assert (said["accepted"], said["repeated"], said["conflicts"]) == (2, 1, ["a", "a"])


def test_the_same_answers_sent_by_many_at_once_are_taken_in_once(village: Village) -> None:
    sent = [row(f"a{place}", learner_id="newcomer") for place in range(20)]
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: village.post(*sent), range(8)))
    assert sum(one["accepted"] for one in said) == 20
    assert sum(one["repeated"] for one in said) == 7 * 20
    assert not any(one["conflicts"] for one in said)
    assert village.get("/v1/learners/newcomer/profile")["answers"] == 20


def test_a_thousand_answers_under_one_id_do_not_hold_everybody_up(village: Village) -> None:
    started = time.perf_counter()
    said = village.post(*(row("a", correct=place / 1000) for place in range(1000)))
    assert (said["accepted"], len(said["conflicts"])) == (1, 999)
    assert time.perf_counter() - started < 60  # quadratic work would take minutes


def test_the_item_bank_gives_the_skills_that_a_row_does_not_name(village: Village) -> None:
    with village.store.read() as tx:
        item, skills = next(iter(tx.items.all().skills.items()))
    bare = row("a", item_id=item)
    del bare["skill_ids"]
    assert village.post(bare)["accepted"] == 1
    with village.store.read() as tx:
        assert {one.response_id: one.skill_ids for one in tx.responses.of([ALICE])}["a"] == skills


def test_order_numbers_are_refused_by_a_provider_with_a_clock(village: Village) -> None:
    said = village.post(row("n", answered_at=17), row("a"))
    assert (said["accepted"], [(one["index"], one["reason"]) for one in said["refused"]]) == (1, [(0, "mixed_time")])
    assert json.loads(kept(village)[0].row)["answered_at"] == 17


def test_an_answer_becomes_known_when_it_arrives_whatever_the_sender_says(village: Village) -> None:
    village.post(row("a", known_at="2020-01-01T00:00:00Z"), row("ahead", answered_at="2027-01-01T00:00:00Z"))
    with village.store.read() as tx:
        known = dict(
            zip(*(getattr(tx.responses.of([ALICE]), name) for name in ("response_id", "known_at")), strict=True)
        )
    assert NOW < known["a"] < NOW + 1000
    assert known["ahead"] == 1_798_761_600_000_000


def test_answers_of_one_request_are_folded_in_the_order_they_were_given(village: Village) -> None:
    late, early = (row(name, answered_at=f"2026-06-04T{hour}:00:00Z") for name, hour in (("x", 12), ("y", 10)))
    village.post(late, early)
    with village.store.read() as tx:
        assert list(tx.responses.of([ALICE]).response_id)[-2:] == ["y", "x"]
