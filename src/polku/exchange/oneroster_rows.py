"""One row of OneRoster to what is kept of it: ids, dates, roles, and nothing that names a person.

The same for files and for the interface: both come here as fields by column.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from polku.exchange import oneroster_terms as terms
from polku.exchange.oneroster_personal import key_of
from polku.exchange.personal import ADDRESS
from polku.records import DenyRules, Reason, Refusal, rules
from polku.records.reasons import RefusedValueError
from polku.records.row import RowCheck

ENDED: Final = frozenset({"tobedeleted", "inactive"})
_STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")


class Thing(NamedTuple):
    """What a row says.

    Parameters
    ----------
    sourced_id : str
        The register's own id.
    ended : bool
        Whether it says that the thing is over: ``tobedeleted``, or ``inactive`` in 1.1.
    content : dict
        Ids and dates as JSON has them.
    flags : tuple of str
        What is odd about it without making it useless.
    """

    sourced_id: str
    ended: bool
    content: dict[str, Any]
    flags: tuple[str, ...] = ()


def thing(kind: str, fields: Mapping[str, str], deny: DenyRules, *, changes: bool = False) -> Thing | Refusal:
    """Check a row.

    Parameters
    ----------
    kind : str
        One of `oneroster_terms.ORDER`.
    fields : mapping of str to str
        By column; others than those that are read are not looked at.
    deny : DenyRules
        What is kept nowhere.
    changes : bool
        Whether the delivery is one of changes, where a status is asked for.

    Examples
    --------
    >>> row = {"sourcedId": "u1", "role": "Student", "grades": "07", "givenName": "Anna"}
    >>> thing("users", row, DenyRules()).content["grade"]
    7
    """
    read = {name: fields.get(name, "") for name in (*terms.ALWAYS, *terms.COLUMNS[kind])}
    check = RowCheck(read, deny)
    flags = [] if _STAMP.fullmatch(fields.get("dateLastModified") or "1970-01-01T00:00:00Z") else ["odd_last_modified"]
    try:
        sourced_id = _id(check, "sourcedId")
        status = check.take("status", _status)
        if changes and not status:
            flags.append("no_status")
        content = _READERS[kind](check, flags)
    except RefusedValueError as error:
        return check.refusal(error)
    return Thing(sourced_id, status in ENDED, content, tuple(flags))


def split(value: str) -> list[str]:
    """Return the members of a list in one field.

    Examples
    --------
    >>> split("09, 10,,11")
    ['09', '10', '11']
    """
    return [part.strip() for part in value.split(",") if part.strip()]


def grade_of(grades: str) -> int | None:
    """Return the one grade from 1 to 12 that a list names, None where there are several or none.

    Examples
    --------
    >>> grade_of("07"), grade_of("09,10"), grade_of("KG")
    (7, None, None)
    """
    named = {int(one) for one in split(grades) if one.isascii() and one.isdigit() and 1 <= int(one) <= 12}
    return named.pop() if len(named) == 1 and len(split(grades)) == 1 else None


def _status(value: object) -> str:
    said = str(value or "").casefold()
    if said not in {"", "active", *ENDED}:
        raise RefusedValueError(Reason.NOT_ONE_OF)
    return said


def _id(check: RowCheck, column: str) -> str:
    found = check.id(column)
    if ADDRESS.fullmatch(found):
        raise RefusedValueError(Reason.NO_LEARNER)
    return found


def _ids(check: RowCheck, column: str) -> list[str]:
    def clean(value: object) -> list[str]:
        return [rules.clean_id(one, check.deny) for one in split(str(value or "")) if not ADDRESS.fullmatch(one)]

    return check.take(column, clean)


def _day(check: RowCheck, column: str) -> str | None:
    """Return a day, also from a moment; one that may be read in two ways is refused."""

    def clean(value: object) -> str | None:
        text = str(value or "").strip()
        return rules.clean_date(text[:10] if text[10:11] == "T" else text).isoformat() if text else None

    return check.take(column, clean)


def _days(check: RowCheck, first: str, last: str) -> dict[str, str | None]:
    begins, ends = _day(check, first), _day(check, last)
    if begins and ends and ends < begins:
        raise RefusedValueError(Reason.ENDS_BEFORE_START)
    return {"begins": begins, "ends": ends}


def _role(check: RowCheck) -> str:
    """Return what a role means here; empty where it opens nothing."""

    def clean(value: object) -> str:
        said = str(value or "").strip().casefold()
        if not said:
            raise RefusedValueError(Reason.MISSING)
        if said not in terms.ROLES and not said.startswith("ext:"):
            raise RefusedValueError(Reason.NOT_ONE_OF)
        return terms.ROLES.get(said) or ""

    return check.take("role", clean)


def _number(check: RowCheck, column: str) -> float | None:
    return check.take(column, lambda value: None if rules.is_missing(value) else rules._number(value))  # noqa: SLF001 - the rule of the records


def _true(check: RowCheck, column: str, *, default: bool) -> bool:
    def clean(value: object) -> bool:
        said = str(value or "").strip().casefold()
        if said not in {"", "true", "false", "1", "0"}:
            raise RefusedValueError(Reason.NOT_ONE_OF)
        return default if not said else said in {"true", "1"}

    return check.take(column, clean)


def _text(check: RowCheck, column: str) -> str:
    return str(check.row.get(column) or "").strip()


def _org(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    return {"type": _text(check, "type").casefold(), "parent": check.optional_id("parentSourcedId")}


def _session(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    return _days(check, "startDate", "endDate")


def _class(check: RowCheck, flags: list[str]) -> dict[str, Any]:
    kind = _text(check, "classType")
    if kind != kind.casefold():
        flags.append("capital_class_type")
    return {
        "type": kind.casefold(),
        "school": check.optional_id("schoolSourcedId"),
        "terms": _ids(check, "termSourcedIds"),
        "grade": grade_of(_text(check, "grades")),
    }


def _user(check: RowCheck, flags: list[str]) -> dict[str, Any]:
    own, master = _id(check, "sourcedId"), _text(check, "userMasterIdentifier")
    grades = _text(check, "grades")
    if grades and grade_of(grades) is None:
        flags.append("grade_not_told")
    content = {
        "key": key_of(own, master),
        "enabled": _true(check, "enabledUser", default=True),
        "agents": _ids(check, "agentSourcedIds"),
        "grade": grade_of(grades),
        "school": check.optional_id("primaryOrgSourcedId"),
    }
    role = _role(check) if _text(check, "role") else ""
    content |= {"roles": _roles(check, flags)} if _text(check, "roles") else {}
    return content | ({"role": role, "orgs": _ids(check, "orgSourcedIds")} if role else {})


def _roles(check: RowCheck, flags: list[str]) -> list[dict[str, Any]]:
    """Return the roles that the interface tells within a user; one that cannot be read is flagged and opens nothing."""
    roles = []
    given = check.take("roles", _json_list)
    for one in given:
        try:
            inner = RowCheck(one, check.deny)
            told = {"role": _role(inner), "org": inner.optional_id("orgSourcedId")}
            roles.append({**told, **_days(inner, "beginDate", "endDate")})
        except RefusedValueError:
            flags.append("role_not_told")
    return roles


def _json_list(value: object) -> list[dict[str, Any]]:
    try:
        found = json.loads(str(value))
    except ValueError:
        raise RefusedValueError(Reason.NOT_JSON) from None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _of_user(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    return {
        "user": _id(check, "userSourcedId"),
        "role": _role(check),
        "org": check.optional_id("orgSourcedId"),
        **_days(check, "beginDate", "endDate"),
    }


def _enrolment(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    return {
        "class": check.id("classSourcedId"),
        "user": _id(check, "userSourcedId"),
        "role": _role(check),
        "school": check.optional_id("schoolSourcedId"),
        "primary": _true(check, "primary", default=False),
        **_days(check, "beginDate", "endDate"),
    }


def _line_item(check: RowCheck, flags: list[str]) -> dict[str, Any]:
    least, most = _number(check, "resultValueMin"), _number(check, "resultValueMax")
    if most is None or most <= (least or 0.0):
        flags.append("no_scale")
    return {"class": check.optional_id("classSourcedId"), "least": least or 0.0, "most": most}


def _line_objective(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    return {"of": check.id("lineItemSourcedId"), "objective": check.id("learningObjectiveId")}


def _result_objective(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    said = {"of": check.id("resultSourcedId"), "objective": check.id("learningObjectiveId")}
    return said | {"score": _number(check, "score")}


def _result(check: RowCheck, _flags: list[str]) -> dict[str, Any]:
    status = check.take("scoreStatus", _score_status)
    day = _day(check, "scoreDate") if status == terms.GRADED else None
    return {
        "item": check.id("lineItemSourcedId"),
        "student": _id(check, "studentSourcedId"),
        "status": status,
        "score": _number(check, "score") if status == terms.GRADED else None,
        "on": day,
    }


def _score_status(value: object) -> str:
    said = str(value or "").strip().casefold()
    if not said:
        raise RefusedValueError(Reason.MISSING)
    if said not in terms.SCORE_STATUS and not said.startswith("ext:"):
        raise RefusedValueError(Reason.NOT_ONE_OF)
    return said


_READERS: Final[Mapping[str, Callable[[RowCheck, list[str]], dict[str, Any]]]] = {
    "orgs": _org,
    "academicSessions": _session,
    "classes": _class,
    "users": _user,
    "roles": _of_user,
    "enrollments": _enrolment,
    "lineItems": _line_item,
    "lineItemLearningObjectiveIds": _line_objective,
    "resultLearningObjectiveIds": _result_objective,
    "results": _result,
}


def day(text: str | None) -> dt.date | None:
    """Return a day as kept in a thing's content."""
    return None if text is None else dt.date.fromisoformat(text)
