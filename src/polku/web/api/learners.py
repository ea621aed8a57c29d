"""``/v1/learners/{id}``: what has been shown so far, and what to ask next."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from polku.paths.released import Standing
from polku.training.contributions import mastery_contributions
from polku.web.access import SeesLearner
from polku.web.service import Held, Reading, Writing
from polku.web.shapes import VISIBLE, PathId, Shape

router = APIRouter(prefix="/v1/learners", tags=["learners"])


class SkillShape(Shape):
    """What the answers say of one skill."""

    skill_id: str
    """The skill."""
    title: dict[str, str]
    """Its title by language; empty for a skill that the curriculum lacks."""
    answers: int
    """Number of answers on it."""
    mastery: float | None
    """Estimated probability of success on its reference item now; null for a skill that the curriculum lacks."""
    sd: float | None
    """How much there is to go on: standard deviation by the answers on the skill alone, or the model's if larger."""
    last_answered_at: int | None
    """Microseconds since 1970 in UTC, or the order number of the latest answer."""
    made_of: dict[str, float] | None = None
    """Where asked for and a model speaks: what `mastery` is made of, in logits that add up to its own; `base`, the
    families of what the model looks at, and `calibration`."""


class ProfileShape(Shape):
    """What one learner's answers add up to."""

    learner_id: str
    """Whose."""
    grade: int | None
    """From the roster."""
    answers: int
    """Number of answers."""
    source: Literal["model", "built-in estimate"]
    """What estimates `mastery`."""
    bundle: str | None
    """The released bundle; null where none is."""
    skills: list[SkillShape]
    """The skills with answers, in the curriculum's order."""


class DiagnosticShape(Shape):
    """What a short diagnostic asks one learner now. No score and no result: answers go in as any others."""

    learner_id: str
    """Whom."""
    done: bool
    """Whether enough is known to suggest steps; then there is nothing to ask."""
    asked: int
    """Answers that it goes by: every answer counts, whoever asked for it."""
    at_most: int
    """Questions after which it is done in any case; it stops before when none would tell much."""
    skill_id: str | None
    """The skill whose answer is expected to tell most about all on the way to the goals; null when done."""
    title: dict[str, str]
    """Its title by language; empty when done."""
    item_id: str | None
    """A task of the item bank on this skill alone, not met before if there is one; null where the bank has none."""


@router.get("/{learner_id:path}/diagnostic")
def diagnostic(
    _viewer: SeesLearner,
    held: Held,
    tx: Reading,
    learner_id: PathId,
    goal: Annotated[str | None, Query(max_length=200, pattern=VISIBLE, description="Skill that matters")] = None,
) -> DiagnosticShape:
    """Return what to ask next, where answers are too few to say where somebody stands; or that it is done.

    Nothing is kept of it: post the answer as any other, and ask again.
    """
    question, released = held.suggester.question(tx, learner_id, goal=goal), held.suggester.released(tx)
    return DiagnosticShape(
        learner_id=learner_id,
        done=question.ask is None,
        asked=question.asked,
        at_most=released.policy.diagnostic.most,
        skill_id=question.ask,
        title={} if question.ask is None else dict(released.lens.curriculum.skills[question.ask].title),
        item_id=question.item_id,
    )


@router.get("/{learner_id:path}/profile")
def profile(
    _viewer: SeesLearner,
    held: Held,
    tx: Writing,
    learner_id: PathId,
    explain: Annotated[bool, Query(description="Whether to say what each estimate is made of")] = False,
) -> ProfileShape:
    """Return what the learner's answers say of each skill that has any.

    `mastery` is for choosing next steps: not a grade, and no ground for one.
    """
    standing = held.suggester.standing(tx, learner_id)
    order = standing.released.lens.curriculum.order
    answered = standing.profile.evidence()
    known = [skill for skill in order if skill in answered]
    made_of = _made_of(standing, known, held.now()) if explain else {}
    return ProfileShape(
        learner_id=learner_id,
        grade=standing.learner.grade,
        answers=standing.profile.answers,
        source="built-in estimate" if standing.released.model is None else "model",
        bundle=standing.released.bundle_id,
        skills=[_skill(standing, skill, made_of.get(skill)) for skill in (*known, *sorted(set(answered) - set(known)))],
    )


def _made_of(standing: Standing, skills: list[str], now: int) -> dict[str, dict[str, float]]:
    """Return what the model's estimates are made of, by skill; nothing where no model is released."""
    model, held = standing.released.model, standing.profile
    if model is None:
        return {}
    told = mastery_contributions(model, held, skills, now if held.clock else None)
    return {skill: {"base": one.base, **one.families, "calibration": one.calibration} for skill, one in told.items()}


def _skill(standing: Standing, skill_id: str, made_of: dict[str, float] | None) -> SkillShape:
    """Return one skill; of one that the curriculum lacks there is evidence only."""
    evidence, state = standing.profile.evidence()[skill_id], standing.states.get(skill_id)
    skill = standing.released.lens.curriculum.skills.get(skill_id)
    return SkillShape(
        skill_id=skill_id,
        title=dict(skill.title) if skill else {},
        answers=evidence.answers,
        mastery=None if state is None else round(state.p, 4),
        sd=None if state is None or state.sd is None else round(state.sd, 4),
        last_answered_at=evidence.last_answered_at,
        made_of=made_of,
    )
