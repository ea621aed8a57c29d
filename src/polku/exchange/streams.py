"""The standards that come as streams: which there are, and files of any size element by element.

A file holds elements one a line, in arrays, or in envelopes whose ``data`` they are; compressed or not. What is in
memory at once is one element and a piece of the file, however large it is: an array of a gigabyte on one line too.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

import msgspec

from polku.errors import InputError
from polku.exchange import caliper, xapi
from polku.exchange.links import Links
from polku.exchange.pieces import LONGEST, Pieces, opened
from polku.records import DenyRules
from polku.records.elements import Element

PIECE: Final = 1 << 20
"""Bytes read at once."""
_GZIP: Final = b"\x1f\x8b"


class Standard(NamedTuple):
    """What a stream's standard can do.

    Parameters
    ----------
    name : str
        As receipts name it.
    element : callable
        Turns one element's JSON into what it says, given when its envelope was sent.
    row : callable
        Returns an element as it may lie in quarantine.
    """

    name: str
    element: Callable[[bytes, Links, DenyRules, str | None], Element]
    row: Callable[[bytes, DenyRules], str]


def _statement(content: bytes, links: Links, deny: DenyRules, _sent: str | None) -> Element:
    """Read a statement of a file: a file names no version, so that what 2.0 added is let in."""
    return xapi.element(content, links, deny, second=True)


def _event(content: bytes, links: Links, deny: DenyRules, sent: str | None) -> Element:
    return caliper.element(content, links, deny, sent_at=caliper.moment(sent) if sent else None)


STANDARDS: Final = {
    xapi.NAME: Standard(xapi.NAME, _statement, xapi.row),
    caliper.NAME: Standard(caliper.NAME, _event, caliper.row),
}


class Stream:
    r"""The elements of an open file.

    Parameters
    ----------
    file : binary file
        As it lies on disk, compressed or not.

    Examples
    --------
    >>> import io
    >>> list(Stream(io.BytesIO(b'[{"id": 1},\n {"id": 2}]')).elements())
    [(b'{"id": 1}', None), (b'{"id": 2}', None)]
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        packed = file.read(2) == _GZIP
        file.seek(0)
        self._plain = gzip.GzipFile(fileobj=file) if packed else file
        self._sha = hashlib.sha256()

    @property
    def read(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._file.tell()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what has been read, uncompressed."""
        return self._sha.hexdigest()

    def elements(self) -> Iterator[tuple[bytes, str | None]]:
        """Yield each element's JSON with the time at which its envelope was sent; what is no JSON as it is.

        Raises
        ------
        InputError
            If an element is longer than :data:`LONGEST`, an array is broken in its middle, or the file is cut off.
        """
        try:
            first = self._line(PIECE)
            if _is_whole(first):
                yield from self._lines(first)
            else:
                yield from Pieces(first, self._piece).elements()
        except (EOFError, gzip.BadGzipFile) as error:
            raise InputError("the file is cut off, or is not compressed as it says", got=error) from error

    def _lines(self, line: bytes) -> Iterator[tuple[bytes, str | None]]:
        while line:
            content = line.strip(b" \t\r\n,")
            if content:
                yield from opened(content.removeprefix(b"\xef\xbb\xbf"))
            line = self._line()

    def _line(self, longest: int = LONGEST) -> bytes:
        line = self._plain.readline(longest)
        self._sha.update(line)
        return line

    def _piece(self) -> bytes:
        piece = self._plain.read(PIECE)
        self._sha.update(piece)
        return piece


def _is_whole(line: bytes) -> bool:
    """Return whether a file whose first line this is has its elements one a line."""
    try:
        msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        return bool(line.strip()) and "truncated" not in str(error)
    return True
