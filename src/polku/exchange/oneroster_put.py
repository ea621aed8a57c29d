"""What teachers confirmed, as a register's gradebook takes it by ``PUT``: categories, line items and results.

The same content has the same ids each time, so that sending it again changes nothing. Version 1.1 has no results in
words and no objectives: there a confirmation goes out only where the teacher gave a figure of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from polku.exchange.oneroster_out import COVERED, Statement, tables
from polku.exchange.oneroster_rest import ROOTS

NOUNS: Final[Mapping[str, str]] = {"categories": "category", "lineItems": "lineItem", "results": "result"}
"""Collections in the order of the work → the key that one object of it stands under."""
_STATE: Final = ("sourcedId", "status", "dateLastModified")


class Put(NamedTuple):
    """One object to hand over.

    Parameters
    ----------
    kind : str
        Its collection.
    id : str
        Its ``sourcedId``.
    body : mapping
        As the standard writes it, in its wrapper.
    """

    kind: str
    id: str
    body: Mapping[str, Any]


def puts(statements: Iterable[Statement], version: str = "1.2") -> Iterator[Put]:
    """Yield what a register's gradebook takes, each object after those that it refers to.

    Examples
    --------
    >>> import datetime as dt
    >>> from polku.exchange.oneroster_out import Seat
    >>> from polku.records.confirmed import Confirmed
    >>> said = Statement(Confirmed("anna", "S1", "T07", dt.date(2026, 3, 5)), Seat("u1", "c1", "s1", "t1"), "o1", "S1")
    >>> [one.kind for one in puts([said])]
    ['categories', 'lineItems', 'results']
    >>> [one.kind for one in puts([said], "1.1")]
    []
    """
    words = version == "1.2"
    made = tables(one for one in statements if words or one.confirmed.given is not None)
    objectives = {row["lineItemSourcedId"]: row["learningObjectiveId"] for row in made["lineItemLearningObjectiveIds"]}
    if made["results"]:
        for row in made["categories"]:
            yield _put("categories", row, {"title": row["title"]})
    for row in made["lineItems"]:
        yield _put("lineItems", row, _line(row, version) | _named(objectives[row["sourcedId"]], version))
    for row in made["results"]:
        yield _put("results", row, _result(row, version) | _scored(row, objectives[row["lineItemSourcedId"]], version))


def _put(kind: str, row: Mapping[str, str], said: Mapping[str, Any]) -> Put:
    return Put(kind, row["sourcedId"], {NOUNS[kind]: {**{name: row[name] for name in _STATE}, **said}})


def _line(row: Mapping[str, str], version: str) -> dict[str, Any]:
    """Return a line item's own fields; days are days in 1.1, and moments in 1.2."""
    moment = "T00:00:00.000Z" if version == "1.2" else ""
    said = {name: f"{row[name]}{moment}" for name in ("assignDate", "dueDate")}
    refs = {
        "class": _ref("classes", row["classSourcedId"], "class", version),
        "category": _ref("categories", row["categorySourcedId"], "category", version),
    }
    term = _ref("academicSessions", row["academicSessionSourcedId"], "academicSession", version)
    if version == "1.2":
        refs |= {"school": _ref("orgs", row["schoolSourcedId"], "org", version), "academicSession": term}
    else:
        refs["gradingPeriod"] = term
    ends = {name: float(row[name]) for name in ("resultValueMin", "resultValueMax") if row[name]}
    return {"title": row["title"], **said, **refs, **ends}


def _result(row: Mapping[str, str], version: str) -> dict[str, Any]:
    refs = {
        "lineItem": _ref("lineItems", row["lineItemSourcedId"], "lineItem", version),
        "student": _ref("users", row["studentSourcedId"], "user", version),
    }
    return {**refs, "scoreStatus": row["scoreStatus"], "scoreDate": row["scoreDate"], **_score(row)}


def _score(row: Mapping[str, str]) -> dict[str, float]:
    return {"score": float(row["score"])} if row["score"] else {}


def _named(objective: str, version: str) -> dict[str, Any]:
    if version != "1.2":
        return {"metadata": {"learningObjectiveId": objective}}
    return {"learningObjectiveSet": [{"source": "case", "learningObjectiveIds": [objective]}]}


def _scored(row: Mapping[str, str], objective: str, version: str) -> dict[str, Any]:
    if version != "1.2":
        return {"comment": COVERED, "metadata": {"learningObjectiveId": objective}}
    said = {"learningObjectiveId": objective, "textScore": COVERED, **_score(row)}
    return {"textScore": COVERED, "learningObjectiveSet": [{"source": "case", "learningObjectiveResults": [said]}]}


def _ref(kind: str, sourced_id: str, noun: str, version: str) -> dict[str, str]:
    root = ROOTS[version][kind in NOUNS]
    return {"href": f"{root}/{kind}/{sourced_id}", "sourcedId": sourced_id, "type": noun}
