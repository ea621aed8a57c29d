"""What a service does not load and does not keep: it reads trees and fits nothing, and its threads share memory.

Called before anything is served; what each does is said to the library or to the process, for good.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ARENAS: Final = 2
_M_ARENA_MAX: Final = -8
OPTIONAL: Final = "sklearn"
BUILDERS: Final = ("f2py", "testing")
"""Parts of numpy for those who build and test libraries, which numpy loads when they are asked for."""


def prepare() -> None:
    """Do all of it, in the order in which it helps."""
    few_arenas()
    load_trees_only()
    one_allocator()


def load_trees_only() -> None:
    """Import LightGBM as it is where scikit-learn is not installed: a third of its time and half of its memory.

    LightGBM imports scikit-learn wherever it finds it, for classes that nobody uses here. A name that is None among
    the loaded modules counts as not installed. Does nothing where either is loaded already.
    """
    if {"lightgbm", OPTIONAL} & set(sys.modules):
        return
    sys.modules[OPTIONAL] = None  # type: ignore[assignment]  # documented: such an import fails
    try:
        with _not_asked_for():
            importlib.import_module("lightgbm")
    finally:
        del sys.modules[OPTIONAL]


def few_arenas() -> None:
    """Have the threads of this process share memory: glibc else keeps some for each, and seldom gives it back.

    Says the same as ``MALLOC_ARENA_MAX=2`` in the environment. Does nothing where the C library is another.
    """
    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    if setting is not None:
        setting(_M_ARENA_MAX, ARENAS)


@contextmanager
def _not_asked_for() -> Iterator[None]:
    """Have SciPy, which copies every name that numpy has, not load what it copies of :data:`BUILDERS`."""
    numpy = importlib.import_module("numpy")
    names = [name for name in BUILDERS if f"numpy.{name}" not in sys.modules]
    for name in names:
        setattr(numpy, name, None)
    try:
        yield
    finally:
        for name in names:
            if getattr(numpy, name) is None:
                delattr(numpy, name)


def one_allocator() -> None:
    """Have Arrow take memory where everybody else does: its own keeps some for every thread that ever used it."""
    arrow = importlib.import_module("pyarrow")
    arrow.set_memory_pool(arrow.system_memory_pool())
