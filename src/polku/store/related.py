"""What becomes of relations that a new list no longer names, or names otherwise: an entry of the log each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from polku.records.relations import Relation
from polku.store.log import Log

KIND: Final = "related"
"""Kind of the log's entries about relations that were; their payload holds the relation under the same name."""


def note_changes(log: Log, before: Iterable[Relation], after: Iterable[Relation], at: int) -> int:
    """Log every relation that stands no longer as it did, with what it is now: who could see whom stays told.

    A relation to one learner is told in that learner's export and goes with their erasure.

    Parameters
    ----------
    log : Log
        The provider's.
    before, after : iterable of Relation
        All relations of one list, as they were and as they will be.
    at : int
        Microseconds UTC until which they were so.

    Returns
    -------
    int
        How many stand no longer.
    """
    new = Counter(after)
    gone = []
    for one in before:  # one by one: a municipality has many of them, and nearly all stay
        if new[one]:
            new[one] -= 1
        else:
            gone.append(one)
    ended = {one[:4] for one in gone}
    instead = {one[:4]: one for one in new.elements() if one[:4] in ended}
    for one in gone:
        said = {KIND: _told(one), "until": at, "now": _told(instead.get(one[:4]))}
        log.append(KIND, said, one.object_id if one.object_type == "learner" else None)
    return len(gone)


def _told(one: Relation | None) -> dict[str, object] | None:
    if one is None:
        return None
    ends = None if one.ends_on is None else one.ends_on.isoformat()
    return one._asdict() | {"kind": str(one.kind), "starts_on": one.starts_on.isoformat(), "ends_on": ends}
