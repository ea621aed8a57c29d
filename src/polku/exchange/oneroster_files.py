"""OneRoster as files: a zip archive or a folder, with its manifest, row by row.

Traps of the format: a byte order mark; headers misspelt or in other letters; a header of eleven columns over rows of
nine; values over several lines; text that is not UTF-8; a manifest that says other than what is there. None of it costs
more than the rows that it touches.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, NamedTuple

from polku.errors import InputError
from polku.exchange import oneroster_terms as terms
from polku.exchange.hardened import Archive
from polku.records import Reason

BULK, DELTA = "bulk", "delta"
VERSIONS: Final = ("1.1", "1.2")
LONGEST: Final = 1 << 16
"""Characters of one row; a longer one is refused, so that a file without line ends needs no memory."""
MOST_LINES: Final = 30
"""Lines that one quoted value may go over."""
_CANONICAL: Final = {
    name.casefold(): name for names in (terms.ALWAYS, *terms.COLUMNS.values()) for name in names
} | dict(terms.MISSPELT)


class Row(NamedTuple):
    """One row of a file: its line, its fields by column, and why it is none, where it is none."""

    line: int
    fields: Mapping[str, str]
    fault: Reason | None = None


@dataclass
class _Place:
    """How far a delivery has been read: bytes of files that are done, and the file that is open."""

    done: int = 0
    stream: IO[bytes] | None = None

    @contextmanager
    def within(self, stream: IO[bytes]) -> Iterator[None]:
        self.stream = stream
        try:
            yield
        finally:
            self.done, self.stream = self.done + stream.tell(), None


@dataclass(frozen=True)
class Package:
    """A delivery: which files there are and how each is meant.

    Parameters
    ----------
    version : str
        Of OneRoster, as the manifest says; empty where it does not.
    modes : mapping of str to str
        File → "bulk" or "delta", of those that are there and are to be read; in the order to be read.
    notes : tuple of str
        Where the manifest and the files differ.
    """

    version: str
    modes: Mapping[str, str]
    notes: tuple[str, ...]
    _folder: Path | None
    _archive: Archive | None
    _names: Mapping[str, str]
    _place: _Place = field(default_factory=_Place)

    @property
    def size(self) -> int:
        """Return how many bytes the files to be read have, unpacked."""
        return sum(map(self._size, self.modes))

    @property
    def read(self) -> int:
        """Return how many bytes of them have been read."""
        stream = self._place.stream
        return self._place.done + (0 if stream is None else stream.tell())

    def _size(self, kind: str) -> int:
        name = self._names[kind]
        if self._archive is not None:
            return self._archive.size(name)
        return 0 if self._folder is None else (self._folder / name).stat().st_size

    def rows(self, kind: str) -> Iterator[Row]:
        """Yield the rows of a file; of those that are not OneRoster's, all the same.

        Raises
        ------
        InputError
            If its header has no ``sourcedId``, or lacks a column without which the file is of no use.
        """
        with self._open(kind) as stream, self._place.within(stream):
            yield from rows(stream, kind)

    @contextmanager
    def _open(self, kind: str) -> Iterator[IO[bytes]]:
        if self._archive is not None:
            with self._archive.open(self._names[kind]) as packed:
                yield packed
        elif self._folder is not None:
            with (self._folder / self._names[kind]).open("rb") as plain:
                yield plain


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Open a delivery.

    Parameters
    ----------
    path : Path
        A zip archive with the files at its root, or a folder.

    Raises
    ------
    InputError
        If it is neither, holds no file of OneRoster, or is of a version that is not spoken here.
    """
    if path.is_dir():
        names = _known(sorted(one.name for one in path.iterdir() if one.is_file()))
        yield _package(path.name, names, path, None)
        return
    with Archive(path, path.name) as archive:
        yield _package(path.name, _known(archive.names), None, archive)


def _known(names: Sequence[str]) -> dict[str, str]:
    """Return the CSV files by what they hold; a single folder within an archive is looked into."""
    kinds = {one.casefold(): one for one in (*terms.ORDER, *OTHERS)}
    csvs = [one for one in names if one.casefold().endswith(".csv") and not one.startswith("__MACOSX/")]
    found: dict[str, str] = {}
    for one in sorted(csvs, key=lambda name: name.count("/"), reverse=True):
        stem = one.rpartition("/")[2][:-4]
        found[kinds.get(stem.casefold(), stem)] = one
    return found


OTHERS: Final = (
    *("categories", "classResources", "courseResources", "courses", "demographics", "lineItemScoreScales", "manifest"),
    *("resources", "resultScoreScales", "scoreScales", "userProfiles", "userResources"),
)
"""Files of the standard that nothing here is made of."""


