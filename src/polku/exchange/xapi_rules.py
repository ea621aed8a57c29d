"""The rules of xAPI 1.0.3 for one statement, whole: what the standard calls valid, and no more (Data 2.2 to 2.4, 4).

2.0 is read tolerantly: its version, and its agents and groups of a context, where the caller lets them in.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from polku.exchange import written
from polku.exchange.forms import Check, FaultError, count, listing, members, number, one_of, record, text, truth, under
from polku.exchange.forms import written as form
from polku.exchange.xapi_activities import activity, extensions, language, language_map
from polku.exchange.xapi_actors import actor, agent, authority, group, iri
from polku.records import Reason
from polku.records.reasons import RefusedValueError

VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"
uuid: Final = form(written.UUID, "a UUID of RFC 4122")
_timestamp: Final = form(written.TIMESTAMP, "a time of ISO 8601")


def timestamp(value: object, place: str) -> None:
    """Accept a time that there is."""
    _timestamp(value, place)
    try:
        written.instant_of(str(value))
    except RefusedValueError as error:
        raise FaultError(Reason.BAD_FORMAT, place, "a time of ISO 8601") from error


def _scaled(value: object, place: str) -> None:
    number(value, place)
    if isinstance(value, int | float) and not -1 <= value <= 1:
        raise FaultError(Reason.OUT_OF_RANGE, place, "from -1 to 1")


_score_fields: Final = record({"scaled": _scaled, "raw": number, "min": number, "max": number})


def _score(value: object, place: str) -> None:
    """Accept a score: the least below the most, and what was reached between them."""
    _score_fields(value, place)
    bounds = {name: part for name, part in members(value, place).items() if isinstance(part, int | float)}
    least, raw, most = bounds.get("min"), bounds.get("raw"), bounds.get("max")
    if least is not None and most is not None and least >= most:
        raise FaultError(Reason.OUT_OF_RANGE, under(place, "min"), "below max")
    if raw is not None and ((least is not None and raw < least) or (most is not None and raw > most)):
        raise FaultError(Reason.OUT_OF_RANGE, under(place, "raw"), "from min to max")


_result: Final = record(
    {
        "score": _score,
        "success": truth,
        "completion": truth,
        "response": text,
        "duration": form(written.DURATION, "a duration of ISO 8601"),
        "extensions": extensions,
    }
)
_reference: Final = record({"objectType": one_of("StatementRef"), "id": uuid}, required=("objectType", "id"))


def _activities(value: object, place: str) -> None:
    """Accept one activity, or a list of them."""
    (listing(activity) if isinstance(value, list) else activity)(value, place)


_CONTEXT: Final[dict[str, Check]] = {
    "registration": uuid,
    "instructor": actor,
    "team": group,
    "contextActivities": record(dict.fromkeys(("parent", "grouping", "category", "other"), _activities)),
    "revision": text,
    "platform": text,
    "language": language,
    "statement": _reference,
    "extensions": extensions,
}
_relevant: Final[Check] = listing(iri, least=1)
_LATER: Final[dict[str, Check]] = {
    "contextAgents": listing(
        record(
            {"objectType": one_of("contextAgent"), "agent": agent, "relevantTypes": _relevant},
            required=("objectType", "agent"),
        )
    ),
    "contextGroups": listing(
        record(
            {"objectType": one_of("contextGroup"), "group": group, "relevantTypes": _relevant},
            required=("objectType", "group"),
        )
    ),
}
"""What version 2.0 added to a context."""
_attachments: Final = listing(
    record(
        {
            "usageType": iri,
            "display": language_map,
            "description": language_map,
            "contentType": form(written.MEDIA_TYPE, "an internet media type"),
            "length": count,
            "sha2": form(written.SHA2, "a SHA-2 hash"),
            "fileUrl": iri,
        },
        required=("usageType", "display", "contentType", "length", "sha2"),
    )
)
_verb: Final = record({"id": iri, "display": language_map}, required=("id",))


def _kind(value: object, place: str) -> str:
    kind = members(value, place).get("objectType", "Activity")
    text(kind, under(place, "objectType"))
    return str(kind)


def _object(value: object, place: str) -> None:
    """Accept what something was done to, by its type; without one it is an activity."""
    check = _OBJECTS.get(_kind(value, place))
    if check is None:
        raise FaultError(Reason.NOT_ONE_OF, under(place, "objectType"), ", ".join(_OBJECTS))
    check(value, place)


def _inner(value: object, place: str) -> None:
    """Accept a substatement: no id, no authority, and none of its own kind within."""
    if _kind(members(value, place).get("object", {}), under(place, "object")) == "SubStatement":
        raise FaultError(
            Reason.NOT_ALLOWED, under(place, "object"), "no statement within a statement within a statement"
        )
    _substatement(value, place)
    _consistent(members(value, place), place)


_OBJECTS: Final[dict[str, Check]] = {
    "Activity": activity,
    "Agent": agent,
    "Group": group,
    "StatementRef": _reference,
    "SubStatement": _inner,
}
_COMMON: Final[dict[str, Check]] = {
    "actor": actor,
    "verb": _verb,
    "object": _object,
    "result": _result,
    "timestamp": timestamp,
    "attachments": _attachments,
}
_REQUIRED: Final = ("actor", "verb", "object")
_substatement: Final = record(
    {**_COMMON, "objectType": one_of("SubStatement"), "context": record({**_CONTEXT, **_LATER})}, required=_REQUIRED
)
_OUTER: Final[dict[str, Check]] = {**_COMMON, "id": uuid, "stored": timestamp, "authority": authority}
_first: Final = record(
    {**_OUTER, "context": record(_CONTEXT), "version": form(r"1\.0(?:\.[0-9]+)?", "1.0 or 1.0.x")}, required=_REQUIRED
)
_second: Final = record(
    {
        **_OUTER,
        "context": record({**_CONTEXT, **_LATER}),
        "version": form(r"(?:1\.0|2\.0)(?:\.[0-9]+)?", "1.0.x or 2.0.x"),
    },
    required=_REQUIRED,
)


def check_statement(value: object, *, second: bool = False, attached: Collection[str] = ()) -> None:
    """Accept one statement that the standard calls valid.

    Parameters
    ----------
    value : object
        As it came out of JSON.
    second : bool
        Whether what version 2.0 added is let in.
    attached : collection of str
        SHA-2 of the attachments that came along, in lower case.

    Raises
    ------
    FaultError
        At the first rule that it breaks.

    Examples
    --------
    >>> check_statement({"actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": "http://v"}, "object": {"id": "a"}})
    Traceback (most recent call last):
    polku.exchange.forms.FaultError: object.id: bad_format
    """
    (_second if second else _first)(value, "")
    whole = members(value, "")
    _consistent(whole, "")
    _lies_somewhere(whole, "", attached)
    _lies_somewhere(members(whole["object"], "object"), "object", attached)


def _lies_somewhere(one: dict[str, object], place: str, attached: Collection[str]) -> None:
    """Accept attachments that came along, or say where they lie (Data 2.4.11)."""
    listed = one.get("attachments")
    for index, part in enumerate(listed if isinstance(listed, list) else ()):
        if "fileUrl" not in part and part["sha2"].lower() not in attached:
            at = under(place, f"attachments[{index}].fileUrl")
            raise FaultError(Reason.MISSING, at, "what is attached comes along, or says where it lies")


def _consistent(one: dict[str, object], place: str) -> None:
    """Accept parts that go together: what only activities have; what a voiding is about."""
    about = _kind(one["object"], under(place, "object"))
    context = members(one.get("context", {}), under(place, "context"))
    for name in ("revision", "platform"):
        if name in context and about != "Activity":
            raise FaultError(
                Reason.NOT_ALLOWED, under(place, f"context.{name}"), "only where the object is an Activity"
            )
    if members(one["verb"], "verb")["id"] == VOIDED and about != "StatementRef":
        raise FaultError(Reason.NOT_ALLOWED, under(place, "object"), "what is voided is a StatementRef")
