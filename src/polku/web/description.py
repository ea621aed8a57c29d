"""The interface described: OpenAPI 3.1 with an example of every request and every good answer.

FastAPI writes what the signatures say; this adds what they cannot: the version of the interface, how callers sign in,
the headers of limits, tags and repeats, and the examples of ``examples.json``, which are answers of a real service.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from polku.web.access.senders import DOORS
from polku.web.problems import MEDIA_TYPE, Problem
from polku.web.repeatable import HEADER, REPLAYED
from polku.web.xapi_requests import HEADER as VERSION

INTERFACE: Final = "1.0.0"
"""Version of the interface, by semantic versioning; ``/v1`` holds as long as its first number does."""
EXAMPLES: Final = Path(__file__).with_name("examples.json")
TEXT: Final = {"type": "string"}
LIMITED: Final = {
    "RateLimit-Policy": {"description": "How much one client gets: `q` requests in `w` seconds", "schema": TEXT},
    "RateLimit": {"description": "What is left: `r` requests at once, the next in `t` seconds", "schema": TEXT},
}
TAG: Final = {"ETag": {"description": "Of this very answer; send it in `If-None-Match`", "schema": TEXT}}
RETRY: Final = {
    "Retry-After": {"description": "Seconds until the next request is answered", "schema": {"type": "integer"}}
}
KNOWN: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an answer that is held already: 304 where it still holds",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]*$"},
}
KEY: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Chosen by the caller, such as a UUID: the same key with the same request within 24 hours gives the "
    f"same answer (`{REPLAYED}: true`) without a second effect, with another request 422",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
}
SIGN_IN: Final = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "key": {"type": "http", "scheme": "basic", "description": "Key and secret of a sender of xAPI or Caliper"},
}
SIGNED_IN: Final = ("/v1/", *DOORS, "/ims/")
"""Beginnings of addresses at which callers sign in, and are counted."""
SPOKEN: Final = {
    "name": VERSION,
    "in": "header",
    "required": False,
    "description": "The version of xAPI that is spoken, such as 1.0.3; without it, statements are 400",
    "schema": {"type": "string", "pattern": r"^[0-9.]*$"},
}
FAULT: Final = {"$ref": "#/components/schemas/Problem"}


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Return by operation its ``request`` and, under ``answers``, an example for each good status."""
    made: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return made


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Return FastAPI's document with everything that signatures cannot say."""
    document["info"]["version"] = INTERFACE
    parts = document["components"]
    parts["schemas"].setdefault("Problem", Problem.model_json_schema())
    parts["securitySchemes"] = SIGN_IN
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            _complete(path, verb, operation)
    return document


def _complete(path: str, verb: str, operation: dict[str, Any]) -> None:
    answers, parameters = operation["responses"], operation.setdefault("parameters", [])
    answers.pop("422", None)  # FastAPI's own shape; ours is the problem of 4XX
    if path.startswith(SIGNED_IN):
        operation["security"] = [{}, {"token": []}, *([{"key": []}] if path.startswith(DOORS) else [])]
        _limit(answers)
    if path.startswith("/xapi/"):
        parameters.append(SPOKEN)
    if verb == "get" and path.startswith("/v1/"):
        parameters.append(KNOWN)
        _tag(answers)
    if verb == "post" and path.startswith("/v1/") and "demo" not in path:
        parameters.append(KEY)
    if not parameters:
        del operation["parameters"]
    _exemplify(operation)


def _limit(answers: dict[str, Any]) -> None:
    answers["429"] = {
        "description": "The client asks too often: a problem document",
        "content": {MEDIA_TYPE: {"schema": FAULT}},
        "headers": LIMITED | RETRY,
    }
    for status, answer in answers.items():
        if status.startswith("2"):
            answer["headers"] = answer.get("headers", {}) | LIMITED


def _tag(answers: dict[str, Any]) -> None:
    answers["304"] = {"description": "What the caller holds still holds", "headers": TAG | LIMITED}
    answers["200"]["headers"] = answers["200"].get("headers", {}) | TAG


def _exemplify(operation: dict[str, Any]) -> None:
    known = examples().get(operation["operationId"], {})
    if "requestBody" in operation and "request" in known:
        operation["requestBody"]["content"]["application/json"]["example"] = known["request"]
    for status, example in known.get("answers", {}).items():
        content = operation["responses"].get(status, {}).get("content", {}).get("application/json")
        if content is not None:
            content["example"] = example
