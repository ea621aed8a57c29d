"""How kernels are compiled, and where the compiled code is kept.

numba notices an edit only in the file of the function it caches, not in the files that function imports.
The cache folder is therefore named by a hash over every source of this room: an edited extractor can never
run as its old self. Only machine code lies there, never a model or a profile.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from polku.home import digest

Function = TypeVar("Function", bound=Callable[..., Any])
njit: Any = numba.njit
settings: Any = numba.config
OPTIONS = {"error_model": "numpy", "_nrt": False}
"""Division by zero gives NaN as in numpy. Without numba's run-time memory a kernel cannot allocate, and no
reference is counted: the fold runs twenty times as fast."""


def kernel(function: Function) -> Function:
    """Compile `function` with numba; strict floating point, so that every caller gets the same bits.

    Kernels are compiled into the driver that calls them and need no cache of their own.
    """
    return cast("Function", njit(function, **OPTIONS))


def driver(function: Function) -> Function:
    """Compile `function` as :func:`kernel` does and keep the machine code between runs."""
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(cache_folder())
    try:
        return cast("Function", njit(function, cache=True, **OPTIONS))
    finally:
        settings.CACHE_DIR = before


@functools.cache
def cache_folder() -> Path:
    """Return the folder of compiled code for exactly these sources.

    The first writable of the environment's and the user's cache folder; failing both, a private folder
    that lasts as long as the machine's temporary files.
    """
    name = f"polku-kernels-{sources_hash()[:16]}"
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for parent in (Path(sys.prefix) / "var" / "cache", user):
        folder = parent / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix=f"{name}-"))


def sources_hash() -> str:
    """Return the SHA-256 over the sources of this room, names and contents."""
    room = Path(__file__).parent
    parts: list[bytes | str] = []
    for path in sorted(room.rglob("*.py")):
        parts += [path.relative_to(room).as_posix(), path.read_bytes()]
    return digest(*parts)
