"""A table of a paper test on its way in: through the ordinary intake, and what became of each of its cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal, NamedTuple

from polku.records import DenyRules, Reason
from polku.store.transaction import Transaction
from polku.web.amending import corrected
from polku.web.intake import take_in
from polku.web.pages.paper_table import Cells, PaperTest

State = Literal["", "saved", "same", "refused", "conflict"]
Place = tuple[str, int]
"""Learner and task of a cell."""
Speaker = tuple[str, str]
TAKEN_BACK: Final = "entered from paper: taken back"
CORRECTED: Final = "entered from paper: corrected"
NAMED: Final = frozenset({Reason.NOT_A_NUMBER, Reason.OUT_OF_RANGE, Reason.MIXED_TIME, Reason.IDENTITY_CODE})
"""Reasons for refusing a cell that have words of their own on the page; the others share one sentence."""


class Cell(NamedTuple):
    """What became of one cell.

    Parameters
    ----------
    value : str
        As it was entered; it stands in the table still, whatever became of it.
    state : {"", "saved", "same", "refused", "conflict"}
        Taken in, taken in before, not taken in, or kept aside because another answer is kept.
    why : str
        Of a refused one, the reason as ``page.refused.<why>``.
    kept : str
        Of a conflict, the answer that is kept; empty where it was taken back.
    """

    value: str
    state: State = ""
    why: str = ""
    kept: str = ""


def kept_of(tx: Transaction, test: PaperTest, learners: Collection[str]) -> Cells:
    """Return the answers of a test that are kept already, as they hold now."""
    ids = {test.response_id(one, place): (one, place) for one in learners for place in range(len(test.tasks))}
    return {ids[one.response_id]: f"{one.correct:g}" for one in tx.responses.of(learners) if one.response_id in ids}


def save(tx: Transaction, test: PaperTest, cells: Cells, deny: DenyRules, now: int) -> dict[tuple[str, int], Cell]:
    """Take in the cells that hold something. Sent again, nothing changes.

    Parameters
    ----------
    tx : Transaction
        One that may write.
    test : PaperTest
        Whose tasks they are.
    cells : dict
        What was entered.
    deny : DenyRules
        What is kept nowhere.
    now : int
        Microseconds UTC.
    """
    learners = {learner for learner, _ in cells}
    before, places = kept_of(tx, test, learners), list(cells)
    outcome = take_in(tx, [test.row(*place, cells[place]) for place in places], deny, now)
    after = kept_of(tx, test, learners)
    refused = {places[index]: one.reason for index, one in outcome.refused.items()}
    return {place: _cell(cells[place], refused.get(place), before.get(place), after.get(place)) for place in places}


def replace(
    tx: Transaction, test: PaperTest, done: Mapping[Place, Cell], shown: Collection[str], deny: DenyRules, by: Speaker
) -> dict[Place, Cell]:
    """Correct what is kept to what was entered; an answer whose cell was emptied is taken back. Both stay written.

    Parameters
    ----------
    tx, test, deny
        As for :func:`save`.
    done : mapping of (str, int) to Cell
        What :func:`save` has made of the cells; what it refused changes nothing here either.
    shown : collection of str
        The learners whose rows were shown.
    by : (str, str)
        Who, and as what.
    """
    for place in kept_of(tx, test, shown).keys() - done.keys():
        tx.responses.void(test.response_id(*place), by=by[0], role=by[1], reason=TAKEN_BACK)
    differing = {place: one for place, one in done.items() if one.state == "conflict"}
    for place, one in differing.items():
        content = corrected(tx, test.response_id(*place), {"correct": one.value.replace(",", ".")}, deny)
        tx.responses.correct(content, by=by[0], role=by[1], reason=CORRECTED)
    return {place: Cell(one.value, "saved") if place in differing else one for place, one in done.items()}


def _cell(value: str, refused: Reason | None, before: str | None, after: str | None) -> Cell:
    if refused is not None and refused is not Reason.CONFLICT:
        return Cell(value, "refused", refused.value if refused in NAMED else "other")
    if after is None or not _same(value, after):
        return Cell(value, "conflict", kept=after or "")
    return Cell(value, "same" if before is not None and _same(value, before) else "saved")


def _same(entered: str, kept: str) -> bool:
    try:
        return float(entered.replace(",", ".")) == float(kept)
    except ValueError:
        return False


def counts(cells: Mapping[tuple[str, int], Cell]) -> dict[str, int]:
    """Return how many cells are in each state.

    Examples
    --------
    >>> counts({("L1", 0): Cell("1", "saved"), ("L2", 0): Cell("0", "saved")})["saved"]
    2
    """
    states = [one.state for one in cells.values()]
    return {state: states.count(state) for state in ("saved", "same", "refused", "conflict")}
