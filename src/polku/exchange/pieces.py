"""Elements of arrays and envelopes that are too large to be held, read piece by piece."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Raw, Struct

from polku.errors import InputError

LONGEST: Final = 16 << 20
"""Bytes of the longest element, or of a line."""
Found = tuple[bytes, str | None]
"""An element's JSON, and when its envelope was sent."""
_GAPS: Final = " \t\r\n,\ufeff"


class _Envelope(Struct):
    """What a Caliper envelope says of itself, and its elements as bytes."""

    sensor: Any
    sendTime: str  # noqa: N815 - the standard's name
    dataVersion: Any  # noqa: N815 - the standard's name
    data: list[Raw]


_envelope: Final = msgspec.json.Decoder(_Envelope).decode
_array: Final = msgspec.json.Decoder(list[Raw]).decode


def opened(content: bytes) -> Iterator[Found]:
    """Yield what one value holds: an array's members, an envelope's elements, or itself.

    Examples
    --------
    >>> list(opened(b'{"sensor": "s", "sendTime": "t", "dataVersion": "v", "data": [{"id": 1}, 2]}'))
    [(b'{"id": 1}', 't'), (b'2', 't')]
    """
    try:
        if content.startswith(b"["):
            for one in _array(content):
                yield from opened(bytes(one))
            return
        if b'"dataVersion"' in content:
            held = _envelope(content)
            yield from ((bytes(one), held.sendTime) for one in held.data)
            return
    except (msgspec.DecodeError, RecursionError):
        pass  # refused as one element, by its standard, which says why
    yield content, None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


class Pieces:
    """Elements read piece by piece.

    Parameters
    ----------
    first : bytes
        The beginning.
    more : callable
        Returns the next piece, empty at the end.

    Examples
    --------
    >>> pieces = iter([b'": 1}, {"b', b'": 2}]', b""])
    >>> list(Pieces(b'[{"a', lambda: next(pieces)).elements())
    [(b'{"a": 1}', None), (b'{"b": 2}', None)]
    """

    def __init__(self, first: bytes, more: Callable[[], bytes]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._scan = json.JSONDecoder(parse_constant=_no_constant).raw_decode
        self._text, self._at, self._more = self._decoder.decode(first), 0, more

    def elements(self) -> Iterator[Found]:
        """Yield the elements of every array, envelope and lone object.

        Raises
        ------
        InputError
            If one cannot be read: what comes after it cannot be told apart.
        """
        while sign := self._peek():
            if sign == "[":
                self._at += 1
                yield from self._listed(None)
            elif self._fits():
                yield from opened(self._next().encode())
            else:
                yield from self._opened()

    def _opened(self) -> Iterator[Found]:
        """Yield what is in an object too large to be held: the members of its ``data``."""
        self._at += 1
        sent: str | None = None
        while self._peek() != "}":
            name = json.loads(self._next())
            if self._peek() != ":":
                raise _broken()
            self._at += 1
            if name == "data" and self._peek() == "[":
                self._at += 1
                yield from self._listed(sent)
                continue
            value = json.loads(self._next())
            sent = value if name == "sendTime" and isinstance(value, str) else sent
        self._at += 1

    def _listed(self, sent: str | None) -> Iterator[Found]:
        while self._peek() != "]":
            yield from ((one, when or sent) for one, when in opened(self._next().encode("utf-8", "replace")))
        self._at += 1

    def _fits(self) -> bool:
        """Return whether the next value can be held; it then is."""
        while len(self._text) - self._at < LONGEST:
            try:
                self._scan(self._text, self._at)
            except (ValueError, RecursionError):
                if not self._fill():
                    raise _broken() from None
            else:
                return True
        return False

    def _next(self) -> str:
        """Return the next value's text, and stand behind it."""
        self._peek()
        while True:
            try:
                _, end = self._scan(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._text) - self._at > LONGEST or not self._fill():
                    raise _broken() from error
                continue
            if end < len(self._text) or not self._fill():  # at the very end a number may go on
                found, self._at = self._text[self._at : end], end
                return found

    def _peek(self) -> str:
        """Return the next sign that is no gap, and stand before it; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _GAPS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _fill(self) -> bool:
        """Forget what was read, append the next piece; return whether there was one."""
        piece = self._more()
        self._text, self._at = self._text[self._at :] + self._decoder.decode(piece, final=not piece), 0
        return bool(piece)


def _broken() -> InputError:
    return InputError(
        "the file cannot be read on: an element is broken or too long, or the end is missing",
        got=f"an element has {LONGEST >> 20} MB at most",
        hint="write one element a line: then only what is broken is refused",
    )
