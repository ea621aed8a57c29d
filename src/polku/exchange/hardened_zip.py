"""Zip archives from outside: the directory is judged before anything is unpacked, and nothing is written to disk."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import IO, Self

from polku.errors import InputError
from polku.exchange.limits import LIMITS, MIB, Limits

LOCKED = 0x1
"""The bit of an entry's flags that says it is encrypted."""

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What the standard library raises while it unpacks something that is not what it says."""


class Archive:
    """A zip archive whose directory was judged; entries are read as streams that end where the directory said.

    Parameters
    ----------
    source : path, bytes or binary file
        The archive.
    where : str
        Name of its source, for errors.
    limits : Limits, optional
        How much it may hold.

    Attributes
    ----------
    names : tuple of str
        Its files in the archive's order; folders are left out.

    Raises
    ------
    InputError
        If it is no zip archive, or its directory names what leads out, repeats, is a link, is locked, or unpacks
        to too much.

    Examples
    --------
    >>> box = io.BytesIO()
    >>> with zipfile.ZipFile(box, "w") as made:
    ...     made.writestr("manifest.csv", "propertyName,value")
    >>> with Archive(box.getvalue(), "roster.zip") as archive:
    ...     archive.names, archive.read("manifest.csv")
    (('manifest.csv',), b'propertyName,value')
    """

    def __init__(self, source: Path | bytes | IO[bytes], where: str, limits: Limits = LIMITS) -> None:
        self.where = where
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except FileNotFoundError as error:
            raise InputError(f"{where} is not there", hint="give the path of a zip archive") from error
        except (*BROKEN, OSError, ValueError) as error:
            raise InputError(f"{where} is no zip archive", got=error, hint="send it whole, packed as zip") from error
        try:
            self._files = _judged(self._zip.infolist(), _length(self._zip), where, limits)
        except InputError:
            self._zip.close()
            raise
        self.names = tuple(self._files)

    def __enter__(self) -> Self:
        """Return the archive."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the archive."""
        self.close()

    def close(self) -> None:
        """Close the archive; its entries cannot be read afterwards."""
        self._zip.close()

    def size(self, name: str) -> int:
        """Return how many bytes an entry unpacks to."""
        return self._entry(name).file_size

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open an entry as a binary stream.

        Raises
        ------
        InputError
            If there is no such entry, or it is not what the directory said.
        """
        try:
            with self._zip.open(self._entry(name)) as stream:
                yield stream
        except BROKEN as error:
            raise InputError(f"{name} in {self.where} is damaged", got=error, hint="pack the archive again") from error

    def read(self, name: str) -> bytes:
        """Return all bytes of an entry; raises as :meth:`open`."""
        with self.open(name) as stream:
            return stream.read()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        if name not in self._files:
            known = ", ".join(sorted(self._files)[:5])
            raise InputError(f"{self.where} has no {name}", got=known or "an empty archive", hint="add the file")
        return self._files[name]


def _length(archive: zipfile.ZipFile) -> int:
    """Return how many bytes an archive has."""
    stream = archive.fp
    return stream.seek(0, io.SEEK_END) if stream is not None else 0


def _judged(entries: list[zipfile.ZipInfo], length: int, where: str, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return an archive's files by name, or refuse the archive."""
    total = sum(entry.file_size for entry in entries)
    if sum(entry.compress_size for entry in entries) > length:
        raise InputError(f"{where} has entries that overlap", got=f"{length:,} bytes", hint="pack the archive again")
    if len(entries) > limits.entries:
        raise InputError(f"{where} has too many entries", got=f"{len(entries):,}", hint=f"at most {limits.entries:,}")
    if total > limits.total:
        raise InputError(f"{where} unpacks to too much", got=f"{total:,} bytes", hint=f"at most {limits.total:,}")
    files: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        fault = _fault(entry, limits) or ("repeats" if entry.filename in files else "")
        if fault:
            raise InputError(f"{where}: an entry {fault}", got=repr(entry.filename[:80]), hint="pack plain files only")
        if not entry.is_dir():
            files[entry.filename] = entry
    return files


def _fault(entry: zipfile.ZipInfo, limits: Limits) -> str:
    """Return what is wrong with an entry, empty when nothing is."""
    name, kind = entry.orig_filename, stat.S_IFMT(entry.external_attr >> 16)
    parts = PurePosixPath(name).parts
    if not name or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or "\\" in name:
        return "has an absolute path"
    if ".." in parts or not name.isprintable():
        return "has a path that leads out of the archive"
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link or a device"
    if entry.flag_bits & LOCKED:
        return "is locked with a password"
    if entry.file_size > MIB and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        return "unpacks to far more than it is"
    return ""
