"""The statements endpoint: batches whole or not at all, repeats and conflicts, voiding, reading back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from polku.exchange.xapi_rules import check_statement
from polku.home import Home
from polku.records import Items
from village import ALICE, SKILL, Answer, Village, open_village

SPOKEN = {"X-Experience-API-Version": "1.0.3"}
ADL = "http://adlnet.gov/expapi/verbs/"
UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
OTHER = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def shared(home: Home, settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """Return a village for what leaves nothing behind that another test would see: opening one costs a second."""
    made = open_village(settled, tmp_path_factory.mktemp("shared") / "polku.db", home)
    yield made
    made.client.close()
    made.store.close()


def statement(**changes: Any) -> dict[str, Any]:
    made = {
        "id": UUID,
        "actor": {"account": {"homePage": "https://x.fi", "name": ALICE}},
        "verb": {"id": ADL + "answered"},
        "object": {"id": "https://x.fi/tasks/1"},
        "result": {"score": {"scaled": 0.5}},
        "context": {"contextActivities": {"grouping": [{"id": f"https://x.fi/skills/{SKILL}"}]}},
        "timestamp": "2026-05-20T09:15:00+03:00",
        **changes,
    }
    return {name: part for name, part in made.items() if part is not None}


def voiding(target: str = UUID, statement_id: str = OTHER) -> dict[str, Any]:
    about = {"objectType": "StatementRef", "id": target}
    return statement(id=statement_id, verb={"id": ADL + "voided"}, object=about, result=None, context=None)


def post(village: Village, *statements: Any, **headers: str) -> Answer:
    sent = statements[0] if len(statements) == 1 else list(statements)
    answer: Answer = village.client.post("/xapi/statements", json=sent, headers={**SPOKEN, **headers})
    return answer


def get(village: Village, query: str = "") -> Answer:
    answer: Answer = village.client.get(f"/xapi/statements?{query}", headers=SPOKEN)
    return answer


def answers(village: Village) -> dict[str, float]:
    with village.store.read() as tx:
        found = {one.response_id: one.correct for one in tx.responses.of([ALICE])}
    return {name: correct for name, correct in found.items() if name.startswith("xapi:")}


def counts(village: Village) -> dict[str, Any]:
    with village.store.read() as tx:
        found: dict[str, Any] = tx.receipts.list()[0].counts
    return {name: value for name, value in found.items() if value}


def test_a_statement_becomes_an_answer_with_a_receipt(village: Village) -> None:
    answer = post(village, statement())
    assert (answer.status_code, answer.json()) == (200, [UUID])
    assert answer.headers["x-experience-api-version"] == "1.0.3"
    assert answers(village) == {f"xapi:this machine:{UUID}": 0.5}
    receipt = village.get(f"/v1/receipts/{answer.headers['polku-receipt']}")
    assert (receipt["accepted"], receipt["elements"], receipt["standard"]) == (1, 1, "xapi")
    assert village.get("/v1/receipts?source=xapi:this machine")["receipts"] == [receipt]
    second = village.get(f"/v1/receipts/{post(village, statement()).headers['polku-receipt']}")
    page = village.get("/v1/receipts?limit=1")
    assert (page["receipts"], page["next"]) == ([second], second["receipt_id"])
    assert village.get(f"/v1/receipts?limit=1&after={page['next']}") == {"receipts": [receipt], "next": None}


def test_every_case_of_the_conformance_sample_is_answered_as_it_should(shared: Village, standards_dir: Path) -> None:
    cases = json.loads((standards_dir / "xapi" / "conformance-sample.json").read_text(encoding="utf-8"))
    wrong = []
    for one in cases[::9]:
        answer = post(shared, one["statement"])
        if answer.status_code != one["expect"]:
            wrong.append((one["case"], answer.text))
    assert not wrong


def test_the_same_again_changes_nothing_and_other_content_is_a_conflict(village: Village) -> None:
    assert [post(village, statement()).status_code for _ in range(2)] == [200, 200]
    assert counts(village) == {"repeated": 1}
    assert post(village, statement(result={"score": {"scaled": 0.9}})).status_code == 409
    assert counts(village) == {"refused": {"conflict": 1}}
    assert list(answers(village).values()) == [0.5]


def test_a_batch_is_taken_whole_or_not_at_all(village: Village) -> None:
    answer = post(village, statement(), statement(id=OTHER, verb={"id": "answered"}))
    assert answer.status_code == 400
    assert (answer.json()["reason"], answer.json()["place"]) == ("bad_format", "verb.id")
    assert answers(village) == {}
    assert counts(village) == {"refused": {"bad_format": 1, "batch": 1}}
    assert get(village, f"statementId={UUID}").status_code == 404
    assert post(village, statement(), statement(id=OTHER)).json() == [UUID, OTHER]


def test_an_id_twice_in_a_batch_is_refused(village: Village) -> None:
    assert post(village, statement(), statement()).status_code == 400
    assert answers(village) == {}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1]", b"3", b"null"])
def test_what_is_no_statement_is_refused(shared: Village, body: bytes) -> None:
    headers = {**SPOKEN, "content-type": "application/json"}
    answer = shared.client.post("/xapi/statements", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("version", "status"), [("1.0", 200), ("1.0.3", 200), ("2.0.0", 200), ("1.1.0", 400), ("", 400)]
)
def test_the_version_is_asked_for(shared: Village, version: str, status: int) -> None:
    answer = post(shared, statement(), **{"X-Experience-API-Version": version})
    assert answer.status_code == status


def test_attachments_come_elsewhere(shared: Village) -> None:
    answer = post(shared, statement(), **{"content-type": "multipart/mixed; boundary=x"})
    assert answer.status_code == 400


def test_put_names_the_id_in_the_address(village: Village) -> None:
    def put(query: str, sent: dict[str, Any]) -> int:
        return int(village.client.put(f"/xapi/statements?{query}", json=sent, headers=SPOKEN).status_code)

    assert put(f"statementId={UUID}", statement(id=None)) == 204
    assert put(f"statementId={UUID}", statement()) == 204
    assert put(f"statementId={UUID}", statement(result={"success": True})) == 409
    assert put(f"statementId={OTHER}", statement()) == 400
    assert put("", statement()) == 400
    assert len(answers(village)) == 1


def test_voiding_takes_evidence_out_and_the_statement_from_sight(village: Village) -> None:
    post(village, statement())
    assert post(village, voiding()).status_code == 200
    assert answers(village) == {}
    assert get(village, f"statementId={UUID}").status_code == 404
    assert get(village, f"voidedStatementId={UUID}").status_code == 200
    assert [one["id"] for one in get(village).json()["statements"]] == [OTHER]


def test_a_voiding_may_come_first_and_is_never_voided_itself(village: Village) -> None:
    assert post(village, voiding()).status_code == 200
    post(village, statement())
    assert answers(village) == {}
    assert post(village, voiding(OTHER, "22222222-2222-4222-8222-222222222222")).status_code == 200
    assert get(village, f"statementId={OTHER}").status_code == 200


def test_what_is_read_back_is_valid_and_holds_no_address(village: Village) -> None:
    sent = statement(actor={"mbox": "mailto:anna@x.fi", "name": "Anna Aalto"})
    assert post(village, sent).status_code == 200
    assert counts(village) == {"without_effect": {"no_learner": 1}, "dropped": {"e-mail address": 1, "name": 1}}
    found = get(village, f"statementId={UUID}").json()
    check_statement(found)
    assert "anna" not in json.dumps(found).lower()
    assert found["stored"].endswith("Z")


def test_no_address_reaches_the_disk(village: Village) -> None:
    post(village, statement(actor={"mbox": "mailto:anna.aalto@x.fi", "name": "Anna Aalto"}))
    post(village, statement(id=OTHER, actor={"mbox": "mailto:anna.aalto@x.fi"}, verb={"id": "bad"}))
    with village.store.read() as tx:
        path = str(tx.log._tenant.connection.engine.url.database)
    with closing(sqlite3.connect(path)) as connection:
        dump = "\n".join(connection.iterdump())
    assert "aalto" not in dump.lower()


def test_a_page_is_narrowed_and_leads_on(village: Village) -> None:
    ids = [f"{n:08d}-1111-4111-8111-111111111111" for n in range(5)]
    verbs = ["answered", "passed", "answered", "experienced", "answered"]
    for name, verb in zip(ids, verbs, strict=True):
        post(village, statement(id=name, verb={"id": ADL + verb}))
    page = get(village, f"verb={quote(ADL + 'answered')}&limit=2").json()
    assert [one["id"] for one in page["statements"]] == [ids[4], ids[2]]
    rest = village.client.get(page["more"], headers=SPOKEN).json()
    assert ([one["id"] for one in rest["statements"]], rest["more"]) == ([ids[0]], "")
    assert [one["id"] for one in get(village, "ascending=true").json()["statements"]] == ids
    agent = quote(json.dumps({"account": {"homePage": "https://x.fi", "name": ALICE}}))
    assert len(get(village, f"agent={agent}&activity={quote('https://x.fi/tasks/1')}").json()["statements"]) == 5
    stranger = quote(json.dumps({"account": {"homePage": "https://x.fi", "name": "stranger"}}))
    assert get(village, f"agent={stranger}").json() == {"statements": [], "more": ""}
    assert get(village, f"agent={quote('{}')}").status_code == 400, "that is nobody"
    assert get(village, "since=2999-01-01T00:00:00Z").json()["statements"] == []
    assert len(get(village, "until=2999-01-01T00:00:00Z").json()["statements"]) == 5


@pytest.mark.parametrize(
    "query",
    [
        *("statementId=x", f"statementId={UUID}&voidedStatementId={UUID}", f"statementId={UUID}&verb=a"),
        *("StatementId=x", "limit=many", "since=yesterday", "after=x"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(shared: Village, query: str) -> None:
    assert get(shared, query).status_code == 400


def test_whoever_reads_back_looked_at_the_learners_data(village: Village) -> None:
    post(village, statement())
    get(village, f"statementId={UUID}")
    get(village)
    with village.store.read() as tx:
        assert [one.what for one in tx.reads.of(ALICE)] == ["/xapi/statements"] * 2


def test_what_waits_is_taken_in_by_a_replay(village: Village) -> None:
    unknown = statement(
        context=None, object={"id": "https://x.fi/tasks/new"}, actor=statement()["actor"] | {"name": "Anna"}
    )
    assert post(village, unknown).status_code == 200
    assert counts(village) == {"refused": {"no_skills": 1}, "dropped": {"name": 1}}
    with village.store.begin() as tx:
        tx.items.replace(Items.of([{"item_id": "https://x.fi/tasks/new", "skill_ids": (SKILL,), "title": ""}]))
    receipt = village.client.post("/v1/sources/xapi:this machine/replays").json()
    assert (receipt["accepted"], receipt["refused"]) == (1, {})
    assert list(answers(village).values()) == [0.5]
    again = village.client.post("/v1/sources/xapi:this machine/replays").json()
    assert again["elements"] == 0
    assert post(village, unknown).status_code == 200
    assert counts(village)["repeated"] == 1


def test_a_source_that_never_sent_anything_cannot_be_replayed(shared: Village) -> None:
    assert shared.client.post("/v1/sources/nobody/replays").status_code == 404
    assert shared.client.get("/v1/receipts/none").status_code == 404


def test_about_says_which_versions_are_spoken(shared: Village) -> None:
    assert "1.0.3" in shared.get("/xapi/about")["version"]
