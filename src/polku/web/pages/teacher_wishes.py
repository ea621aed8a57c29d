"""A teacher's wishes for one learner's path, as buttons say them: lead to a skill, take one up first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from polku.errors import NotFoundError
from polku.store.transaction import Transaction
from polku.web.api import path_settings, suggestions
from polku.web.pages.forms import speaking
from polku.web.service import Service
from polku.web.viewer import Viewer

MOST_GOALS: Final = 3
"""Goals at a time: more lead nowhere in particular."""


@dataclass(frozen=True)
class Wishes:
    """What is settled for one learner, and how it is settled anew.

    Parameters
    ----------
    content : dict
        As it holds for the learner alone.
    settle : callable
        Takes the whole new content.
    options : tuple of str
        Skills that are suggested now.
    """

    content: dict[str, Any]
    settle: Callable[[dict[str, Any]], object]
    options: tuple[str, ...]

    def aim(self, skill: str, *, off: bool = False) -> None:
        """Make a skill a goal, the first of three at most; or no longer one."""
        goals = [one for one in self.content.get("goals") or [] if one != skill]
        self._put(skill, goals=goals if off else [skill, *goals][:MOST_GOALS])

    def pin(self, skill: str) -> None:
        """Have a skill taken up first, unless it is suggested anyway."""
        if skill not in self.options:
            pins = [one for one in self.content.get("pins") or [] if one != skill]
            self._put(skill, pins=[skill, *pins])

    def unpin(self, skill: str) -> None:
        """Have a skill taken up first no longer."""
        pins = self.content.get("pins") or []
        if skill in pins:
            self.settle({**self.content, "pins": [one for one in pins if one != skill]})

    def _put(self, skill: str, **said: list[str]) -> None:
        locked = self.content.get("locked")
        if locked is not None:  # what is led to is kept away no longer
            said["locked"] = [one for one in locked if one != skill]
        self.settle({**self.content, **said})


def wishes(viewer: Viewer, held: Service, tx: Transaction, learner_id: str) -> Wishes:
    """Return what is settled for a learner, to be settled anew by the viewer."""

    def settle(content: dict[str, Any]) -> object:
        said = path_settings.PathSettingsIn.model_validate({**content, **speaking(viewer)})
        return path_settings.settle_learner(viewer, held, tx, learner_id, said)

    own, latest = tx.path_settings.latest("learner", learner_id), tx.suggestions.latest(learner_id)
    options = tuple(one.skill_id for one in latest.suggestions) if latest else ()
    return Wishes(dict(own.content) if own else {}, settle, options)


def wishes_of_suggestion(viewer: Viewer, held: Service, tx: Transaction, suggestion_id: str) -> Wishes:
    """Return the wishes for the learner to whom something was suggested.

    Raises
    ------
    NotFoundError
        If it never was.
    """
    about = tx.suggestions.get(suggestion_id)
    if about is None:
        raise NotFoundError("this suggestion was never offered", got=suggestion_id, hint="open the page again")
    return wishes(viewer, held, tx, about.learner_id)


def take_back(viewer: Viewer, held: Service, tx: Transaction, suggestion_id: str, decision_id: str) -> None:
    """Take a decision back, and with another step that was chosen instead also that it comes first."""
    about = tx.suggestions.get(suggestion_id)
    made = tx.decisions.of(about.learner_id) if about else []
    was = next((one for one in made if one.decision_id == decision_id), None)
    suggestions.undo(viewer, held, tx, suggestion_id, decision_id, suggestions.UndoIn.model_validate(speaking(viewer)))
    if was is not None and was.replacement:
        wishes(viewer, held, tx, was.learner_id).unpin(was.replacement)
