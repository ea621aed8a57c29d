"""The door: large bodies without a length, faults nobody expected, and what the log may hold."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from village import ALICE, HERE, TestClient, Village, assert_problem, row


def test_a_body_that_does_not_say_its_length_is_counted(village: Village) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(5000):
            yield b" " * 1000

    answer = village.client.post("/v1/responses", content=endless(), headers={"content-type": "application/json"})
    assert_problem(answer, 413, "too-large")


def test_a_form_that_is_too_large(village: Village) -> None:
    answer = village.client.post("/decide", content=b"a=" + b"x" * 5_000_000)
    assert_problem(answer, 413, "too-large")


@pytest.fixture
def broken(village: Village) -> Village:
    """Return a village whose service fails in a way that nobody expected, quoting a person's data."""

    @village.app.get("/v1/broken/{secret}")
    def fail(secret: str) -> None:
        message = f"no such row: {secret}"
        raise KeyError(message)

    return village


def test_an_unexpected_fault_is_a_problem_that_gives_nothing_away(broken: Village) -> None:
    said = assert_problem(broken.client.get("/v1/broken/010190-123A"), 500, "internal")
    assert "010190" not in str(said)


def test_the_log_says_where_and_what_but_nobodys_data(broken: Village, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="polku")
    broken.client.get("/v1/broken/010190-123A?who=anna")
    broken.client.get(f"/v1/learners/{ALICE}/path?goal=MA79.S2.01")
    broken.client.post("/v1/responses", json={"responses": [row("secret-1"), row("secret-2", correct=7)]})
    lines = [record.getMessage() for record in caplog.records if record.name == "polku.web"]
    assert any("KeyError" in line and "test_door.py" in line and "/v1/broken/{secret}" in line for line in lines)
    assert any(line.startswith("GET /v1/learners/{learner_id:path}/path 200") for line in lines)
    for word in ("010190", "anna", ALICE, "MA79", "secret-1", "secret-2"):
        assert not [line for line in lines if word in line]
    assert not [record for record in caplog.records if record.exc_info]


def test_a_fault_undoes_what_was_written(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "disk on fire"
        raise RuntimeError(message)

    monkeypatch.setattr("polku.web.api.responses.Taken.of", fail)
    assert_problem(village.client.post("/v1/responses", json={"responses": [row()]}), 500, "internal")
    with village.store.read() as tx:
        assert "new-1" not in tx.responses.of([ALICE]).response_id


def test_the_work_is_committed_before_the_answer_goes_out(village: Village) -> None:
    seen: list[int] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def look_first(message: Message) -> None:
            if message["type"] == "http.response.start":
                with village.store.read() as tx:  # on a connection of its own: it sees only what is committed
                    seen.append(tx.responses.count("newcomer"))
            await send(message)

        await village.app(scope, receive, look_first)

    caller = TestClient(watched, **HERE)
    assert caller.post("/v1/responses", json={"responses": [row(learner_id="newcomer")]}).status_code == 200
    assert seen == [1]
