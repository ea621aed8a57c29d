"""``/learners/{id}/settings``: a teacher edits a path by hand: goals, order, what is kept away, how much at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from polku.curriculum import Curriculum
from polku.paths.settled import SKILLS
from polku.store.transaction import Transaction
from polku.store.values import Learner
from polku.web.access import GuidesLearner
from polku.web.api import path_settings
from polku.web.pages.forms import Fields, Form, speaking
from polku.web.pages.navigation import place_of
from polku.web.service import Held, Writing
from polku.web.shapes import PathId

router = APIRouter(include_in_schema=False)
BLANK: Final = 2
"""Empty lines beneath what is settled already: more can be added by saving once."""
UPPER: Final = 10
"""First grade that chooses a syllabus."""
SWITCHES: Final = {"on": True, "off": False}


@dataclass(frozen=True)
class Settings:
    """What is settled about one learner's path, and what the form offers.

    Parameters
    ----------
    goals, pins, locked : tuple of str
        Skills to lead to, to take up first in this order, and to keep away, as they hold.
    load : int or None
        Options open at a time, if somebody said so.
    explore : bool or None
        Whether other steps of equal standing may be suggested now and then, if somebody said so.
    syllabus : str or None
        "long", "short" or None.
    chooses : bool
        Whether the learner's grade chooses a syllabus.
    own : bool
        Whether anything was settled for this learner alone.
    by, at : str or None, int or None
        Who settled it last, and when (microseconds UTC).
    before : bool
        Whether there is something earlier to return to.
    lists : mapping of str to tuple of str
        By name of a list its lines in the form, empty ones last.
    skills : tuple of (str, mapping of str to str)
        What may be named: id and title by language, in the curriculum's order.
    """

    goals: tuple[str, ...]
    pins: tuple[str, ...]
    locked: tuple[str, ...]
    load: int | None
    explore: bool | None
    syllabus: str | None
    chooses: bool
    own: bool
    by: str | None
    at: int | None
    before: bool
    lists: Mapping[str, tuple[str, ...]]
    skills: tuple[tuple[str, Mapping[str, str]], ...]


def settings_of(tx: Transaction, curriculum: Curriculum, learner: Learner) -> Settings:
    """Return what is settled for a learner: the form shows what holds, also from the group and the provider."""
    layers = tx.path_settings.layers(learner.learner_id, learner.group_id)
    own = next((one for one in layers if one.scope == "learner"), None)
    holds: dict[str, Any] = {}
    for layer in layers:
        holds |= {name: said for name, said in layer.content.items() if said is not None}
    lists = {name: tuple(one for one in holds.get(name) or () if one in curriculum) for name in SKILLS}
    return Settings(
        **lists,
        load=holds.get("load"),
        explore=holds.get("explore"),
        syllabus=holds.get("syllabus"),
        chooses=(learner.grade or 0) >= UPPER,
        own=own is not None,
        by=own.by if own else None,
        at=own.at if own else None,
        before=len(tx.path_settings.history("learner", learner.learner_id)) > 1,
        lists={name: (*said, *[""] * BLANK) for name, said in lists.items()},
        skills=tuple((name, skill.title) for name, skill in curriculum.skills.items()),
    )


@router.post("/learners/{learner_id:path}/settings")
def settle(viewer: GuidesLearner, held: Held, tx: Writing, learner_id: PathId, form: Form) -> RedirectResponse:
    """Settle a learner's path anew by the form; or as it was before."""
    fields, history = Fields.of(form), tx.path_settings.history("learner", learner_id)
    before = dict(history[-1].content) if history else {}
    if fields.get("settings") == "back":
        content = dict(history[-2].content) if len(history) > 1 else {}
    else:
        content = {**before, **_said(fields)}
    said = path_settings.PathSettingsIn.model_validate({**content, **speaking(viewer)})
    path_settings.settle_learner(viewer, held, tx, learner_id, said)
    return fields.back(place_of("learners", learner_id) + "#settings", done="settled")


def _said(fields: Fields) -> dict[str, Any]:
    """Return what the form says; what is left to "as before" or to wider settings is None."""
    lists = {name: list(dict.fromkeys(_skill(one) for one in fields.all(name))) for name in SKILLS}
    syllabus = fields.get("syllabus")
    return {
        **lists,
        "load": fields.number("load"),
        "explore": SWITCHES.get(fields.get("explore")),
        **({"syllabus": syllabus if syllabus in {"long", "short"} else None} if "syllabus" in fields.said else {}),
    }


def _skill(said: str) -> str:
    """Return the id of a skill from a line, where its title may follow it."""
    return said.split(" ", 1)[0]
