"""Bytes turned in what the log says."""

from __future__ import annotations

import random

from polku.errors import PolkuError
from polku.store.packing import unpacked


def turned(draw: random.Random, content: bytes) -> bytes:
    """Return what an entry says with one byte turned, so that it says something else or nothing any more.

    A few bits of a frame mean nothing. With those turned it says what was promised, and no entry is altered.
    """
    while True:
        place = draw.randrange(len(content))
        other = content[:place] + bytes([content[place] ^ draw.randint(1, 255)]) + content[place + 1 :]
        try:
            if unpacked(other) != unpacked(content):
                return other
        except PolkuError:
            return other
