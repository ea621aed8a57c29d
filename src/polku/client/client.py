"""The client itself: a method for each thing that a learning environment does."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from polku.client.transport import Answer, Problem, Request, Transport, over_http
from polku.client.values import (
    Decision,
    Deliveries,
    Feedback,
    Group,
    ItemFeedback,
    Life,
    NewWebhook,
    Path,
    Profile,
    Receipt,
    Receipts,
    SuggestionLife,
    Taken,
    Webhook,
    Webhooks,
    read,
)

Value = TypeVar("Value")
AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses after which the same request is sent again."""
LONGEST_WAIT_S: Final = 30.0


@dataclass
class Polku:
    """A caller of the service.

    Parameters
    ----------
    base_url : str
        Where the service is.
    token : str or callable, optional
        Goes into ``Authorization: Bearer``; a callable is asked before each request.
    transport : Transport, optional
        Sends requests; default the standard library's HTTP.
    attempts : int
        Times that a request is sent where no answer comes, or one that says to come back.
    sleep : callable
        Waits seconds.
    chance : random.Random
        Spreads waits.

    Examples
    --------
    >>> def transport(request):
    ...     print(request.method, request.url)
    ...     return Answer(200, {}, b'{"accepted": 1, "repeated": 0, "refused": [], "conflicts": []}')
    >>> Polku("https://polku.example", "token", transport).send([{"response_id": "r1"}]).accepted
    POST https://polku.example/v1/responses
    1
    """

    base_url: str
    token: str | Callable[[], str] | None = None
    transport: Transport = field(default_factory=over_http)
    attempts: int = 4
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)
    _known: dict[str, Answer] = field(default_factory=dict, repr=False)

    def send(self, responses: Iterable[Mapping[str, Any]]) -> Taken:
        """Hand over answers; those that were refused are listed with the reason, the others are taken in.

        Raises
        ------
        Problem
            If none could be used, or all contradict what is stored.
        """
        return read(Taken, self._post("/v1/responses", {"responses": list(responses)}))

    def profile(self, learner_id: str) -> Profile:
        """Return what a learner's answers add up to."""
        return read(Profile, self._get(f"/v1/learners/{_part(learner_id)}/profile"))

    def path(self, learner_id: str, *, goal: str | None = None, steps: int = 5, band: str | None = None) -> Path:
        """Return what is suggested to a learner now."""
        asked = {"goal": goal, "steps": steps, "band": band}
        return read(Path, self._get(f"/v1/learners/{_part(learner_id)}/path", asked))

    def group(self, group_id: str) -> Group:
        """Return what is suggested to a group's learners, all of them however many pages they fill."""
        address = f"/v1/groups/{_part(group_id)}/suggestions"
        found = read(Group, self._get(address))
        learners, after = [*found.learners], found.next
        while after is not None:
            page = read(Group, self._get(address, {"after": after}))
            learners, after = [*learners, *page.learners], page.next
        return replace(found, learners=tuple(learners), next=None)

    def suggestions(self, learner_id: str, *, page: int = 100) -> Iterator[SuggestionLife]:
        """Yield every suggestion made to a learner, newest first, page by page."""
        after: str | None = ""
        while after is not None:
            asked = {"limit": page, "after": after or None}
            life = read(Life, self._get(f"/v1/learners/{_part(learner_id)}/suggestions", asked))
            yield from life.suggestions
            after = life.next

    def decide(self, suggestion_id: str, decision: str, **said: Any) -> Decision:
        """Record what a person decided: ``accept``, ``edit``, ``skip``, ``reject`` or ``pause``.

        Parameters
        ----------
        suggestion_id, decision : str
            About what, and what.
        **said
            ``reason``, ``replacement``, ``until``; ``by`` and ``role`` where callers do not sign in.
        """
        return read(
            Decision, self._post(f"/v1/suggestions/{_part(suggestion_id)}/decision", {"decision": decision, **said})
        )

    def subscribe(self, url: str) -> NewWebhook:
        """Have a system told of new suggestions; keep the secret, it is shown this once."""
        return read(NewWebhook, self._post("/v1/webhooks", {"url": url}))

    def webhooks(self) -> tuple[Webhook, ...]:
        """Return who is told."""
        return read(Webhooks, self._get("/v1/webhooks")).webhooks

    def unsubscribe(self, webhook_id: str) -> None:
        """Tell a system nothing more."""
        self._asked("DELETE", f"/v1/webhooks/{_part(webhook_id)}")

    def deliveries(self, webhook_id: str, *, state: str | None = None) -> Deliveries:
        """Return the first page of what a system was told, is to be told, or was not told in the end."""
        return read(Deliveries, self._get(f"/v1/webhooks/{_part(webhook_id)}/deliveries", {"state": state}))

    def receipts(self, source: str | None = None, *, page: int = 100) -> Iterator[Receipt]:
        """Yield what streams delivered, of one source or all, latest first, page by page."""
        after: str | None = ""
        while after is not None:
            asked = {"source": source, "limit": page, "after": after or None}
            found = read(Receipts, self._get("/v1/receipts", asked))
            yield from found.receipts
            after = found.next

    def feedback(self, vendor: str, *, page: int = 100) -> Iterator[ItemFeedback]:
        """Yield what answers say of each task of a vendor's own, in order of id, page by page."""
        after: str | None = ""
        while after is not None:
            asked = {"limit": page, "after": after or None}
            found = read(Feedback, self._get(f"/v1/vendors/{_part(vendor)}/feedback", asked))
            yield from found.items
            after = found.next

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        asked = urlencode({name: value for name, value in (query or {}).items() if value is not None})
        where = f"{path}?{asked}" if asked else path
        known = self._known.get(where)
        headers = {} if known is None else {"If-None-Match": known.headers["etag"]}
        answer = self._asked("GET", where, headers=headers)
        if answer.status == 304 and known is not None:
            return json.loads(known.body)
        if "etag" in answer.headers:
            self._keep(where, answer)
        return json.loads(answer.body)

    def _keep(self, where: str, answer: Answer) -> None:
        if len(self._known) >= 100:
            self._known.clear()
        self._known[where] = answer

    def _post(self, path: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return json.loads(self._asked("POST", path, json.dumps(body).encode(), headers).body)

    def _asked(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request, again where no answer came or one that says to come back; raise what is a problem."""
        for attempt in range(1, self.attempts + 1):
            wait_s = min(0.5 * 2**attempt, LONGEST_WAIT_S) * self.chance.uniform(0.5, 1)
            try:
                answer = self.transport(Request(method, self.base_url.rstrip("/") + path, self._headers(headers), body))
            except OSError:
                if attempt == self.attempts:
                    raise
                self.sleep(wait_s)
                continue
            if answer.status not in AGAIN or attempt == self.attempts:
                return _good(answer)
            self.sleep(_told(answer) or wait_s)
        message = "a request is sent at least once: attempts is 1 or more"
        raise ValueError(message)

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        token = self.token() if callable(self.token) else self.token
        signed = {} if token is None else {"Authorization": f"Bearer {token}"}
        return {"Accept": "application/json", "User-Agent": "polku-client"} | signed | dict(more or {})


def _good(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise Problem.of(answer)
    return answer


def _told(answer: Answer) -> float | None:
    """Return the seconds that the service asks to wait."""
    said = answer.headers.get("retry-after", "")
    return min(float(said), LONGEST_WAIT_S) if said.isdecimal() else None


def _part(name: str) -> str:
    return quote(name, safe="")
