"""Answers out as Parquet buckets for training, and in again: one learner in one bucket, in fold order.

Nothing here holds more than a part of the answers, however many there are: they stream out of the database in order,
and each bucket keeps a bounded number of rows until it writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from polku.errors import InputError
from polku.records import Responses
from polku.store import bulk
from polku.store.bulk import Content
from polku.store.transaction import Transaction

MANIFEST = "manifest.json"
ROWS_HELD = 60_000
"""Rows that wait in all buckets together before they are written."""
MOST_BUCKETS = 1000
PLACES = ("school_id", "group_id")
"""What may tell where somebody is who must not be found."""
_TIMES = {True: pa.timestamp("us", tz="UTC"), False: pa.int64()}


@dataclass(frozen=True)
class Bucket:
    """One file of an export."""

    name: str
    rows: int
    learners: int
    sha256: str


@dataclass(frozen=True)
class Export:
    """What was written: the manifest beside the files.

    Parameters
    ----------
    provider_id : str
        Whose answers.
    clock : bool
        Whether times are microseconds UTC, written as timestamps, or order numbers.
    rows, learners : int
        In all files.
    files : tuple of Bucket
        In order of their number; a learner's number is SHA-256 of the id, modulo how many there are.
    """

    provider_id: str
    clock: bool
    rows: int
    learners: int
    files: tuple[Bucket, ...]


def bucket_of(learner_id: str, buckets: int) -> int:
    """Return a learner's bucket, the same on every machine and in every year.

    Examples
    --------
    >>> bucket_of("anna", 16), bucket_of("anna", 1)
    (14, 0)
    """
    return int.from_bytes(hashlib.sha256(learner_id.encode()).digest()[:8], "big") % buckets


def export(
    tx: Transaction, provider_id: str, folder: Path, buckets: int, on_step: Callable[[int, int], None] | None = None
) -> Export:
    """Write every answer as it holds now; the manifest last, so that a folder without one was not finished.

    School and group of a learner whose identity is protected are left out: nothing is learned from them.

    Parameters
    ----------
    tx : Transaction
        One state of the store.
    provider_id : str
        Whose answers these are, for the manifest.
    folder : Path
        Made where needed; only its owner may look inside.
    buckets : int
        How many files.
    on_step : callable, optional
        Called with (rows done, rows in all).

    Returns
    -------
    Export

    Raises
    ------
    InputError
        If the folder holds something already, or there would be no bucket or too many.
    """
    if not 1 <= buckets <= MOST_BUCKETS:
        raise InputError(f"an export has 1 to {MOST_BUCKETS} buckets", got=buckets)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError("the folder is not empty", got=folder.name, hint="give a new folder")
    total, done, clock = tx.responses.count(), 0, tx.responses.clock()
    protected = tx.relations.protected()
    with ExitStack() as stack:
        files = [stack.enter_context(_File(folder / f"bucket-{n:04d}.parquet", clock)) for n in range(buckets)]
        for rows in tx.responses.stream(1000):
            for learner_id, own in groupby(rows, key=itemgetter(bulk.CONTENT.index("learner_id"))):
                told = [_placeless(row) if learner_id in protected else row for row in own]
                files[bucket_of(learner_id, buckets)].add(learner_id, told, most=ROWS_HELD // buckets)
            done += len(rows)
            if on_step is not None:
                on_step(done, total)
    written = tuple(file.bucket() for file in files)
    made = Export(provider_id, clock, done, sum(one.learners for one in written), written)
    (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=1) + "\n", encoding="utf-8")
    return made


def read_buckets(folder: Path, provider_id: str | None = None) -> Iterator[Responses]:
    """Yield the answers of an export, one bucket after the other, each checked against its SHA-256.

    Parameters
    ----------
    folder : Path
        With its manifest.
    provider_id : str, optional
        Whose answers they must be.

    Raises
    ------
    InputError
        If there is no manifest, it is another provider's, or a file is not what was written.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("this is no finished export", got=folder.name, hint="polku export --to FOLDER") from error
    if provider_id not in {None, manifest["provider_id"]}:
        raise InputError(
            "this is another provider's export", got=manifest["provider_id"], hint=f"--provider {provider_id}"
        )
    for bucket in manifest["files"]:
        path = folder / bucket["name"]
        if not path.is_file() or _sha256(path) != bucket["sha256"]:
            raise InputError("a bucket is not what was written", got=bucket["name"], hint="export again")
        yield _responses(pq.read_table(path), clock=manifest["clock"])


class _File:
    """One bucket under way: rows that wait, and the file they go to."""

    def __init__(self, path: Path, clock: bool) -> None:
        self._path = path
        self._clock = clock
        self._waiting: list[Content] = []
        self._last = ""
        self._rows = self._learners = 0

    def __enter__(self) -> Self:
        self._writer = pq.ParquetWriter(self._path, _schema(self._clock))
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self._writer.close()

    def add(self, learner_id: str, rows: list[Content], most: int) -> None:
        """Take rows of one learner; write when more than `most` wait."""
        self._learners += learner_id != self._last
        self._last = learner_id
        self._waiting += rows
        if len(self._waiting) > most:
            self._write()

    def bucket(self) -> Bucket:
        """Return what the closed file holds."""
        return Bucket(self._path.name, self._rows, self._learners, _sha256(self._path))

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(_table(self._waiting, self._clock))
            self._rows += len(self._waiting)
            self._waiting = []


def _placeless(row: Content) -> Content:
    """Return an answer without where it was given."""
    return tuple(None if name in PLACES else value for name, value in zip(bulk.CONTENT, row, strict=True))


def _schema(clock: bool) -> pa.Schema:
    kinds = dict.fromkeys(bulk.CONTENT, pa.string())
    kinds |= {"answered_at": _TIMES[clock], "known_at": _TIMES[clock], "skill_ids": pa.list_(pa.string())}
    kinds |= {"correct": pa.float64(), "duration_s": pa.float64()}
    return pa.schema([(name, kinds[name]) for name in bulk.CONTENT if name != "clock"])


def _table(rows: list[Content], clock: bool) -> pa.Table:
    columns = dict(zip(bulk.CONTENT, zip(*rows, strict=True), strict=True))
    columns["skill_ids"] = tuple(text.split(bulk.SEPARATOR) for text in columns["skill_ids"])
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in _schema(clock)})


def _responses(table: pa.Table, *, clock: bool) -> Responses:
    columns = {name: table.column(name).combine_chunks() for name in table.column_names}
    for name in ("answered_at", "known_at"):
        columns[name] = columns[name].cast(pa.int64())
    arrays = {name: column.to_numpy(zero_copy_only=False) for name, column in columns.items()}
    optional = {name: None for name in ("duration_s", *PLACES) if columns[name].null_count == len(table)}
    return Responses.from_columns(arrays | optional, clock=clock)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
