"""``/docs``: the interface, for those who build on it; the same as ``/openapi.json``, readable."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from polku.web.access import Anyone
from polku.web.pages.templates import page

router = APIRouter(include_in_schema=False)


@router.get("/docs", response_class=HTMLResponse)
def interface(request: Request, _viewer: Anyone) -> HTMLResponse:
    """Show every endpoint: what it takes, what it answers, an example."""
    document = request.app.openapi()
    shapes = document["components"]["schemas"]
    endpoints = [
        {
            "method": method.upper(),
            "address": address,
            "text": operation["description"].split("\n\n"),
            "parameters": [f"{one['name']} ({one['in']})" for one in operation.get("parameters", [])],
            "example": _example(operation, shapes),
            "answer": _fields(operation, shapes),
        }
        for address, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return page("interface.html", request, {"about": document["info"], "endpoints": endpoints})


def _example(operation: dict[str, Any], shapes: dict[str, Any]) -> str | None:
    """Return the example of what an endpoint takes, as JSON text."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = _shape(content["schema"], shapes) if content else {}
    return json.dumps(body["example"], indent=2, ensure_ascii=False) if "example" in body else None


def _fields(operation: dict[str, Any], shapes: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the fields of what an endpoint answers, each with its meaning."""
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    shape = _shape(good.get("content", {}).get("application/json", {}).get("schema", {}), shapes)
    return [(name, field.get("description", "")) for name, field in shape["properties"].items()]


def _shape(schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """Return a named shape; one without fields where an endpoint answers something of another kind."""
    named = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = shapes.get(named, {"properties": {}})
    return found
