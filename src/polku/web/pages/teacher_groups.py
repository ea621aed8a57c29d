"""A class by next skill: who could take up the same one next, each with their own step and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polku.curriculum import Curriculum
from polku.paths import Path, plan_class
from polku.store.transaction import Transaction
from polku.store.values import Decision, Offer
from polku.web.pages.teacher_news import Changes
from polku.web.service import Service
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
    held: Service,
    tx: Transaction,
    group_id: str,
    offers: Sequence[Offer],
    decided: Mapping[str, Sequence[Decision]],
    changes: Changes | None,
) -> tuple[Together, ...]:
    """Return a class by next skill, in the curriculum's order."""
    curriculum: Curriculum = held.suggester.released(tx).lens.curriculum
    paths = {one.learner_id: Path.from_dict(one.path) for one in offers}
    shared = plan_class(curriculum, paths, drift=held.suggester.cohesion(tx, group_id))
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
