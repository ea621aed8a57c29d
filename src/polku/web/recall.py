"""Offers recalled for as long as nothing is new of a learner: what a class's view is made of.

As with :mod:`polku.web.kept`, the store is asked each time, in the same transaction, whether anything came in since.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from polku.paths.days import day_of
from polku.paths.suggester import Released, Suggester
from polku.store.stamps import Stamp
from polku.store.transaction import Transaction
from polku.store.values import Offer, Suggestion

FRESH: Final = 60_000_000
"""Microseconds after which an offer is looked at anew in any case: estimates move with time, if slowly."""
MOST_BYTES: Final = 8 << 20
"""Of all offers that one provider's are recalled."""


@dataclass(frozen=True, eq=False)
class _Recalled:
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

    def offer(self, suggester: Suggester, tx: Transaction, learner_id: str) -> Offer:
        """Return a learner's offer: what was offered last where nothing is new, else as :meth:`Suggester.offer`.

        An offer that is recalled says nothing of what else was considered.
        """
        now = suggester.now()
        stamp = tx.stamps.of(learner_id, viewer="", kinds=(), today=day_of(now), now=now)
        known = self._held.get(learner_id)
        if known is not None and self._stands(known, suggester, stamp, now):
            self.recalled += 1
            return _read(known.content)
        offer = suggester.offer(tx, learner_id)
        new = stamp._replace(offered_at=offer.offered_at)
        self._keep(learner_id, _Recalled(_written(offer), new, suggester.serving, now))
        return offer

    def forget(self, learner_id: str) -> None:
        """Recall nothing of a learner any longer."""
        with self._lock:
            gone = self._held.pop(learner_id, None)
            self._bytes -= 0 if gone is None else len(gone.content)

    def _stands(self, known: _Recalled, suggester: Suggester, stamp: Stamp, now: int) -> bool:
        fresh = 0 <= now - known.at < FRESH
        return fresh and known.stamp == stamp and known.released is suggester.serving

    def _keep(self, learner_id: str, made: _Recalled) -> None:
        with self._lock:
            before = self._held.pop(learner_id, None)
            self._held[learner_id] = made
            self._bytes += len(made.content) - (0 if before is None else len(before.content))
            while self._bytes > self._most:
                _, gone = self._held.popitem(last=False)
                self._bytes -= len(gone.content)


def _written(offer: Offer) -> bytes:
    said = [offer.learner_id, offer.offered_at, offer.path, offer.suggestions]
    return zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 1)


def _read(content: bytes) -> Offer:
    learner_id, offered_at, path, suggestions = json.loads(zlib.decompress(content))
    return Offer(learner_id, offered_at, path, [], tuple(Suggestion(*one) for one in suggestions))
