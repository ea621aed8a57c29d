"""Errors in the words of 1EdTech: only where its standards are spoken, and the problem document stays whole."""

from __future__ import annotations

import json

import pytest
from starlette.responses import JSONResponse, Response

from polku.web.imsx import status_info, worded

PROBLEM = {"title": "no such item", "detail": "got: 7", "status": 404}


@pytest.mark.parametrize(
    ("status", "minor"),
    [
        (400, "invaliddata"),
        (401, "unauthorisedrequest"),
        (403, "forbidden"),
        (404, "unknownobject"),
        (413, "invaliddata"),
        (422, "invalid_selection_field"),
        (429, "server_busy"),
        (503, "server_busy"),
        (405, "internal_server_error"),
        (500, "internal_server_error"),
    ],
)
def test_every_error_is_said_in_both_vocabularies(status: int, minor: str) -> None:
    answer = worded("/ims/case/v1p1/CFItems/7", JSONResponse({**PROBLEM, "status": status}, status))
    document = json.loads(bytes(answer.body))
    (field,) = document["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert field == {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
    assert (document["imsx_codeMajor"], document["imsx_severity"]) == ("failure", "error")
    assert document["imsx_description"] == document["title"] == "no such item"
    assert (document["detail"], answer.status_code) == ("got: 7", status)
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v1/learners", JSONResponse(PROBLEM, 404)),
        ("/imsx", JSONResponse(PROBLEM, 404)),
        ("/ims", JSONResponse(PROBLEM, 404)),
        ("/api/ims/case", JSONResponse(PROBLEM, 404)),
        ("/ims/case/v1p1/CFDocuments", JSONResponse({"CFDocuments": []}, 200)),
        ("/ims/case/v1p1/CFDocuments", Response(b"", 404)),
        ("/ims/case/v1p1/CFDocuments", Response(b"", 304)),
    ],
)
def test_what_is_no_error_there_stays_as_it_is(path: str, answer: Response) -> None:
    assert worded(path, answer) is answer


@pytest.mark.parametrize("title", ["ei löydy", "finns inte här: å", "no such item", "", '"quoted"'])
def test_a_title_is_told_in_any_language(title: str) -> None:
    assert status_info(404, title)["imsx_description"] == title
    answer = worded("/ims/x", JSONResponse({"title": title}, 404))
    assert json.loads(bytes(answer.body))["imsx_description"] == title
    assert bytes(answer.body).isascii()
