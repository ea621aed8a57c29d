"""OneRoster's interface, asked as a client: both versions, page by page, changes since a day or everything.

What comes is turned into the rows that the files of the standard have, so that everything after is the same. The token
is asked for with the client's own credentials, kept in memory, sent to the register's own address and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, ClassVar, Final, NamedTuple, Self
from urllib.parse import urlsplit

import httpx

from polku.errors import InputError, NotFoundError, NotReadyError
from polku.exchange.oneroster_json import Part, parts_of
from polku.exchange.patience import LATER, Patience

ROSTERING: Final = ("orgs", "academicSessions", "classes", "users", "enrollments")
GRADEBOOK: Final = ("lineItems", "results")
ROOTS: Final[Mapping[str, tuple[str, str]]] = {
    "1.1": ("/ims/oneroster/v1p1", "/ims/oneroster/v1p1"),
    "1.2": ("/ims/oneroster/rostering/v1p2", "/ims/oneroster/gradebook/v1p2"),
}
_SCOPE: Final = "https://purl.imsglobal.org/spec/or/{}/scope/"
SCOPES: Final[Mapping[str, str]] = {
    version: " ".join(_SCOPE.format(path) + name for name in ("roster-core.readonly", "gradebook.readonly"))
    for version, path in (("1.1", "v1p1"), ("1.2", "v1p2"))
}
"""What is asked for to read: people and classes, without demographics; results."""
WRITING: Final[Mapping[str, str]] = {
    "1.1": _SCOPE.format("v1p1") + "gradebook.createput",
    "1.2": _SCOPE.format("v1p2") + "gradebook.createput",
}
"""What is asked for to hand over results, and nothing else."""
LIMIT: Final = 100
_HOME: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Access(NamedTuple):
    """How a register's interface is reached.

    Parameters
    ----------
    url : str
        Address before ``/ims``.
    token_url : str
        Where a token is given for the client's credentials.
    client_id, secret : str
        The client's credentials.
    version : {"1.1", "1.2"}
        Of OneRoster.
    """

    url: str
    token_url: str
    client_id: str
    secret: str
    version: str = "1.2"


class Connection:
    """A register's interface, asked with a token of our own.

    Parameters
    ----------
    access : Access
        How it is reached.
    wait : callable, optional
        Sleeps some seconds between two tries.
    transport : httpx.BaseTransport, optional
        Other than the network's, as for a proxy.

    Raises
    ------
    InputError
        If an address is not https (a register on this very machine may be), or the version is not spoken.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    """What the token is for, by version."""

    def __init__(
        self,
        access: Access,
        wait: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        for address in (access.url, access.token_url):
            parts = urlsplit(address)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HOME):
                raise InputError("a register is reached by https alone", got=parts.scheme, hint="give https://")
        if access.version not in ROOTS:
            raise InputError("this version of OneRoster is not spoken here", got=access.version, hint="1.1 or 1.2")
        self._access, self._scope, self._token = access, self.scopes[access.version], ""
        self._patience = Patience(access.client_id, wait)
        self._http = httpx.Client(timeout=30.0, trust_env=False, transport=transport, follow_redirects=False)

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self._http.close()

    @property
    def version(self) -> str:
        """Return the version of OneRoster that is spoken."""
        return self._access.version

    def address(self, kind: str) -> httpx.URL:
        """Return the address of a collection, or of one object of it."""
        root = ROOTS[self._access.version][kind.partition("/")[0] in (*GRADEBOOK, "categories")]
        return httpx.URL(f"{self._access.url.rstrip('/')}{root}/{kind}")

    def ask(self, verb: str, url: httpx.URL, content: object = None) -> httpx.Response:
        """Return an answer that is good, with a new token where the old one is over.

        Raises
        ------
        NotFoundError
            If the register does not offer this.
        InputError
            If it refuses.
        NotReadyError
            If it cannot be reached, or stays busy.
        """
        for _ in range(2):
            headers = {"Authorization": f"Bearer {self._token or self._ask_token()}", "Accept": "application/json"}
            request = self._http.build_request(verb, url, headers=headers, json=content)
            answer = self._patiently(request)
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
            self._token = ""
        return _good(answer, url.path)

    def _ask_token(self) -> str:
        access = self._access
        form = {"grant_type": "client_credentials", "scope": self._scope}
        request = self._http.build_request("POST", access.token_url, data=form)
        request = next(httpx.BasicAuth(access.client_id, access.secret).auth_flow(request))
        answer = self._patiently(request)
        said = _json(_good(answer, "the token's address"))
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise InputError("no token was given", got=answer.status_code, hint="check client id and secret")
        self._token = token
        return token

    def _patiently(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._patience.ask(lambda: self._http.send(request))
        except httpx.TransportError as error:
            said = type(error).__name__
            raise NotReadyError("the register cannot be reached", got=said, hint="try again later") from error


class Client(Connection):
    """A register's interface, read.

    Parameters
    ----------
    access, wait, transport
        As of :class:`Connection`.
    """

    scopes = SCOPES

    def parts(self, since: str | None = None) -> Iterator[Part]:
        """Yield everything, or what changed since a moment, each kind after those that it refers to.

        Parameters
        ----------
        since : str, optional
            ``YYYY-MM-DDTHH:MM:SS.sssZ``.

        Raises
        ------
        NotFoundError
            If the register does not offer rostering; a gradebook that it does not offer is left out.
        InputError
            If it refuses, or answers what is no OneRoster.
        NotReadyError
            If it cannot be reached, or stays busy.
        """
        for kind in (*ROSTERING, *GRADEBOOK):
            try:
                for page in self._pages(kind, since):
                    yield from parts_of(kind, page)
            except NotFoundError:
                if kind in ROSTERING:
                    raise

    def _pages(self, kind: str, since: str | None) -> Iterator[list[dict[str, Any]]]:
        """Yield the pages of a collection, by the total that is told, else by the link to the next."""
        first = self.address(kind)
        query = {"limit": str(LIMIT), "sort": "sourcedId", "orderBy": "asc"}
        if since is not None:
            query["filter"] = f"dateLastModified>'{since}'"
        offset, url = 0, first.copy_merge_params({**query, "offset": "0"})
        while True:
            answer = self.ask("GET", url)
            page = _collection(answer, kind)
            yield page
            offset += len(page)
            total = answer.headers.get("X-Total-Count", "")
            after = answer.links.get("next", {}).get("url")
            if not page or (total.isdigit() and offset >= int(total)):
                return
            if total.isdigit():
                url = first.copy_merge_params({**query, "offset": str(offset)})
            elif after is not None:
                url = self._next(url, after)
            else:
                return

    def _next(self, url: httpx.URL, after: str) -> httpx.URL:
        """Return the address of the next page, which the token may be sent to."""
        found = url.join(after)
        if (found.scheme, found.netloc) != (url.scheme, url.netloc):
            raise InputError("the link to the next page leads elsewhere", got=found.host, hint="ask the register")
        if found == url:
            raise InputError("the link to the next page is the page itself", got=found.path, hint="ask the register")
        return found


def _collection(answer: httpx.Response, kind: str) -> list[dict[str, Any]]:
    """Return what a collection's wrapper holds."""
    said = _json(answer)
    found = said.get(kind)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(f"the answer holds no {kind}", got=", ".join(sorted(said)[:5]), hint="is this OneRoster?")
    return found


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError as error:
        raise InputError("the register's answer is no JSON", got=answer.headers.get("Content-Type")) from error
    return said if isinstance(said, dict) else {}


def _good(answer: httpx.Response, what: str) -> httpx.Response:
    """Return an answer that is good; of another only codes are repeated, never what it says about people."""
    if answer.status_code in {httpx.codes.OK, httpx.codes.CREATED, httpx.codes.NO_CONTENT}:
        return answer
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotFoundError("the register does not offer this", got=what, hint="check address and version")
    if answer.status_code in LATER:
        got = f"status {answer.status_code}"
        raise NotReadyError("the register is busy, and stays so", got=got, hint="try again later")
    try:
        said = answer.json()
    except ValueError:
        said = {}
    info = said.get("imsx_StatusInfo", said) if isinstance(said, dict) else {}
    major = info.get("imsx_codeMajor", "") if isinstance(info, dict) else ""
    got = f"status {answer.status_code} {major}".strip()
    raise InputError(f"the register refused {what}", got=got, hint="check the client's rights and scopes")
