"""Canonical CSV: files that cannot be used say why in three beats; files that can are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polku.errors import DefinitionError, InputError
from polku.exchange import read_responses
from polku.records import DenyRules, Items

HEADER = "response_id,learner_id,item_id,skill_ids,answered_at,correct"
ROW = "r1,anna,i1,a;b,2025-03-01T10:00:00+02:00,1"
Write = Callable[..., Path]


def test_a_file_is_read(write: Write) -> None:
    reading = read_responses(write("r.csv", HEADER, ROW, "r2,anna,i2,a,2025-03-01T08:00:00Z,0.5"))
    assert [one.response_id for one in reading.responses] == ["r1", "r2"]
    assert reading.responses.clock
    assert (reading.rows, reading.repeated, len(reading.refused), reading.notes) == (2, 0, 0, ())


def test_an_integer_order_is_read(write: Write) -> None:
    reading = read_responses(write("r.csv", HEADER, "r1,anna,i1,a,2,1", "r2,anna,i1,a,1,0"))
    assert not reading.responses.clock
    assert [one.response_id for one in reading.responses] == ["r2", "r1"]


def test_columns_may_stand_in_any_order_and_more_may_be_there(write: Write) -> None:
    file = write(
        "r.csv", "correct,vendor, learner_id ,item_id,skill_ids,answered_at,response_id", "1,acme,anna,i1,a,5,r1"
    )
    reading = read_responses(file)
    assert reading.responses[0].learner_id == "anna"
    assert reading.notes == ("ignored columns: vendor",)


def test_a_byte_order_mark_and_quoted_names_are_no_part_of_the_header(write: Write) -> None:
    file = write("r.csv", ",".join(f'"{name}"' for name in HEADER.split(",")), ROW, encoding="utf-8-sig")
    assert len(read_responses(file).responses) == 1


def test_quoted_values_are_read(write: Write) -> None:
    reading = read_responses(write("r.csv", HEADER, '"r,1","an""na",i1,"a;b","2025-03-01T10:00:00Z","1"'))
    one = reading.responses[0]
    assert (one.response_id, one.learner_id, one.skill_ids) == ("r,1", 'an"na', ("a", "b"))


def test_a_line_longer_than_any_buffer_costs_itself_only(write: Write) -> None:
    reading = read_responses(write("r.csv", HEADER, f"{'x' * ((1 << 24) + 1)},anna,i1,a,5,1", "r1,anna,i1,a,5,1"))
    assert reading.refused.counts() == {"too_long": 1}
    assert len(reading.responses) == 1


def test_items_make_skills_optional(write: Write) -> None:
    items = Items.of([{"item_id": "i1", "skill_ids": ("a",), "title": ""}])
    file = write("r.csv", "response_id,learner_id,item_id,answered_at,correct", "r1,anna,i1,5,1")
    reading = read_responses(file, items=items)
    assert reading.responses[0].skill_ids == ("a",)
    assert reading.notes == ("1 responses took their skills from the item list",)
    for no_items in (None, Items.of()):
        with pytest.raises(InputError, match="no column skill_ids"):
            read_responses(file, items=no_items)


def test_a_missing_column_names_the_one_that_was_meant(write: Write) -> None:
    file = write("r.csv", HEADER.replace("learner_id", "user_id").replace("correct", "Corect"), ROW)
    with pytest.raises(InputError, match=r"r\.csv: no column learner_id, correct") as caught:
        read_responses(file)
    assert caught.value.got == "columns response_id, user_id, item_id, skill_ids, answered_at, Corect"
    assert caught.value.hint == "did you mean learner_id by 'user_id'? did you mean correct by 'Corect'?"


def test_wholly_other_columns_are_told_what_is_needed(write: Write) -> None:
    with pytest.raises(InputError, match="no column response_id") as caught:
        read_responses(write("r.csv", "colour,size", "red,9"))
    assert caught.value.got == "2 columns, none of them known"
    assert caught.value.hint == "the header needs response_id, learner_id, item_id, skill_ids, answered_at, correct"


def test_a_file_without_a_header_shows_no_data(write: Write) -> None:
    with pytest.raises(InputError, match="6 columns, none of them known") as caught:
        read_responses(write("r.csv", ROW, ROW))
    assert "anna" not in str(caught.value)


def test_names_of_columns_are_shown_without_identity_codes(write: Write) -> None:
    file = write("r.csv", HEADER + ",of 010190-123A", ROW + ",x")
    assert read_responses(file).notes == ("ignored columns: of [removed: personal identity code]",)
    with pytest.raises(InputError, match="no column correct") as caught:
        read_responses(write("r.csv", HEADER.replace("correct", "010190-123A"), ROW))
    assert "123A" not in str(caught.value)


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "TABs")])
def test_another_separator_is_recognised(write: Write, mark: str, word: str) -> None:
    with pytest.raises(InputError, match=f"the columns seem to be separated by {word}"):
        read_responses(write("r.csv", HEADER.replace(",", mark), ROW.replace(",", mark)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "r.csv is empty"),
        (b" \r\n\n", "r.csv is empty"),
        (HEADER.encode(), "r.csv has a header but no rows"),
        (HEADER.encode() + b"\n\n\r\n", "r.csv has a header but no rows"),
        (b"\n" + HEADER.encode() + b"\n" + ROW.encode(), "r.csv has no header in its first line"),
        (HEADER.encode() + b",correct\n" + ROW.encode() + b",1", r"r.csv names a column twice[\s\S]*got: correct"),
        ((HEADER + "\n" + ROW).encode("utf-16"), r"r.csv is not UTF-8 text in its header[\s\S]*line 1, byte 0"),
        (b"response_id,k\xe4yt\xf6s\n1,2", r"r.csv is not UTF-8 text in its header[\s\S]*line 1, byte 13"),
        (b"a\x00b,c\n1,2", "r.csv has no header in its first line"),
        (b"PK\x03\x04 not a table\nx", "no column response_id"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_responses(file)


def test_a_file_in_another_encoding_keeps_the_rows_it_can(write: Write) -> None:
    file = write("r.csv", HEADER, ROW, ROW.replace("r1", "r2").replace("anna", "päivi"), encoding="latin-1")
    reading = read_responses(file)
    assert len(reading.responses) == 1
    assert reading.refused.counts() == {"undecodable": 1}
    assert "line 3" in reading.notes[0]


def test_bad_bytes_in_a_column_that_is_not_read_cost_nothing(write: Write) -> None:
    file = write("r.csv", HEADER + ",name", ROW + ",päivi", encoding="latin-1")
    assert len(read_responses(file).responses) == 1


def test_a_rule_that_denies_what_is_needed_is_a_mistake_in_the_rules(write: Write) -> None:
    with pytest.raises(DefinitionError, match="rule 'names' denies the column learner_id"):
        read_responses(write("r.csv", HEADER, ROW), deny=DenyRules(columns={"learner_id": "names"}))


def test_an_optional_column_may_be_denied(write: Write) -> None:
    file = write("r.csv", HEADER + ",school_id", ROW + ",s1")
    reading = read_responses(file, deny=DenyRules(columns={"school_id": "places"}))
    assert reading.responses.school_id is None
    assert reading.notes == ("column school_id was not read (rule: places)",)
    assert read_responses(file).responses.school_id is not None
