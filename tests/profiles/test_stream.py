"""Bucket by bucket through Parquet: the bits of a fold in memory, whatever the size of parts and buckets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import ConflictError, InputError, NotFoundError
from polku.exchange import read_responses
from polku.profiles import Lens, build_buckets, split
from polku.profiles.stream import PATTERN, bucket_of, read_bucket
from polku.records import Responses
from polku.testing.extractors import CURRICULUM, STATISTICS, random_responses
from strategies import EVERYTHING, answers, patient, responses, rows_of

LENS = Lens(EVERYTHING, STATISTICS, CURRICULUM)


def parts_of(data: Responses, sizes: int) -> list[Responses]:
    """Cut responses into parts that take no heed of learners or order."""
    shuffled = np.random.default_rng(4).permutation(len(data))
    return [data.rows(rows) for rows in np.array_split(shuffled, sizes) if len(rows)]


def by_response(folder: Path) -> dict[str, bytes]:
    """Return every row of a folder of feature rows, as bytes."""
    found: dict[str, bytes] = {}
    for path in folder.glob(PATTERN):
        table = pq.read_table(path)
        rows = np.column_stack([table.column(name).to_numpy() for name in EVERYTHING.columns])
        found.update(zip(table.column("response_id").to_pylist(), map(np.ndarray.tobytes, rows), strict=True))
    return found


@pytest.mark.parametrize("clock", [True, False])
@pytest.mark.parametrize(("parts", "buckets"), [(1, 1), (3, 2), (7, 50)])
def test_streamed_equals_in_memory(tmp_path: Path, clock: bool, parts: int, buckets: int) -> None:
    data = random_responses(5, clock=clock)
    assert split(parts_of(data, parts), tmp_path / "in", buckets) == len(data)
    assert build_buckets(tmp_path / "in", tmp_path / "out", LENS) == len(data)
    inside = dict(zip(data.response_id, map(np.ndarray.tobytes, rows_of(data)), strict=True))
    assert by_response(tmp_path / "out") == inside


@patient
@given(data=responses(), buckets=st.integers(1, 5))
def test_buckets_hold_what_was_put_in(tmp_path_factory: pytest.TempPathFactory, data: Responses, buckets: int) -> None:
    folder = tmp_path_factory.mktemp("buckets")
    split(parts_of(data, 2), folder, buckets)
    together = Responses.concat([read_bucket(path) for path in folder.glob(PATTERN)])
    assert together.hash == data.hash
    assert len(list(folder.glob(PATTERN))) == len({bucket_of(learner, buckets) for learner in data.learners})


def test_a_learner_is_in_one_bucket_and_rows_are_in_fold_order(tmp_path: Path) -> None:
    data = random_responses(6, clock=True)
    split(parts_of(data, 9), tmp_path / "in", 3)
    build_buckets(tmp_path / "in", tmp_path / "out", LENS)
    seen: dict[str, str] = {}
    for path in sorted((tmp_path / "out").glob(PATTERN)):
        table = pq.read_table(path, columns=["response_id", "learner_id"])
        learners = set(table.column("learner_id").to_pylist())
        assert not learners & set(seen)
        seen.update(dict.fromkeys(learners, path.name))
        assert table.column("response_id").to_pylist() == list(data.of_learners(learners).response_id)
    assert set(seen) == set(data.learners)


def test_the_bucket_of_a_learner_is_for_ever() -> None:
    assert [bucket_of(learner, 1000) for learner in ("anna", "bo", "äiti")] == [263, 851, 461]
    spread = np.bincount([bucket_of(f"learner{number}", 8) for number in range(4000)])
    assert spread.min() > 400


def test_a_bucket_is_a_canonical_file(tmp_path: Path) -> None:
    data = random_responses(7, clock=True)
    split([data], tmp_path, 1)
    (path,) = tmp_path.glob(PATTERN)
    assert read_responses(path).responses.hash == data.hash


def test_progress_is_told_bucket_by_bucket(tmp_path: Path) -> None:
    split([random_responses(8, clock=False)], tmp_path / "in", 4)
    count = len(list((tmp_path / "in").glob(PATTERN)))
    steps: list[tuple[int, int]] = []
    build_buckets(tmp_path / "in", tmp_path / "out", LENS, lambda *step: steps.append(step))
    assert steps == [(done, count) for done in range(1, count + 1)]


def test_building_again_replaces_and_leaves_nothing_unfinished(tmp_path: Path) -> None:
    split([random_responses(9, clock=False)], tmp_path / "in", 2)
    build_buckets(tmp_path / "in", tmp_path / "out", LENS)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    build_buckets(tmp_path / "in", tmp_path / "out", LENS)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert set(before) == {path.name for path in (tmp_path / "in").iterdir()}


def test_buckets_are_never_mixed(tmp_path: Path) -> None:
    split([answers(("i1", "a", 0, 1.0))], tmp_path, 2)
    with pytest.raises(ConflictError, match="holds buckets already"):
        split([answers(("i1", "a", 0, 1.0))], tmp_path, 2)


def test_times_with_and_without_a_clock_do_not_mix(tmp_path: Path) -> None:
    both = [answers(("i1", "a", 0, 1.0)), answers(("i1", "a", 0, 1.0), clock=True)]
    with pytest.raises(InputError, match="do not go together"):
        split(both, tmp_path, 2)


def test_nothing_to_build_is_said(tmp_path: Path) -> None:
    assert split([], tmp_path, 2) == 0
    with pytest.raises(NotFoundError, match="there are no buckets"):
        build_buckets(tmp_path, tmp_path / "out", LENS)


def test_a_response_split_twice_is_refused(tmp_path: Path) -> None:
    once = answers(("i1", "a", 0, 1.0))
    split([once, once], tmp_path, 1)
    with pytest.raises(InputError, match=r"bucket-00000.parquet: a response id occurs twice"):
        build_buckets(tmp_path, tmp_path / "out", LENS)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda _: b"PAR1 but nothing else", "not a table of responses"),
        (lambda raw: raw[: len(raw) // 2], "not a table of responses"),
        (lambda _: b"", "not a table of responses"),
    ],
)
def test_a_damaged_bucket_is_named(tmp_path: Path, damage: Callable[[bytes], bytes], message: str) -> None:
    split([answers(("i1", "a", 0, 1.0))], tmp_path, 1)
    (path,) = tmp_path.glob(PATTERN)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=rf"bucket-00000.parquet: {message}"):
        read_bucket(path)


def test_nothing_is_held_from_one_bucket_to_the_next(tmp_path: Path) -> None:
    frames = []
    for number in range(6):
        frame = random_responses(10, clock=True).to_frame()
        frames.append(
            frame.assign(learner_id=frame.learner_id + f"-{number}", response_id=frame.response_id + f"-{number}")
        )
    split((Responses.from_frame(frame) for frame in frames), tmp_path / "in", 8)
    before, held = pa.total_allocated_bytes(), []
    build_buckets(tmp_path / "in", tmp_path / "out", LENS, lambda *_: held.append(pa.total_allocated_bytes() - before))
    one_bucket = min(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert len(held) == 8
    assert max(held) < one_bucket
