"""Errors as the standards of 1EdTech word them: `imsx_StatusInfo`, as further members of the one problem document.

A client of CASE or OneRoster reads `imsx_codeMajor` and what follows; every other client the problem document around
it (RFC 9457 lets a kind of problem have members of its own).
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response

PREFIX = "/ims/"
MINOR = {
    HTTPStatus.BAD_REQUEST: "invaliddata",
    HTTPStatus.UNAUTHORIZED: "unauthorisedrequest",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "unknownobject",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "invaliddata",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid_selection_field",
    HTTPStatus.TOO_MANY_REQUESTS: "server_busy",
    HTTPStatus.SERVICE_UNAVAILABLE: "server_busy",
}
"""Minor codes by HTTP status; anything else is an internal error."""


def status_info(status: int, title: str) -> dict[str, Any]:
    """Return an error in the words of 1EdTech.

    Parameters
    ----------
    status : int
        HTTP status.
    title : str
        What went wrong, for people.

    Examples
    --------
    >>> status_info(404, "no such item")["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]
    'unknownobject'
    """
    minor = MINOR.get(HTTPStatus(status), "internal_server_error")
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": title,
        "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
    }


def worded(path: str, answer: Response) -> Response:
    """Add the members to a problem document, where a standard of 1EdTech is spoken at `path`."""
    if not path.startswith(PREFIX) or answer.status_code < HTTPStatus.BAD_REQUEST or not answer.body:
        return answer
    document = json.loads(bytes(answer.body))
    document |= status_info(answer.status_code, str(document.get("title", "")))
    body = json.dumps(document, ensure_ascii=True).encode()
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(body, answer.status_code, headers)
