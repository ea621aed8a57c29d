"""Real tasks on a learner's page: behind "I already know this", and to practise the step that was chosen."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from polku.paths.tasks import Purpose
from polku.store.transaction import Transaction
from polku.web.pages.learner_view import Choice, Opening, View
from polku.web.service import Service
from polku.web.vendors import load_vendors, offer_tasks
from polku.web.vendors.offering import Wish

MANY: Final = 3
"""Tasks at once: as many as steps are suggested."""


def with_tasks(held: Service, tx: Transaction, view: View, language: str) -> View:
    """Return a view with links that open tasks of vendors, where there are any; for the learner alone.

    Parameters
    ----------
    held : Service
        Where vendors are described.
    tx : Transaction
        One that may write: what is offered is written down.
    view : View
        What the page shows.
    language : str
        Of the tasks.
    """
    if not load_vendors(held.home):
        return view

    def found(one: Choice, purpose: Purpose) -> tuple[Opening, ...]:
        wish = Wish(view.learner, one.skill_id, purpose, language, MANY, opens=True)
        offered = offer_tasks(held.home, held.suggester, tx, wish, int(time.time()))
        return tuple(Opening(task.entry.title, task.launch) for task in offered if task.launch)

    def filled(one: Choice) -> Choice:
        if one.check is not None:
            return replace(one, opens=found(one, "check"))
        return replace(one, opens=found(one, "step")) if one.chosen else one

    return replace(view, choices=tuple(map(filled, view.choices)))
