"""Confirmed results to a learning platform: one line item an objective, one score a learner, nothing twice.

Where a platform lets no line items be made, the link's own takes what was confirmed of a learner, objective by
objective in its comment. A score says that something is completed; a figure stands in it where a teacher gave one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from polku.errors import InputError
from polku.exchange import lti_services
from polku.records.confirmed import Confirmed
from polku.store import Store
from polku.store.store import utc_now
from polku.web.ledger import Ledger, Outcome, hand_over
from polku.web.lti.kept import Place, source_of
from polku.web.lti.services import Services

TAKEN = "409"
"""What a platform answers to a score of a moment that it has already: an earlier try arrived, its answer did not."""


class Statement(NamedTuple):
    """A confirmation that goes out, where to, and on which line item."""

    confirmed: Confirmed
    place: Place
    line: lti_services.Line


class Sending:
    """Sends confirmations to one platform, and writes down what went out.

    Parameters
    ----------
    store, platform, services : Store, str, Services
        Where it is written down, the name of the platform's registration, and what asks it.
    clock : callable
        Returns microseconds since 1970 in UTC.
    """

    def __init__(self, store: Store, platform: str, services: Services, clock: Callable[[], int] = utc_now) -> None:
        self._services, self._clock = services, clock
        self._lines = Ledger(store, source_of(platform), "lines")
        self._scores = Ledger(store, source_of(platform), "scores")

    def send(self, statements: Iterable[Statement], on_step: Callable[[int, int], None] = lambda *_: None) -> Outcome:
        """Send what the platform does not have yet; one that it refuses costs itself alone."""
        return hand_over(_by_place(statements).values(), self._one, on_step)

    def _one(self, said: list[Statement]) -> bool:
        """Send one learner's score on one line item; return False where it is there."""
        place, last = said[0].place, said[-1]
        address = self._address(place, said[0].line)
        key = hashlib.sha256(f"{address}\n{place.user}".encode()).hexdigest()
        before = self._scores.entry(key) or {}
        covered = {**before.get("covered", {}), **{one.line.resource: one.line.label for one in said}}
        given, maximum = last.confirmed[-2:] if len(covered) == 1 else (None, None)
        entry: dict[str, Any] = {"covered": covered, "given": given, "maximum": maximum}
        under_way = bool(before) and entry == {name: before[name] for name in entry}
        if under_way and before["arrived"]:
            return False
        entry["at"] = before["at"] if under_way else max(self._clock(), before.get("at", 0) + 1000)
        self._scores.write(key, last.confirmed.learner_id, entry | {"arrived": False})
        self._post(address, place.user, entry, last.confirmed.confirmed_by)
        self._scores.write(key, last.confirmed.learner_id, entry | {"arrived": True})
        return True

    def _post(self, address: str, user: str, entry: Mapping[str, Any], by: str) -> None:
        comment, figures = "; ".join(entry["covered"].values()), (entry["given"], entry["maximum"])
        score = lti_services.Confirmed(user, by, "teacher", entry["at"], *figures, comment)
        try:
            self._services.post(address, score)
        except InputError as error:
            if error.got != TAKEN:
                raise

    def _address(self, place: Place, line: lti_services.Line) -> str:
        """Return the line item that a score stands on."""
        lines = place.offered.lineitems
        if lines is None or not place.offered.makes_lines:
            return str(place.offered.lineitem)
        key = f"{place.context}/{line.resource}"
        found = self._lines.entry(key)
        if found is None:
            found = {"url": self._services.line(lines, line)}
            self._lines.write(key, None, found)
        return str(found["url"])


def _by_place(statements: Iterable[Statement]) -> dict[tuple[str, ...], list[Statement]]:
    """Return what goes together: an objective of a learner by itself, or all of a learner's on the link's line item."""
    found: dict[tuple[str, ...], list[Statement]] = {}
    for one in statements:
        apart = one.line.resource if one.place.offered.makes_lines else ""
        found.setdefault((one.place.context, one.place.user, apart), []).append(one)
    return found
