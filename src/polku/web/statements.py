"""xAPI statements read back by who sent them: one by its id, or a page of those that fit."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from polku.errors import InputError
from polku.exchange import written, xapi
from polku.records.reasons import RefusedValueError
from polku.store.provenance import Provenance
from polku.store.transaction import Transaction
from polku.web.streaming import source_of
from polku.web.viewer import Viewer

VERSIONS: Final = ("1.0.3", "1.0.2", "1.0.1", "1.0.0", "2.0.0")
MOST: Final = 100
"""Statements of one page."""
_ASIDE: Final = frozenset({"format", "attachments", "related_activities", "related_agents"})
_NARROW: Final = frozenset({"verb", "activity", "registration", "agent", "since", "until"})
_GONE: Final = {"homePage": "https://polku.invalid/removed", "name": "removed"}
"""Stands for an actor that was known by an address alone, so that what is read back is valid."""


def version_of(header: str) -> int | None:
    """Return the major version that a header asks for, None where it is not spoken.

    Examples
    --------
    >>> version_of("1.0.3"), version_of("2.0.0"), version_of("1.1.0")
    (1, 2, None)
    """
    found = re.fullmatch(r"(1|2)\.0(?:\.[0-9]+)?", header.strip())
    return int(found[1]) if found else None


class Shown(NamedTuple):
    """A statement as it is read back, and whom it names."""

    said: dict[str, Any]
    learner_id: str | None


@dataclass(frozen=True)
class Wanted:
    """Which statements are asked for."""

    narrow: Mapping[str, str]
    limit: int
    ascending: bool
    after: tuple[int, str] | None


def asked(query: Mapping[str, str]) -> Wanted | tuple[str, bool]:
    """Return what a query asks for: a page, or an id and whether it is that of a voided statement.

    Raises
    ------
    InputError
        If it asks for two things at once, or for what nobody knows.
    """
    ids = [name for name in ("statementId", "voidedStatementId") if name in query]
    others = set(query) - set(ids) - {"format", "attachments"}
    if ids:
        if len(ids) > 1 or others:
            raise InputError("one statement is asked for by its id alone", got=", ".join(sorted(query)))
        if re.fullmatch(written.UUID, query[ids[0]]) is None:
            raise InputError("an id of a statement is a UUID")
        return query[ids[0]].lower(), ids[0] == "voidedStatementId"
    unknown = sorted(set(query) - _ASIDE - _NARROW - {"limit", "ascending", "after"})
    if unknown:
        raise InputError("no such parameter", got=", ".join(unknown)[:200], hint="names are told apart by case")
    limit = query.get("limit", "0")
    if not limit.isdecimal():
        raise InputError("limit is a whole number")
    for name in ("since", "until"):
        if name in query:
            _instant(query[name])
    narrow = {name: query[name] for name in _NARROW if name in query}
    return Wanted(narrow, min(int(limit) or MOST, MOST), query.get("ascending") == "true", _place(query.get("after")))


def shown(tx: Transaction, viewer: Viewer, statement_id: str, voided: bool) -> Shown | None:
    """Return a statement of the caller's; one that was voided only where it is asked for as such."""
    source = source_of(viewer, xapi.NAME)
    found = tx.provenance.get(source, statement_id)
    if found is None or found.content is None or tx.provenance.voided(source, statement_id) != voided:
        return None
    return Shown(_whole(found), found.learner_id)


def listed(tx: Transaction, viewer: Viewer, wanted: Wanted) -> tuple[dict[str, Any], list[str | None]]:
    """Return a page of the caller's statements that were not voided, latest first, and whom they name."""
    fitting: list[Provenance] = []
    place, more = wanted.after, ""
    while not more:
        page = tx.provenance.kept(source_of(viewer, xapi.NAME), MOST, place)
        for one in page:
            if _fits(_said(one), one, wanted.narrow):
                fitting.append(one)
            place = (one.taken_at, one.element_id)
            if len(fitting) == wanted.limit:
                more = f"/xapi/statements?{_query(wanted, place)}"
                break
        if len(page) < MOST:
            break
    if wanted.ascending:
        fitting.reverse()
    return {"statements": [_whole(one) for one in fitting], "more": more}, [one.learner_id for one in fitting]


def _said(one: Provenance) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(one.content or "{}")
    return said


def _whole(one: Provenance) -> dict[str, Any]:
    """Return a statement with what a server adds to it."""
    said = _said(one)
    stored = dt.datetime.fromtimestamp(one.taken_at / 1_000_000, dt.UTC).isoformat(timespec="milliseconds")
    stored = stored.replace("+00:00", "Z")
    for part in _agents(said):
        if not {"account", "member"} & part.keys():
            part["account"] = _GONE
    authority = {"objectType": "Agent", "account": {"homePage": "https://polku.invalid/sources", "name": one.source}}
    added = {"id": one.element_id, "stored": stored, "authority": authority, "version": said.get("version", "1.0.0")}
    return {"timestamp": stored, **said, **added}


def _agents(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every agent of a statement."""
    for key, one in part.items() if isinstance(part, dict) else ():
        if key in {"actor", "instructor", "team"} or (key == "object" and one.get("objectType") in {"Agent", "Group"}):
            yield one
            yield from (member for member in one.get("member", ()) if isinstance(member, dict))
        elif key in {"object", "context"} and isinstance(one, dict):
            yield from _agents(one)


def _fits(said: dict[str, Any], one: Provenance, narrow: Mapping[str, str]) -> bool:
    """Return whether a statement is one of those asked for."""
    held = {
        "verb": said["verb"]["id"],
        "activity": said["object"].get("id"),
        "registration": said.get("context", {}).get("registration"),
    }
    if any(held[name] != narrow[name] for name in held.keys() & narrow.keys()):
        return False
    if "agent" in narrow and not _is_agent(said["actor"], narrow["agent"]):
        return False
    since, until = (_instant(narrow[name]) if name in narrow else None for name in ("since", "until"))
    return (since is None or one.taken_at > since) and (until is None or one.taken_at <= until)


def _is_agent(actor: dict[str, Any], given: str) -> bool:
    try:
        account = msgspec.json.decode(given).get("account")
    except (msgspec.DecodeError, AttributeError):
        return False
    return account is not None and actor.get("account") == account


def _instant(text: str) -> int:
    try:
        if re.fullmatch(written.TIMESTAMP, text):
            return written.instant_of(text)[0]
    except RefusedValueError:
        pass  # said below, as for any other text
    raise InputError("since and until are times of ISO 8601")


def _query(wanted: Wanted, place: tuple[int, str]) -> str:
    """Return the query of the next page."""
    after = base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")
    rest = {**wanted.narrow, "limit": str(wanted.limit), "ascending": str(wanted.ascending).lower(), "after": after}
    return urlencode(rest)


def _place(text: str | None) -> tuple[int, str] | None:
    """Return where a page begins.

    Raises
    ------
    InputError
        If it is no place that this service gave.
    """
    if text is None:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[int, str])
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise InputError("no such page", hint="follow the address that `more` gave") from error
