"""Files in: responses, rosters and item lists, whatever they come as.

One module a standard: `canonical` (Polku's own CSV and Parquet) and the public sets of this field, `gervet`,
`sequences`, `fsaif`, `eedi`, `oulad` and `uci`. Each only turns what its format says into canonical columns, and says
in its introduction which traps the format has; what a response must be is decided in :mod:`polku.records`, by the same
rules for all. A :class:`Reading` accounts for every row of the file: taken in, refused with a reason, or a repeat.

Where a set tells who its learners are, that comes apart from the responses, as the reading's background; where it
tells how skills belong together, as a curriculum. A new standard is a module with ``fits_x`` and ``read_x`` and a line
in :mod:`polku.exchange.formats`.

A file that cannot be used as a whole (no such columns, no rows) is an :class:`~polku.errors.InputError`; anything less
costs the rows that it touches and no others.

The room stores nothing, guesses no values and never reads a denied column.
"""

from __future__ import annotations

from polku.exchange.formats import FILES, FORMATS, detect_format
from polku.exchange.read import read_items, read_permits, read_protected, read_relations, read_responses, read_roster
from polku.exchange.reading import ItemsReading, ListReading, Reading, RosterReading

__all__ = [
    "FILES",
    "FORMATS",
    "ItemsReading",
    "ListReading",
    "Reading",
    "RosterReading",
    "detect_format",
    "read_items",
    "read_permits",
    "read_protected",
    "read_relations",
    "read_responses",
    "read_roster",
]
