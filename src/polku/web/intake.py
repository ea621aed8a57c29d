"""Responses on their way in: checked row by row, none lost.

Every row of a request ends in exactly one of four ways: accepted, repeated, in conflict, or refused with a reason.
Conflicts and refusals are kept in quarantine, what may not be kept replaced by ``[removed: rule]``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache

from polku.errors import ConflictError, InputError
from polku.records import DenyRules, Items, Reason, Refusal, Refused, Response, Responses, check_response
from polku.store.transaction import Transaction

SOURCE = "api"
MOST_NESTED = 20
"""Levels that a row may be nested: a sound one has two."""
Bank = Callable[[], Items]


@dataclass
class Outcome:
    """What became of the rows of one request.

    Parameters
    ----------
    accepted, repeated : int
        Rows that were new, and rows that were stored already.
    conflicts : list of str
        Ids that are stored with another answer, one for each row.
    refused : dict of int to Refusal
        By place in the request.
    """

    accepted: int = 0
    repeated: int = 0
    conflicts: list[str] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)


def take_in(tx: Transaction, rows: Sequence[object], deny: DenyRules, now: int) -> Outcome:
    """Check rows, add those that hold and quarantine the others.

    Parameters
    ----------
    tx : Transaction
        One that may write.
    rows : sequence
        As they came out of JSON.
    deny : DenyRules
        What is kept nowhere.
    now : int
        Microseconds UTC: when the rows became known.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If a row is nested so deeply that it could not be kept.
    """
    refuse_deep(rows)
    outcome, good, bank = Outcome(), dict[int, Response](), cache(tx.items.all)
    for place, row in enumerate(rows):
        checked = _checked(row, deny, bank)
        if isinstance(checked, Refusal):
            outcome.refused[place] = checked
        else:
            good[place] = _received(checked, now)
    for clock in dict.fromkeys(one.clock for one in good.values()):
        same = {place: one for place, one in good.items() if one.clock == clock}
        try:
            _add(tx, list(same.values()), deny, outcome)
        except ConflictError:  # the provider's responses carry the other kind of time
            outcome.refused |= {place: _refusal(rows[place], Reason.MIXED_TIME, "answered_at", deny) for place in same}
    tx.refused.add(Refused.of(outcome.refused.values()), SOURCE)
    return outcome


def _checked(row: object, deny: DenyRules, bank: Bank) -> Response | Refusal:
    """Check one row; the item bank is read only where a row names no skills."""
    if not isinstance(row, Mapping):
        return _refusal(row, Reason.WRONG_TYPE, "", deny)
    checked = check_response(row, None, deny)
    if isinstance(checked, Refusal) and checked.reason is Reason.NO_SKILLS:
        return check_response(row, None, deny, bank())
    return checked


def _refusal(row: object, reason: Reason, column: str, deny: DenyRules) -> Refusal:
    kept = row if isinstance(row, Mapping) else {"row": row}
    return Refusal(0, reason, column, reason.sentence, deny.row_json(kept))


def _received(response: Response, now: int) -> Response:
    """Stamp when an answer became known here: not before it arrived, whatever the sender says."""
    return replace(response, known_at=max(response.answered_at, now)) if response.clock else response


def _add(tx: Transaction, rows: Sequence[Response], deny: DenyRules, outcome: Outcome) -> None:
    """Add rows in rounds of unique ids, so that repeats and conflicts are told apart within a request too."""
    variants: dict[str, Counter[Response]] = {}
    for row in rows:
        variants.setdefault(row.response_id, Counter())[row] += 1
    aside: list[Response] = []
    while variants:
        once = {response_id: next(iter(copies)) for response_id, copies in variants.items()}
        added = tx.responses.add(Responses.from_responses(once.values()), SOURCE)
        outcome.accepted += added.accepted
        outcome.repeated += added.repeated
        stored = once.keys() - set(added.conflicts)
        for response_id, row in once.items():
            copies = variants[response_id].pop(row)
            if response_id in stored:
                outcome.repeated += copies - 1
                others = variants.pop(response_id)
                aside += others.keys()
                outcome.conflicts += [response_id] * others.total()
            else:
                outcome.conflicts += [response_id] * copies
        variants = {response_id: copies for response_id, copies in variants.items() if copies}
    tx.refused.add(Refused.of(_refusal(_fields(row), Reason.CONFLICT, "", deny) for row in aside), SOURCE)


def _fields(row: Response) -> dict[str, object]:
    return {name: value for name, value in asdict(row).items() if value is not None}


def refuse_deep(rows: Sequence[object]) -> None:
    """Refuse rows that could not be written as JSON again; looks at them without recursion.

    Raises
    ------
    InputError
        If one has more than :data:`MOST_NESTED` levels.
    """
    level: list[object] = list(rows)
    for _ in range(MOST_NESTED):
        members = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [member for one in members for member in one]
        if not level:
            return
    raise InputError("a row is nested too deeply", got=f"more than {MOST_NESTED} levels", hint="rows are flat")
