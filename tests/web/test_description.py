"""The interface as it is described: examples that hold, a document that is kept, changes that are noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema_rs import Draft202012Validator

from polku.cli import openapi
from polku.web.app import document
from polku.web.changes import changes
from polku.web.description import INTERFACE, examples

ROOT = Path(__file__).resolve().parents[2]
NOTHING = {"webhooks-unsubscribe"}
"""Operations whose good answer has no body."""


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            yield verb, path, operation


def errors(schema: dict[str, Any], value: Any, described: dict[str, Any]) -> list[str]:
    whole = {**schema, "components": described["components"]}
    return [f"{one.instance_path}: {one.message}" for one in Draft202012Validator(whole).iter_errors(value)]


def test_every_endpoint_has_an_example_of_what_it_takes_and_answers(described: dict[str, Any]) -> None:
    mute, wrong, checked = [], {}, 0
    for _, _, operation in operations(described):
        name = operation["operationId"]
        parts = [("request", operation["requestBody"])] if "requestBody" in operation else []
        parts += [(status, one) for status, one in operation["responses"].items() if status in {"200", "201", "202"}]
        for where, part in parts:
            content = part["content"]["application/json"]
            if "example" not in content:
                mute.append((name, where))
                continue
            found = errors(content["schema"], content["example"], described)
            checked += 1
            if found:
                wrong[name, where] = found
    assert not mute
    assert not wrong
    assert checked >= 55
    print(f"\n{checked} examples hold")  # noqa: T201 - the figure of cases tried


def test_no_example_is_of_an_endpoint_that_is_gone(described: dict[str, Any]) -> None:
    known = {operation["operationId"] for _, _, operation in operations(described)} | {"demonstration-token"}
    assert set(examples()) == known - NOTHING | (NOTHING & set(examples()))


def test_the_checker_of_examples_would_see_a_wrong_one(described: dict[str, Any]) -> None:
    schema = described["components"]["schemas"]["Taken"]
    assert errors(schema, {"accepted": "1", "repeated": 0, "refused": [], "conflicts": []}, described)


def test_the_kept_document_is_what_the_code_says() -> None:
    kept, now = (ROOT / openapi.FILE).read_text(encoding="utf-8"), openapi.text()
    assert kept == now, "run `polku openapi --write`\n" + openapi.difference(kept, now)


def test_the_document_has_a_version_of_its_own_and_says_how_callers_sign_in(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert described["info"]["version"] == INTERFACE
    for verb, path, operation in operations(described):
        if path.startswith("/v1/"):
            assert {"token": []} in operation["security"], path
            assert "429" in operation["responses"]
            named = {one["name"] for one in operation.get("parameters", [])}
            assert ("Idempotency-Key" in named) == (verb == "post")
            assert ("If-None-Match" in named) == ("304" in operation["responses"]) == (verb == "get")


def test_the_command_says_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("features", "models", "serve"):
        (tmp_path / room).mkdir()
    path = tmp_path / openapi.FILE
    path.parent.mkdir(parents=True)
    monkeypatch.setenv("POLKU_HOME", str(tmp_path))
    run = CliRunner()
    assert run.invoke(openapi.command, ["--write"]).exit_code == 0
    assert run.invoke(openapi.command, ["--check"]).exit_code == 0
    older = json.loads(path.read_text(encoding="utf-8"))
    older["paths"]["/v1/gone"] = {"get": {"responses": {}}}
    path.write_text(json.dumps(older), encoding="utf-8")
    failed = run.invoke(openapi.command, ["--check"])
    assert failed.exit_code != 0
    assert "BREAKING  GET /v1/gone: is gone" in str(failed.exception)
    assert json.loads(run.invoke(openapi.command, []).output)["info"]["version"] == INTERFACE


TAKE, PATH = ("paths", "/v1/responses", "post"), ("paths", "/v1/learners/{learner_id}/path", "get")
SHAPES = ("components", "schemas")


def at(part: Any, *names: str) -> Any:
    for name in names:
        part = part[name]
    return part


BREAKING = {
    "path gone": lambda one: one["paths"].pop("/v1/responses"),
    "parameter gone": lambda one: at(one, *PATH)["parameters"].pop(1),
    "parameter required": lambda one: at(one, *PATH)["parameters"][1].update(required=True),
    "required parameter new": lambda one: at(one, *PATH)["parameters"].append(
        {"name": "x", "in": "query", "required": True, "schema": {}}
    ),
    "answer gone": lambda one: at(one, *TAKE, "responses").pop("200"),
    "field of an answer gone": lambda one: at(one, *SHAPES, "Taken", "properties").pop("accepted"),
    "field of an answer optional": lambda one: at(one, *SHAPES, "Taken", "required").remove("accepted"),
    "field of an answer of another type": lambda one: at(one, *SHAPES, "Taken", "properties", "accepted").update(
        type="string"
    ),
    "field to be sent required": lambda one: at(one, *SHAPES, "DecisionIn", "required").append("reason"),
    "word to be sent gone": lambda one: at(one, *SHAPES, "DecisionIn", "properties", "decision", "enum").pop(),
    "word of an answer new": lambda one: at(one, *SHAPES, "CellShape", "properties", "verdict", "enum").append("no"),
}
HARMLESS = {
    "path new": lambda one: one["paths"].update({"/v1/new": {"get": {"responses": {}}}}),
    "parameter new": lambda one: at(one, *PATH)["parameters"].append({"name": "x", "in": "query", "schema": {}}),
    "answer new": lambda one: at(one, *TAKE, "responses").update({"202": {}}),
    "field of an answer new": lambda one: at(one, *SHAPES, "Taken", "properties").update(more={"type": "string"}),
    "field to be sent new": lambda one: at(one, *SHAPES, "DecisionIn", "properties").update(more={"type": "string"}),
    "word to be sent new": lambda one: at(one, *SHAPES, "DecisionIn", "properties", "decision", "enum").append("rest"),
}
QUIET = {
    "description": lambda one: at(one, *TAKE).update(description="other words"),
    "example": lambda one: at(one, *TAKE, "requestBody", "content", "application/json").update(example={}),
}


@pytest.mark.parametrize("change", BREAKING, ids=str)
def test_what_breaks_callers_is_told_as_breaking(described: dict[str, Any], change: str) -> None:
    after = deepcopy(described)
    BREAKING[change](after)
    assert [one for one in changes(described, after) if one.breaking]


@pytest.mark.parametrize("change", HARMLESS, ids=str)
def test_what_is_added_is_told_and_breaks_nobody(described: dict[str, Any], change: str) -> None:
    after = deepcopy(described)
    HARMLESS[change](after)
    found = changes(described, after)
    assert found
    assert not [one for one in found if one.breaking]


@pytest.mark.parametrize("change", QUIET, ids=str)
def test_other_words_are_no_change_to_a_program(described: dict[str, Any], change: str) -> None:
    after = deepcopy(described)
    QUIET[change](after)
    assert changes(described, after) == []


@pytest.mark.parametrize(
    ("beginning", "ways"),
    [("/v1/", {"token"}), ("/ims/", {"token"}), ("/xapi/", {"token", "key"}), ("/caliper/", {"token", "key"})],
)
def test_wherever_callers_sign_in_it_says_how_and_how_often(
    described: dict[str, Any], beginning: str, ways: set[str]
) -> None:
    asked = [one for _, path, one in operations(described) if path.startswith(beginning)]
    assert asked
    for one in asked:
        assert {way for ways in one["security"] for way in ways} == ways
        assert {"Retry-After", "RateLimit"} <= one["responses"]["429"]["headers"].keys()
    assert ways <= described["components"]["securitySchemes"].keys()


def test_xapi_says_its_version_in_a_header(described: dict[str, Any]) -> None:
    for _, path, one in operations(described):
        named = {parameter["name"] for parameter in one.get("parameters", ())}
        assert ("X-Experience-API-Version" in named) == path.startswith("/xapi/")
