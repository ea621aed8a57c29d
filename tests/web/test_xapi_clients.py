"""The statements endpoint as clients of others use it: forms, versions, attachments, pages, and keeping up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from polku.exchange.xapi_rules import VOIDED, check_statement
from polku.home import Home
from polku.web.attached import KIND, taken_apart
from village import ALICE, SKILL, Answer, Village, open_village

SPOKEN = {"X-Experience-API-Version": "1.0.3"}
ADL = "http://adlnet.gov/expapi/verbs/"
FORM = {"content-type": "application/x-www-form-urlencoded"}
AGENT = {"account": {"homePage": "https://x.fi", "name": ALICE}}


@pytest.fixture(scope="module")
def served(home: Home, settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """Return a village for all of these tests: each sends statements of its own."""
    made = open_village(settled, tmp_path_factory.mktemp("clients") / "polku.db", home)
    yield made
    made.client.close()
    made.store.close()


def numbered(number: int) -> str:
    return f"{number:08d}-2222-4222-8222-222222222222"


def statement(number: int, **changes: Any) -> dict[str, Any]:
    made = {
        "id": numbered(number),
        "actor": AGENT,
        "verb": {"id": ADL + "answered", "display": {"en": "answered", "fi": "vastasi"}},
        "object": {"id": f"https://x.fi/tasks/{number}"},
        "result": {"score": {"scaled": 0.5}},
        "context": {"contextActivities": {"grouping": [{"id": f"https://x.fi/skills/{SKILL}"}]}},
        **changes,
    }
    return {name: part for name, part in made.items() if part is not None}


def call(served: Village, method: str, query: str = "", **sent: Any) -> Answer:
    headers = {**SPOKEN, **sent.pop("headers", {})}
    answer: Answer = served.client.request(method, f"/xapi/statements{query}", headers=headers, **sent)
    return answer


def form(served: Village, method: str, **fields: str) -> Answer:
    sent = urlencode({"X-Experience-API-Version": "1.0.3", **fields})
    answer: Answer = served.client.post(f"/xapi/statements?method={method}", content=sent, headers=FORM)
    return answer


@pytest.mark.parametrize("path", ["statements", "about", "agents", "activities", "nothing", "activities/state"])
@pytest.mark.parametrize(("asked", "said"), [("", "1.0.3"), ("1.0.1", "1.0.3"), ("2.0.0", "2.0.0"), ("9", "1.0.3")])
def test_every_answer_says_which_version_was_spoken(served: Village, path: str, asked: str, said: str) -> None:
    answer = served.client.get(f"/xapi/{path}", headers={"X-Experience-API-Version": asked})
    assert answer.headers["x-experience-api-version"] == said
    through = answer.headers.get("x-experience-api-consistent-through", "")
    assert through.endswith("Z") == (path == "statements")


def test_a_client_of_the_first_version_is_named_no_other(served: Village) -> None:
    asked = [served.client.get("/xapi/about", headers=one).json()["version"] for one in (SPOKEN, {})]
    assert ["2.0.0" in one for one in asked] == [False, True]


def test_a_form_stands_for_the_request_that_it_describes(served: Village) -> None:
    one = statement(1)
    assert form(served, "PUT", statementId=one["id"], content=json.dumps(one)).status_code == 204
    assert form(served, "POST", content=json.dumps(one)).json() == [one["id"]]
    found = form(served, "GET", statementId=one["id"])
    assert found.json()["id"] == one["id"]
    assert found.headers["x-experience-api-version"] == "1.0.3"
    typed = form(served, "POST", content=json.dumps(one), **{"Content-Type": "text/plain"})
    assert (typed.status_code, "multipart" in typed.text) == (400, True)
    agent = json.dumps(AGENT)
    assert form(served, "GET", agent=agent, limit="1").json()["statements"][0]["actor"]["account"] == AGENT["account"]


@pytest.mark.parametrize(
    ("query", "body", "headers"),
    [
        ("?method=PUT&statementId=x", b"content=x", FORM),
        ("?statementId=x&method=PUT", b"content=x", FORM),
        ("?method=put", b"content=x", FORM),
        ("?method=PATCH", b"content=x", FORM),
        ("?method=PUT", b"statementId=x", FORM),
        ("?method=GET", b"content=x", FORM),
        ("?method=GET", b"limit=1", {"content-type": "application/json"}),
        ("?method=GET", b"limit", FORM),
        ("?method=GET", b"limit=%ff", FORM),
        ("?method=GET", b"&".join([b"a=1"] * 200), FORM),
        ("?method=GET", b"", FORM),
    ],
)
def test_a_form_that_stands_for_nothing_is_refused(
    served: Village, query: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = served.client.post(f"/xapi/statements{query}", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_the_head_of_an_answer_has_no_body(served: Village) -> None:
    call(served, "POST", json=statement(2))
    for query in ("", f"?statementId={numbered(2)}"):
        answer, whole = (call(served, method, query) for method in ("HEAD", "GET"))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers.get("last-modified") == whole.headers.get("last-modified")
    assert whole.headers["last-modified"].endswith("GMT")


def test_documents_are_kept_nowhere(served: Village) -> None:
    for path in ("activities/state", "activities/profile", "agents/profile"):
        assert served.client.get(f"/xapi/{path}?stateId=x", headers=SPOKEN).status_code == 404
        for method in ("PUT", "POST", "DELETE"):
            answer = served.client.request(method, f"/xapi/{path}", headers=SPOKEN, content=b"{}")
            assert (answer.status_code, answer.json()["type"]) == (501, "urn:polku:problem:not-offered")


def test_an_agent_and_an_activity_are_what_the_caller_says(served: Village) -> None:
    agent = json.dumps({**AGENT, "name": "A"})
    found = served.client.get(f"/xapi/agents?agent={quote(agent)}", headers=SPOKEN).json()
    assert found == {"objectType": "Person", "account": [AGENT["account"]], "name": ["A"]}
    address = f"/xapi/activities?activityId={quote('https://x.fi/tasks/1')}"
    found = served.client.get(address, headers=SPOKEN).json()
    assert found == {"objectType": "Activity", "id": "https://x.fi/tasks/1"}
    for wrong in ("agents?agent=anna", "activities?activityId=7"):
        assert served.client.get(f"/xapi/{wrong}", headers=SPOKEN).status_code == 400
        assert served.client.get(f"/xapi/{wrong}").status_code == 400
        assert served.client.get(f"/xapi/{wrong.partition('?')[0]}", headers=SPOKEN).status_code == 400


def mixed_of(said: object, *contents: bytes) -> dict[str, Any]:
    heads = [b"Content-Type: application/json\r\n\r\n" + json.dumps(said).encode()]
    for content in contents:
        sha2 = hashlib.sha256(content).hexdigest()
        head = f"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        heads.append(head.encode() + content)
    body = b"".join(b"--b\r\n" + one + b"\r\n" for one in heads) + b"--b--"
    return {"content": body, "headers": {"content-type": "multipart/mixed; boundary=b"}}


def attached(content: bytes) -> dict[str, Any]:
    made = {"usageType": "https://x.fi/u", "display": {"en": "a"}, "contentType": "text/plain", "length": len(content)}
    return {**made, "sha2": hashlib.sha256(content).hexdigest()}


def test_what_is_attached_is_counted_and_kept_nowhere(served: Village) -> None:
    work = b"my own words about fractions"
    said = statement(3, attachments=[attached(work)])
    assert call(served, "POST", json=said).status_code == 400, "it says nowhere where it lies"
    answer = call(served, "POST", **mixed_of(said, work))
    assert (answer.status_code, answer.json()) == (200, [said["id"]])
    assert call(served, "PUT", f"?statementId={said['id']}", **mixed_of(said, work)).status_code == 204
    receipt = served.get(f"/v1/receipts/{answer.headers['polku-receipt']}")
    assert (receipt["accepted"], receipt["dropped"]) == (1, {KIND: 1})
    back = call(served, "GET", f"?statementId={said['id']}&attachments=true")
    sent = taken_apart(back.headers["content-type"], back.content)
    assert json.loads(sent.statements)["attachments"][0]["sha2"] == attached(work)["sha2"]
    assert work not in back.content
    page = call(served, "GET", "?attachments=true&limit=1")
    assert len(json.loads(taken_apart(page.headers["content-type"], page.content).statements)["statements"]) == 1


def test_what_is_attached_is_named_and_what_is_named_is_attached(served: Village) -> None:
    said = statement(4, attachments=[attached(b"x")])
    assert call(served, "POST", **mixed_of(said)).status_code == 400
    assert call(served, "POST", **mixed_of(said, b"x", b"y")).status_code == 400
    assert call(served, "POST", **mixed_of(statement(4), b"x")).status_code == 400
    assert call(served, "POST", **mixed_of([said, statement(5)], b"x")).json() == [numbered(4), numbered(5)]


@pytest.mark.parametrize("query", ["?limit=1", "?StatementId=x", f"?statementId={numbered(6)}&verb=a"])
def test_a_parameter_that_nobody_knows_is_refused(served: Village, query: str) -> None:
    answer = call(served, "PUT" if "statementId" in query else "POST", query, json=statement(6))
    assert answer.status_code == 400


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["statements"]]


def whole(served: Village, query: str) -> list[str]:
    """Return the ids of all pages of a question."""
    found: list[str] = []
    page = call(served, "GET", query).json()
    while True:
        found += ids(page)
        if not page["more"]:
            return found
        page = served.client.get(page["more"], headers=SPOKEN).json()


def test_pages_lead_on_in_either_order_past_what_was_voided(served: Village) -> None:
    numbers = range(100, 108)
    verb = "https://x.fi/verbs/tried"
    stored = []
    for number in numbers:
        call(served, "POST", json=statement(number, verb={"id": verb}))
        if number in {101, 106}:
            stored.append(call(served, "GET", f"?statementId={numbered(number)}").json()["stored"])
    gone = {103, 104, 107}
    for number in gone:
        about = {"objectType": "StatementRef", "id": numbered(number)}
        call(served, "POST", json=statement(number + 100, verb={"id": VOIDED}, object=about, result=None, context=None))
    there = [numbered(one) for one in numbers if one not in gone]
    for size in (1, 3, 100):
        asked = f"?verb={quote(verb)}&limit={size}"
        listed = [one for one in whole(served, asked + "&ascending=true") if one in there]
        assert listed == there
        assert [one for one in whole(served, asked) if one in there] == there[::-1]
    between = f"?verb={quote(verb)}&since={quote(stored[0])}&until={quote(stored[1])}"
    for order in ("&ascending=true", ""):
        assert set(whole(served, between + order + "&limit=2")) <= {numbered(one) for one in range(101, 108)}


def test_what_is_about_a_statement_that_fits_fits_too(served: Village) -> None:
    verb = "https://x.fi/verbs/noted"
    call(served, "POST", json=statement(300, verb={"id": verb}))
    about = {"objectType": "StatementRef", "id": numbered(300)}
    call(served, "POST", json=statement(301, object=about, context=None, verb={"id": "https://x.fi/verbs/saw"}))
    call(served, "POST", json=statement(302, object={**about, "id": numbered(301)}, context=None))
    call(served, "POST", json=statement(303, object={**about, "id": numbered(399)}, context=None))
    assert whole(served, f"?verb={quote(verb)}&ascending=true") == [numbered(one) for one in (300, 301, 302)]


def test_related_parts_are_looked_at_where_they_are_asked_for(served: Village) -> None:
    teacher = {"objectType": "Agent", "account": {"homePage": "https://x.fi", "name": "t-7"}}
    context = {**statement(0)["context"], "instructor": teacher}
    call(served, "POST", json=statement(400, context=context))
    agent, group = quote(json.dumps(teacher)), quote(f"https://x.fi/skills/{SKILL}")
    assert [ids(call(served, "GET", f"?agent={agent}{more}").json()) for more in ("", "&related_agents=true")] == [
        [],
        [numbered(400)],
    ]
    assert whole(served, f"?activity={group}") == []
    assert numbered(400) in whole(served, f"?activity={group}&related_activities=true")


def test_a_statement_is_written_as_it_is_asked_for(served: Village) -> None:
    alone = {"contextActivities": {"grouping": {"id": f"https://x.fi/skills/{SKILL}"}}}
    call(served, "POST", json=statement(500, context=alone))
    query = f"?statementId={numbered(500)}"
    assert "display" not in call(served, "GET", f"{query}&format=ids").json()["verb"]
    canonical = call(served, "GET", f"{query}&format=canonical", headers={"accept-language": "fi"}).json()
    assert canonical["verb"]["display"] == {"fi": "vastasi"}
    exact = call(served, "GET", f"{query}&format=exact").json()
    assert len(exact["verb"]["display"]) == 2
    assert exact["context"]["contextActivities"]["grouping"] == [alone["contextActivities"]["grouping"]]
    within = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": "a:b"},
        "object": {"id": "a:c"},
        "context": alone,
    }
    call(served, "POST", json=statement(501, object=within, context=None))
    inner = call(served, "GET", f"?statementId={numbered(501)}").json()["object"]["context"]["contextActivities"]
    assert isinstance(inner["grouping"], list)


def test_a_store_keeps_up_with_what_was_suggested_and_decided(served: Village) -> None:
    path = served.get(f"/v1/learners/{ALICE}/path")
    offered = [one["suggestion_id"] for one in path["options"]]
    decided = f"/v1/suggestions/{offered[0]}/decision"
    made = served.client.post(decided, json={"decision": "accept", "by": ALICE, "role": "learner"}).json()
    undo = f"/v1/suggestions/{offered[0]}/decisions/{made['decision_id']}/undo"
    address = "/xapi/suggestions/statements?ascending=true&limit=2"
    found: list[dict[str, Any]] = []
    pages = 0
    while address:
        page = served.client.get(address, headers=SPOKEN).json()
        found, address, pages = found + page["statements"], page["more"], pages + 1
    for one in found:
        check_statement(one)
    words = [one["verb"]["id"].rpartition("/")[2] for one in found]
    assert words == ["offered"] * len(offered) + ["accepted"]
    assert pages == (len(found) + 1) // 2
    assert {one["actor"]["account"]["name"] for one in found} == {ALICE}
    again = served.client.get(f"/xapi/suggestions/statements?since={quote(found[-1]['stored'])}", headers=SPOKEN).json()
    assert again == {"statements": [], "more": ""}
    assert served.client.post(undo, json={"by": ALICE, "role": "learner"}).status_code in {200, 201}
    after = served.client.get("/xapi/suggestions/statements", headers=SPOKEN).json()["statements"]
    assert [one["verb"]["id"] for one in after if "voided" in one["verb"]["id"]] == [VOIDED]
    assert after[0]["object"]["id"] == found[-1]["id"], "the acceptance is taken back by its id"
    assert found[-1]["id"] not in {one["id"] for one in after}
    with served.store.read() as tx:
        assert {one.what for one in tx.reads.of(ALICE)} >= {"/xapi/suggestions/statements"}
    one = served.client.get(f"/xapi/suggestions/statements?statementId={found[0]['id']}", headers=SPOKEN)
    assert one.status_code == 400
    assert served.client.get("/xapi/suggestions/statements").status_code == 400
