"""What a learner's steps may be done with, on the learner's own page: open resources, and tasks of vendors."""

from __future__ import annotations

from dataclasses import replace

from polku.paths.tasks import Purpose
from polku.store.transaction import Transaction
from polku.web.pages.doing import resources_of, tasks_of_vendors
from polku.web.pages.learner_view import View
from polku.web.service import Service


def with_resources(held: Service, tx: Transaction, view: View, language: str) -> View:
    """Return a view with the open learning resources behind each step, for whoever sees the page.

    Parameters
    ----------
    held : Service
        Whose catalogue.
    tx : Transaction
        May be one that only reads.
    view : View
        What the page shows.
    language : str
        The reader's.
    """
    found = resources_of(held, tx, view.learner, [one.skill_id for one in view.choices], language)
    return replace(view, choices=tuple(replace(one, resources=found[one.skill_id]) for one in view.choices))


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
    wishes: dict[str, Purpose] = {one.skill_id: "step" if one.check is None else "check" for one in view.choices}
    found = tasks_of_vendors(held, tx, view.learner, wishes, language, opens=True)
    return replace(view, choices=tuple(replace(one, opens=found[one.skill_id]) for one in view.choices))
