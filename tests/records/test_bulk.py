"""Many rows at once: repeats, conflicts, skills from items, notes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from polku.records import Checked, DenyRules, Items, check_columns

ITEMS = Items.of(
    [
        {"item_id": "i1", "skill_ids": ("a", "b"), "title": ""},
        {"item_id": "i2", "skill_ids": ("c",), "title": ""},
    ]
)
GOOD = {
    "response_id": "r1",
    "learner_id": "anna",
    "item_id": "i1",
    "skill_ids": "a;b",
    "answered_at": "2025-03-01T10:00:00Z",
    "correct": "1",
}


def check(*rows: dict[str, str], items: Items | None = None, deny: DenyRules | None = None) -> Checked:
    table = [{**GOOD, **row} for row in rows]
    names = list(dict.fromkeys(name for row in table for name in row))
    columns = {name: pa.array([row.get(name) for row in table], pa.string()) for name in names}
    return check_columns(columns, deny or DenyRules(), items)


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"learner_id": " anna "},
        {"skill_ids": "b; a;a"},
        {"answered_at": "2025-03-01T12:00:00.000+02:00"},
        {"correct": "1.0"},
        {"known_at": "2025-03-01T10:00:00Z"},
        {"school_id": "NA"},
        {"duration_s": "nan"},
    ],
)
def test_the_same_content_again_is_a_repeat_however_it_is_written(again: dict[str, str]) -> None:
    checked = check({}, again)
    assert (len(checked.responses), len(checked.refused), checked.repeated) == (1, 0, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"learner_id": "bo"},
        {"item_id": "i2"},
        {"skill_ids": "a"},
        {"answered_at": "2025-03-01T10:00:01Z"},
        {"correct": "0"},
        {"known_at": "2025-03-01T10:00:01Z"},
        {"school_id": "s"},
        {"group_id": "g"},
        {"duration_s": "0"},
    ],
)
def test_other_content_under_the_same_id_is_a_conflict_and_the_first_stays(other: dict[str, str]) -> None:
    checked = check({}, other, {})
    assert checked.reasons == [("conflict", "response_id")]
    assert checked.refused.tolist() == [1]
    assert checked.repeated == 1
    assert checked.responses[0].learner_id == "anna"


def test_a_refused_row_does_not_claim_its_id() -> None:
    checked = check({"correct": "2"}, {})
    assert checked.reasons == [("out_of_range", "correct")]
    assert len(checked.responses) == 1


def test_each_of_many_conflicts_is_kept() -> None:
    checked = check(*({"correct": str(score)} for score in (0, 1, 0.5, 0)))
    assert checked.refused.tolist() == [1, 2]
    assert checked.repeated == 1


def test_skills_come_from_the_items_where_a_row_names_none() -> None:
    rows = [
        {"skill_ids": ""},
        {"response_id": "r2", "item_id": "i2", "skill_ids": "NA"},
        {"response_id": "r3", "item_id": "i9", "skill_ids": ""},
        {"response_id": "r4", "item_id": "i2", "skill_ids": "z"},
    ]
    checked = check(*rows, items=ITEMS)
    assert {one.response_id: one.skill_ids for one in checked.responses} == {
        "r1": ("a", "b"),
        "r2": ("c",),
        "r4": ("z",),
    }
    assert checked.reasons == [("no_skills", "skill_ids")]
    assert checked.notes[0] == "2 responses took their skills from the item list"


def test_a_row_that_names_the_skills_of_its_item_is_the_same_as_one_that_does_not() -> None:
    assert check({}, {"skill_ids": ""}, items=ITEMS).repeated == 1


def test_without_items_a_row_needs_skills() -> None:
    assert check({"skill_ids": ";"}).reasons == [("no_skills", "skill_ids")]


def test_the_first_fault_in_the_order_of_columns_is_named() -> None:
    checked = check({"learner_id": "", "correct": "9", "answered_at": "never"})
    assert checked.reasons == [("missing", "learner_id")]


def test_absent_columns_count_as_missing() -> None:
    column = {"response_id": pa.array(["r1"])}
    assert check_columns(column, DenyRules()).reasons == [("missing", "learner_id")]


def test_notes_count_what_looks_odd_in_accepted_rows() -> None:
    early = check({"known_at": "2025-02-01T10:00:00Z"})
    assert early.notes == ("1 responses were known before they were answered",)
    unix = check({"answered_at": "1740816000"})
    assert "looks like Unix time" in unix.notes[0]
    assert check({"answered_at": "12"}).notes == ()


def test_vocabularies_hold_accepted_rows_only() -> None:
    checked = check({}, {"response_id": "r2", "learner_id": "bo", "item_id": "i7", "skill_ids": "q", "correct": "7"})
    responses = checked.responses
    assert [*responses.learners, *responses.items, *responses.skills] == ["anna", "i1", "a", "b"]


def test_all_rows_refused_leaves_an_empty_table() -> None:
    checked = check({"correct": "x"}, {"correct": ""})
    assert len(checked.responses) == 0
    assert checked.responses.learner_start.tolist() == [0]
    assert [reason for reason, _ in checked.reasons] == ["not_a_number", "missing"]


def test_rules_of_ones_own_apply_to_every_id() -> None:
    deny = DenyRules(values=(("badge", "badge-[0-9]+"),))
    for name in ("response_id", "learner_id", "item_id", "skill_ids", "school_id", "group_id"):
        assert check({name: "badge-77"}, deny=deny).reasons == [("identity_code", name)]


def test_many_rows_keep_their_values() -> None:
    n = 5000
    rng = np.random.default_rng(3)
    order = rng.permutation(n)
    rows = [
        {
            "response_id": f"r{k}",
            "learner_id": f"L{k % 7}",
            "answered_at": f"2025-03-01T10:{k // 60 % 60:02d}:{k % 60:02d}Z",
        }
        for k in order.tolist()
    ]
    responses = check(*rows).responses
    assert len(responses) == n
    for one in (responses[0], responses[n // 2], responses[n - 1]):
        k = int(one.response_id[1:])
        assert one.learner_id == f"L{k % 7}"
        assert one.answered_at % 3_600_000_000 == (k % 3600) * 1_000_000
