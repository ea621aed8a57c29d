"""Which code made an audit: a hash over the sources of this room."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from polku.home import digest

_SOURCES = frozenset({".py", ".html", ".css"})


@cache
def code_hash() -> str:
    """Return the SHA-256 over the paths and contents of all sources of ``polku.fairness``, templates included.

    Examples
    --------
    >>> len(code_hash())
    64
    """
    room = Path(__file__).parent
    sources = sorted(path for path in room.rglob("*") if path.suffix in _SOURCES)
    return digest(*(part for path in sources for part in (path.relative_to(room).as_posix(), path.read_bytes())))
