"""Which sentences a step and an answer need, with the values that fill them.

A teacher reads why, on what evidence, how sure, where it leads in the curriculum and what would change it;
a learner reads the next step. The wording itself lives in ``serve/text``; nothing here writes prose.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polku.paths.board import Board
from polku.paths.terrain import positions
from polku.paths.values import Kind, Reason, Step, Value


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
    support, onwards = _support(board, place), _leads_to(board, place, among)
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
            _evidence(board, place),
            Reason(f"sureness.{_sureness(board, place)}"),
            *_links(board, place, support, onwards),
            _change(board, place),
        ),
        next_step=_next_step(board, place, kind, onwards),
        title=skill.title,
    )


def _why(board: Board, place: int, kind: Kind) -> str:
    """Return why a step is suggested; a skill without answers has none that point to it or carry on from it."""
    if board.thin:
        return "order"
    unmet: dict[Kind, str] = {} if board.standing.answers[place] else {"repair": "beneath", "continue": "next"}
    return unmet.get(kind, kind)


def _evidence(board: Board, place: int) -> Reason:
    """Return how many answers there are on the skill."""
    count = int(board.standing.answers[place])
    if not count:
        return Reason("evidence.none")
    few = count < board.standing.policy.evidence.skill_answers
    return Reason("evidence.few" if few else "evidence.some", {"count": count})


def _sureness(board: Board, place: int) -> str:
    """Return the word for how sure we are: by the number of answers, then by the estimate's spread."""
    standing = board.standing
    if board.thin or not standing.told[place]:
        return "unsure"
    return "sure" if standing.sd[place] <= standing.policy.evidence.sure_sd else "fairly"


def _links(board: Board, place: int, support: int | None, onwards: int | None) -> list[Reason]:
    """Return where the skill stands in the curriculum: what it builds on, what supports it, where it leads."""
    skills, links = board.terrain.skills, []
    if support is not None:
        links.append(Reason("link.supported", {"skill": skills[support].title}))
    elif before := skills[place].prerequisites:
        latest = max(board.terrain.index[name] for name in before)
        links.append(Reason("link.builds_on", {"skill": skills[latest].title}))
    if onwards is not None:
        links.append(Reason("link.leads_to", {"skill": skills[onwards].title}))
    return links


def _change(board: Board, place: int) -> Reason:
    """Return what would change the suggestion."""
    evidence, standing = board.standing.policy.evidence, board.standing
    if board.thin:
        return Reason("change.order", {"count": evidence.minimum_answers - board.answers})
    if not standing.open[place]:
        return Reason("change.review")
    missing = evidence.skill_answers - int(standing.answers[place])
    return Reason("change.few", {"count": missing}) if missing > 0 else Reason("change.some")


def _next_step(board: Board, place: int, kind: Kind, onwards: int | None) -> Reason:
    """Return the learner's sentence, with what follows where something does."""
    skills = board.terrain.skills
    values: dict[str, Value] = {"skill": skills[place].title}
    if kind == "repair" and onwards is not None:
        return Reason("next_step.repair_towards", values | {"next": skills[onwards].title})
    return Reason(f"next_step.{kind}", values)


def _support(board: Board, place: int) -> int | None:
    """Return the skill that is good to do before this one: ready itself, and not shown yet.

    An open one comes first. Failing that, one of its own prerequisites that is only taken as met.
    """
    standing, ancestors = board.standing, board.terrain.ancestors
    if not standing.open[place]:
        return None
    opened = standing.open_bits & ~board.blocked_bits
    ready = [step for step in positions(ancestors[place] & opened) if not ancestors[step] & standing.open_bits]
    if ready:
        return max(ready, key=lambda step: (board.score[step], -step))
    own = [board.terrain.index[name] for name in board.terrain.skills[place].prerequisites]
    return max((step for step in own if standing.presumed[step] and board.allowed[step]), default=None)


def _leads_to(board: Board, place: int, among: Sequence[int]) -> int | None:
    """Return a skill that builds on this one: the nearest among the steps beside it, else the first open one."""
    beside = [step for step in among if board.terrain.ancestors[step] >> place & 1]
    if beside:
        return beside[0]
    opened = board.terrain.descendants[place] & board.standing.open_bits & ~board.blocked_bits
    return (opened & -opened).bit_length() - 1 if opened else None


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
