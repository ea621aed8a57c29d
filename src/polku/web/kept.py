"""Answers kept as they went out, for as long as nothing is new.

An answer is given again only after the store was asked, in the transaction that writes the look down, whether anything
came in since it was made: an answer, a decision, a setting, a pause, a release, a change of the roster, an end of the
relation that opens it (:class:`polku.store.stamps.Stamp`). So it is never older than what is committed, by whichever
process; and whoever may not see it any more is refused at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from polku.paths.days import day_of
from polku.paths.released import Released
from polku.store.stamps import Stamp
from polku.store.transaction import Transaction
from polku.store.values import Read
from polku.web.access.names import SEES_LEARNER
from polku.web.access.rules import KINDS
from polku.web.access.sign_in import sign_in_of
from polku.web.recall import FRESH
from polku.web.tenants import Service
from polku.web.together import Together
from polku.web.viewer import Viewer

MOST_BYTES: Final = 32 << 20
"""Of all kept answers together."""
MOST_VIEWERS: Final = 32
"""Of one kept answer."""
Key = tuple[str, str, bytes]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Make = Callable[[Transaction, Sequence["Anew"]], list["Kept"]]
"""Makes answers anew, for people who may see them."""


class Anew(NamedTuple):
    """An answer that is to be made.

    Parameters
    ----------
    question : object
        What was asked, read and found good.
    viewer : Viewer
        By whom.
    stamp : Stamp
        The learner's in this transaction.
    now : int
        By the service's clock.
    """

    question: Any
    viewer: Viewer
    stamp: Stamp
    now: int


@dataclass(frozen=True, eq=False)
class Kept:
    """One answer.

    Parameters
    ----------
    body : bytes
        JSON.
    stamp : Stamp
        What it goes by.
    service, released : Service, Released
        What it was made with: definitions and model.
    at : int
        When, by the service's clock.
    question, make : object and callable
        What it answers, and what makes it anew once something is new.
    viewers : dict of Viewer to tuple
        Who was given it, and by which relations.
    """

    body: bytes
    stamp: Stamp
    service: Service
    released: Released
    at: int
    question: Any
    make: Make
    viewers: dict[Viewer, tuple[int, ...]] = field(default_factory=dict)

    def opens(self, viewer: Viewer, stamp: Stamp) -> bool:
        """Return whether the learner is open to somebody by just the relations by which they were given it before."""
        return stamp.access == self.viewers.get(viewer)

    def holds(self, stamp: Stamp) -> bool:
        """Return whether the answer is as good as new."""
        return stamp[:2] == self.stamp[:2]


class KeptAnswers:
    """The answers of one process, those asked for last; for the thread of its event loop alone.

    Parameters
    ----------
    most_bytes : int
        Of all of them together.

    Examples
    --------
    >>> KeptAnswers().get(("demo", "L0001", b"")) is None
    True
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._held = most_bytes, 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self.given = 0

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        """Return a kept answer."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, made: Kept, viewer: Viewer) -> None:
        """Keep an answer that somebody was given."""
        before = self.drop(key)
        if before is not None and before.body == made.body and before.stamp[:2] == made.stamp[:2]:
            made.viewers.update(before.viewers)
        if len(made.viewers) >= MOST_VIEWERS:
            made.viewers.clear()
        made.viewers[viewer] = made.stamp.access
        self._kept[key] = made
        self._held += _bytes(key, made)
        while self._held > self._most:
            self.drop(next(iter(self._kept)))

    def drop(self, key: Key) -> Kept | None:
        """Keep an answer no longer; return it."""
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._held -= _bytes(key, gone)
        return gone

    def forget(self, provider_id: str, learner_id: str) -> None:
        """Keep no answer about a learner any longer, whatever was asked."""
        for key in [one for one in self._kept if one[:2] == (provider_id, learner_id)]:
            self.drop(key)


def _bytes(key: Key, kept: Kept) -> int:
    """Return what an answer counts for: the question too, which its asker may make as long as an address may be."""
    return len(kept.body) + len(key[2])


class Remembering(APIRoute):
    """A route about one learner, whose answers are kept by the endpoint and given again from here."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request: what is kept, else the endpoint."""
        endpoint = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await given_again(request) or await endpoint(request)

        return handler


