"""CASE over HTTP: the provider's curriculum, object by object, and errors as both of our worlds read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from polku.curriculum import Curriculum
from polku.exchange.case_read import of_json
from polku.home import Home
from polku.web.imsx import status_info, worded
from polku.web.problems import problem
from village import Village, assert_problem

CASE = "/ims/case/v1p1"
KINDS = (
    "CFDocuments",
    "CFPackages",
    "CFItems",
    "CFItemAssociations",
    "CFAssociations",
    "CFItemTypes",
    "CFSubjects",
    "CFConcepts",
    "CFLicenses",
    "CFAssociationGroupings",
    "CFRubrics",
)
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def document(village: Village) -> dict[str, Any]:
    found: dict[str, Any] = village.get(f"{CASE}/CFDocuments")["CFDocuments"][0]
    return found


def package_of(village: Village, document: dict[str, Any]) -> dict[str, Any]:
    return village.get(f"{CASE}/CFPackages/{document['identifier']}")


def test_the_package_is_valid_and_is_the_curriculum(
    village: Village, document: dict[str, Any], standards_dir: Path, home: Home
) -> None:
    package = package_of(village, document)
    schema = json.loads((standards_dir / "case" / "official-case-v1p1-cfpackage.json").read_text())
    assert not list(jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(package))
    held = Curriculum.load(home.curriculum_path("fi-mathematics"))
    assert of_json(package, "service").curriculum.hash == held.hash


def test_every_address_in_a_package_answers_with_the_object(village: Village, document: dict[str, Any]) -> None:
    package = package_of(village, document)
    for kind in ("CFItems", "CFAssociations"):
        one = package[kind][-1]
        assert one["uri"].startswith("http://127.0.0.1")
        found = village.get(one["uri"].removeprefix("http://127.0.0.1"))
        assert found.pop("CFDocumentURI")["identifier"] == document["identifier"]
        assert found == one
    for kind in ("CFItemTypes", "CFSubjects"):
        one = package["CFDefinitions"][kind][0]
        assert village.get(f"{CASE}/{kind}/{one['identifier']}") == {kind: [one]}
    again = village.get(f"{CASE}/CFDocuments/{document['identifier']}")
    assert again["CFPackageURI"]["uri"].endswith(f"{CASE}/CFPackages/{document['identifier']}")


def test_an_items_associations_are_those_it_is_an_end_of(village: Village, document: dict[str, Any]) -> None:
    one = next(one for one in package_of(village, document)["CFItems"] if one["CFItemType"] == "Skill")
    found = village.get(f"{CASE}/CFItemAssociations/{one['identifier']}")
    assert found["CFItem"]["humanCodingScheme"] == one["humanCodingScheme"]
    ends = [
        {link["originNodeURI"]["identifier"], link["destinationNodeURI"]["identifier"]}
        for link in found["CFAssociations"]
    ]
    assert ends
    assert all(one["identifier"] in end for end in ends)


def test_documents_come_in_pages(village: Village) -> None:
    first = village.client.get(f"{CASE}/CFDocuments", params={"limit": 1})
    assert first.headers["x-total-count"] == "1"
    assert "link" not in first.headers
    assert village.get(f"{CASE}/CFDocuments?offset=1") == {"CFDocuments": []}


def test_what_is_not_there_is_an_error_of_both_worlds(village: Village) -> None:
    for kind in KINDS:
        said = assert_problem(village.client.get(f"{CASE}/{kind}/{NOBODY}"), 404, "not-found")
        assert (said["imsx_codeMajor"], said["imsx_severity"]) == ("failure", "error")
        field = said["imsx_CodeMinor"]["imsx_codeMinorField"][0]
        assert field["imsx_codeMinorFieldValue"] == "unknownobject"


def test_a_page_that_cannot_be_is_an_error_of_both_worlds(village: Village) -> None:
    said = assert_problem(village.client.get(f"{CASE}/CFDocuments?limit=0"), 422, "invalid-input")
    assert said["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "invalid_selection_field"


def test_elsewhere_an_error_stays_what_it_was(village: Village) -> None:
    said = assert_problem(village.client.get("/v1/learners/nobody/path"), 404, "not-found")
    assert not [key for key in said if key.startswith("imsx")]


@pytest.mark.parametrize(
    ("status", "minor"), [(401, "unauthorisedrequest"), (503, "server_busy"), (500, "internal_server_error")]
)
def test_each_status_has_a_minor_code(status: int, minor: str) -> None:
    field = status_info(status, "x")["imsx_CodeMinor"]["imsx_codeMinorField"][0]
    assert field["imsx_codeMinorFieldValue"] == minor


def test_headers_of_an_error_stay() -> None:
    refused = problem(401, "unauthorized", "no token")
    refused.headers["WWW-Authenticate"] = "Bearer"
    answer = worded("/ims/case/v1p1/CFDocuments", refused)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert worded("/v1/x", refused) is refused
