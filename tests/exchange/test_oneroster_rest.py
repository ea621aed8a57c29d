"""OneRoster's interface, asked for real: a small register serves on this machine, and is at times busy or wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from polku.errors import InputError, NotFoundError, NotReadyError
from polku.exchange.links import Links
from polku.exchange.oneroster_files import BULK, Package, opened
from polku.exchange.oneroster_json import fields_of, parts_of
from polku.exchange.oneroster_rest import LIMIT, Access, Client
from polku.exchange.oneroster_rows import split
from polku.exchange.patience import TRIES
from polku.records import DenyRules, Items
from polku.store import Store
from polku.web.rostering import Rostering

Headers = dict[str, str]
Answer = tuple[int, Headers, Any]


class Register(ThreadingHTTPServer):
    """A register of both versions: collections, tokens, and a list of answers to give first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.collections: dict[str, list[dict[str, Any]]] = {}
        self.first: list[Answer] = []
        self.asked: list[str] = []
        self.tokens = 0
        self.scope = ""
        self.total = True
        self.elsewhere = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def access(self, version: str = "1.2", secret: str = "s3") -> Access:  # noqa: S107 - of this test alone
        return Access(self.url, f"{self.url}/token", "polku", secret, version)


class _Handler(BaseHTTPRequestHandler):
    server: Register

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.scope = form["scope"][0]
        if self.headers["Authorization"] != "Basic cG9sa3U6czM=":
            self._answer(401, {}, {"imsx_codeMajor": "failure", "imsx_description": "Anna's secret"})
            return
        self.server.tokens += 1
        self._answer(200, {}, {"access_token": f"t{self.server.tokens}", "token_type": "bearer"})

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.first:
            self._answer(*self.server.first.pop(0))
        elif self.headers["Authorization"] != f"Bearer t{self.server.tokens}":
            self._answer(401, {}, {})
        else:
            self._collection()

    def _collection(self) -> None:
        parts = urlsplit(self.path)
        kind, query = parts.path.rpartition("/")[2], parse_qs(parts.query)
        found = self.server.collections.get(kind)
        if found is None or not parts.path.startswith("/ims/oneroster/"):
            self._answer(404, {}, {"imsx_StatusInfo": {"imsx_codeMajor": "failure"}})
            return
        start, limit = int(query["offset"][0]), int(query["limit"][0])
        headers = {"X-Total-Count": str(len(found))} if self.server.total else {}
        if not self.server.total and start + limit < len(found):
            base = self.server.elsewhere or f"{self.server.url}{parts.path}"
            headers["Link"] = f'<{base}?limit={limit}&offset={start + limit}>; rel="next"'
        self._answer(200, headers, {kind: found[start : start + limit]})

    def _answer(self, status: int, headers: Headers, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def register() -> Iterator[Register]:
    server = Register()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        for kind in ("orgs", "academicSessions", "classes", "users", "enrollments"):
            server.collections[kind] = [{"sourcedId": f"{kind}-1", "status": "active"}]
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetched(
    access: Access, since: str | None = None, wait: Callable[[float], None] = lambda _: None
) -> dict[str, list[str]]:
    """Return the ids that came, by kind."""
    found: dict[str, list[str]] = {}
    with Client(access, wait) as client:
        for part in client.parts(since):
            found.setdefault(part.kind, []).extend(row.fields["sourcedId"] for row in part.rows)
    return found


@pytest.mark.parametrize(
    ("version", "roots"),
    [
        ("1.1", {"/ims/oneroster/v1p1"}),
        ("1.2", {"/ims/oneroster/rostering/v1p2", "/ims/oneroster/gradebook/v1p2"}),
    ],
)
def test_each_version_has_its_own_paths_and_kinds_come_in_order(
    register: Register, version: str, roots: set[str]
) -> None:
    found = fetched(register.access(version))
    assert list(found) == ["orgs", "academicSessions", "classes", "users", "enrollments"]
    assert {urlsplit(path).path.rpartition("/")[0] for path in register.asked} == roots
    assert register.tokens == 1
    path = "v1p1" if version == "1.1" else "v1p2"
    asked = {
        f"https://purl.imsglobal.org/spec/or/{path}/scope/{name}.readonly" for name in ("roster-core", "gradebook")
    }
    assert set(register.scope.split()) == asked, "the standard's own names, and no demographics"


@pytest.mark.parametrize("total", [True, False], ids=["by the total", "by the link"])
def test_pages_are_followed_to_the_last(register: Register, total: bool) -> None:
    register.total = total
    register.collections["users"] = [{"sourcedId": f"u{place}"} for place in range(2 * LIMIT + 7)]
    found = fetched(register.access())["users"]
    assert found == [f"u{place}" for place in range(2 * LIMIT + 7)]
    assert sum("/users" in path for path in register.asked) == 3


def test_the_token_goes_nowhere_but_to_the_register(register: Register) -> None:
    register.total, register.elsewhere = False, "http://127.0.0.1:1/users"
    register.collections["users"] = [{"sourcedId": f"u{place}"} for place in range(LIMIT + 1)]
    with pytest.raises(InputError, match="leads elsewhere"):
        fetched(register.access())


def test_only_changes_are_asked_for_since_a_moment(register: Register) -> None:
    fetched(register.access(), "2026-03-01T00:00:00.000Z")
    asked = parse_qs(urlsplit(register.asked[0]).query)
    assert asked["filter"] == ["dateLastModified>'2026-03-01T00:00:00.000Z'"]
    assert (asked["limit"], asked["sort"]) == (["100"], ["sourcedId"])


def test_a_busy_register_is_asked_again_later(register: Register) -> None:
    waited: list[float] = []
    register.first = [(429, {"Retry-After": "7"}, {}), (503, {}, {}), (500, {}, {})]
    assert fetched(register.access(), wait=waited.append)["orgs"] == ["orgs-1"]
    assert waited[0] == 7
    assert waited[1] < waited[2], "longer apart each time"


def test_after_some_tries_it_is_left(register: Register) -> None:
    register.first = [(503, {}, {})] * TRIES
    with pytest.raises(NotReadyError, match="stays so"):
        fetched(register.access())
    assert len(register.asked) == TRIES


def test_a_token_that_is_over_is_asked_for_anew(register: Register) -> None:
    with Client(register.access()) as client:
        assert len(list(client.parts())) == 5
        register.tokens += 1
        assert len(list(client.parts())) == 5
    assert register.tokens == 3


def test_wrong_credentials_are_said_without_the_registers_words(register: Register) -> None:
    with pytest.raises(InputError, match="status 401 failure") as caught:
        fetched(register.access("1.2", "wrong"))
    assert "Anna" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((200, {}, b"<html>"), "no JSON"),
        ((200, {}, {"people": []}), "holds no orgs"),
        ((200, {}, {"orgs": ["a"]}), "holds no orgs"),
        ((400, {}, b"no"), "status 400"),
        ((302, {"Location": "http://127.0.0.1:1/"}, {}), "status 302"),
    ],
)
def test_what_is_no_answer_of_onerosters_is_refused(register: Register, answer: Answer, says: str) -> None:
    register.first = [answer]
    with pytest.raises(InputError, match=says):
        fetched(register.access())


