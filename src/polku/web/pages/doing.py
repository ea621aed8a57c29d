"""What a step may be done with, as pages show it: open resources, and tasks of vendors."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from polku.curriculum.resources import Suited
from polku.paths.tasks import Purpose
from polku.store.transaction import Transaction
from polku.web.resources import LEVELS, resources_behind
from polku.web.service import Service
from polku.web.vendors import Offering, load_vendors, offer_tasks
from polku.web.vendors.offering import Asker, Wish

MANY: Final = 3
"""Tasks at once: as many as steps are suggested."""


@dataclass(frozen=True)
class Doing:
    """One thing that a step may be done with.

    Parameters
    ----------
    title, lang : str
        As people see it, and the language of the title; empty where that is the reader's or not said.
    href : str or None
        Where it opens; None for who must not answer in the learner's place.
    source : str
        Who published or provides it.
    licence : str
        As the catalogue states it; empty for a task.
    kinds, languages : tuple of str
        Learning resource types in the catalogue's words; its languages, where the reader's is not among them.
    ages : tuple of (int or None, int or None)
        Youngest and oldest that it is for.
    level, target : str, str
        How closely it is aligned and the title of what it is aligned to; empty for a task, which asks for the skill.
    """

    title: str
    lang: str
    href: str | None
    source: str
    licence: str = ""
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ages: tuple[int | None, int | None] = (None, None)
    level: str = ""
    target: str = ""


Done = dict[str, tuple[Doing, ...]]
"""What each of some skills may be done with."""


def resources_of(held: Service, tx: Transaction, learner: str, skills: Iterable[str], language: str) -> Done:
    """Return the open resources behind skills, each in the order of :mod:`polku.web.resources`."""
    found = resources_behind(held, tx, learner, skills, language)
    return {skill: tuple(_resource(one, language) for one in suited) for skill, suited in found.items()}


def tasks_of_vendors(
    held: Service, tx: Transaction, learner: str, wishes: Mapping[str, Purpose], language: str, *, opens: bool
) -> Done:
    """Return vendors' tasks on skills.

    Parameters
    ----------
    held : Service
        Where vendors are described.
    tx : Transaction
        One that may write, where they open: what is offered is written down.
    learner : str
        For whom.
    wishes : mapping of str to str
        On what, and what for.
    language : str
        Of the tasks.
    opens : bool
        Whether links are given: to the learner alone.
    """
    if not wishes or not load_vendors(held.home):
        return dict.fromkeys(wishes, ())
    asker, now = Asker.of(held.suggester, tx, learner), int(time.time())
    found: Done = {}
    for skill, purpose in wishes.items():
        wish = Wish(learner, skill, purpose, language, MANY, opens=opens)
        found[skill] = tuple(_task(one, language) for one in offer_tasks(held.home, tx, wish, asker, now))
    return found


def _task(one: Offering, language: str) -> Doing:
    other = one.entry.language if one.entry.language != language else ""
    return Doing(one.entry.title or one.entry.item_id, other, one.launch, one.vendor.definition.name)


def _resource(one: Suited, language: str) -> Doing:
    found = one.resource
    written = language if language in found.title else next(iter(found.title), "")
    return Doing(
        title=found.title.get(written, found.id),
        lang="" if written == language else written,
        href=found.url,
        source=found.maker,
        licence=found.licence,
        kinds=found.kinds,
        languages=() if language in found.languages else found.languages,
        ages=found.ages,
        level=LEVELS[one.level],
        target=one.target.get(language) or next(iter(one.target.values()), ""),
    )
