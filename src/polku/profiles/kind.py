"""The shape of a kind of extractor: what every file in ``extractors`` ends with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polku.schemas.base import Definition


class Parameters(Definition):
    """Base of a kind's parameters, as written in ``features/*.toml``."""

    def values(self) -> tuple[float, ...]:
        """Return the numbers the kernels read, in the order they index ``params``."""
        return ()

    def effect(self) -> int | None:
        """Return what better answers do to the feature: 1 raise it, -1 lower it, 0 nothing, None one or the other."""
        return 0


@dataclass(frozen=True)
class Kind:
    """A kind of extractor: parameters, state and the pair of kernels.

    Parameters
    ----------
    name : str
        As written under ``kind`` in ``features/*.toml``.
    version : int
        Raised whenever the same parameters give other numbers or another state: stored profiles are refolded.
    scopes : frozenset of str
        Levels at which the kind makes sense.
    width : int
        Columns of state per key; all zeros means "nothing seen yet".
    parameters : type
        What may be configured, and the bounds.
    update : kernel
        ``update(table, key, offset, params, event)`` takes one response into the state.
    read : kernel
        ``read(table, key, offset, params, event, known) -> float`` reads the feature; never writes.
    """

    name: str
    version: int
    scopes: frozenset[str]
    width: int
    parameters: type[Parameters]
    update: Callable[..., None]
    read: Callable[..., float]
