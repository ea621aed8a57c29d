"""A learning platform for tests: what it signs for launches, and its services on this machine, as the standards say.

It is the other party: it knows this tool by its public key alone, gives tokens for the scopes that it likes, keeps line
items and scores, and is at times busy or wrong.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from answering import Answering
from issuer import rsa
from polku.exchange.lti import CLAIM, LINES, MEMBERSHIP, SCORE, Launch, Offered
from polku.store import Store
from polku.web.lti.kept import remember
from village import ALICE

TOOL, LMS, CLIENT = "https://127.0.0.1", "https://lms.example", "polku-1"
Reply = tuple[int, dict[str, str], Any]


class Platform:
    """A learning platform: three keys, of which it signs with the second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = [rsa(f"k{number}") for number in range(2)]
        (folder / "lms.json").write_text(json.dumps(KeySet(list(self.keys)).as_dict(private=False)), encoding="utf-8")
        (folder / "own.pem").write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
        self.write()

    def write(self, **more: str) -> None:
        said = {
            "issuer": LMS,
            "client_id": CLIENT,
            "authorize": f"{LMS}/auth?tenant=1",
            "token": f"{LMS}/token",
            "keys": "lms.json",
            "tool": TOOL,
            "provider": "demo",
            "key_file": "own.pem",
        } | more
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items())
        (self.folder / "opi.toml").write_text(text + 'deployments = ["d1"]\n', encoding="utf-8")

    def claims(self, nonce: str, role: str = "Learner", subject: str = ALICE, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        sound = {"iss": LMS, "aud": CLIENT, "sub": subject, "nonce": nonce, "iat": now, "exp": now + 300}
        said = {
            "message_type": "LtiResourceLinkRequest",
            "version": "1.3.0",
            "deployment_id": "d1",
            "target_link_uri": f"{TOOL}/me",
            "resource_link": {"id": "r1"},
            "roles": [f"{MEMBERSHIP}#{role}"],
        }
        made = {**sound, **{CLAIM + name: value for name, value in said.items()}, **more}
        return {name: value for name, value in made.items() if value is not None}

    def sign(self, claims: dict[str, Any], key: RSAKey | None = None, **header: Any) -> str:
        by = key or self.keys[1]
        return jwt.encode({"alg": "RS256", "kid": by.kid, **header}, claims, by)


class Course(ThreadingHTTPServer):
    """The services of one course: tokens, line items, scores, members."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        platform.write(token=f"{self.url}/token", authorize=f"{self.url}/auth")
        self.folder = platform.folder
        self.key = RSAKey.import_key((platform.folder / "own.pem").read_bytes())
        self.lines: list[dict[str, Any]] = []
        self.scores: dict[tuple[str, str], dict[str, Any]] = {}
        self.members: list[dict[str, Any]] = []
        self.reset()

    def reset(self) -> None:
        """Forget everything but the key."""
        self.lines.clear()
        self.scores.clear()
        self.members.clear()
        self.first: list[Reply] = []
        self.asked: list[str] = []
        self.tokens: dict[str, str] = {}
        self.seconds = 3600
        self.loses = False
        self.unknown: set[str] = set()

    @property
    def addresses(self) -> dict[str, Any]:
        """Return what a launch says of these services."""
        return {"lineitems": f"{self.url}/lines", "members": f"{self.url}/members", "scopes": (SCORE, LINES)}


class _Handler(Answering, BaseHTTPRequestHandler):
    server: Course

    def do_GET(self) -> None:
        self.reply(*self._given("GET"))

    def do_POST(self) -> None:
        self.reply(*self._given("POST"))

    def _given(self, verb: str) -> Reply:
        server, path = self.server, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        server.asked.append(f"{verb} {path.path}")
        if path.path == "/token":
            return self._token({name: one[0] for name, one in parse_qs(body).items()})
        if server.first:
            return server.first.pop(0)
        scope = server.tokens.get(self.headers.get("authorization", "").removeprefix("Bearer "))
        query = {name: one[0] for name, one in parse_qs(path.query).items()}
        if scope == LINES and path.path == "/lines":
            return self._lines(verb, query, body)
        if scope == SCORE and path.path.endswith("/scores"):
            return self._score(path.path, json.loads(body))
        if scope is not None and scope.endswith("contextmembership.readonly") and path.path == "/members":
            return self._members(int(query.get("from", 0)))
        return 401, {}, {}

    def _token(self, form: dict[str, str]) -> Reply:
        claims = jwt.decode(form["client_assertion"], self.server.key, algorithms=["RS256"]).claims
        now = time.time()
        assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, f"{self.server.url}/token")
        assert claims["jti"]
        assert claims["iat"] <= now + 1 <= claims["exp"] + 1
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        token = f"t{len(self.server.tokens)}"
        self.server.tokens[token] = form["scope"]
        said = {"access_token": token, "token_type": "Bearer", "expires_in": self.server.seconds}
        return 200, {}, said | {"scope": form["scope"]}

    def _lines(self, verb: str, query: dict[str, str], body: str) -> Reply:
        if verb == "GET":
            assert self.headers["accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"
            found = [one for one in self.server.lines if one["resourceId"] == query["resource_id"]]
            return 200, {}, found
        assert self.headers["content-type"] == "application/vnd.ims.lis.v2.lineitem+json"
        made = json.loads(body)
        assert made["scoreMaximum"] > 0
        assert made["label"]
        made["id"] = f"{self.server.url}/lines/{len(self.server.lines)}/lineitem?type=a"
        self.server.lines.append(made)
        return 201, {}, made

    def _score(self, path: str, said: dict[str, Any]) -> Reply:
        assert self.headers["content-type"] == "application/vnd.ims.lis.v1.score+json"
        key = path.removesuffix("/scores"), said["userId"]
        before = self.server.scores.get(key, {}).get("timestamp", "")
        if said["userId"] in self.server.unknown:
            return 404, {}, {"message": "no Anna here"}
        if said["timestamp"] <= before:
            return 409, {}, {}
        self.server.scores[key] = said
        return (500 if self.server.loses else 200), {}, {}

    def _members(self, start: int) -> Reply:
        following = f'</members?from={start + 2}>; rel="next"'
        headers = {"Link": following} if start + 2 < len(self.server.members) else {}
        return 200, headers, {"id": self.server.url, "members": self.server.members[start : start + 2]}


@contextmanager
def serving(folder: Path) -> Iterator[Course]:
    """Serve a course of a platform whose registration lies in a folder, until the block ends."""
    with Course(Platform(folder)) as course:
        thread = Thread(target=course.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield course
        course.shutdown()
        thread.join()


def launched(store: Store, offered: Offered, subject: str = "anna", context: str = "7A", role: str = "learner") -> None:
    """Keep a launch as the service does."""
    launch = Launch(subject, f"u-{subject}", role, "https://127.0.0.1/me", context, offered)  # type: ignore[arg-type] # one of the two
    with store.begin() as tx:
        remember(tx, "opi", launch)
