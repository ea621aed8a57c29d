"""Objects of OneRoster's interface as the rows that the standard's files have, so that everything after is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from polku.exchange.oneroster_files import Row

_REFS: Final[Mapping[str, str]] = {
    "parent": "parentSourcedId",
    "school": "schoolSourcedId",
    "class": "classSourcedId",
    "user": "userSourcedId",
    "student": "studentSourcedId",
    "lineItem": "lineItemSourcedId",
    "primaryOrg": "primaryOrgSourcedId",
    "org": "orgSourcedId",
    "terms": "termSourcedIds",
    "orgs": "orgSourcedIds",
    "agents": "agentSourcedIds",
    "metadata": "metadata.all",
    "userProfiles": "metadata.userProfiles",
}
"""References of the interface → columns of the files."""


@dataclass(frozen=True)
class Part:
    """Rows of one kind that came on one page."""

    kind: str
    rows: list[Row]


def parts_of(kind: str, page: list[dict[str, Any]]) -> Iterator[Part]:
    """Turn a page into rows of the standard's files, what an object holds of other kinds apart.

    Examples
    --------
    >>> item = {"sourcedId": "t1", "learningObjectiveSet": [{"source": "case", "learningObjectiveIds": ["o1"]}]}
    >>> for part in parts_of("lineItems", [item]):
    ...     print(part.kind, dict(part.rows[0].fields))
    lineItems {'sourcedId': 't1'}
    lineItemLearningObjectiveIds {'sourcedId': 't1:o1', 'lineItemSourcedId': 't1', 'learningObjectiveId': 'o1'}
    """
    if kind == "results":
        yield Part("resultLearningObjectiveIds", [Row(0, one) for said in page for one in _scored(said)])
    yield Part(kind, [Row(0, fields_of(said)) for said in page])
    if kind == "lineItems":
        yield Part("lineItemLearningObjectiveIds", [Row(0, one) for said in page for one in _objectives(said)])


def fields_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Return an object of the interface as a row of a file: references by id, lists with commas.

    Examples
    --------
    >>> fields_of({"sourcedId": "e1", "class": {"sourcedId": "c1", "href": "x"}, "primary": True, "endDate": None})
    {'sourcedId': 'e1', 'classSourcedId': 'c1', 'primary': 'true'}
    """
    fields = {}
    for name, value in said.items():
        text = _roles(value) if name == "roles" and isinstance(value, list) else _text(value)
        if text and name != "learningObjectiveSet":
            fields[_REFS.get(name, name)] = text
    return fields


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("sourcedId") or ("given" if value else ""))
    if isinstance(value, list):
        return ",".join(filter(None, map(_text, value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _roles(roles: list[Any]) -> str:
    """Return a user's roles as JSON: together with the user, so that a role that is gone is gone."""
    return json.dumps([fields_of(one) for one in roles if isinstance(one, Mapping)])


def _objectives(said: Mapping[str, Any]) -> list[dict[str, str]]:
    own = str(said.get("sourcedId", ""))
    named = [str(name) for one in _sets(said) for name in one.get("learningObjectiveIds") or []]
    return [{"sourcedId": f"{own}:{name}", "lineItemSourcedId": own, "learningObjectiveId": name} for name in named]


def _scored(said: Mapping[str, Any]) -> list[dict[str, str]]:
    own = str(said.get("sourcedId", ""))
    scored = [one for named in _sets(said) for one in named.get("learningObjectiveResults") or []]
    return [
        {"sourcedId": f"{own}:{one.get('learningObjectiveId')}", "resultSourcedId": own, **fields_of(one)}
        for one in scored
        if isinstance(one, Mapping)
    ]


def _sets(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in said.get("learningObjectiveSet") or [] if isinstance(one, Mapping)]
