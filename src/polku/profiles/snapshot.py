"""A profile as bytes, and back: compact, versioned, checked, and nothing in it can run.

::

    8 bytes    "POLKUPF" and the version of the format, 1
    32 bytes   SHA-256 of the rest
    rest       zlib of: length of the header (4 bytes, little-endian), header (JSON, UTF-8),
               then per scope (learner, area, skill, item) its rows, little-endian float64

The header holds the hashes of feature set and item statistics, the last fold key, whether there is a clock,
and the ids of each scope's rows. Ids are sorted, so equal profiles give equal bytes.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from polku.errors import InputError
from polku.profiles.events import SCOPES, Floats

MAGIC = b"POLKUPF\x01"
SHA_BYTES = 32
LENGTH_BYTES = 4
WINDOW = 13
"""Bits of the window of compression: 8 kB, about what a profile holds."""
HINT = "drop the stored profile and fold the learner's responses again"

FoldKey = tuple[int, int, str]


@dataclass(frozen=True)
class Snapshot:
    """What is kept of a profile.

    Parameters
    ----------
    feature_set, item_statistics : str
        Hashes of what it was folded with.
    last_key : (int, int, str) or None
        Fold key of the last response.
    clock : bool or None
        Whether responses had a clock.
    ids : mapping of scope to list of str
        Ids of the rows, sorted.
    rows : mapping of scope to float64[len(ids), width]
        State.
    """

    feature_set: str
    item_statistics: str
    last_key: FoldKey | None
    clock: bool | None
    ids: Mapping[str, list[str]]
    rows: Mapping[str, Floats]

    def pack(self) -> bytes:
        """Return the bytes."""
        header = {
            "feature_set": self.feature_set,
            "item_statistics": self.item_statistics,
            "last_key": self.last_key,
            "clock": self.clock,
            "ids": dict(self.ids),
            "widths": {scope: self.rows[scope].shape[1] for scope in SCOPES},
        }
        text = json.dumps(header, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        rows = [np.ascontiguousarray(self.rows[scope], dtype="<f8").tobytes() for scope in SCOPES]
        small = zlib.compressobj(1, wbits=WINDOW, memLevel=6)  # the usual one clears a quarter of a megabyte each time
        plain = b"".join([len(text).to_bytes(LENGTH_BYTES, "little"), text, *rows])
        body = small.compress(plain) + small.flush()
        return MAGIC + hashlib.sha256(body).digest() + body

    @classmethod
    def unpack(cls, raw: bytes) -> Snapshot:
        """Read what :meth:`pack` wrote.

        Raises
        ------
        InputError
            If the bytes are no profile of this version, or not those that were written.
        """
        magic, sha, body = raw[: len(MAGIC)], raw[len(MAGIC) :][:SHA_BYTES], raw[len(MAGIC) + SHA_BYTES :]
        if magic != MAGIC:
            raise InputError("these bytes are no profile of this version", got=f"{len(raw)} bytes", hint=HINT)
        if hashlib.sha256(body).digest() != sha:
            raise InputError("a stored profile is damaged", got=f"{len(raw)} bytes", hint=HINT)
        plain = zlib.decompress(body)
        text_end = LENGTH_BYTES + int.from_bytes(plain[:LENGTH_BYTES], "little")
        header = json.loads(plain[LENGTH_BYTES:text_end])
        rows, place = {}, text_end
        for scope in SCOPES:
            shape = len(header["ids"][scope]), header["widths"][scope]
            count = shape[0] * shape[1]
            rows[scope] = np.frombuffer(plain, "<f8", count, place).astype(np.float64).reshape(shape)
            place += 8 * count
        key = header["last_key"]
        last_key = None if key is None else (int(key[0]), int(key[1]), str(key[2]))
        hashes = header["feature_set"], header["item_statistics"]
        return cls(*hashes, last_key=last_key, clock=header["clock"], ids=header["ids"], rows=rows)