def _package(where: str, names: dict[str, str], folder: Path | None, archive: Archive | None) -> Package:
    if not names.keys() & set(terms.ORDER):
        hint = "a delivery has manifest.csv, orgs.csv, users.csv, … at its root"
        raise InputError(f"{where} holds no file of OneRoster", got=", ".join(sorted(names)[:5]), hint=hint)
    bare = Package("", {}, (), folder, archive, names)
    if "manifest" not in names:
        note = "there is no manifest.csv: every file is taken as changes, so that nothing ends by being left out"
        return Package("", _ordered(dict.fromkeys(names, DELTA)), (note,), folder, archive, names)
    said = _manifest(bare)
    version = said.get("oneroster.version", "").removeprefix("v")
    if version not in {"", *VERSIONS}:
        raise InputError("this version of OneRoster is not spoken here", got=version, hint="send 1.1 or 1.2")
    modes, notes = {}, []
    wanted = {key[5:].casefold(): value.casefold() for key, value in said.items() if key.casefold().startswith("file.")}
    for kind in names:
        mode = wanted.pop(kind.casefold(), "")
        if mode in {BULK, DELTA}:
            modes[kind] = mode
        elif kind != "manifest":
            notes.append(f"{kind}.csv is there, but the manifest calls it {mode or 'nothing'}: it was not read")
    absent = [(kind, mode) for kind, mode in wanted.items() if mode in {BULK, DELTA}]
    notes += [f"{kind}.csv is {mode} in the manifest and not there" for kind, mode in absent]
    return Package(version, _ordered(modes), tuple(notes), folder, archive, names)


def _ordered(modes: dict[str, str]) -> dict[str, str]:
    places = {kind: place for place, kind in enumerate(terms.ORDER)}
    kinds = sorted(modes, key=lambda kind: (places.get(kind, len(places)), kind))
    return {kind: modes[kind] for kind in kinds if kind != "manifest"}


def _manifest(package: Package) -> dict[str, str]:
    """Return what a manifest says."""
    with package._open("manifest") as stream:  # noqa: SLF001 - of this very file
        text = stream.read(LONGEST).decode("utf-8-sig", "replace")
    pairs = [row for row in csv.reader(io.StringIO(text, newline="")) if len(row) > 1]
    if not pairs or [name.strip() for name in pairs[0][:2]] != ["propertyName", "value"]:
        raise InputError("manifest.csv has another header", hint="the header is propertyName,value")
    return {name.strip(): value.strip() for name, value, *_ in pairs[1:]}


def rows(stream: IO[bytes], kind: str) -> Iterator[Row]:
    r"""Yield the rows of a file.

    Examples
    --------
    >>> file = io.BytesIO(b"\xef\xbb\xbfsourcedId,Status,type,,\na,active,school\n")
    >>> [tuple(row) for row in rows(file, "orgs")]
    [(2, {'sourcedId': 'a', 'status': 'active', 'type': 'school'}, None)]
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", "replace", newline="")
    try:
        yield from _rows(text, kind)
    finally:
        text.detach()  # whoever opened the stream closes it


def _rows(stream: io.TextIOWrapper, kind: str) -> Iterator[Row]:
    header: list[str] = []
    for line, text in _lines(stream):
        fields = _split(text)
        if fields is None:
            yield Row(line, {}, Reason.BROKEN_QUOTES)
        elif not header:
            header = _header(fields, kind)
        elif any(fields[len(header) :]) or len(fields) < len(header):
            yield Row(line, {}, Reason.FIELD_COUNT)
        else:
            yield Row(line, dict(zip(header, map(str.strip, fields), strict=False)))
    if not header:
        raise InputError(f"{kind}.csv is empty", hint="give a header even where there are no rows")


def _header(fields: Sequence[str], kind: str) -> list[str]:
    """Return the columns' names as the standard writes them; nameless ones at the end are none."""
    names = [_CANONICAL.get(one.strip().casefold(), one.strip()) for one in fields]
    while names and not names[-1]:
        names.pop()
    needed = ("sourcedId", *terms.NEEDED[kind]) if kind in terms.NEEDED else ()
    missing = [one for one in needed if one not in names]
    if missing:
        hint = f"the header of {kind}.csv needs {', '.join(needed)}"
        raise InputError(f"{kind}.csv has no column {', '.join(missing)}", got=f"{len(names)} columns", hint=hint)
    twice = sorted({one for one in names if one and names.count(one) > 1})
    if twice:
        raise InputError(f"{kind}.csv names a column twice", got=", ".join(twice)[:200], hint="remove one")
    return names


def _split(text: str) -> list[str] | None:
    try:
        found = list(csv.reader([text] if text.count("\n") <= 1 else io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _lines(stream: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    """Yield each row's text with the number of its first line; a quote that is not closed costs its own line alone."""
    held: list[tuple[int, str]] = []
    for line in _numbered(stream):
        held.append(line)
        while held and (whole := _whole(held)):
            yield held[0][0], "".join(text for _, text in held[:whole])
            del held[:whole]
    yield from held


def _whole(held: Sequence[tuple[int, str]]) -> int:
    """Return how many of the first lines are one row, 0 where more are needed to tell."""
    quotes = 0
    for place, (_, text) in enumerate(held, start=1):
        quotes += text.count('"')
        if quotes % 2 == 0:
            return place
    return 1 if len(held) > MOST_LINES else 0


def _numbered(stream: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    number, text = 0, stream.readline(LONGEST)
    while text:
        number += 1
        if text.strip():
            yield number, text.replace("\x00", "\ufffd")
        text = stream.readline(LONGEST)
