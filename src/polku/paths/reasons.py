"""Which sentences a step and an answer need, with the values that fill them.

A teacher reads why, on what evidence, how sure, where it stands in the curriculum and what would change it;
a learner, and those at home, read the next step and what comes of it. The wording itself lives in ``serve/text``;
nothing here writes prose.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polku.paths.bands import band_of
from polku.paths.board import Board
from polku.paths.evidence import FAR, evidence_of, sureness, tasks_to_show
from polku.paths.invitation import next_step, what_if
from polku.paths.links import leads_to, links_of, support_of
from polku.paths.values import Kind, Reason, Step


def steps_of(board: Board, places: Sequence[int], *, in_order: bool = False) -> tuple[Step, ...]:
    """Return the steps at some positions, each with its reasons.

    `in_order` says that they are taken one after the other. A skill that stretches only because it builds on
    something open then carries on: its turn comes when that has been shown.
    """
    eased = in_order and board.standing.grade is None
    return tuple(_step(board, place, board.kind(place, eased=eased), places) for place in places)


def _step(board: Board, place: int, kind: Kind, among: Sequence[int]) -> Step:
    """Return one step; `among` are the steps it stands with, which it may lead to."""
    standing, skill = board.standing, board.terrain.skills[place]
    support, onwards = support_of(board, place), leads_to(board, place, among)
    graded = standing.grade is not None and not np.isnan(board.terrain.grade[place])
    return Step(
        skill_id=skill.id,
        kind=kind,
        grade_level=bool(standing.lifts[place]) if graded else None,
        supports=None if support is None else board.terrain.skills[support].id,
        score=float(board.score[place]),
        terms=dict(zip(board.rules, board.terms[:, place].tolist(), strict=True)),
        reasons=(
            Reason(f"why.{_why(board, place, kind)}"),
            *evidence_of(board, place),
            Reason(f"sureness.{sureness(board, place)}"),
            *links_of(board, place, support, onwards),
            _change(board, place),
        ),
        next_step=next_step(board, place, kind),
        what_if=what_if(board, place, kind, support, among),
        band=band_of(standing.grade),
        title=skill.title,
    )


def _why(board: Board, place: int, kind: Kind) -> str:
    """Return why a step is suggested; a skill without answers has none that point to it or carry on from it."""
    if board.thin:
        return "order"
    unmet: dict[Kind, str] = {} if board.standing.answers[place] else {"repair": "beneath", "continue": "next"}
    return unmet.get(kind, kind)


def _change(board: Board, place: int) -> Reason:
    """Return what would change the suggestion."""
    evidence, standing = board.standing.policy.evidence, board.standing
    if board.thin:
        return Reason("change.order", {"count": evidence.minimum_answers - board.answers})
    if not standing.open[place]:
        return Reason("change.review")
    missing = evidence.skill_answers - int(standing.answers[place])
    if missing > 0:
        return Reason("change.few", {"count": missing})
    tasks = tasks_to_show(board, place)
    return Reason("change.close", {"count": tasks}) if tasks < FAR else Reason("change.some")


def notes_of(board: Board, options: Sequence[int]) -> list[Reason]:
    """Return what must be said openly about the whole answer."""
    standing, notes = board.standing, []
    if board.thin:
        thin = Reason("note.thin_evidence", {"count": board.answers})
        notes.append(thin if board.answers else Reason("note.no_evidence"))
    if not len(board.terrain):
        notes.append(Reason("note.empty_curriculum"))
    if standing.grade is None:
        notes.append(Reason("note.no_grade"))
    elif not standing.lifts[list(options)].any():
        notes.append(Reason("note.level_removed" if standing.lifts.any() else "note.level_absent"))
    if standing.presumed.any():
        years = standing.policy.evidence.earlier_grades_met
        notes.append(Reason("note.earlier_grades", {"grade": int(standing.grade or 0) - int(years or 0)}))
    if len(options) < 2 and len(board.terrain):
        notes.append(Reason("note.few_options", {"count": len(options)}))
    return notes
