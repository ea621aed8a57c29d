"""OneRoster out: what teachers confirmed, as results of a gradebook, per learner and objective.

A result says "covered" in words and names its objective. It has a score only where the teacher gave one, because Polku
computes no grade; and there is no result without a teacher's own confirmation, whatever the profile says.
"""

from __future__ import annotations

import csv
import io
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from polku.exchange.oneroster_terms import GRADED
from polku.records.confirmed import Confirmed

COVERED: Final = "covered"
NAMESPACE: Final = uuid.UUID("8f0f6f5e-5d0a-5a68-9d8e-3a4b51c0a7d1")
CATEGORY: Final = "polku-confirmed"
_STATE: Final = ("sourcedId", "status", "dateLastModified")
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "categories": (*_STATE, "title", "weight"),
    "lineItems": (
        *(*_STATE, "title", "description", "assignDate", "dueDate", "classSourcedId", "categorySourcedId"),
        *("academicSessionSourcedId", "resultValueMin", "resultValueMax", "schoolSourcedId"),
    ),
    "lineItemLearningObjectiveIds": (*_STATE, "lineItemSourcedId", "source", "learningObjectiveId"),
    "results": (
        *(*_STATE, "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate", "comment"),
        *("textScore", "inProgress", "incomplete", "late", "missing"),
    ),
    "resultLearningObjectiveIds": (
        *(*_STATE, "resultSourcedId", "source", "learningObjectiveId", "score", "textScore"),
    ),
}
"""Headers as OneRoster 1.2 has them, in its order."""


class Seat(NamedTuple):
    """Where the register knows a learner: its own ids of the learner, a class, its school and term."""

    student: str
    group: str
    school: str
    term: str


class Statement(NamedTuple):
    """A confirmation that goes out, with what the register calls everything in it."""

    confirmed: Confirmed
    seat: Seat
    objective: str
    title: str


def tables(statements: Iterable[Statement]) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each file; the same statement gives the same ids each time.

    Examples
    --------
    >>> import datetime as dt
    >>> said = Confirmed("anna", "S1", "T07", dt.date(2026, 3, 5))
    >>> made = tables([Statement(said, Seat("u1", "c1", "s1", "t1"), "uuid-of-S1", "Percentages")])
    >>> [made["results"][0][name] for name in ("scoreStatus", "score", "textScore")]
    ['fully graded', '', 'covered']
    """
    found: dict[str, dict[str, dict[str, str]]] = {name: {} for name in FILES}
    for one in statements:
        day = one.confirmed.confirmed_on.isoformat()
        state = {"status": "active", "dateLastModified": f"{day}T00:00:00.000Z"}
        given, maximum = _text(one.confirmed.given), _text(one.confirmed.maximum)
        line = _id(one.seat.group, one.objective, *filter(None, [maximum]))
        result = _id(line, one.seat.student)
        objective = {"source": "case", "learningObjectiveId": one.objective}
        found["categories"][CATEGORY] = {**state, "title": "Confirmed by a teacher"}
        found["lineItems"][line] = {
            **state,
            "title": one.title,
            "assignDate": day,
            "dueDate": day,
            "classSourcedId": one.seat.group,
            "categorySourcedId": CATEGORY,
            "academicSessionSourcedId": one.seat.term,
            "schoolSourcedId": one.seat.school,
            "resultValueMin": "0" if maximum else "",
            "resultValueMax": maximum,
        }
        named = {**state, "lineItemSourcedId": line, **objective}
        found["lineItemLearningObjectiveIds"][_id(line, "objective")] = named
        graded = {"lineItemSourcedId": line, "studentSourcedId": one.seat.student, "scoreStatus": GRADED}
        found["results"][result] = {**state, **graded, "score": given, "scoreDate": day, "textScore": COVERED}
        own = {"resultSourcedId": result, **objective, "score": given, "textScore": COVERED}
        found["resultLearningObjectiveIds"][_id(result, "objective")] = {**state, **own}
    return {
        name: [_row(FILES[name], {"sourcedId": key, **row}) for key, row in rows.items()]
        for name, rows in found.items()
    }


def write_package(statements: Iterable[Statement], path: Path) -> int:
    """Write a CSV archive of changes (1.2); return how many results it holds."""
    made = tables(statements)
    manifest = {"manifest.version": "1.0", "oneroster.version": "1.2"}
    manifest |= {f"file.{name}": "delta" if name in FILES else "absent" for name in _ALL}
    manifest |= {"source.systemName": "Polku", "source.systemCode": "polku"}
    rows = [{"propertyName": name, "value": value} for name, value in manifest.items()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, header, body in (
            ("manifest", ("propertyName", "value"), rows),
            *((name, FILES[name], made[name]) for name in FILES),
        ):
            entry = zipfile.ZipInfo(f"{name}.csv", (1980, 1, 1, 0, 0, 0))  # the same content, the same file
            archive.writestr(entry, _csv(header, body), zipfile.ZIP_DEFLATED)
    return len(made["results"])


_ALL: Final = (
    *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics"),
    *("enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources"),
    *("resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles"),
    *("userResources", "users"),
)


def _row(columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in columns}


def _text(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.10g}"


def _id(*parts: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "\n".join(parts)))


def _csv(header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
