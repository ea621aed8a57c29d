"""Log lines: JSON, one request id from end to end, and nothing of anybody."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest

from polku.errors import DefinitionError
from polku.web.observe.logs import JsonLines, configure, frames
from polku.web.observe.request_id import WELL_FORMED, request_id, trace_of
from village import ALICE, Village

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


def record(name: str, message: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord(name, logging.WARNING, "file.py", 1, message, values, info)


def raised(message: str) -> ValueError:
    try:
        int(message)
    except ValueError as error:
        return error
    raise AssertionError(message)


def test_a_line_of_ours_is_whole_and_one_of_others_is_without_values() -> None:
    ours = json.loads(JsonLines().format(record("polku.web", "%s %s", "GET /readyz", 200)))
    theirs = json.loads(JsonLines().format(record("sqlalchemy.engine", "row %s", "010190-123A")))
    assert (ours["message"], theirs["message"]) == ("GET /readyz 200", "row %s")
    assert ours.keys() == {"time", "level", "logger", "message"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", ours["time"])


def test_a_fault_is_said_by_kind_and_place() -> None:
    line = JsonLines().format(record("x", "it failed", error=raised("learner 010190-123A")))
    assert "010190" not in line
    assert re.search(r"ValueError at test_logs\.py:\d+ raised", json.loads(line)["fault"])
    assert frames(raised("no number")).endswith("raised")


def test_a_line_is_one_line() -> None:
    assert "\n" not in JsonLines().format(record("polku.web", "two\nlines \u2028 of it"))


def test_what_is_asked_for_is_set_up(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    configure("json")
    logging.getLogger("polku.web").info("asked")
    assert json.loads(capsys.readouterr().err)["message"] == "asked"
    logging.getLogger().handlers = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure("auto")
    configure("quiet")
    assert logging.getLogger().handlers == []
    assert logging.getLogger("uvicorn.access").disabled
    with pytest.raises(DefinitionError, match="no such style of log"):
        configure("loud")  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize(
    "given",
    [
        "",
        "010190-123A",
        "L0001",
        "0" * 31,
        "g" * 32,
        f"{TRACE}\r\nX: 1",
        f"{TRACE[:8]}-{TRACE[8:]}",
        "anna@school.example",
    ],
)
def test_an_id_that_could_say_something_is_not_taken_over(given: str) -> None:
    made = request_id({"x-request-id": given})
    assert made != given
    assert WELL_FORMED.fullmatch(made)
    assert made != request_id({"x-request-id": given})


def test_ids_are_taken_over_where_they_say_nothing() -> None:
    uuid = "0AF76519-16CD-43DD-8448-EB211C80319C"
    parent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    assert request_id({"x-request-id": uuid} | parent) == uuid.lower()
    assert request_id(parent) == trace_of(parent) == TRACE


@pytest.mark.parametrize(
    "given",
    ["", f"00-{'0' * 32}-{PARENT}-01", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}"],
)
def test_a_trace_that_is_none(given: str) -> None:
    assert trace_of({"traceparent": given}) is None


def test_a_request_is_found_by_its_id_in_answer_and_log(village: Village, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="polku")
    answer = village.client.get(f"/v1/learners/{ALICE}/path?goal=MA79.S2.01", headers={"x-request-id": TRACE})
    assert answer.headers["x-request-id"] == TRACE
    (line,) = [one for one in caplog.records if getattr(one, "request", None) == TRACE]
    said = json.loads(JsonLines().format(line))
    assert (said["method"], said["route"], said["status"]) == ("GET", "/v1/learners/{learner_id:path}/path", 200)
    assert said["ms"] > 0
    assert not [word for word in (ALICE, "MA79", "127.0.0.1") if word in json.dumps(said)]


def test_files_are_logged_by_the_folder_that_they_lie_in(village: Village, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="polku.web"):
        village.client.get("/static/polku.css")
        village.client.get("/static/nothing-of-the-kind-L0001.css")
        village.client.get("/favicon.ico")
    routes = [record.__dict__["route"] for record in caplog.records if "route" in record.__dict__]
    assert routes == ["/static/{file}", "/static/{file}", "(no route)"]
