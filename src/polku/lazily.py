"""Names of a package that are imported when somebody first asks for them: a service loads nothing it never uses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazily(package: str, modules: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return a package's ``__getattr__`` (PEP 562).

    Parameters
    ----------
    package : str
        Its name.
    modules : mapping of str to sequence of str
        By module of the package, the names that it gives.

    Examples
    --------
    >>> lazily("json", {"decoder": ["JSONDecoder"]})("JSONDecoder").__name__
    'JSONDecoder'
    """
    module_of = {name: module for module, names in modules.items() for name in names}

    def get(name: str) -> Any:
        if name not in module_of:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        found = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(sys.modules[package], name, found)  # the next one finds it there
        return found

    return get
