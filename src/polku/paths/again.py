"""Whether what was offered before still stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from polku.store.values import Decision, Offer

UNSAID = frozenset({"score", "terms"})
"""Parts of a step that drift a little with every day that passes; a reader would see nothing new."""


def taken_back(before: Offer, decided: Iterable[Decision]) -> bool:
    """Return whether a skill left out of the last offer was accepted since: then nothing holds that offer."""
    shown = {one.skill_id for one in before.suggestions}
    return any(one.decision == "accept" and one.at > before.offered_at and one.skill_id not in shown for one in decided)


def says_the_same(before: Offer, shown: Mapping[str, Any], bundle_id: str | None, policy: str) -> bool:
    """Return whether an offer still stands: the same words, by the same bundle and policy."""
    stands_on = {(one.bundle_id, one.policy_hash) for one in before.suggestions}
    return stands_on <= {(bundle_id, policy)} and _words(before.path) == _words(shown)


def _words(path: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reader sees of a path."""
    steps = {
        part: [{name: value for name, value in step.items() if name not in UNSAID} for step in path[part]]
        for part in ("options", "path")
    }
    return {**path, **steps}
