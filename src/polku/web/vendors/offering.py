"""Tasks of vendors for one learner and one skill: chosen, written down, and each with a link that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from polku.home import Home
from polku.paths.released import Standing
from polku.paths.suggester import Suggester
from polku.paths.tasks import Choice, Purpose, Task, choose
from polku.records import Responses
from polku.store.catalogue import Entry
from polku.store.holds import OBJECTION, PAUSE, RESTRICTION
from polku.store.transaction import Transaction
from polku.web.vendors.definitions import Vendor, load_vendors
from polku.web.vendors.launching import Launch, launch_address

RESTS: Final[dict[str, frozenset[str]]] = {
    RESTRICTION: frozenset({"step", "check", "diagnostic"}),
    PAUSE: frozenset({"step", "diagnostic"}),
    OBJECTION: frozenset({"diagnostic"}),
}
"""What no task is given for while something is held back. Who objects to profiling still practises, by no estimate."""
SECOND: Final = 1_000_000


@dataclass(frozen=True)
class Offering:
    """One task as it is offered.

    Parameters
    ----------
    entry : Entry
        What the catalogue says of it.
    vendor : Vendor
        Whose it is.
    met : bool
        Whether the learner met it before.
    launch : str or None
        Address that opens it; None for somebody who must not answer in the learner's place.
    """

    entry: Entry
    vendor: Vendor
    met: bool
    launch: str | None


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Parameters
    ----------
    learner_id, skill_id : str
        For whom, on what.
    purpose : {"step", "check", "diagnostic"}
        A next step to practise, "I already know this", or to see where somebody stands.
    language : str
        Of the tasks.
    many : int
        At most so many.
    opens : bool
        Whether links are given: to the learner and whoever acts for the platform.
    """

    learner_id: str
    skill_id: str
    purpose: Purpose
    language: str
    many: int
    opens: bool


@dataclass(frozen=True)
class Asker:
    """For whom tasks are chosen: what is the same for each skill of theirs.

    Parameters
    ----------
    standing : Standing
        How the learner stands, by the same estimate as the path.
    answers : Responses
        All of theirs.
    """

    standing: Standing
    answers: Responses

    @classmethod
    def of(cls, suggester: Suggester, tx: Transaction, learner_id: str) -> Self:
        """Read what tasks are chosen by.

        Raises
        ------
        NotFoundError
            If there is no such learner.
        """
        return cls(suggester.standing(tx, learner_id), tx.responses.of([learner_id]))


def offer_tasks(home: Home, tx: Transaction, wish: Wish, asker: Asker, now_s: int) -> list[Offering]:
    """Choose tasks, write down what was offered beside whom it was drawn from, and sign the links.

    Who looks on is offered nothing: nothing is signed then, and nothing written down.

    Parameters
    ----------
    home : Home
        Where vendors are described.
    tx : Transaction
        One that may write, where links are given.
    wish : Wish
        What is asked for.
    asker : Asker
        The learner of the wish.
    now_s : int
        Seconds since 1970 by the machine's clock, which vendors compare with theirs.

    Raises
    ------
    NotFoundError
        If there is no such skill.
    DefinitionError
        If a chosen vendor has no secret.
    """
    standing, answers = asker.standing, asker.answers
    standing.released.lens.curriculum.index(wish.skill_id)
    if any(wish.purpose in RESTS[one.kind] for one in standing.held):
        return []
    vendors = load_vendors(home)
    entries = {one.item_id: one for one in tx.catalogue.on(wish.skill_id) if one.vendor in vendors}
    aim, state = standing.released.policy.difficulty.aim, standing.states.get(wish.skill_id)
    chosen = choose(
        [Task(one.vendor, one.item_id, one.language, one.difficulty) for one in entries.values()],
        mastery=aim if state is None else state.p,
        aim=aim if wish.purpose == "step" else None,
        seed="\x1f".join((tx.provider_id, wish.learner_id, wish.skill_id, wish.purpose, str(len(answers)))),
        met=set(answers.items.tolist()),
        language=wish.language,
        many=wish.many,
    )
    if wish.opens:
        _write_down(tx, wish, chosen)
    return [
        Offering(
            entry=entries[one.task.item_id],
            vendor=vendors[one.task.vendor],
            met=one.met,
            launch=_link(home, tx, wish, vendors[one.task.vendor], one.task.item_id, now_s) if wish.opens else None,
        )
        for one in chosen
    ]


def _write_down(tx: Transaction, wish: Wish, chosen: list[Choice]) -> None:
    """Write down what is offered; a page that is opened again offers nothing new."""
    before = tx.launches.offered_to(wish.learner_id, wish.purpose)
    new = [(one.task.vendor, one.task.item_id, one.had) for one in chosen if one.task.item_id not in before]
    tx.launches.add(wish.learner_id, wish.skill_id, wish.purpose, new)


def _link(home: Home, tx: Transaction, wish: Wish, vendor: Vendor, item_id: str, now_s: int) -> str:
    subject = tx.launches.subject(vendor.id, wish.learner_id)
    back = f"{home.settings().service.public_url or ''}/me"
    said = Launch(f"urn:polku:{tx.provider_id}", subject, item_id, wish.purpose, wish.language, back)
    return launch_address(vendor, said, now_s)
