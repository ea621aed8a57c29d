"""More responses than fit into memory: Parquet in, Parquet out, one bucket of learners at a time.

A fold needs all responses of one learner together and nothing of anybody else. :func:`split` therefore writes
responses into files by a hash of the learner, and :func:`build_buckets` turns one file after the other into
feature rows; memory is bounded by the largest bucket, however many there are. The rows are those of
:func:`~polku.profiles.build` to the last bit.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from polku.errors import ConflictError, InputError, NotFoundError
from polku.profiles.build import build
from polku.profiles.columnar import responses_of, rows_table, table_of
from polku.profiles.events import Integers
from polku.profiles.keeping import Lens
from polku.records import Responses

PATTERN = "bucket-*.parquet"
CODED = ["learner_id", "item_id", "skill_ids.list.element"]
"""Columns of ids, which stay coded from the file to the fold."""
OnStep = Callable[[int, int], None]


def bucket_of(learner_id: str, buckets: int) -> int:
    """Return the bucket of a learner: the same on every machine and in every run.

    Examples
    --------
    >>> bucket_of("anna", 64), bucket_of("bo", 64)
    (55, 19)
    """
    return zlib.crc32(learner_id.encode()) % buckets


def split(parts: Iterable[Responses], folder: Path, buckets: int) -> int:
    """Write responses into one Parquet file per bucket of learners; returns how many responses.

    Parameters
    ----------
    parts : iterable of Responses
        In any order and of any size; one is in memory at a time. A learner may occur in several.
    folder : Path
        Made if need be; holds no buckets yet.
    buckets : int
        Number of files. A million responses a file keep the build below about a gigabyte.

    Raises
    ------
    ConflictError
        If the folder holds buckets already.
    InputError
        If some parts have a clock and others not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob(PATTERN)):
        raise ConflictError("this folder holds buckets already", got=folder, hint="name an empty folder")
    count = 0
    with ExitStack() as open_files:
        writers: dict[int, pq.ParquetWriter] = {}
        for bucket, table in _pieces(parts, buckets):
            if bucket not in writers:
                path = folder / f"bucket-{bucket:05d}.parquet"
                writers[bucket] = open_files.enter_context(pq.ParquetWriter(path, table.schema, store_schema=False))
            writers[bucket].write_table(table)
            count += len(table)
    return count


def _pieces(parts: Iterable[Responses], buckets: int) -> Iterator[tuple[int, pa.Table]]:
    """Cut parts by bucket."""
    clock: bool | None = None
    for part in parts:
        if clock not in {None, part.clock}:
            raise InputError("times with a clock and plain order numbers do not go together", got="both kinds")
        clock = part.clock
        of_learner = np.array([bucket_of(learner, buckets) for learner in part.learners], dtype=np.int64)
        bucket = of_learner[part.learner]
        order: Integers = np.argsort(bucket, kind="stable")
        table = table_of(part).take(pa.array(order))
        ends = np.concatenate(([0], np.cumsum(np.bincount(bucket, minlength=buckets))))
        for number in np.flatnonzero(np.diff(ends)).tolist():
            yield number, table.slice(ends[number], ends[number + 1] - ends[number])


def read_bucket(path: Path) -> Responses:
    """Return the responses of one bucket.

    Raises
    ------
    InputError
        If the file is no table of responses; names the file.
    """
    try:
        return responses_of(pq.read_table(path, read_dictionary=CODED, use_threads=False))
    except InputError as error:
        raise InputError(f"{path.name}: {error.what}", got=error.got, hint=error.hint) from error
    except pa.ArrowException as error:
        raise InputError(
            f"{path.name}: not a table of responses", got=error, hint="split the responses anew"
        ) from error


def build_buckets(source: Path, target: Path, lens: Lens, on_step: OnStep | None = None) -> int:
    """Turn buckets of responses into files of feature rows, one after the other; returns how many rows.

    Parameters
    ----------
    source : Path
        Folder that :func:`split` wrote.
    target : Path
        Folder for files of the same names: ``response_id``, ``learner_id`` and a float64 column per feature column, in
        fold order. Files of that name are replaced, each at once.
    lens : Lens
        What to look at, and how hard things are. Its item statistics must not come from these learners when the
        rows are for training.
    on_step : callable, optional
        Called with (done, total) buckets.

    Raises
    ------
    NotFoundError
        If there are no buckets.
    InputError
        If a bucket does not hold; names the file.
    """
    paths = sorted(source.glob(PATTERN))
    if not paths:
        raise NotFoundError(
            "there are no buckets of responses", got=source, hint="write them with polku.profiles.split"
        )
    target.mkdir(parents=True, exist_ok=True)
    count = 0
    for done, path in enumerate(paths, start=1):
        count += _build_bucket(path, target / path.name, lens)
        if on_step is not None:
            on_step(done, len(paths))
    return count


def _build_bucket(source: Path, target: Path, lens: Lens) -> int:
    """Turn one bucket into a file of feature rows; a function, so that its memory is free before the next one."""
    responses = read_bucket(source)
    statistics = lens.item_statistics
    difficulties = statistics.rows(responses), statistics.skill_rows(responses)
    rows = build(responses, lens.feature_set, *difficulties, lens.curriculum, statistics.sequence.placed(responses))
    unfinished = target.with_suffix(".unfinished")
    # A dictionary of numbers that hardly repeat costs time and saves nothing.
    table = rows_table(responses, lens.feature_set.columns, rows)
    pq.write_table(table, unfinished, use_dictionary=CODED[:1], compression="lz4")
    unfinished.replace(target)
    return len(responses)
