"""How many steps in a row returned to something earlier, as the log of offers and decisions tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from polku.store.values import Decision, Suggestion


def repairs_in_a_row(offered: Iterable[Suggestion], decisions: Iterable[Decision], practised: Mapping[str, int]) -> int:
    """Return how many steps taken last, in a row, returned to something earlier.

    A step is taken when somebody accepted it, or when its skill was practised after the offer. An offer of which
    nothing was taken says nothing; a step of another kind, or one that somebody put in its place, ends the row. The
    same skill offered again is one step.

    Parameters
    ----------
    offered : iterable of Suggestion
        What was offered to one learner, latest first.
    decisions : iterable of Decision
        What was decided on it, oldest first.
    practised : mapping of str to int
        When each skill was answered on last, microseconds UTC; empty where answers have an order only.

    Examples
    --------
    >>> def offer(kind, at): return Suggestion(f"{kind}{at}", "Aino", 0, kind, kind, 1.0, 1.0, "model", "", None, at)
    >>> repairs_in_a_row([offer("repair", 3), offer("continue", 1)], [], {"continue": 2, "repair": 4})
    1
    """
    latest = {one.suggestion_id: one.decision for one in decisions}
    returned: set[str] = set()
    for _, group in groupby(offered, key=lambda one: one.offered_at):
        options = list(group)
        if "edit" in {latest.get(one.suggestion_id) for one in options}:
            break
        taken = _taken(options, latest, practised)
        if any(one.kind != "repair" for one in taken):
            break
        returned |= {one.skill_id for one in taken}
    return len(returned)


def _taken(
    options: Collection[Suggestion], latest: Mapping[str, str], practised: Mapping[str, int]
) -> list[Suggestion]:
    """Return the options that somebody accepted; failing that, those practised since."""
    accepted = [one for one in options if latest.get(one.suggestion_id) == "accept"]
    return accepted or [one for one in options if practised.get(one.skill_id, one.offered_at) > one.offered_at]
