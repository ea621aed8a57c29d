"""SQL, templates, markup and paths in every string that the interface takes: they are words like any others.

What is sent is kept or refused as it is; nothing of it is run. It shows in three ways that would each be noticed: the
tables stand and count as before, an arithmetic marker comes back unevaluated, and a file's text comes back nowhere.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from typing import Any
from urllib.parse import quote

import pytest

from polku.store import tables
from polku.web.app import document
from tried import tried
from village import ALICE, GROUP, SKILL, Village, assert_problem, row

SQL = [
    "' OR '1'='1",
    "'; DROP TABLE responses; --",
    "1; DELETE FROM learners WHERE 1=1",
    "' UNION SELECT salt, payload FROM log_payloads --",
    '" OR ""="',
    "\\'; UPDATE responses SET correct=1; --",
    "L0001' AND (SELECT COUNT(*) FROM responses) > 0 --",
    "%' OR learner_id LIKE '%",
    "$$; SELECT pg_sleep(5); $$",
]
TEMPLATE = [
    "{{1337*1337}}",
    "${1337*1337}",
    "{% for x in ().__class__.__bases__ %}{{1337*1337}}{% endfor %}",
    "#{1337*1337}",
]
FORMAT = ["{0.__class__.__mro__}", "%s%s%n%x", "{learner_id}", "{self.__init__.__globals__}"]
OTHER = [
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "\r\nSet-Cookie: a=b",
    "$(id)",
    "`id`",
]
WORDS = [*SQL, *TEMPLATE, *FORMAT, *OTHER]
EVALUATED = ("1787569", "root:x:", "uid=0", "__globals__'", "<class 'object'>")
"""What would come back if anything of it ran: 1337 times itself, a file's first line, a shell's answer."""
NOT_STRINGS = {
    "until",
    "role",
    "decision",
    "responses",
    "changes",
    "suggestion_ids",
    "limit",
    "steps",
    "explain",
    "form",
    "band",
}


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return document["components"]["schemas"].get(name, schema)  # type: ignore[no-any-return]


def places() -> list[tuple[str, str, str, str]]:
    """Return every string that the interface takes: method, path, where it goes, its name."""
    found, whole = [], document()
    for path, verbs in whole["paths"].items():
        for verb, operation in verbs.items():
            found += [
                (verb, path, one["in"], one["name"])
                for one in operation.get("parameters", [])
                if one["name"] not in NOT_STRINGS
            ]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            fields = resolve(whole, body.get("schema", {})).get("properties", {})
            found += [(verb, path, "body", name) for name in fields if name not in NOT_STRINGS]
    return found


PLACES = places()
ROW_FIELDS = ("response_id", "learner_id", "item_id", "skill_ids", "answered_at", "school_id", "group_id")


def counts(village: Village) -> dict[str, int]:
    with village.store.engine.connect() as connection:
        return {
            name: int(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() or 0)  # noqa: S608 - our own names
            for name in tables.metadata.tables
            if name in {"responses", "learners", "items", "teachers", "bundles"}
        }


def harmless(answer: Any) -> None:
    assert answer.status_code < 500, answer.text[:300]
    assert not [one for one in EVALUATED if one in answer.text]
    assert "set-cookie" not in answer.headers


def ask(village: Village, place: tuple[str, str, str, str], word: str) -> Any:
    """Send a word in one place, and sound values everywhere else."""
    verb, path, where, name = place
    known = {"learner_id": ALICE, "group_id": GROUP, "school_id": "S1"}
    values = {one: known.get(one, "none") for one in re.findall(r"{(\w+)}", path)}
    query, headers, body = {}, {}, None
    if where == "path":
        values[name] = word
    elif where == "query":
        query[name] = word
    elif where == "header":
        headers[name] = word.encode("ascii", "ignore").decode().replace("\r\n", " ")
    if verb in {"post", "put"}:
        sound = {"by": "T07", "role": "teacher", "reason": "so it is", "decision": "accept", "responses": []}
        body = {one: sound[one] for one in ("by", "role")} | ({name: word} if where == "body" else {})
    address = path.format(**{one: quote(value, safe="") for one, value in values.items()})
    return village.client.request(verb, address, params=query, headers=headers, json=body)


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.long)])
def test_no_string_is_run(village: Village, every: int) -> None:
    """Ask in every place with every word, or in every place with some of them, other ones in the next."""
    before, cases = counts(village), 0
    for shift, place in enumerate(PLACES):
        for word in WORDS[shift % every :: every]:
            harmless(ask(village, place, word))
            cases += 1
    tried("injection", cases)
    assert counts(village) == before
    assert cases >= len(WORDS) * len(PLACES) // every - len(PLACES)


def test_no_field_of_an_answer_is_run(village: Village) -> None:
    before, cases, kept = counts(village), 0, 0
    for field in ROW_FIELDS:
        for number, word in enumerate(WORDS):
            value: object = [word] if field == "skill_ids" else word
            sent = {**row(f"{field}-{number}"), field: value}
            answer = village.client.post("/v1/responses", json={"responses": [sent]})
            harmless(answer)
            kept += answer.json().get("accepted", 0)
            cases += 1
    tried("injection", cases)
    assert counts(village) == before | {"responses": before["responses"] + kept}
    with village.store.read() as tx:
        assert tx.responses.count("' OR '1'='1") == 1  # a learner by this name, and no other


VERSION = {"X-Experience-API-Version": "1.0.3"}
SITE = "https://vendor.example"
ASKED = (
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "since",
    "until",
    "limit",
    "format",
)


def statement(place: str, word: str) -> dict[str, Any]:
    """Return a statement with a word in one place."""
    said = {
        "name": ALICE,
        "verb": "http://adlnet.gov/expapi/verbs/answered",
        "object": f"{SITE}/items/{SKILL}-01",
        "timestamp": "2026-06-05T09:00:00+03:00",
        "extension": "plain",
    } | {place: word}
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": SITE, "name": said["name"]}},
        "verb": {"id": said["verb"]},
        "object": {"id": said["object"], "definition": {"extensions": {f"{SITE}/x": said["extension"]}}},
        "result": {"success": True},
        "timestamp": said["timestamp"],
    }


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.long)])
def test_no_word_of_a_stream_is_run(village: Village, every: int) -> None:
    before, cases = counts(village), 0
    for word in WORDS[::every]:
        for place in ("name", "verb", "object", "timestamp", "extension"):
            harmless(village.client.post("/xapi/statements", json=[statement(place, word)], headers=VERSION))
            cases += 1
        event = {"@context": "http://purl.imsglobal.org/ctx/caliper/v1p2", "id": word, "type": word, "action": word}
        sent = {
            "sensor": word,
            "sendTime": "2026-06-05T06:00:00.000Z",
            "dataVersion": event["@context"],
            "data": [event],
        }
        harmless(village.client.post("/caliper/events", json=sent))
        for name in ASKED:
            harmless(village.client.get("/xapi/statements", params={name: word}, headers=VERSION))
            cases += 1
    tried("injection", cases)
    after = counts(village)
    assert {name: after[name] for name in before if name != "responses"} == {
        name: before[name] for name in before if name != "responses"
    }
    assert after["responses"] >= before["responses"]
    assert cases == len(WORDS[::every]) * (5 + len(ASKED))


def test_what_is_kept_comes_back_as_it_was_sent(village: Village) -> None:
    """On pages escaped, in JSON word for word."""
    option, pause = (
        village.get(f"/v1/learners/{ALICE}/path")["options"][0]["suggestion_id"],
        f"/v1/learners/{ALICE}/pause",
    )
    reasons = set()
    for word in (*TEMPLATE, *FORMAT, "<script>alert(1)</script>"):
        said = {"by": "T07", "role": "teacher", "reason": word}
        assert village.client.put(pause, json=said).status_code == 200
        reasons |= {one["reason"] for one in village.get("/v1/pauses")["pauses"]}
        decided = village.client.post(f"/v1/suggestions/{option}/decision", json=said | {"decision": "accept"})
        assert decided.status_code == 422, "about a suggestion nobody writes freely"
        harmless(decided)
        tried("injection", 2)
    assert set(TEMPLATE) | set(FORMAT) <= reasons
    page = village.client.get(f"/v1/learners/{ALICE}/export?form=html")
    harmless(page)
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("depth", [30, 1_000, 100_000])
def test_deeply_nested_bodies_are_refused(village: Village, depth: int) -> None:
    cases = 0
    for verb, path in {(verb, path) for verb, path, where, _ in PLACES if where == "body"} | {
        ("post", "/v1/responses")
    }:
        address = path.format(**dict.fromkeys(re.findall(r"{(\w+)}", path), "none"))
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            body = f'{{"responses": [{opening * depth}1{closing * depth}]}}'
            answer = village.client.request(verb, address, content=body, headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (address, answer.status_code)
            cases += 1
    tried("nested", cases)


def test_oversized_requests_are_refused(village: Village) -> None:
    long = "x" * 5_000_000
    bodies = {"/v1/responses": {"responses": [row(item_id=long)]}, "/v1/webhooks": {"url": f"https://{long}/"}}
    for address, body in bodies.items():
        assert_problem(village.client.post(address, json=body), 413, "too-large")
    many = {"responses": [row(f"r{number}") for number in range(1001)]}
    assert_problem(village.client.post("/v1/responses", json=many), 413, "too-large")
    assert_problem(village.client.get(f"/v1/learners/{'x' * 10_000}/path"), 422, "invalid-input")
    tried("oversized", len(bodies) + 2)


def test_the_same_answers_at_once_are_taken_in_once(village: Village) -> None:
    """Concurrent duplicates without a key: the ids tell."""
    before, answers = counts(village)["responses"], list[dict[str, int]]()
    sent = [row(f"same-{number}") for number in range(20)]
    crowd = [threading.Thread(target=lambda: answers.append(village.post(*sent))) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert counts(village)["responses"] == before + 20
    assert sum(one["accepted"] for one in answers) == 20
    assert sum(one["repeated"] for one in answers) == 140
    tried("concurrent duplicates", 8 * len(sent))


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b'{"responses": [NaN]}', b'{"responses": 1e999}', b"null"])
def test_what_is_no_json_is_told_so(village: Village, body: bytes) -> None:
    answer = village.client.post("/v1/responses", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert json.loads(answer.content)["type"].startswith("urn:polku:problem:")
    tried("malformed")


KINDS = [
    ("get", "/v1/nothing", {}, 404),
    ("get", "/nothing", {}, 404),
    ("patch", "/v1/responses", {}, 405),
    ("post", "/v1/responses", {"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
    ("post", "/v1/responses", {"json": {"no": 1}}, 422),
    ("get", f"/v1/learners/{ALICE}/path?steps=x", {}, 422),
    ("get", f"/v1/learners/{ALICE}/path?goal={SKILL}x", {}, 404),
]


@pytest.mark.parametrize(("verb", "address", "said", "status"), KINDS)
def test_every_error_is_a_problem_document(
    village: Village, verb: str, address: str, said: dict[str, Any], status: int
) -> None:
    answer = village.client.request(verb, address, **said)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
