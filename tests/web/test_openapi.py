"""The interface as it is described: whole, stable, documented, and without a word that decides about a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polku.paths import Reason
from polku.paths.bands import BANDS
from polku.web.access.matrix import lines
from polku.web.app import PARTS
from polku.web.shapes import LearnerSentence
from village import Village

ROOT = Path(__file__).resolve().parents[2]
TABLE = lines(part.router for part in PARTS)
OPEN = {"/healthz", "/readyz"}
PAGES = (
    *("/groups", "/learners", "/paper", "/me", "/family", "/asked", "/embed", "/lti"),
    *("/school", "/research", "/accessibility", "/patterns"),
)
"""Where the pages for people begin; docs/reference/pages.md says what each shows."""
ENDPOINTS = {
    ("GET", "/xapi/about"),
    ("GET", "/xapi/activities"),
    ("GET", "/xapi/agents"),
    ("GET", "/xapi/statements"),
    ("GET", "/xapi/suggestions/statements"),
    ("POST", "/xapi/statements"),
    ("PUT", "/xapi/statements"),
    ("POST", "/caliper/events"),
    ("GET", "/v1/learners/{learner_id}/resources"),
    ("GET", "/v1/learners/{learner_id}/tasks"),
    ("GET", "/v1/vendors/{vendor}/feedback"),
    ("GET", "/v1/receipts"),
    ("GET", "/v1/receipts/{receipt_id}"),
    ("POST", "/v1/sources/{source}/replays"),
    ("GET", "/ims/case/v1p1/CFDocuments"),
    ("GET", "/ims/case/v1p1/CFDocuments/{identifier}"),
    ("GET", "/ims/case/v1p1/CFPackages/{identifier}"),
    ("GET", "/ims/case/v1p1/CFItems/{identifier}"),
    ("GET", "/ims/case/v1p1/CFItemAssociations/{identifier}"),
    ("GET", "/ims/case/v1p1/CFAssociations/{identifier}"),
    ("GET", "/ims/case/v1p1/CFItemTypes/{identifier}"),
    ("GET", "/ims/case/v1p1/CFSubjects/{identifier}"),
    ("GET", "/ims/case/v1p1/CFConcepts/{identifier}"),
    ("GET", "/ims/case/v1p1/CFLicenses/{identifier}"),
    ("GET", "/ims/case/v1p1/CFAssociationGroupings/{identifier}"),
    ("GET", "/ims/case/v1p1/CFRubrics/{identifier}"),
    ("GET", "/v1/webhooks"),
    ("POST", "/v1/webhooks"),
    ("DELETE", "/v1/webhooks/{webhook_id}"),
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"),
    ("POST", "/v1/webhooks/{webhook_id}/redeliveries"),
    ("POST", "/v1/suggestions/{suggestion_id}/seen"),
    ("POST", "/v1/suggestions/{suggestion_id}/decisions/{decision_id}/undo"),
    ("POST", "/v1/groups/{group_id}/decisions"),
    ("GET", "/v1/learners/{learner_id}/suggestions"),
    ("GET", "/v1/pauses"),
    ("PUT", "/v1/pauses"),
    ("DELETE", "/v1/pauses"),
    ("PUT", "/v1/learners/{learner_id}/pause"),
    ("DELETE", "/v1/learners/{learner_id}/pause"),
    ("PUT", "/v1/groups/{group_id}/pause"),
    ("DELETE", "/v1/groups/{group_id}/pause"),
    ("GET", "/v1/learners/{learner_id}/export"),
    ("PUT", "/v1/learners/{learner_id}/objection"),
    ("DELETE", "/v1/learners/{learner_id}/objection"),
    ("PUT", "/v1/learners/{learner_id}/restriction"),
    ("DELETE", "/v1/learners/{learner_id}/restriction"),
    ("PUT", "/v1/learners/{learner_id}/place"),
    ("DELETE", "/v1/learners/{learner_id}"),
    ("GET", "/v1/aggregates"),
    ("GET", "/v1/path-settings"),
    ("PUT", "/v1/path-settings"),
    ("GET", "/v1/schools/{school_id}/aggregates"),
    ("GET", "/v1/learners/{learner_id}/path-settings"),
    ("PUT", "/v1/learners/{learner_id}/path-settings"),
    ("GET", "/v1/groups/{group_id}/path-settings"),
    ("PUT", "/v1/groups/{group_id}/path-settings"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/audits/latest"),
    ("GET", "/v1/groups/{group_id}/suggestions"),
    ("GET", "/v1/learners/{learner_id}/diagnostic"),
    ("GET", "/v1/learners/{learner_id}/path"),
    ("GET", "/v1/learners/{learner_id}/profile"),
    ("GET", "/v1/models/champion"),
    ("POST", "/v1/responses"),
    ("POST", "/v1/responses/{response_id}/corrections"),
    ("POST", "/v1/responses/{response_id}/void"),
    ("POST", "/v1/suggestions/{suggestion_id}/decision"),
}
FORBIDDEN = re.compile(
    r"(^|_)(grades?|arvosana|vitsord|mark|placement|place|streams?|tracks?|levels?|risks?|ranks?|percentile|tier|"
    r"s2|support_need|label|prediction|predicted|diagnosis|gender|language|home_language|birth\w*|attendance)(_|$)"
)
ALLOWED = {"grade", "grade_level"}
"""The learner's grade from the roster, and whether a skill is of that grade: both come from people."""


