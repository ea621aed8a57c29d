"""The whole interface as it is described, asked with whatever fits the description and much that does not."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Request as Ask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from issuer import ISSUER, Issuer, bearer
from polku.home import Home
from polku.paths.days import day_of
from polku.records.relations import Kind, Relation
from polku.web.app import document
from tried import tried
from village import ALICE, GROUP, HERE, NOW, Answer, TestClient, Village, open_village

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi import checks

CHECKS = [
    not_a_server_error,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.status_code_conformance,
]
KNOWN = {"learner_id": ALICE, "group_id": GROUP, "school_id": "Koivurannan koulu"}
"""Put in place of made-up ids every other time, so that endpoints are asked about somebody who is there."""
VIEWERS = ("operator", "nobody", "service", "teacher")
SHORT, LONG = 2, 5
"""Cases of one endpoint as one viewer, of each kind: such as fit the description, and such as do not."""
QUIET = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.fixture
def asked(
    signing_home: Callable[[str], Home], settled: Path, home: Home, issuer: Issuer, tmp_path: Path, request: Any
) -> Iterator[tuple[Village, dict[str, str]]]:
    """Return a service of this test's own, and the headers of one viewer."""
    access = f'[access]\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "{issuer.path}"\n[limits]\nper_second = 0\n'
    where = home if request.param == "operator" else signing_home(access)
    village = open_village(settled, tmp_path / "polku.db", where)
    tokens = {
        "service": issuer.token("service", "S1", scope="responses:write learners:read groups:read"),
        "teacher": issuer.token("teacher", "T1"),
    }
    with village.store.begin() as tx:
        tx.relations.replace([Relation("T1", Kind.TEACHER, "group", GROUP, day_of(NOW), None, False)])
    village.client.close()
    with TestClient(village.app, raise_server_exceptions=False, **HERE) as village.client:
        yield village, bearer(tokens.get(request.param))
    village.store.close()


def operations() -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: list[Any] = list(schemathesis.openapi.from_dict(document()).get_all_operations())
        return sorted((one.ok() for one in found), key=lambda one: one.label)


OPERATIONS = operations()


def send(village: Village, case: Any, headers: dict[str, str], known: bool) -> Answer:
    """Send one case in process."""
    if known:
        case.path_parameters = {name: KNOWN.get(name, value) for name, value in (case.path_parameters or {}).items()}
    said = case.as_transport_kwargs(base_url="http://127.0.0.1", headers=headers)
    content = said.pop("data", None)
    if isinstance(content, str | bytes):
        said["content"] = content
    cookies = said.pop("cookies", None)
    assert not cookies
    answer: Answer = village.client.request(**said)
    return answer


def walk(village: Village, headers: dict[str, str], most: int) -> tuple[int, dict[int, int], list[str]]:
    """Ask every operation; return how many cases there were, how many of each status, and what is wrong."""
    statuses: dict[int, int] = {}
    wrong: list[str] = []

    def check(operation: Any, mode: Any) -> None:
        @settings(QUIET, max_examples=most)
        @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
        def one(case: Any, known: bool) -> None:
            answer = send(village, case, headers, known)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as found:
                wrong.append(f"{operation.label}: {answer.request.url} {answer.status_code} {found}"[:1500])

        try:
            one()
        except Unsatisfiable:  # where nothing is sent, nothing can be sent wrongly
            assert mode is GenerationMode.NEGATIVE, operation.label

    for operation in OPERATIONS:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            check(operation, mode)
    return sum(statuses.values()), statuses, wrong


def prove(asked: tuple[Village, dict[str, str]], most: int, least: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases, statuses, wrong = walk(*asked, most)
    tried("schemathesis", cases)
    assert not wrong, "\n\n".join(wrong[:10])
    assert cases >= least
    assert max(statuses) < 500


@pytest.mark.parametrize("asked", VIEWERS[:3], indirect=True)
def test_nothing_undocumented_comes_back(asked: tuple[Village, dict[str, str]]) -> None:
    prove(asked, SHORT, 100)


@pytest.mark.long
@pytest.mark.parametrize("asked", VIEWERS, indirect=True)
def test_nothing_undocumented_comes_back_however_often(asked: tuple[Village, dict[str, str]]) -> None:
    prove(asked, LONG, 300)


UNDOCUMENTED: dict[str, dict[str, Any]] = {
    "our fault": {"status_code": 500, "json": {}},
    "another status": {"status_code": 203, "json": {"status": "ok"}},
    "another shape": {"status_code": 200, "json": {"status": 1}},
    "another kind": {"status_code": 200, "html": "<p>ok</p>"},
}


@pytest.mark.parametrize("fault", UNDOCUMENTED)
def test_the_tests_above_would_see_it(fault: str) -> None:
    (operation,) = (one for one in OPERATIONS if one.label == "GET /healthz")
    request = Ask("GET", "http://127.0.0.1/healthz")
    answer = Answer(request=request, **UNDOCUMENTED[fault])
    answer.elapsed = timedelta(0)
    with pytest.raises(FailureGroup, match="distinct"):
        operation.Case().validate_response(answer, checks=CHECKS)
