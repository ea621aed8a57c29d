"""Traces: spans of request, fold, plan and store under one parent, without a word about anybody."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from polku.web.observe.traces import Traces
from polku.web.observe.watching import operation, watch
from serving import door_of
from village import ALICE, Village

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def spans(village: Village) -> InMemorySpanExporter:
    """Return what the village's service tells from now on."""
    kept = InMemorySpanExporter()
    traces = Traces.started(SimpleSpanProcessor(kept))
    held = village.app.state.operation
    door_of(village.app)["traces"] = traces
    village.app.state.service.suggester._traces = traces
    watch(village.store.engine, held.metrics, traces)
    return kept


def test_a_request_is_told_from_end_to_end(village: Village, spans: InMemorySpanExporter) -> None:
    answer = village.client.get(
        f"/v1/learners/{ALICE}/path?goal=MA79.S2.01", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"}
    )
    assert answer.status_code == 200
    told = spans.get_finished_spans()
    by_name = {span.name: span for span in told}
    assert set(by_name) == {"request", "fold", "plan", "store"}
    request = by_name["request"]
    assert request.parent is not None
    assert format(request.parent.span_id, "016x") == PARENT
    assert by_name["fold"].parent is not None
    assert by_name["fold"].parent.span_id == by_name["plan"].context.span_id
    assert dict(request.attributes or {}) == {
        "http.route": "/v1/learners/{learner_id:path}/path",
        "http.request.method": "GET",
        "http.response.status_code": 200,
    }


def test_a_span_holds_nobodys_data(village: Village, spans: InMemorySpanExporter) -> None:
    @village.app.get("/v1/broken/{secret}")
    def fail(secret: str) -> None:
        raise KeyError(secret)

    village.client.get(f"/v1/learners/{ALICE}/path?goal=MA79.S2.01")
    village.client.get("/v1/broken/010190-123A")
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert not [word for word in (ALICE, "MA79.S2", "010190") if word in told]
    assert '"events": []' in told
    kinds = {str((span.attributes or {}).get("db.operation.name")) for span in spans.get_finished_spans()}
    assert {"SELECT", "INSERT"} <= kinds


def test_traces_that_are_off_load_nothing() -> None:
    code = "import sys, polku.web.observe.traces; print('opentelemetry.sdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with Traces().span("fold") as span:
        assert span is None
    assert not Traces().on


@pytest.mark.parametrize(
    ("statement", "word"), [("select 1", "SELECT"), ("PRAGMA x = 1", "PRAGMA"), ("BEGIN", "BEGIN")]
)
def test_a_statement_is_known_by_its_first_word(statement: str, word: str) -> None:
    assert operation(statement) == word
