"""Answers out as Parquet buckets and in again: all of them, one learner in one bucket, in order, in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import Responses
from polku.store import Store, buckets
from polku.store.buckets import MANIFEST, Export, bucket_of, export, read_buckets
from polku.testing.store import sample

WORKER = Path(__file__).with_name("export_worker.py")
WHO: dict[str, Any] = {"by": "t1", "role": "teacher", "reason": "read wrongly"}


def many(count: int, learners: int, *, clock: bool = True) -> Responses:
    numbers = np.arange(count)
    at = numbers[::-1] * 1_000_003 + (1_772_000_000_000_000 if clock else 0)
    return Responses.from_columns(
        {
            "response_id": [f"r{number:07d}" for number in numbers],
            "learner_id": [f"l{number % learners}" for number in numbers],
            "item_id": [f"i{number % 97}" for number in numbers],
            "skill_ids": ["äö;å" if number % 3 else "å" for number in numbers],
            "answered_at": at,
            "known_at": at + numbers % 5,
            "correct": (numbers % 4) / 3,
            "group_id": [None if number % 2 else "7A" for number in numbers],
        },
        clock=clock,
    )


def written(store: Store, folder: Path, count: int = 5) -> Export:
    with store.read() as tx:
        return export(tx, store.provider_id, folder, count)


@pytest.mark.parametrize("clock", [True, False])
def test_everything_comes_back_bit_for_bit(any_store: Store, tmp_path: Path, clock: bool) -> None:
    responses = many(3000, 70, clock=clock)
    with any_store.begin() as tx:
        tx.responses.add(responses)
    made = written(any_store, tmp_path / "x")
    assert (made.rows, made.learners, made.clock, len(made.files)) == (3000, 70, clock, 5)
    assert Responses.concat(list(read_buckets(tmp_path / "x"))).hash == responses.hash


def test_a_learner_is_in_one_bucket_in_fold_order(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as tx:
        tx.responses.add(many(3000, 70))
    made = written(any_store, tmp_path / "x")
    for number, bucket in enumerate(made.files):
        table = pq.read_table(tmp_path / "x" / bucket.name)
        names = ("learner_id", "known_at", "answered_at", "response_id")
        keys = list(zip(*(table.column(name).to_pylist() for name in names), strict=True))
        assert all(one < other for one, other in pairwise(keys))
        learners = {key[0] for key in keys}
        assert {bucket_of(learner, 5) for learner in learners} <= {number}
        assert (bucket.rows, bucket.learners) == (len(keys), len(learners))


def test_small_waiting_rooms_change_nothing(any_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with any_store.begin() as tx:
        tx.responses.add(many(3000, 70))
    made = written(any_store, tmp_path / "x")
    monkeypatch.setattr(buckets, "ROWS_HELD", 10)
    assert [(one.rows, one.learners) for one in written(any_store, tmp_path / "y").files] == [
        (one.rows, one.learners) for one in made.files
    ]
    assert pq.ParquetFile(tmp_path / "y" / made.files[0].name).num_row_groups > 10
    parts = zip(read_buckets(tmp_path / "x"), read_buckets(tmp_path / "y"), strict=True)
    assert all(one.hash == other.hash for one, other in parts)


def test_what_is_exported_is_what_holds(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.responses.correct(replace(tx.responses.latest("r-0-0"), correct=0.5, answered_at=9), **WHO)
        for answer in range(4):
            tx.responses.void(f"r-1-{answer}", **WHO)
        holds = tx.responses.all()
    made = written(any_store, tmp_path / "x", 2)
    assert (made.rows, made.learners) == (8, 2)
    assert Responses.concat(list(read_buckets(tmp_path / "x"))).hash == holds.hash


def test_where_a_protected_learner_is_stays_in_the_store(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as tx:
        tx.responses.add(many(40, 4))
        tx.relations.protect(["l2", "of another city"])
    made = written(any_store, tmp_path / "x", 3)
    assert (made.rows, made.learners) == (40, 4)
    frame = Responses.concat(list(read_buckets(tmp_path / "x"))).to_frame()
    told = frame.groupby("learner_id")["group_id"].nunique()
    assert told.to_dict() == {"l0": 1, "l1": 0, "l2": 0, "l3": 0}, "of these only l0 and l2 had a group to tell"
    with any_store.begin() as tx:
        assert {one.group_id for one in tx.responses.of(["l2"])} == {"7A"}, "only the copy is without it"


def test_any_file_of_it_can_be_read_as_responses(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as tx:
        tx.responses.add(many(200, 7))
    made = written(any_store, tmp_path / "x", 1)
    reading = read_responses(tmp_path / "x" / made.files[0].name)
    assert (reading.responses.hash, len(reading.refused)) == (many(200, 7).hash, 0)


def test_a_store_without_answers_gives_empty_buckets(any_store: Store, tmp_path: Path) -> None:
    made = written(any_store, tmp_path / "x", 3)
    assert (made.rows, made.learners, [len(part) for part in read_buckets(tmp_path / "x")]) == (0, 0, [0, 0, 0])


def test_a_bucket_that_was_altered_or_is_gone_shows(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
    made = written(any_store, tmp_path / "x", 1)
    path = tmp_path / "x" / made.files[0].name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputError, match="not what was written"):
        list(read_buckets(tmp_path / "x"))
    path.unlink()
    with pytest.raises(InputError, match="not what was written"):
        list(read_buckets(tmp_path / "x"))


def test_an_export_that_was_not_finished_is_none(any_store: Store, tmp_path: Path) -> None:
    written(any_store, tmp_path / "x", 1)
    (tmp_path / "x" / MANIFEST).unlink()
    with pytest.raises(InputError, match="no finished export"):
        list(read_buckets(tmp_path / "x"))
    with pytest.raises(InputError, match="not empty"):
        written(any_store, tmp_path / "x", 1)


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_there_is_at_least_one_bucket_and_not_too_many(any_store: Store, tmp_path: Path, count: int) -> None:
    with pytest.raises(InputError, match="1 to 1000 buckets"):
        written(any_store, tmp_path / "x", count)


def test_the_manifest_and_the_folder_say_what_they_hold_to_their_owner_only(any_store: Store, tmp_path: Path) -> None:
    made = written(any_store, tmp_path / "deep" / "x", 2)
    said = json.loads((tmp_path / "deep" / "x" / MANIFEST).read_text(encoding="utf-8"))
    assert [one["sha256"] for one in said["files"]] == [one.sha256 for one in made.files]
    assert (tmp_path / "deep" / "x").stat().st_mode & 0o077 == 0


def test_how_far_it_is_is_told(any_store: Store, tmp_path: Path) -> None:
    with any_store.begin() as tx:
        tx.responses.add(many(2500, 7))
    steps: list[tuple[int, int]] = []
    with any_store.read() as tx:
        export(tx, "p", tmp_path / "x", 2, lambda *step: steps.append(step))
    assert steps == [(1000, 2500), (2000, 2500), (2500, 2500)]


@pytest.mark.long
def test_memory_does_not_grow_with_the_answers(open_store: Callable[[str], Store], tmp_path: Path) -> None:
    """150,000 more answers would be 100 MiB if they were held; the rest is what SQLite sorts in (64 MiB) and room."""
    grown = []
    for count in (50_000, 200_000):
        store = open_store(f"of {count}")
        with store.begin() as tx:
            tx.responses.add(many(count, count // 100))
        url = store.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, str(WORKER), url, store.provider_id, str(tmp_path / str(count))]
        grown.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    sys.stdout.write(f"grown by {grown[0]:.0f} MiB at 50,000 answers, {grown[1]:.0f} MiB at 200,000\n")
    assert grown[1] < grown[0] + (75 if store.engine.dialect.name == "sqlite" else 30)
