"""``first``: whether the key was never answered before: 1 at the first encounter, 0 ever after."""

from __future__ import annotations

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters


class FirstParameters(Parameters):
    """``first`` has no parameters; its scope says whose first encounter is meant."""


@kernel
def update(table: Floats, key: int, offset: int, _params: Floats, _event: Event) -> None:
    """Remember that the key was met."""
    table[key, offset] = 1.0


@kernel
def read(table: Floats, key: int, offset: int, _params: Floats, _event: Event, _known: Known) -> float:
    """Return 1 before the first answer, else 0."""
    met: float = table[key, offset]
    return 1.0 - met


KIND = Kind(
    name="first",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=1,
    parameters=FirstParameters,
    update=update,
    read=read,
)
