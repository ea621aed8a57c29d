"""Offers recalled for as long as nothing is new of a learner: what a class's view is made of.

As with :mod:`polku.web.kept`, the store is asked each time, in the same transaction, whether anything came in since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import msgspec
import pyarrow as pa

from polku.paths.days import day_of
from polku.paths.released import Released
from polku.paths.suggester import Suggester
from polku.store.stamps import Stamp
from polku.store.transaction import Transaction
from polku.store.values import Offer, Suggestion

FRESH: Final = 60_000_000
"""Microseconds after which an offer is looked at anew in any case: estimates move with time, if slowly."""
CODEC: Final = "lz4"
"""A quarter of the bytes for a tenth of the time of the usual one: a class is written and read at once."""
MOST_BYTES: Final = 8 << 20
"""Of all offers that one provider's are recalled."""


@dataclass(frozen=True, eq=False)
class _Recalled:
    size: int
    content: bytes
    stamp: Stamp
    released: Released
    at: int


class Recall:
    """Offers of one provider's learners, those asked for last, as compressed JSON: far less than they take as objects.

    Parameters
    ----------
    most_bytes : int
        Of all of them together.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._held: OrderedDict[str, _Recalled] = OrderedDict()
        self._lock = Lock()
        self.recalled = 0

    def offers(self, suggester: Suggester, tx: Transaction, learner_ids: Sequence[str]) -> list[Offer]:
        """Return learners' offers: what was offered last where nothing is new, else as :meth:`Suggester.offers`.

        An offer that is recalled says nothing of what else was considered.
        """
        now = suggester.now()
        stamps = tx.stamps.of_each(learner_ids, viewer="", kinds=(), today=day_of(now), now=now)
        asked = [(one, self._standing(one, suggester, stamps[one], now)) for one in learner_ids]
        made = {one.learner_id: one for one in suggester.offers(tx, [one for one, offer in asked if offer is None])}
        for one, offer in made.items():
            new = stamps[one]._replace(offered_at=offer.offered_at)
            self._keep(one, _Recalled(*_written(offer), new, suggester.serving, now))
        return [offer or made[one] for one, offer in asked]

    def forget(self, learner_id: str) -> None:
        """Recall nothing of a learner any longer."""
        with self._lock:
            gone = self._held.pop(learner_id, None)
            self._bytes -= 0 if gone is None else len(gone.content)

    def _standing(self, learner_id: str, suggester: Suggester, stamp: Stamp, now: int) -> Offer | None:
        """Return what was offered last, if nothing is new of the learner since."""
        known = self._held.get(learner_id)
        if known is None or known.stamp != stamp or known.released is not suggester.serving:
            return None
        if not 0 <= now - known.at < FRESH:
            return None
        self.recalled += 1
        return _read(known.size, known.content)

    def _keep(self, learner_id: str, made: _Recalled) -> None:
        with self._lock:
            before = self._held.pop(learner_id, None)
            self._held[learner_id] = made
            self._bytes += len(made.content) - (0 if before is None else len(before.content))
            while self._bytes > self._most:
                _, gone = self._held.popitem(last=False)
                self._bytes -= len(gone.content)


def _written(offer: Offer) -> tuple[int, bytes]:
    said = msgspec.json.encode([offer.learner_id, offer.offered_at, offer.path, offer.suggestions])
    return len(said), pa.compress(said, codec=CODEC, asbytes=True)


def _read(size: int, content: bytes) -> Offer:
    said = pa.decompress(content, decompressed_size=size, codec=CODEC, asbytes=True)
    learner_id, offered_at, path, suggestions = msgspec.json.decode(said)
    return Offer(learner_id, offered_at, path, [], tuple(Suggestion(*one) for one in suggestions))
