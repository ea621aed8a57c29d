"""What a protected identity keeps from those at home: where the learner goes to school, and with whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

HIDDEN = "[protected]"
PLACES = ("school_id", "group_id")
"""Columns that say where somebody is, wherever they stand."""


def places_in(said: object) -> frozenset[str]:
    """Return every school and group that something names, however deep.

    Examples
    --------
    >>> sorted(places_in({"rows": [{"school_id": "S1", "group_id": None}, {"context": {"group_id": "4A"}}]}))
    ['4A', 'S1']
    """
    if isinstance(said, Mapping):
        own = {value for name, value in said.items() if name in PLACES and isinstance(value, str)}
        return frozenset(own).union(*map(places_in, said.values()))
    if isinstance(said, list | tuple):
        return frozenset().union(*map(places_in, said))
    return frozenset()


def without_places(said: Any, places: Collection[str]) -> Any:
    """Return the same with every one of `places` hidden, as a value and as the name of something.

    Examples
    --------
    >>> without_places({"group_id": "4A", "subject": "4A", "n": 4}, {"4A"})
    {'group_id': '[protected]', 'subject': '[protected]', 'n': 4}
    """
    if isinstance(said, Mapping):
        return {without_places(name, places): without_places(value, places) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [without_places(one, places) for one in said]
    return HIDDEN if isinstance(said, str) and said in places else said
