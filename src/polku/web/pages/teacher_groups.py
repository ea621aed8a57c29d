"""A class by next skill: who could take up the same one next, each with their own step and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polku.curriculum import Curriculum
from polku.paths.cohesion import gather
from polku.store.values import Decision, Offer
from polku.web.api.groups import skills_of
from polku.web.pages.teacher_news import Changes
from polku.web.shapes import described

Step = Mapping[str, Any]
Title = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One learner in the class view.

    Parameters
    ----------
    learner_id : str
        Who.
    step : mapping
        The option that belongs to the group it stands in, as :class:`polku.web.shapes.OptionShape` describes it.
    others : tuple of mapping
        Their other options.
    decided : Decision or None
        What was decided last about the step, if it stands.
    answers : int
        New answers since the teacher last looked.
    anew : bool
        Whether something was suggested anew since then.
    """

    learner_id: str
    step: Step
    others: tuple[Step, ...]
    decided: Decision | None
    answers: int
    anew: bool

    @property
    def why(self) -> Title:
        """Return the one-line reason by language: why this step, the first of its reasons."""
        return next((one for one in self.step["reasons"] if one["id"].startswith("why.")), self.step["title"])


@dataclass(frozen=True)
class Together:
    """Learners who could take up one skill next, for now.

    Parameters
    ----------
    skill_id : str
        The skill.
    title : mapping of str to str
        Its title by language.
    lines : tuple of Line
        The learners, in order of id.
    """

    skill_id: str
    title: Title
    lines: tuple[Line, ...]


def together(
    curriculum: Curriculum,
    offers: Sequence[Offer],
    decided: Mapping[str, Sequence[Decision]],
    changes: Changes | None,
    *,
    drift: int | None,
) -> tuple[Together, ...]:
    """Return a class by next skill, in the curriculum's order; see :func:`polku.paths.plan_class` for `drift`."""
    shared = gather(curriculum, {one.learner_id: skills_of(one) for one in offers}, drift)
    skill_of = {learner: one.skill_id for one in shared for learner in one.learners}
    lines: dict[str, list[Line]] = {}
    for offer in offers:
        skill = skill_of.get(offer.learner_id)
        if skill is not None:
            lines.setdefault(skill, []).append(_line(offer, skill, decided[offer.learner_id], changes))
    titles = curriculum.skills
    return tuple(Together(one, titles[one].title, tuple(lines[one])) for one in curriculum.order if one in lines)


def _line(offer: Offer, skill: str, decided: Sequence[Decision], changes: Changes | None) -> Line:
    options = described(offer)["options"]
    step = next(one for one in options if one["skill_id"] == skill)
    made = [one for one in decided if one.suggestion_id == step["suggestion_id"]]
    return Line(
        offer.learner_id,
        step,
        tuple(one for one in options if one is not step),
        made[-1] if made else None,
        changes.answers.get(offer.learner_id, 0) if changes else 0,
        changes is not None and offer.learner_id in changes.offered,
    )
