"""What a learner reads of a step: the step itself, and what comes of choosing it.

Young readers make little of why; *if you choose this, then …* they do (Ooge, IUI 2025). So a learner is told the next
step, what it opens, where it leads, about how long it takes and where one can also start. The same sentences
go home. Each exists in four reading bands; the band is the grade's (:func:`polku.paths.bands.band_of`).
"""

from __future__ import annotations

from collections.abc import Sequence

from polku.paths.board import Board
from polku.paths.evidence import tasks_to_show
from polku.paths.links import later_on, leads_to, opens
from polku.paths.values import Kind, Reason


def next_step(board: Board, place: int, kind: Kind) -> Reason:
    """Return the step in one or two short sentences."""
    return Reason(f"next_step.{kind}", {"skill": board.terrain.skills[place].title})


def what_if(board: Board, place: int, kind: Kind, support: int | None, among: Sequence[int]) -> tuple[Reason, ...]:
    """Return what comes of choosing a step.

    Parameters
    ----------
    board : Board
        What is open, and what builds on what.
    place : int
        Position of the step.
    kind : str
        Its kind.
    support : int or None
        What is good to do first.
    among : sequence of int
        The steps beside it, which it may lead to.
    """
    skills = board.terrain.skills
    said = [Reason("what_if.fresh")] if kind == "review" else _outcomes(board, place, kind, among)
    said.append(Reason("what_if.tasks", {"count": tasks_to_show(board, place)}))
    if support is not None:
        said.append(Reason("what_if.first", {"skill": skills[support].title}))
    return tuple(said)


def _outcomes(board: Board, place: int, kind: Kind, among: Sequence[int]) -> list[Reason]:
    """Return what choosing an open step brings: what it opens or brings nearer, and where it leads later."""
    skills, opened = board.terrain.skills, opens(board, place, among)
    onwards = leads_to(board, place, among) if opened is None else opened
    if onwards is None:
        return [Reason("what_if.further" if kind == "stretch" else "what_if.adds")]
    nearer = "what_if.towards" if opened is None else "what_if.opens"
    said, later = [Reason(nearer, {"next": skills[onwards].title})], later_on(board, place)
    if later is not None and later != onwards:
        said.append(Reason("what_if.leads", {"later": skills[later].title}))
    return said
