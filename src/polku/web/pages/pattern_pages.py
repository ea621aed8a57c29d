"""Made-up classes and learners for ``/patterns``: the pages themselves, in each state that people may meet them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from polku.curriculum import Skill
from polku.paths import LANGUAGES, Texts
from polku.paths.bands import BANDS
from polku.web.pages.growth import Growth
from polku.web.pages.learner import LearnerPage
from polku.web.pages.learner_view import Choice, View
from polku.web.pages.teacher_class import ClassPage
from polku.web.pages.teacher_groups import Line, Together

STATES: Final = ("empty", "one", "many", "long", "no_evidence", "unavailable")
BAND: Final = "13-15"
LONG: Final = "yhteiskuntatieteellismatemaattinen-" * 3 + "eriytys"
_MEMBERS: Final = {"empty": 0, "one": 1, "many": 35, "long": 3, "no_evidence": 6, "unavailable": 6}
_KINDS: Final = ("continue", "repair", "stretch", "review")
_TOGETHER: Final = 6


@dataclass(frozen=True)
class Material:
    """What made-up pages are made of.

    Parameters
    ----------
    skills : sequence of Skill
        Of the curriculum, whose titles are shown.
    texts : Texts
        What is said of a step.
    """

    skills: Sequence[Skill]
    texts: Texts

    def said(self, key: str, **values: Any) -> dict[str, str]:
        """Return a sentence in every language."""
        return {language: self.texts.say(language, key, values) for language in LANGUAGES}

    def title(self, place: int, state: str) -> Mapping[str, str]:
        """Return the title of a skill; a very long one in that state."""
        return dict.fromkeys(LANGUAGES, LONG) if state == "long" else self.skills[place % len(self.skills)].title


def class_page(state: str, material: Material) -> ClassPage:
    """Return a class in a state: nobody, one learner, thirty-five, long names, no evidence, no model.

    Parameters
    ----------
    state : str
        One of :data:`STATES`.
    material : Material
        Skills and texts.
    """
    members = [LONG + str(place) if state == "long" else f"L{place:04}" for place in range(1, _MEMBERS[state] + 1)]
    silent = members if state == "no_evidence" else []
    groups = [] if silent else [members[place : place + _TOGETHER] for place in range(0, len(members), _TOGETHER)]
    together = tuple(
        Together(
            f"skill{number}",
            material.title(number, state),
            tuple(Line(one, _step(number, state, material), (), None, 0, anew=False) for one in known),
        )
        for number, known in enumerate(groups)
    )
    name = "" if state == "empty" else (LONG if state == "long" else "7A")
    return ClassPage(name, (name,) if name else (), (), together, short_task=tuple(silent), titles={})


def learner_page(state: str, material: Material) -> LearnerPage:
    """Return a learner's own page in a state; of "many", everything that can stand on it.

    Parameters
    ----------
    state : str
        One of :data:`STATES`.
    material : Material
        Skills and texts.
    """
    choices = tuple(_choice(place, state, material) for place in range({"empty": 0, "one": 1}.get(state, 3)))
    notes = {"no_evidence": ("few_answers",), "unavailable": ("few_answers",), "empty": ("ask_teacher",)}
    more = tuple((f"skill{place}", material.title(place, state)) for place in range(9)) if state == "many" else ()
    view = View("L0001", BAND, choices, more, notes.get(state, ()), Growth(()), ())
    return LearnerPage("L0001", True, view, BAND, BANDS, None, (), (), None, None)


def _step(number: int, state: str, material: Material) -> dict[str, Any]:
    """Return an option as the class view reads it."""
    why = "why.next" if state == "unavailable" else f"why.{_KINDS[number % len(_KINDS)]}"
    return {
        "suggestion_id": None if number % 2 else f"made-up-{number}",
        "skill_id": f"skill{number}",
        "kind": _KINDS[number % len(_KINDS)],
        "grade_level": True,
        "title": material.title(number, state),
        "reasons": [{"id": why, **material.said(why)}],
    }


def _choice(place: int, state: str, material: Material) -> Choice:
    kind, title = _KINDS[place % len(_KINDS)], material.title(place, state)
    return Choice(
        skill_id=f"skill{place}",
        suggestion_id=f"made-up-{place}",
        title=title,
        kind=kind,
        next_step=material.said(f"learner.{BAND}.next_step.{kind}", skill=title),
        what_if=(
            material.said(f"learner.{BAND}.what_if.opens", next=material.title(place + 1, state)),
            material.said(f"learner.{BAND}.what_if.tasks", count=place + 1),
        ),
    )
