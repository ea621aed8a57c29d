"""What launches leave in the store: a context's services, and which of its users is which learner of ours.

Kept beside what registers say (:mod:`polku.store.rostered`), since it is the same: another system's ids of our people.
Nothing of a launch is kept but ids and addresses, of learners alone, and of those alone that the roster knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import NamedTuple

from polku.exchange.lti import Launch, Offered
from polku.store import Transaction
from polku.store.rostered import Rostered


class Place(NamedTuple):
    """Where a platform takes a learner's scores.

    Parameters
    ----------
    context : str
        The platform's id of the course or class.
    user : str
        What its services call the learner.
    offered : Offered
        The context's services; its line item is that of the link which the learner opened last.
    """

    context: str
    user: str
    offered: Offered


def source_of(platform: str) -> str:
    """Return the name under which a platform's ids are kept."""
    return f"lti:{platform}"


def remember(tx: Transaction, platform: str, launch: Launch) -> None:
    """Keep what a launch says of its context's services, and whose ids it shows.

    What the last launch that names services says of them holds: a platform may withdraw them.
    """
    source, said = source_of(platform), launch.offered
    if said != Offered():
        held = {"lineitems": said.lineitems, "members": said.members, "scopes": list(said.scopes)}
        tx.register.take(source, "contexts", [(Rostered(launch.context, None, held), False)], "")
    if launch.role == "learner" and launch.user and tx.roster.learner(launch.subject) is not None:
        own = {"context": launch.context, "user": launch.user, "lineitem": said.lineitem}
        key = f"{launch.context}/{launch.user}"
        tx.register.take(source, "people", [(Rostered(key, launch.subject, own), False)], "")


def contexts(tx: Transaction, platform: str) -> dict[str, Offered]:
    """Return the services of each context that was launched from."""
    return {
        one.sourced_id: Offered(**{**one.content, "scopes": tuple(one.content["scopes"])})
        for one in tx.register.all(source_of(platform), "contexts")
    }


def places(tx: Transaction, platform: str, context: str | None = None) -> dict[str, list[Place]]:
    """Return where scores of each learner are taken, in one context or in all.

    Parameters
    ----------
    tx : Transaction
        Whose launches.
    platform : str
        Name of its registration.
    context : str, optional
        The one that is meant.
    """
    services, found = contexts(tx, platform), dict[str, list[Place]]()
    for one in tx.register.all(source_of(platform), "people"):
        said = one.content
        offered = _with_line(services.get(said["context"], Offered()), said)
        if offered.takes_scores and context in {None, said["context"]}:
            found.setdefault(str(one.learner_id), []).append(Place(said["context"], said["user"], offered))
    return found


def _with_line(offered: Offered, said: Mapping[str, str | None]) -> Offered:
    return Offered(**{**asdict(offered), "lineitem": said["lineitem"]})