async def given_again(request: Request) -> Response | None:
    """Return the kept answer to a request, once the look at it is written down; None where there is none, or no longer.

    Where something is new of the learner and nothing of who may see them, the answer is made anew at once, in the
    transaction in which that was found.

    Raises
    ------
    PolkuError
        As the endpoint itself would.
    """
    answers: KeptAnswers = request.app.state.kept
    sign_in = sign_in_of(request)
    viewer = await sign_in.viewer(request)
    key = key_of(request, viewer)
    kept = answers.get(key)
    if kept is None or viewer not in kept.viewers or not _stands(request, kept):
        return None
    learner_id, store = key[1], kept.service.store
    look = Look(kept, viewer, read_of(request, viewer, learner_id, kept.service.now()))
    found: Kept | None = await together_of(request).run_alike(store, looked_at, look, learner_id)
    if found is None:
        sign_in.remembered.forget((viewer, SEES_LEARNER.name, learner_id))
        return None
    if found is kept:
        answers.given += 1
    else:
        answers.keep(key, found, viewer)
    return Response(found.body, media_type="application/json")


class Look(NamedTuple):
    """Somebody asks again for what is kept."""

    kept: Kept
    viewer: Viewer
    read: Read


def looked_at(tx: Transaction, looks: Sequence[Look]) -> list[Kept | None]:
    """Return the answer to each look, the kept one where it is as good as new, and write the looks down.

    None is for those to whom the learner is not open any more by what opened them before; they are not written down.
    """
    stamps = stamps_of(tx, looks[0].kept.service, [(one.viewer, one.read.learner_id) for one in looks])
    those = [(one, stamp) for one, stamp in zip(looks, stamps, strict=True) if one.kept.opens(one.viewer, stamp)]
    tx.reads.add([one.read for one, _ in those])
    found = {id(one): one.kept for one, stamp in those if one.kept.holds(stamp)}
    new = [(one, stamp) for one, stamp in those if id(one) not in found]
    for make in dict.fromkeys(one.kept.make for one, _ in new):
        mine = [(one, stamp) for one, stamp in new if one.kept.make == make]
        made = make(tx, [Anew(one.kept.question, one.viewer, stamp, one.read.at) for one, stamp in mine])
        found |= {id(one): answer for (one, _), answer in zip(mine, made, strict=True)}
    return [found.get(id(one)) for one in looks]


def _stands(request: Request, kept: Kept) -> bool:
    """Return whether the answer was made a moment ago, with the definitions and the model that are loaded now."""
    service = kept.service
    loaded = request.app.state.tenants.loaded(service.store.provider_id) is service
    return loaded and service.suggester.serving is kept.released and 0 <= service.now() - kept.at < FRESH


def key_of(request: Request, viewer: Viewer) -> Key:
    """Return where the answer to a request is kept: by provider, learner and everything else it asks for."""
    return viewer.provider_id, str(request.path_params["learner_id"]), request.scope["query_string"]


def read_of(request: Request, viewer: Viewer, learner_id: str, now: int) -> Read:
    """Return what is written down of a look."""
    what = request.scope["route"].path.replace(":path", "")
    return Read(learner_id, viewer.subject, viewer.role.value, what, now)


def stamps_of(tx: Transaction, service: Service, looks: Sequence[tuple[Viewer, str]]) -> list[Stamp]:
    """Return the stamps of learners for viewers, now."""
    now = service.now()
    asked = [(learner_id, by.subject, [str(kind) for kind in KINDS.get(by.role, ())]) for by, learner_id in looks]
    return tx.stamps.of_looks(asked, today=day_of(now), now=now)


def together_of(request: Request) -> Together:
    """Return what does the work of requests together."""
    found: Together = request.app.state.together
    return found