@pytest.fixture
def document(village: Village) -> dict[str, Any]:
    return village.get("/openapi.json")


def every(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a document."""
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    for member in part if isinstance(part, list) else ():
        yield from every(member)


def test_the_endpoints_are_those_we_promised(document: dict[str, Any]) -> None:
    assert {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs} == ENDPOINTS


def test_the_description_is_the_same_every_time(document: dict[str, Any], make_village: Any) -> None:
    assert json.dumps(make_village().get("/openapi.json")) == json.dumps(document)


def test_the_description_holds_together(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    shapes = document["components"]["schemas"]
    used = {part["$ref"] for part in every(document) if isinstance(part.get("$ref"), str)}
    assert {reference.rsplit("/", 1)[-1] for reference in used} == set(shapes)
    assert all(reference.startswith("#/components/schemas/") for reference in used)
    operations = [(path, one) for path, verbs in document["paths"].items() for one in verbs.values()]
    assert len({one["operationId"] for _, one in operations}) == len(operations)
    for path, one in operations:
        assert one["description"].strip()
        assert one["responses"].keys() >= {"4XX", "5XX"}
        named = {parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_every_field_says_what_it_means(document: dict[str, Any]) -> None:
    mute = [
        f"{name}.{field}"
        for name, shape in document["components"]["schemas"].items()
        for field, said in shape.get("properties", {}).items()
        if not said.get("description") and name != "Response"
    ]
    assert not mute


def test_nothing_in_the_interface_grades_places_or_ranks_a_person(document: dict[str, Any]) -> None:
    names = {name for part in every(document) for name in part.get("properties", {})}
    names |= {parameter["name"] for part in every(document) for parameter in part.get("parameters", [])}
    assert {"mastery", "kind", "grade", "grade_level"} <= names
    assert not {name for name in names - ALLOWED if FORBIDDEN.search(name)}
    choices = {str(choice) for part in every(document) for choice in part.get("enum", [])}
    assert not {choice for choice in choices if FORBIDDEN.search(choice)}


@pytest.mark.parametrize("name", ["predicted_grade", "arvosana", "risk_level", "rank", "placement", "s2_suggestion"])
def test_the_test_above_would_see_it(name: str) -> None:
    assert FORBIDDEN.search(name)


def _is_page(address: str) -> bool:
    return any(address == page or address.startswith(f"{page}/") for page in PAGES)


def test_the_addresses_outside_the_interface_are_few() -> None:
    outside = {line.address for line in TABLE if not line.address.startswith(("/v1", "/ims/", "/xapi/", "/caliper/"))}
    pages = {line.address for line in TABLE if _is_page(line.address)}
    assert outside - pages == {"/", "/decide", "/docs", "/metrics", *OPEN}


def test_the_reference_names_every_endpoint_and_field(document: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    for verb, path in ENDPOINTS | {("GET", "/"), ("POST", "/decide"), ("GET", "/docs"), ("GET", "/openapi.json")}:
        assert f"`{verb} {path}`" in text, f"docs/reference/api.md says nothing of {verb} {path}"
    assert len(ENDPOINTS) + 4 == len([line for line in TABLE if not _is_page(line.address)])
    for name in document["components"]["schemas"]["Taken"]["properties"]:
        assert f"`{name}`" in text


def test_every_kind_of_problem_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "polku" / "web").rglob("*.py"))
    slugs = set(re.findall(r'problem\(\s*\d{3}, "([a-z-]+)"', source))
    assert len(slugs) >= 7
    assert not {slug for slug in slugs if f"`{slug}`" not in text}


def test_the_readable_description_asks_nothing_of_anybody_else(village: Village) -> None:
    answer = village.client.get("/docs")
    assert answer.status_code == 200
    assert all(path in answer.text for _, path in ENDPOINTS)
    assert set(re.findall(r"<script[^>]*>", answer.text)) == {'<script src="/static/polku.js" defer>'}
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)


def test_the_example_of_a_sentence_is_what_the_service_says(village: Village, document: dict[str, Any]) -> None:
    example = document["components"]["schemas"]["LearnerSentence"]["example"]
    said = Reason(example["id"], example["values"]).to_learner(village.app.state.service.suggester.texts, "10-12")
    assert example == said == LearnerSentence.model_validate(example).model_dump()


def test_the_reading_bands_are_in_the_description(document: dict[str, Any]) -> None:
    (asked,) = (
        one for one in document["paths"]["/v1/learners/{learner_id}/path"]["get"]["parameters"] if one["name"] == "band"
    )
    assert list(BANDS) in [part.get("enum") for part in every(asked)]


def test_the_examples_are_good_requests(village: Village, document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    answer = village.client.post("/v1/responses", json=shapes["ResponsesIn"]["example"])
    assert answer.json()["accepted"] == 1
    option = village.get("/v1/learners/L0001/path")["options"][0]
    address = f"/v1/suggestions/{option['suggestion_id']}/decision"
    assert village.client.post(address, json=shapes["DecisionIn"]["example"]).status_code == 201
