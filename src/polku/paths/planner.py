"""The planner: one pure function from what is known to a :class:`~polku.paths.values.Path`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.paths.board import Board
from polku.paths.exploration import Drawn, draw_step, explored
from polku.paths.offer import above, choose_options, level
from polku.paths.reasons import notes_of, steps_of
from polku.paths.route import begun, in_order, nearest_target, route
from polku.paths.standing import Standing
from polku.paths.syllabus import kept_syllabus, left_out, undecided
from polku.paths.terrain import SYLLABI, Terrain, to_bits
from polku.paths.values import DRAWN, Candidate, Path, Reason, Rung, SkillState
from polku.schemas.policy import PathPolicy


def plan(  # noqa: PLR0913 - everything a plan depends on is named, nothing is looked up
    curriculum: Curriculum,
    states: Mapping[str, SkillState],
    policy: PathPolicy,
    *,
    grade: int | None = None,
    goal: str | None = None,
    goals: Collection[str] = (),
    horizon: int | None = None,
    steps: int = 5,
    rejected: Collection[str] = frozenset(),
    locked: Collection[str] = frozenset(),
    pins: Sequence[str] = (),
    syllabus: str | None = None,
    decided: Collection[str] | None = None,
    repairs: int = 0,
    previous: Path | None = None,
    rung: Literal["model", "prerequisite_rule"] = "prerequisite_rule",
    explore: bool = True,
    seed: int = 0,
    answers_total: int | None = None,
    now: int | None = None,
) -> Path:
    """Suggest two or three next steps and a path for one learner.

    Pure: no clock, no file, no hidden state; the same arguments give the same answer.

    Parameters
    ----------
    curriculum : Curriculum
        Any graph, also an empty one or one without prerequisites or grades.
    states : mapping of str to SkillState
        By skill id. Skills that the curriculum lacks are left out.
    policy : PathPolicy
        From :func:`polku.paths.load_policy`.
    grade : int, optional
        The learner's grade, 1 to 12. Without it `grade_level` is None throughout.
    goal : str, optional
        Skill to lead to; without it the path leads to the nearest skills of the learner's grade.
    goals : collection of str
        Several skills to lead to, in any order; `goal` counts as one of them. Unknown ones are left out.
    horizon : int, optional
        Steps left until the goals are looked at. What was shown on the way to them may then be met again.
    steps : int
        Longest path.
    rejected, locked : collection of str
        Skills never to suggest now: put aside by teacher or learner, or locked by the teacher.
    pins : sequence of str
        Skills the teacher wants first; prerequisites still order the way to them.
    syllabus : {"long", "short"}, optional
        Upper-secondary syllabus to keep to; otherwise the goal's, or that of the skills answered so far.
    decided : collection of str, optional
        Skills of a decided adapted syllabus, or of study by activity area. They and what they build on are then all
        that is suggested. Given because a decision exists; nothing here concludes it.
    repairs : int
        How many steps taken last, in a row, returned to something earlier. From the policy's number on, the path
        carries on at the learner's level and says that the teacher should have a look.
    previous : Path, optional
        The answer given before. It stays unless outdone by more than the policy's margin.
    rung : {"model", "prerequisite_rule"}
        Where the estimates in `states` come from: a released model, or the responses alone.
    explore : bool
        Whether the policy's declared share may be drawn for this learner; False always suggests the best.
    seed : int
        From hash(learner, last event, policy); used only if the policy explores.
    answers_total : int, optional
        All answers of the learner; by default the sum over `states`.
    now : int, optional
        Microseconds UTC. Without it nothing is due for review.

    Returns
    -------
    Path
        Options, path, notes, and for the log the candidates with scores and propensities.

    Raises
    ------
    NotFoundError
        If `goal` is no skill of the curriculum; names the nearest.
    InputError
        If `steps` is below 1 or `syllabus` is neither long nor short.
    DefinitionError
        If the policy chooses an unknown rule.

    Examples
    --------
    >>> from polku.home import Home
    >>> from polku.paths import load_policy
    >>> curriculum = Curriculum.from_json('{"skills": [{"id": "b", "prerequisites": ["a"]}, {"id": "a"}]}')
    >>> answer = plan(curriculum, {"a": SkillState(0.4, answers=6)}, load_policy(Home.find().models))
    >>> [(step.skill_id, step.kind) for step in answer.options]
    [('a', 'repair'), ('b', 'stretch')]
    """
    _refuse(steps, syllabus)
    if goal is not None:
        curriculum.index(goal)
    terrain = Terrain.of(curriculum)
    aims = terrain.mask([*(goals or decided or ()), *([] if goal is None else [goal])])
    pressing = repairs >= policy.offer.repairs_in_a_row
    standing = replace(
        Standing.of(terrain, states, policy, grade, now, modelled=rung == "model"),
        aims=aims if aims.any() else None,
        horizon=horizon,
        pressing=pressing,
    )
    total = int(standing.answers.sum()) if answers_total is None else answers_total
    kept = kept_syllabus(standing, syllabus, goal)
    blocked = terrain.mask(rejected) | terrain.mask(locked) | left_out(standing, kept) | undecided(terrain, decided)
    board = Board.of(standing, blocked, total)
    phases, before = _phases(board, pins), _skill_ids(previous, "options")
    drawn_before = _was_drawn(previous)
    slack = policy.offer.regret if drawn_before else 0.0
    best = route(board, phases, steps, _skill_ids(previous, "path"), suggested=before[:1], slack=slack)
    stands = not explore or best.first in {terrain.index.get(name) for name in (*before[:1], *pins)}
    draw = draw_step(board, phases, best.first, stands=stands, seed=seed)
    offer = explored(
        draw,
        best,
        begin=lambda place: begun(board, phases, steps if draw and place == draw.place else 1, place),
        fill=lambda way: choose_options(board, way, before),
    )
    path = offer.path
    revisit = [place for place in offer.options if not (terrain.ancestors[place] | 1 << place) & standing.open_bits]
    asking = [Reason("note.ask_teacher", {"count": repairs})] if pressing else []
    if offer.by_chance or (drawn_before and [terrain.skills[place].id for place in offer.options[:1]] == before[:1]):
        asking.append(Reason(DRAWN))
    notes = (*asking, *notes_of(board, offer.options), *_goal_notes(board, goal, path), *_syllabus_notes(board, kept))
    return Path(
        rung=_rung(board, pins, rung),
        options=steps_of(board, offer.options),
        path=steps_of(board, path or in_order(board, revisit)[:steps], in_order=True),
        candidates=_candidates(board, offer),
        notes=notes if path or revisit else (*notes, Reason("note.no_path")),
    )


def _refuse(steps: int, syllabus: str | None) -> None:
    """Refuse what cannot be meant."""
    if steps < 1:
        raise InputError("a path has at least one step", got=steps, hint="give steps=1 or more")
    if syllabus is not None and syllabus not in SYLLABI:
        raise InputError("unknown syllabus", got=syllabus, hint=f"one of: {', '.join(SYLLABI)}")


def _skill_ids(previous: Path | None, part: Literal["options", "path"]) -> list[str]:
    """Return the skills of a part of an earlier answer."""
    return [] if previous is None else [step.skill_id for step in getattr(previous, part)]


def _was_drawn(previous: Path | None) -> bool:
    """Return whether the step suggested before had been drawn; that is said as long as it stands."""
    return previous is not None and DRAWN in {note.id for note in previous.notes}


def _phases(board: Board, pins: Sequence[str]) -> list[int]:
    """Return what the path leads to, as bit sets in the order they are taken up.

    Pins one by one; then the goals, or else the learner's level, what lies above it, and everything open. Goals that
    are all shown or cannot be reached give way to the same, unless there are steps left in which to meet them again.
    """
    standing, open_bits = board.standing, board.standing.open_bits
    pinned = [to_bits(board.terrain.mask([name])) for name in pins]
    if standing.aims is not None:
        aims = to_bits(standing.aims)
        again = standing.horizon is not None and not aims & open_bits and aims & ~board.blocked_bits
        if again or nearest_target(board, aims, open_bits) is not None:
            return [*pinned, aims]
    if standing.grade is None:
        return [*pinned, open_bits]
    at_level = level(board)
    return [*pinned, *(to_bits(mask) for mask in (at_level, above(board, at_level), standing.lifts)), open_bits]


def _rung(board: Board, pins: Sequence[str], given: Rung) -> Rung:
    """Return the rung of the ladder that the answer stands on."""
    if not board.thin:
        return given
    return "teachers_plan" if board.terrain.mask(pins).any() else "curriculum_order"


def _candidates(board: Board, offer: Drawn) -> tuple[Candidate, ...]:
    """Return the offered and the best-scored other skills that could be suggested now, best first."""
    standing = board.standing
    possible = board.allowed & (standing.open | standing.due)
    ranked = np.argsort(np.where(possible, -board.score, np.inf), kind="stable")[: board.offer.shortlist]
    listed = {*offer.offered, *(place for place in ranked.tolist() if possible[place])}
    return tuple(
        Candidate(
            board.terrain.skills[place].id,
            board.kind(place),
            float(board.score[place]),
            dict(zip(board.rules, board.terms[:, place].tolist(), strict=True)),
            min(offer.offered.get(place, 0.0), 1.0),
            place in offer.options,
            offer.first.get(place, 0.0),
        )
        for place in sorted(listed, key=lambda place: (-board.score[place], place))
    )


def _goal_notes(board: Board, goal: str | None, path: Sequence[int]) -> list[Reason]:
    """Return what became of the goal, where the path does not lead to it."""
    if goal is None:
        return []
    place = board.terrain.index[goal]
    title = {"skill": board.terrain.skills[place].title}
    if not board.standing.open[place]:
        return [Reason("note.goal_reached", title)]
    on_the_way = board.terrain.ancestors[place] | 1 << place
    return [] if path and on_the_way >> path[0] & 1 else [Reason("note.goal_blocked", title)]


def _syllabus_notes(board: Board, kept: str | None) -> list[Reason]:
    """Return the question which syllabus is meant, where both are on offer."""
    both = all((board.allowed & only).any() for only in board.terrain.syllabi.values())
    return [Reason("note.syllabus_unknown")] if kept is None and both else []
