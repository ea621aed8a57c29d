"""Whatever is sent, the answer is a good one or a problem, and every row of it is counted once."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tried import tried
from village import HERE, TestClient, Village, row

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["", "NaN", "\x00", "\ud800", "010190-123A", "2026-06-01T08:00:00Z", "a;b", "x" * 300])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
sound = st.builds(
    row,
    st.sampled_from(["a", "b", "c"]),
    correct=st.sampled_from([0, 1, 0.5, True]),
    learner_id=st.sampled_from(["L0001", "anna"]),
)
broken = st.builds(lambda good, name, value: good | {name: value}, sound, st.sampled_from(list(row())), values)
rows = st.lists(sound | broken | values, max_size=8)
patient = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
JSON = {"content-type": "application/json"}


@patient
@given(sent=rows)
def test_every_row_is_counted_once(village: Village, sent: list[Any]) -> None:
    answer = village.client.post("/v1/responses", content=json.dumps({"responses": sent}), headers=JSON)
    assert answer.status_code in {200, 409, 422}
    tried("fuzzed ingest", len(sent))
    said = answer.json()
    assert said["accepted"] + said["repeated"] + len(said["refused"]) + len(said["conflicts"]) == len(sent)
    again = village.client.post("/v1/responses", content=json.dumps({"responses": sent}), headers=JSON).json()
    assert (again["accepted"], again["repeated"]) == (0, said["accepted"] + said["repeated"])


@patient
@given(body=values | st.fixed_dictionaries({"responses": values}))
def test_no_body_is_too_odd(village: Village, body: Any) -> None:
    answer = village.client.post("/v1/responses", content=json.dumps(body), headers=JSON)
    assert answer.status_code < 500
    tried("malformed")


@patient
@given(body=st.binary(max_size=60), kind=st.sampled_from(["application/json", "text/plain", "", "application/json; x"]))
def test_no_bytes_are_too_odd(village: Village, body: bytes, kind: str) -> None:
    for address in ("/v1/responses", "/v1/suggestions/x/decision", "/decide"):
        assert village.client.post(address, content=body, headers={"content-type": kind}).status_code < 500
        tried("malformed")


@patient
@given(
    body=st.fixed_dictionaries({}, optional=dict.fromkeys(("decision", "by", "role", "reason", "replacement"), values))
)
def test_no_decision_is_too_odd(village: Village, body: dict[str, Any]) -> None:
    answer = village.client.post("/v1/suggestions/never/decision", content=json.dumps(body), headers=JSON)
    assert 400 <= answer.status_code < 500


@patient
@given(
    word=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    address=st.sampled_from(
        ["/v1/learners/{}/path", "/v1/learners/{}/profile", "/v1/groups/{}/suggestions", "/static/{}", "/{}"]
    ),
)
def test_no_id_is_too_odd(village: Village, word: str, address: str) -> None:
    assert village.client.get(address.format(quote(word, safe=""))).status_code < 500


@patient
@given(
    query=st.dictionaries(
        st.sampled_from(["group", "learner", "lang", "recorded", "goal", "steps"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
    language=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20),
)
def test_no_query_is_too_odd(village: Village, query: dict[str, str], language: str) -> None:
    for address in ("/", "/v1/learners/L0001/path"):
        answer = village.client.get(address, params=query, headers={"accept-language": language})
        assert answer.status_code < 500


@pytest.mark.parametrize("header", ["host", "origin", "content-length", "accept-language", "x-forwarded-for"])
@patient
@given(value=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20))
def test_no_header_is_too_odd(village: Village, header: str, value: str) -> None:
    caller = TestClient(village.app, **HERE)
    assert caller.get("/v1/models/champion", headers={header: value.encode("latin-1")}).status_code < 500
