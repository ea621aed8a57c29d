"""Pseudonyms at the door: what a vendor sends about one becomes the learner's own, if it is that vendor's.

A service's token names the vendors that it speaks for, as scopes ``vendor:<id>``. A pseudonym of another vendor, or
of nobody, stands for no learner: the row is refused, and no new learner comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from polku.records import Reason, Refusal
from polku.records.elements import Element
from polku.store.launches import PREFIX
from polku.store.transaction import Transaction
from polku.web.viewer import Viewer

SCOPE: Final = "vendor:"


def scope_of(vendor_id: str) -> str:
    """Return the scope of a token that speaks for a vendor.

    Examples
    --------
    >>> scope_of("reference")
    'vendor:reference'
    """
    return f"{SCOPE}{vendor_id}"


def vendors_of(viewer: Viewer) -> frozenset[str] | None:
    """Return the vendors that somebody speaks for; None without sign-in, where the operator speaks for all."""
    if not viewer.signed_in:
        return None
    return frozenset(one.removeprefix(SCOPE) for one in viewer.scopes if one.startswith(SCOPE))


def rows_named(tx: Transaction, viewer: Viewer, rows: Sequence[Any]) -> list[Any]:
    """Return responses with pseudonyms replaced by the learners that they stand for.

    Of a pseudonym that stands for nobody the id is left out, so that the row is refused for want of it.
    """
    said = {str(row["learner_id"]) for row in rows if _by_pseudonym(row)}
    if not said:
        return list(rows)
    known = tx.launches.learners(said, vendors_of(viewer))
    return [{**row, "learner_id": known.get(row["learner_id"])} if _by_pseudonym(row) else row for row in rows]


def elements_named(
    tx: Transaction, viewer: Viewer, elements: Sequence[Element], row_of: Callable[[int], str]
) -> list[Element]:
    """Return a stream's elements likewise; one about nobody is a refusal."""
    said = {one.learner_id for one in elements if not isinstance(one, Refusal) and one.learner_id is not None}
    said = {one for one in said if one.startswith(PREFIX)}
    if not said:
        return list(elements)
    known = tx.launches.learners(said, vendors_of(viewer))

    def named(place: int, one: Element) -> Element:
        if isinstance(one, Refusal) or one.learner_id not in said:
            return one
        if one.learner_id not in known:
            return Refusal(0, Reason.NO_LEARNER, "actor", Reason.NO_LEARNER.sentence, row_of(place))
        return replace(one, learner_id=known[one.learner_id])

    return [named(place, one) for place, one in enumerate(elements)]


def _by_pseudonym(row: object) -> bool:
    return isinstance(row, Mapping) and isinstance(row.get("learner_id"), str) and row["learner_id"].startswith(PREFIX)
