"""Parquet in the types that other tools write."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import DenyRules

MOMENT = dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC)
MICROS = 1_740_816_000_000_000
GOOD: dict[str, Any] = {
    "response_id": ["r1", "r2"],
    "learner_id": ["anna", "bo"],
    "item_id": ["i1", "i2"],
    "skill_ids": [["b", "a"], ["a"]],
    "answered_at": pa.array([MOMENT, MOMENT], pa.timestamp("us", "UTC")),
    "correct": [1.0, 0.5],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "responses.parquet"


def write(file: Path, **change: Any) -> Path:
    pq.write_table(pa.table({**GOOD, **change}), file)
    return file


def test_a_file_is_read(file: Path) -> None:
    reading = read_responses(write(file))
    assert reading.responses.answered_at.tolist() == [MICROS] * 2
    assert reading.responses[0].skill_ids == ("a", "b")
    assert reading.responses.correct.tolist() == [1.0, 0.5]
    assert (reading.rows, reading.notes) == (2, ())


@pytest.mark.parametrize(
    "change",
    [
        {"skill_ids": ["b;a", "a"]},
        {"skill_ids": pa.array([["b", "a"], ["a"]], pa.large_list(pa.large_string()))},
        {"skill_ids": pa.array(["b;a", "a"]).dictionary_encode()},
        {"learner_id": pa.array(["anna", "bo"], pa.large_string())},
        {"learner_id": pa.array(["anna", "bo"], pa.string_view())},
        {"learner_id": pa.array(["anna", "bo"]).dictionary_encode()},
        {"answered_at": ["2025-03-01T10:00:00+02:00", "2025-03-01T08:00:00Z"]},
        {"answered_at": pa.array([MOMENT, MOMENT], pa.timestamp("ns", "Europe/Helsinki"))},
        {"answered_at": pa.array([MOMENT, MOMENT], pa.timestamp("s", "UTC"))},
        {"correct": pa.array([decimal.Decimal("1.0"), decimal.Decimal("0.5")])},
        {"correct": pa.array([1.0, 0.5], pa.float32())},
        {"correct": ["1", "0.5"]},
        {"school_id": pa.nulls(2)},
        {"known_at": pa.array([None, None], pa.timestamp("us", "UTC"))},
    ],
    ids=lambda change: "-".join(f"{name} {getattr(values, 'type', 'text')}" for name, values in change.items()),
)
def test_the_same_content_in_other_types_is_the_same(file: Path, change: dict[str, Any]) -> None:
    wanted = read_responses(write(file)).responses.hash
    assert read_responses(write(file, **change)).responses.hash == wanted


def test_ids_may_be_numbers_and_scores_booleans(file: Path) -> None:
    reading = read_responses(write(file, learner_id=[12, 7], correct=[True, False], skill_ids=[[1, 2], [2]]))
    assert reading.responses.learners.tolist() == ["12", "7"]
    assert reading.responses.correct.tolist() == [1.0, 0.0]
    assert reading.responses.skills.tolist() == ["1", "2"]


def test_integers_are_an_order(file: Path) -> None:
    reading = read_responses(write(file, answered_at=[2, 1]))
    assert not reading.responses.clock
    assert reading.responses.answered_at.tolist() == [2, 1]


def test_what_pandas_writes_is_read(file: Path) -> None:
    frame = pd.DataFrame({name: list(values) for name, values in GOOD.items() if name != "answered_at"})
    frame["answered_at"] = pd.to_datetime(["2025-03-01T10:00:00+02:00"] * 2)
    frame["group_id"] = pd.Series(["7A", None], dtype="category")
    frame.to_parquet(file)
    assert read_responses(file).responses[0].group_id == "7A"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"correct": [float("nan"), 1.0]}, "not_finite"),
        ({"correct": [None, 1.0]}, "missing"),
        ({"correct": [2, 1]}, "out_of_range"),
        ({"learner_id": [None, "bo"]}, "missing"),
        ({"learner_id": [1.5, 2.5]}, "wrong_type"),
        ({"skill_ids": [[], ["a"]]}, "no_skills"),
        ({"skill_ids": [["a;b"], ["a"]]}, "separator_in_id"),
        ({"skill_ids": [["a", None], ["a"]]}, "missing"),
        ({"answered_at": pa.array([MOMENT, MOMENT], pa.timestamp("us"))}, "no_zone"),
        ({"answered_at": pa.array([MOMENT.date(), None])}, "wrong_type"),
        ({"duration_s": [-1.0, None]}, "out_of_range"),
    ],
)
def test_bad_values_are_refused_with_the_number_of_the_row(file: Path, change: dict[str, Any], reason: str) -> None:
    refused = read_responses(write(file, **change)).refused.frame
    assert refused.iloc[0][["line", "reason", "column"]].tolist() == [1, reason, next(iter(change))]
    assert json.loads(refused["row"][0])["response_id"] == "r1"


def test_denied_columns_are_not_read(file: Path) -> None:
    write(file, learner_id=["", "bo"], hetu=["SECRET", "SECRET"], device=["x", "y"])
    reading = read_responses(file, deny=DenyRules(columns={"hetu": "identity"}))
    assert reading.notes == ("column hetu was not read (rule: identity)", "ignored columns: device")
    kept = json.loads(reading.refused.frame["row"][0])
    assert (kept["hetu"], kept["device"]) == ("[removed: identity]", "x")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learner_id": pa.array([b"a", b"b"])}, "column learner_id has type binary"),
        ({"learner_id": pa.array([["a"], ["b"]])}, "column learner_id has type list"),
        ({"skill_ids": pa.array([{"a": 1}, {"a": 2}])}, "column skill_ids has type struct"),
        ({"skill_ids": pa.array([[1.5], [2.5]])}, "column skill_ids has type list"),
        ({"response_id": pa.array([b"a" * 16, b"b" * 16], pa.uuid())}, "column response_id has type extension"),
        ({"correct": pa.array([dt.time(1), dt.time(2)])}, "column correct has type time64"),
    ],
)
def test_types_that_no_rule_can_read_are_an_error(file: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_responses(write(file, **change))


def test_a_file_that_is_no_parquet_or_has_no_rows_is_an_error(file: Path) -> None:
    file.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputError, match=r"responses\.parquet cannot be read as Parquet"):
        read_responses(file)
    pq.write_table(pa.table(GOOD).slice(0, 0), file)
    with pytest.raises(InputError, match=r"responses\.parquet has columns but no rows"):
        read_responses(file)


def test_a_missing_column_names_the_one_that_was_meant(file: Path) -> None:
    pq.write_table(pa.table(GOOD).rename_columns({"item_id": "problem_id"}), file)
    with pytest.raises(InputError, match="did you mean item_id by 'problem_id'"):
        read_responses(file)
