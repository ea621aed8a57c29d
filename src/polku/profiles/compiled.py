"""How kernels are compiled, and where the compiled code is kept.

numba notices an edit only in the file of the function it caches, not in the files that function imports.
The cache folder is therefore named by a hash over every source of this room: an edited extractor can never
run as its old self. Only machine code lies there, never a model or a profile.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

from polku.home import digest

Function = TypeVar("Function", bound=Callable[..., Any])
njit: Any = numba.njit
settings: Any = numba.config
PREFIX = "polku-kernels-"
OURS = re.compile(re.escape(PREFIX) + r"[0-9a-f]{16}")
KEEP, KEEP_DAYS = 5, 30
"""How many folders of compiled code stay, the one in use among them, and for how long the others do."""
OPTIONS = {"error_model": "numpy", "_nrt": False}
"""Division by zero gives NaN as in numpy. Without numba's run-time memory a kernel cannot allocate, and no
reference is counted: the fold runs twenty times as fast."""


def kernel(function: Function) -> Function:
    """Compile `function` with numba; strict floating point, so that every caller gets the same bits.

    Kernels are compiled into the driver that calls them and need no cache of their own. They are put into
    the loop around them: handing over some fifty arrays, row by row, would cost more than most kernels do.
    """
    return cast("Function", njit(function, forceinline=True, **OPTIONS))


def routine(function: Function) -> Function:
    """Compile `function` as :func:`kernel` does, but as a function that is called: for what runs once a learner."""
    return cast("Function", njit(function, **OPTIONS))


def driver(function: Function) -> Function:
    """Compile `function` as :func:`kernel` does and keep the machine code between runs."""
    made, before = njit(function, **OPTIONS), settings.CACHE_DIR
    settings.CACHE_DIR = str(cache_folder())
    try:
        made._cache = finished(function)  # noqa: SLF001 - as its enable_caching() does, with another cache
    finally:
        settings.CACHE_DIR = before
    return cast("Function", made)


class Finished(FunctionCache):
    """numba's cache of machine code, which loads what is finished without all that compiling would take.

    numba's own first reads in every type it knows and how each is compiled: megabytes and most of a second, in every
    process, of which finished code needs nothing, as it cannot allocate (:data:`OPTIONS`). Where nothing is found, the
    compiler reads that in by itself.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the machine code for a signature; None where there is none."""
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]  # numba has no types


finished: Any = Finished


@functools.cache
def cache_folder() -> Path:
    """Return the folder of compiled code for exactly these sources.

    The first writable of the environment's and the user's cache folder; failing both, a private folder that lasts as
    long as the machine's temporary files, with what the environment's holds: of an image nothing is written, and numba
    reads only where it may write.
    """
    name = f"{PREFIX}{sources_hash()[:16]}"
    environment = Path(sys.prefix) / "var" / "cache"
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for parent in (environment, user):
        folder = parent / name
        new = not folder.is_dir()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            if new:  # what was compiled before is looked through only when something is compiled anyway
                prune(parent, keep=folder)
            return folder
    own = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    for file in (environment / name).glob("*/*.nb[ci]"):
        (own / file.parent.name).mkdir(exist_ok=True)
        shutil.copyfile(file, own / file.parent.name / file.name)
    return own


def prune(parent: Path, *, keep: Path) -> list[Path]:
    """Delete folders of code compiled from other sources: all but the newest few, and whatever is old.

    Parameters
    ----------
    parent : Path
        Where they lie; only folders named as :func:`cache_folder` names them are looked at.
    keep : Path
        The folder in use, which stays.

    Returns
    -------
    list of Path
        What was deleted.
    """
    found = [entry for entry in os.scandir(parent) if OURS.fullmatch(entry.name) and entry.name != keep.name]
    changed = {Path(entry): entry.stat().st_mtime for entry in found if entry.is_dir(follow_symlinks=False)}
    newest = sorted(changed, key=lambda folder: (-changed[folder], folder.name))
    oldest = time.time() - KEEP_DAYS * 86_400
    gone = [folder for place, folder in enumerate(newest) if place >= KEEP - 1 or changed[folder] < oldest]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)  # another process may be at the same; what stays costs only room
    return gone


def sources_hash() -> str:
    """Return the SHA-256 over the sources of this room, names and contents."""
    room = Path(__file__).parent
    parts: list[bytes | str] = []
    for path in sorted(room.rglob("*.py")):
        parts += [path.relative_to(room).as_posix(), path.read_bytes()]
    return digest(*parts)
