"""The platform's services: scores that a teacher confirmed, out; members by id and role, in.

Access by a token that is asked for with an assertion of our own (RFC 7523), each time for the scopes at hand alone.
No redirect is followed, and no address is asked that is not the platform's.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import httpx
from joserfc import jwt

from polku.errors import InputError, NotReadyError
from polku.exchange.lti_services import Confirmed, Members, members_of, score
from polku.web.lti.registrations import Registration

SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBERS: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MOST_PAGES: Final = 200


class Services:
    """One platform's services.

    Parameters
    ----------
    registration : Registration
        The platform.
    client : httpx.Client
        What asks; it follows no redirects.
    """

    def __init__(self, registration: Registration, client: httpx.Client) -> None:
        self._registration, self._client = registration, client

    def post(self, lineitem: str, confirmed: Confirmed) -> None:
        """Post a score that a teacher confirmed.

        Raises
        ------
        InputError
            If no teacher confirmed it, or the address is not the platform's.
        NotReadyError
            If the platform does not take it.
        """
        message = score(confirmed)  # first: nothing is asked for what may not leave
        parts = urlsplit(self._own(lineitem))
        address = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))
        self._ask("POST", address, SCORE, headers={"Content-Type": SCORE_TYPE}, json=message)

    def members(self, address: str) -> list[Members]:
        """Return the members of a context, page by page.

        Raises
        ------
        InputError
            If an address is not the platform's, or a page holds no members, or there is no end of them.
        NotReadyError
            If the platform does not answer.
        """
        pages: list[Members] = []
        following: str | None = address
        while following is not None:
            if len(pages) == MOST_PAGES:
                raise InputError("there is no end of members", got=f"{MOST_PAGES} pages")
            answer = self._ask("GET", self._own(following), MEMBERS, headers={"Accept": MEMBERS_TYPE})
            pages.append(members_of(_json(answer)))
            following = answer.links.get("next", {}).get("url")
        return pages

    def _own(self, address: str) -> str:
        """Return an address if it is the platform's: a launch could name any."""
        said = self._registration.definition
        if urlsplit(address)[:2] not in {urlsplit(one)[:2] for one in (said.token, said.authorize)}:
            raise InputError("the address is not the platform's", got=urlsplit(address).netloc)
        return address

    def _ask(self, verb: str, address: str, scope: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token(scope)}", **more.pop("headers")}
        return self._answered(verb, address, headers=headers, **more)

    def _token(self, scope: str) -> str:
        said, key, now = self._registration.definition, self._registration.own_key, int(time.time())
        claims = {"iss": said.client_id, "sub": said.client_id, "aud": said.token, "iat": now, "exp": now + 60}
        assertion = jwt.encode({"alg": "RS256", "kid": str(key.kid)}, {**claims, "jti": secrets.token_hex(16)}, key)
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION}
        answer = self._answered("POST", said.token, data={**form, "client_assertion": assertion, "scope": scope})
        found = _json(answer)
        token = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str):
            raise NotReadyError("the platform gave no token", hint="ask its keeper to allow the service")
        return token

    def _answered(self, verb: str, address: str, **more: Any) -> httpx.Response:
        try:
            answer = self._client.request(verb, address, follow_redirects=False, **more)
        except httpx.HTTPError as error:
            raise NotReadyError("the platform does not answer", got=type(error).__name__) from error
        if not answer.is_success:
            raise NotReadyError("the platform refused", got=str(answer.status_code))
        return answer


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise NotReadyError("the platform's answer is no JSON") from error
