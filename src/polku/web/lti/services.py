"""The platform's services: scores that a teacher confirmed, out; members by id and role, in.

Access by a token that is asked for with an assertion of our own (RFC 7523), for the scope at hand alone and used until
it is over. No redirect is followed, and no address is asked that is not the platform's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from polku.errors import InputError, NotReadyError
from polku.exchange.lti import LINES, MEMBERS, SCORE
from polku.exchange.lti_members import Members, members_of
from polku.exchange.lti_services import Confirmed, Line, address_of, lineitem, score
from polku.exchange.patience import LATER, Patience
from polku.web.lti.registrations import Registration
from polku.web.lti.tokens import Tokens

SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
LINE_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINES_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES: Final = 200


class Services:
    """One platform's services.

    Parameters
    ----------
    registration : Registration
        The platform.
    client : httpx.Client
        What asks; it follows no redirects.
    wait : callable, optional
        Sleeps some seconds between two tries.
    """

    def __init__(
        self, registration: Registration, client: httpx.Client, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._registration, self._client = registration, client
        self._patience = Patience(registration.id, wait)
        self._tokens = Tokens(registration, lambda form: self._sent("POST", registration.definition.token, data=form))

    def post(self, line: str, confirmed: Confirmed) -> None:
        """Post a score that a teacher confirmed; the same score again, with the same moment, changes nothing.

        Raises
        ------
        InputError
            If no teacher confirmed it, the address is not the platform's, or the platform refuses it.
        NotReadyError
            If the platform does not answer, or lets nothing be posted.
        """
        message = score(confirmed)  # first: nothing is asked for what may not leave
        parts = urlsplit(self._own(line))
        address = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))
        self._ask("POST", address, SCORE, headers={"Content-Type": SCORE_TYPE}, json=message)

    def line(self, lines: str, wanted: Line) -> str:
        """Return where a line item of ours is; it is made where the platform has none.

        Parameters
        ----------
        lines : str
            The context's line items.
        wanted : Line
            What it is about.

        Raises
        ------
        InputError
            If an address is not the platform's, or it refuses.
        NotReadyError
            If the platform does not answer.
        """
        narrowed = str(httpx.URL(self._own(lines)).copy_merge_params({"resource_id": wanted.resource}))
        for page in self._pages(narrowed, LINES, LINES_TYPE):
            found = address_of(page, wanted)
            if found is not None:
                return self._own(found)
        types = {"Content-Type": LINE_TYPE, "Accept": LINE_TYPE}
        answer = self._ask("POST", lines, LINES, twice=False, headers=types, json=lineitem(wanted))
        made = _json(answer)
        address = made.get("id") if isinstance(made, dict) else None
        if not isinstance(address, str):
            raise NotReadyError("the platform does not say where the line item is", hint="its answer has an id")
        return self._own(address)

    def members(self, address: str) -> list[Members]:
        """Return the members of a context, page by page.

        Raises
        ------
        InputError
            If an address is not the platform's, or a page holds no members, or there is no end of them.
        NotReadyError
            If the platform does not answer.
        """
        subject = self._registration.definition.subject
        return [members_of(page, subject) for page in self._pages(address, MEMBERS, MEMBERS_TYPE)]

    def _pages(self, address: str, scope: str, media_type: str) -> list[Any]:
        pages: list[Any] = []
        following: str | None = address
        while following is not None:
            if len(pages) == MOST_PAGES:
                raise InputError("there is no end of pages", got=f"{MOST_PAGES} pages")
            answer = self._ask("GET", self._own(following), scope, headers={"Accept": media_type})
            pages.append(_json(answer))
            after = answer.links.get("next", {}).get("url")
            following = None if after is None else str(answer.url.join(after))
        return pages

    def _own(self, address: str) -> str:
        """Return an address if it is the platform's: a launch could name any."""
        said = self._registration.definition
        if urlsplit(address)[:2] not in {urlsplit(one)[:2] for one in (said.token, said.authorize)}:
            raise InputError("the address is not the platform's", got=urlsplit(address).netloc)
        return address

    def _ask(self, verb: str, address: str, scope: str, *, twice: bool = True, **more: Any) -> httpx.Response:
        """Return a good answer, with a new token where the old one is over."""
        headers = more.pop("headers")
        for _ in range(2):
            bearer = {"Authorization": f"Bearer {self._tokens.of(scope)}"}
            answer = self._sent(verb, address, twice=twice, headers=headers | bearer, **more)
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
            self._tokens.forget(scope)
        if answer.is_success:
            return answer
        if answer.status_code in LATER or answer.status_code == httpx.codes.UNAUTHORIZED or answer.is_redirect:
            raise NotReadyError("the platform refused", got=str(answer.status_code))
        raise InputError("the platform refused this", got=str(answer.status_code), hint="ask the platform's keeper")

    def _sent(self, verb: str, address: str, *, twice: bool = True, **more: Any) -> httpx.Response:
        def send() -> httpx.Response:
            return self._client.request(verb, address, follow_redirects=False, **more)

        try:
            return self._patience.ask(send, twice=twice)
        except httpx.HTTPError as error:
            raise NotReadyError("the platform does not answer", got=type(error).__name__) from error


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise NotReadyError("the platform's answer is no JSON") from error