def test_without_rostering_there_is_nothing_without_a_gradebook_there_is(register: Register) -> None:
    register.collections["lineItems"] = [{"sourcedId": "t1"}]
    assert fetched(register.access())["lineItems"] == ["t1"]
    del register.collections["classes"]
    with pytest.raises(NotFoundError, match="does not offer"):
        fetched(register.access())


@pytest.mark.parametrize(
    ("url", "version", "says"),
    [("http://register.example", "1.2", "https alone"), ("https://register.example", "2.0", "not spoken")],
)
def test_addresses_and_versions_that_are_not_spoken(url: str, version: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Client(Access(url, url, "polku", "s3", version))


def test_a_register_that_is_away_is_said() -> None:
    away = Access("http://127.0.0.1:1", "http://127.0.0.1:1/token", "polku", "s3")
    with pytest.raises(NotReadyError, match="cannot be reached"):
        fetched(away)


def test_objects_become_the_rows_of_files() -> None:
    user = {
        "sourcedId": "u1",
        "enabledUser": True,
        "userIds": [{"type": "LDAP", "identifier": "12"}],
        "agents": [{"sourcedId": "g1"}, {"sourcedId": "g2"}],
        "roles": [{"roleType": "primary", "role": "student", "org": {"sourcedId": "s1"}, "beginDate": "2025-08-01"}],
        "metadata": {"shoe": 38},
    }
    fields = fields_of(user)
    assert fields["agentSourcedIds"] == "g1,g2"
    assert (fields["enabledUser"], fields["userIds"], fields["metadata.all"]) == ("true", "given", "given")
    assert json.loads(fields["roles"])[0]["orgSourcedId"] == "s1"


def test_objectives_within_results_come_before_them() -> None:
    scored = {"source": "case", "learningObjectiveResults": [{"learningObjectiveId": "o1", "score": 3.5}]}
    result = {"sourcedId": "x1", "student": {"sourcedId": "u1"}, "score": 7, "learningObjectiveSet": [scored]}
    first, then = parts_of("results", [result])
    assert (first.kind, dict(first.rows[0].fields)) == (
        "resultLearningObjectiveIds",
        {"sourcedId": "x1:o1", "resultSourcedId": "x1", "learningObjectiveId": "o1", "score": "3.5"},
    )
    assert dict(then.rows[0].fields) == {"sourcedId": "x1", "studentSourcedId": "u1", "score": "7"}


REFERENCES = {"classSourcedId": "class", "userSourcedId": "user", "schoolSourcedId": "school", "orgSourcedId": "org"}
LISTS = {"termSourcedIds": "terms", "agentSourcedIds": "agents"}


def served(package: Package) -> dict[str, list[dict[str, Any]]]:
    """Return a delivery's rows as the interface has them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for kind in package.modes:
        for row in package.rows(kind):
            one: dict[str, Any] = {REFERENCES.get(name, name): value for name, value in row.fields.items()}
            one |= {new: {"sourcedId": one[new]} for new in REFERENCES.values() if one.get(new)}
            one |= {
                new: [{"sourcedId": part} for part in split(one.pop(name))]
                for name, new in LISTS.items()
                if name in one
            }
            found.setdefault(kind, []).append(one)
    for role in found.pop("roles"):
        owner = next(one for one in found["users"] if one["sourcedId"] == role["user"]["sourcedId"])
        owner.setdefault("roles", []).append(role)
    return found


def test_the_sample_comes_to_the_same_by_files_and_by_the_interface(
    standards_dir: Path, register: Register, tmp_path: Path
) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/polku.db", "town")
    with opened(standards_dir / "oneroster" / "v1p2_full_dataset") as package:
        by_files = Rostering(store, "files", DenyRules(), Links(), Items.of([])).take(package, "test").projection
        register.collections = served(package)
    door = Rostering(store.for_provider("other"), "interface", DenyRules(), Links(), Items.of([]))
    with Client(register.access()) as client:
        for part in client.parts():
            door.rows(part.kind, BULK, part.rows)
    done = door.finish("test")
    assert (done.projection.learners, done.projection.teachers) == (by_files.learners, by_files.teachers)
    assert done.projection.relations == by_files.relations
    assert done.projection.notes == by_files.notes
    assert done.receipt.counts["dropped"]["password"] == 6
    assert done.receipt.counts["refused"] == {}
