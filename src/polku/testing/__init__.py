"""Checks that ship with the package, for whoever writes a new piece of it.

A new kind of extractor, rule or store has promises to keep that no type checker sees. An extractor: the same
numbers in batch and one at a time, no look at what comes later, a direction that holds. A rule: what it may and
may not do to a path. A store: nothing lost, nothing half, nothing served unaudited. Each check asks for
everything at once, so that a test of one line is enough for a new piece.

What it does not do: nothing that serves imports this room (an import contract sees to that), and it says
whether a piece *holds*, not whether it is worth anything; that is what ``benchmarks/`` and the models are for.
"""

from polku.testing.extractors import check_extractor
from polku.testing.rules import check_rule
from polku.testing.store import check_store

__all__ = ["check_extractor", "check_rule", "check_store"]
