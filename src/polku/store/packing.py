"""What an entry of the log says, as it is stored: its JSON as it is, or one Zstandard frame of it.

The two are told apart by how they begin: JSON by ``{``, a frame by its magic number. A frame says how much it holds
(RFC 8878, 3.1.1.1), and ``zstd -d`` reads it. Commitments are of the text, never of how it is stored.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from polku.errors import PolkuError

PLACE: Final = ("log_payloads", "payload")
"""The table and column that are stored so."""
MAGIC: Final = bytes.fromhex("28b52ffd")
LEVEL: Final = 1
"""Higher ones save a few hundredths of what is left, for half as much time again and more."""
SHORT: Final = 512
"""Bytes below which a frame saves little."""
LONGEST: Final = 1 << 26
"""Most bytes that a frame may hold, a thousand times an offer's; what is longer stays as it is."""

_ZSTD: Final = pa.Codec("zstd", compression_level=LEVEL)
_CONTENT_WIDTHS, _DICTIONARY_WIDTHS = (0, 2, 4, 8), (0, 1, 2, 4)


def packed(text: str) -> bytes:
    """Return a text as it is stored; :func:`unpacked` gives the same text back, whatever it is.

    Examples
    --------
    >>> packed('{"a":1}')
    b'{"a":1}'
    >>> packed('{"a":"' + 1000 * "b" + '"}')[:4] == MAGIC
    True
    """
    content = text.encode()
    plain = content.startswith(b"{") and not SHORT <= len(content) <= LONGEST
    return content if plain else bytes(_ZSTD.compress(content, asbytes=True))


def unpacked(content: bytes) -> str:
    """Return the text that was stored.

    Raises
    ------
    PolkuError
        If the bytes are damaged, or their frame says that it holds more than :data:`LONGEST`.

    Examples
    --------
    >>> unpacked(packed('{"a":"ä"}'))
    '{"a":"ä"}'
    """
    try:
        return opened(content).decode()
    except UnicodeDecodeError as error:
        raise _damaged(error) from error


def opened(content: bytes) -> bytes:
    """Return the text that was stored as :func:`unpacked` does, in UTF-8 that nobody has checked yet."""
    if content.startswith(b"{"):
        return content
    try:
        return bytes(_ZSTD.decompress(content, decompressed_size=_size(content), asbytes=True))
    except (OSError, ValueError) as error:
        raise _damaged(error) from error


def _size(frame: bytes) -> int:
    """Return how many bytes a frame says that it holds."""
    if not frame.startswith(MAGIC) or len(frame) == len(MAGIC):
        raise ValueError("neither JSON nor a Zstandard frame")
    descriptor = frame[len(MAGIC)]
    single = descriptor >> 5 & 1
    width = _CONTENT_WIDTHS[descriptor >> 6] or single
    begin = len(MAGIC) + 2 - single + _DICTIONARY_WIDTHS[descriptor & 3]
    field = frame[begin : begin + width]
    if not width or len(field) < width:
        raise ValueError("its frame does not say how much it holds")
    # two bytes count on from what one can say
    size = int.from_bytes(field, "little") + (256 if width == 2 else 0)
    if size > LONGEST:
        raise ValueError(f"its frame says that it holds {size} bytes, and {LONGEST} at most are read")
    return size


def _damaged(error: Exception) -> PolkuError:
    hint = "polku log verify says which one; restore the store from its backup"
    return PolkuError("an entry of the log is damaged", got=error, hint=hint)
