"""``/learners/{id}``: one learner as who teaches them sees it: options, path, evidence, history, settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from polku.curriculum import Curriculum
from polku.paths.bands import BANDS, Band
from polku.paths.rewording import reworded
from polku.paths.weighing import weighed
from polku.store.decisions import rejected
from polku.store.holds import PAUSE
from polku.store.transaction import Transaction
from polku.store.values import Decision, Hold
from polku.web.access import GuidesLearner
from polku.web.pages.asked import OpenRequest, open_requests
from polku.web.pages.doing import Doing, resources_of, tasks_of_vendors
from polku.web.pages.teacher_evidence import Evidence, evidence_of
from polku.web.pages.teacher_graph import Drawing, drawing_of
from polku.web.pages.teacher_groups import Title
from polku.web.pages.teacher_history import Happened, history_of
from polku.web.pages.teacher_settings import Settings, settings_of
from polku.web.pages.teacher_words import REASONS, WEEKS
from polku.web.pages.templates import page
from polku.web.said import WHY
from polku.web.seeing import asking, opened
from polku.web.service import Held, Service, Writing
from polku.web.shapes import VISIBLE, PathId, described
from polku.web.wording import language_of

router = APIRouter(include_in_schema=False)
Done = Annotated[str | None, Query(max_length=300, pattern=VISIBLE)]


@dataclass(frozen=True)
class LearnerPage:
    """What ``teacher_learner.html`` shows.

    Parameters
    ----------
    learner : str
        Id of the learner.
    group : str
        Id of their group; empty where the roster names none.
    path : mapping
        What is suggested, as :class:`polku.web.shapes.PathShape` describes it, worded for `band`.
    band, bands
        Age of the reader of what is said to the learner, and those that may be asked for.
    weighed : callable
        Returns the terms of a score in whole points (:func:`polku.paths.weighing.weighed`).
    decided : mapping of str to Decision
        The last decision that stands, by suggestion.
    aside : tuple of Decision
        Rejections that hold, one a skill.
    done : tuple of Decision
        The decision that was just made.
    led : str or None
        Skill that was just made a goal.
    settled : bool
        Whether the settings were just changed.
    paused : Hold or None
        The learner's own pause.
    requests : tuple of OpenRequest
        What was asked and not answered; ``asked.html`` shows it.
    evidence : Evidence
        What the answers say, by objective.
    drawing : Drawing
        The path on the graph of what builds on what.
    history : tuple of Happened
        What was suggested and decided.
    settings : Settings
        What is settled about the path, for the form.
    behind : mapping of str to (tuple of Doing, tuple of Doing)
        Open resources and tasks of vendors that each option may be done with, by skill.
    titles : mapping of str to mapping
        Title of every skill, by language.
    reasons, why, weeks : tuple
        What may be chosen from.
    """

    learner: str
    group: str
    path: Mapping[str, Any]
    band: Band | None
    bands: tuple[Band, ...]
    weighed: Callable[..., Any]
    decided: Mapping[str, Decision]
    aside: tuple[Decision, ...]
    done: tuple[Decision, ...]
    led: str | None
    settled: bool
    paused: Hold | None
    requests: tuple[OpenRequest, ...]
    evidence: Evidence
    drawing: Drawing
    history: tuple[Happened, ...]
    settings: Settings
    behind: Mapping[str, tuple[tuple[Doing, ...], tuple[Doing, ...]]]
    titles: Mapping[str, Title]
    reasons: tuple[str, ...] = REASONS
    why: tuple[str, ...] = WHY
    weeks: tuple[int, ...] = WEEKS


@router.get("/learners/{learner_id:path}", response_class=HTMLResponse)
def learner_view(  # noqa: PLR0913, PLR0917 - what every page needs, and what was just done
    request: Request,
    viewer: GuidesLearner,
    held: Held,
    tx: Writing,
    learner_id: PathId,
    band: Band | None = None,
    done: Done = None,
    goal: Done = None,
) -> HTMLResponse:
    """Show one learner's options and path with their reasons, the evidence, the history, and what is settled."""
    offer = held.suggester.offer(tx, learner_id, asked_by=asking(viewer))
    opened(tx, viewer, [offer])
    standing, path = held.suggester.standing(tx, learner_id), described(offer)
    curriculum, learner = standing.released.lens.curriculum, standing.learner
    evidence = evidence_of(standing, held.now() if standing.profile.clock else None)
    made, settings = tx.decisions.of(learner_id), settings_of(tx, curriculum, learner)
    context = LearnerPage(
        learner=learner_id,
        group=learner.group_id or "",
        path=reworded(path, band, held.suggester.texts) if band else path,
        band=band,
        bands=BANDS,
        weighed=weighed,
        decided={one.suggestion_id: one for one in made},
        aside=_aside(made),
        done=tuple(one for one in made if one.decision_id == done),
        led=goal if goal in curriculum else None,
        settled=done == "settled",
        paused=next((one for one in tx.holds.bearing(learner_id, None) if one.kind == PAUSE and _own(one)), None),
        requests=open_requests(held, tx, [learner_id]),
        evidence=evidence,
        drawing=_drawing(curriculum, path, settings, evidence),
        history=history_of(tx, curriculum, learner_id),
        settings=settings,
        behind=_behind(held, tx, learner_id, path, language_of(request, held.settings.language)),
        titles={name: skill.title for name, skill in curriculum.skills.items()},
    )
    return page("teacher_learner.html", request, context)


def _behind(
    held: Service, tx: Transaction, learner_id: str, path: Mapping[str, Any], language: str
) -> dict[str, tuple[tuple[Doing, ...], tuple[Doing, ...]]]:
    """Return what each option may be done with; a task opens for the learner alone."""
    skills = [option["skill_id"] for option in path["options"]]
    resources = resources_of(held, tx, learner_id, skills, language)
    tasks = tasks_of_vendors(held, tx, learner_id, dict.fromkeys(skills, "step"), language, opens=False)
    return {skill: (resources[skill], tasks[skill]) for skill in skills}


def _own(hold: Hold) -> bool:
    return hold.scope == "learner"


def _aside(made: list[Decision]) -> tuple[Decision, ...]:
    """Return the rejections that hold, the last of each skill."""
    holds = {one.skill_id for one in rejected(made)}
    return tuple({one.skill_id: one for one in made if one.decision == "reject" and one.skill_id in holds}.values())


def _drawing(curriculum: Curriculum, path: Mapping[str, Any], settings: Settings, evidence: Evidence) -> Drawing:
    options, ahead = ([one["skill_id"] for one in path[part]] for part in ("options", "path"))
    return drawing_of(curriculum, options, ahead, settings.goals, evidence.states)
