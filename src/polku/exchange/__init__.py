"""Files in: responses, rosters and item lists, whatever they come as.

One module a standard: `canonical` (Polku's own CSV and Parquet) and `gervet` (research logs). Each only turns what
its format says into canonical columns; what a response must be is decided in :mod:`polku.records`, by the same rules
for all. A :class:`Reading` accounts for every row of the file: taken in, refused with a reason, or a repeat.

A file that cannot be used as a whole (no such columns, no rows) is an :class:`~polku.errors.InputError`; anything less
costs the rows that it touches and no others.

The room stores nothing, guesses no values and never reads a denied column.
"""

from __future__ import annotations

from polku.exchange.read import FORMATS, read_items, read_responses, read_roster
from polku.exchange.reading import ItemsReading, Reading, RosterReading

__all__ = ["FORMATS", "ItemsReading", "Reading", "RosterReading", "read_items", "read_responses", "read_roster"]
