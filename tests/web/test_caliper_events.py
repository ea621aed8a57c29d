"""The endpoint of Caliper envelopes: each element by itself, counted on a receipt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polku.web.streaming import MOST
from village import ALICE, SKILL, Village, assert_problem

V1P2 = "http://purl.imsglobal.org/ctx/caliper/v1p2"
SITE = "https://x.fi"


def grade(number: int = 1, **changes: Any) -> dict[str, Any]:
    objective = {"id": f"{SITE}/objectives/{SKILL}", "type": "LearningObjective"}
    item = {"id": f"{SITE}/items/{number}", "type": "AssessmentItem", "learningObjectives": [objective]}
    attempt = {"id": f"{SITE}/attempts/1", "type": "Attempt", "assignee": f"{SITE}/users/{ALICE}", "assignable": item}
    return {
        "@context": V1P2,
        "id": f"urn:uuid:{number:08d}-253f-4073-9f29-5786f3ff3f36",
        "type": "GradeEvent",
        "profile": "GradingProfile",
        "actor": f"{SITE}/autograder",
        "action": "Graded",
        "object": attempt,
        "generated": {"id": f"{SITE}/scores/1", "type": "Score", "maxScore": 5, "scoreGiven": 4},
        "eventTime": "2026-05-20T09:15:00.000Z",
        **changes,
    }


def envelope(*data: Any, **changes: Any) -> dict[str, Any]:
    head = {"sensor": f"{SITE}/sensors/1", "sendTime": "2026-05-20T10:00:00.000Z", "dataVersion": V1P2}
    return {**head, "data": list(data), **changes}


def send(village: Village, sent: Any, status: int = 200) -> dict[str, Any]:
    answer = village.client.post("/caliper/events", json=sent)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_each_element_of_an_envelope_ends_by_itself(village: Village) -> None:
    person = {"@context": V1P2, "id": f"{SITE}/users/1", "type": "Person"}
    said = send(village, envelope(grade(), person, f"{SITE}/terms/1", grade(2, action="Guessed"), grade()))
    assert (said["accepted"], said["repeated"], said["elements"]) == (1, 1, 5)
    assert said["without_effect"] == {"entity": 1, "reference": 1}
    assert said["refused"] == {"not_one_of": 1}
    with village.store.read() as tx:
        found = tx.provenance.of_response("caliper:this machine:00000001-253f-4073-9f29-5786f3ff3f36")
    assert found is not None
    assert (found.learner_id, found.receipt_id) == (ALICE, said["receipt_id"])


def test_an_event_sent_again_with_another_body_is_kept_aside(village: Village) -> None:
    send(village, envelope(grade()))
    said = send(village, envelope(grade(generated={"id": SITE, "type": "Score", "maxScore": 5, "scoreGiven": 1})))
    assert said["refused"] == {"conflict": 1}
    with village.store.read() as tx:
        [correct] = [one.correct for one in tx.responses.of([ALICE]) if one.response_id.startswith("caliper:")]
    assert correct == 0.8


def test_the_sample_envelopes_are_accepted_and_sent_again_change_nothing(village: Village, standards_dir: Path) -> None:
    files = sorted(standards_dir.joinpath("caliper").glob("caliperEnvelopeE*.json"))
    for file in files:
        first = send(village, json.loads(file.read_text(encoding="utf-8")))
        assert set(first["refused"]) <= {"no_skills", "conflict"}, file.name  # the samples use some ids for two bodies
        again = send(village, json.loads(file.read_text(encoding="utf-8")))
        assert (again["accepted"], again["without_effect"]) == (0, {}), file.name
    assert len(files) >= 5


BROKEN: list[dict[str, Any]] = [{"sensor": None}, {"sendTime": "2026-05-20"}, {"dataVersion": "2"}, {"data": {}}]


def test_an_envelope_that_does_not_hold_is_refused_whole(village: Village) -> None:
    for changes in BROKEN:
        said = send(village, envelope(grade(), **changes), 400)
        assert said["type"] == "urn:polku:problem:invalid-envelope"
        receipt = village.get(f"/v1/receipts/{said['receipt_id']}")
        assert sum(receipt["refused"].values()) == receipt["elements"] == 1
    headers = {"content-type": "application/json"}
    assert village.client.post("/caliper/events", content=b"{", headers=headers).status_code == 400
    assert (
        village.client.post("/caliper/events", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    )


@pytest.mark.parametrize(
    ("address", "shell"),
    [("/caliper/events", json.dumps(envelope()).replace("[]", "[%s]")), ("/xapi/statements", "[%s]")],
)
def test_more_elements_than_are_held_at_once_are_too_many_however_small(
    village: Village, address: str, shell: str
) -> None:
    said = {"content-type": "application/json", "X-Experience-API-Version": "1.0.3"}
    many = shell % ",".join(["1"] * (MOST + 1))
    assert_problem(village.client.post(address, content=many, headers=said), 413, "too-large")
    with village.store.read() as tx:
        assert (tx.receipts.list(), tx.refused.count()) == ([], 0), "nothing of it is read"
    few = village.client.post(address, content=shell % "1,1", headers=said)
    assert few.status_code in {200, 400}
    with village.store.read() as tx:
        assert [one.elements for one in tx.receipts.list()] == [2]
