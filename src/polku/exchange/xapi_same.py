"""What of an xAPI statement may not change: the same id with the same of it is a repeat, with other of it a conflict.

Not of it are (Data 2.3.1 and 2.4.1): what a server adds, words of verbs, definitions of activities, where an attachment
lies and how it is called, the order of members and of activities, and how the same time or number is written.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET

from polku.exchange.written import instant_of
from polku.exchange.xapi_fast import Context, Statement
from polku.records.elements import content_digest

ADDED: Final = frozenset({"id", "stored", "authority", "version"})
"""What a server adds, or may."""
_WORDS: Final = {"verb": {"display"}, "attachments": {"display", "description", "fileUrl"}}
_ACTIVITIES: Final = frozenset({"parent", "grouping", "category", "other"})
_UNORDERED: Final = _ACTIVITIES | {"member", "attachments"}
_HEXADECIMAL: Final = frozenset({"id", "registration", "sha2", "mbox_sha1sum"})


def digest(one: Statement) -> str:
    """Return the digest of what may not change of a statement of a common shape."""
    said = (one.actor, one.verb.id, one.object.id, one.result or None, one.timestamp or None, _told(one.context))
    return content_digest(msgspec.json.encode(said, order="deterministic"))


def _told(context: Any) -> Any:
    """Return a context without definitions of activities."""
    if not isinstance(context, Context):
        return None
    about = context.contextActivities
    listed = [] if about is UNSET else [(kind, [one.id for one in all_]) for kind, all_ in about.lists()]
    said = (context.registration or None, context.instructor or None, context.extensions or None, listed)
    around = (context.revision or None, context.platform or None, context.language or None)
    return (*said, around) if any(around) else said


def rare_digest(value: dict[str, Any]) -> str:
    """Return the digest of what may not change of any other valid statement."""
    return content_digest(msgspec.json.encode(essence(value), order="sorted"))


def essence(statement: dict[str, Any]) -> dict[str, Any]:
    """Return what may not change of a valid statement, written in one way.

    Parameters
    ----------
    statement : dict
        As it came out of JSON.

    Examples
    --------
    >>> agent, verb = {"mbox": "mailto:a@x.fi"}, {"id": "http://v", "display": {"en": "did"}}
    >>> essence({"actor": agent, "verb": verb, "object": {"id": "http://a", "definition": {}}, "stored": "2026-01-01"})
    {'actor': {'mbox': 'mailto:a@x.fi'}, 'verb': {'id': 'http://v'}, 'object': {'id': 'http://a'}}
    """
    kept = {name: part for name, part in statement.items() if name not in ADDED}
    return {name: _part(name, part) for name, part in kept.items()}


def _part(name: str, value: Any) -> Any:
    if isinstance(value, dict) and name != "extensions":
        left_out = _WORDS.get(name, set()) | {"definition"}
        kept = {key: one for key, one in value.items() if key not in left_out and not _usual(key, one)}
        return {key: _part(key, _listed(key, one)) for key, one in kept.items()}
    if isinstance(value, list) and name != "extensions":
        inner = [_part(name, one) for one in value]
        return sorted(inner, key=_order) if name in _UNORDERED else inner
    return _plain(name, value)


def _listed(name: str, value: Any) -> Any:
    """Return what a lone activity stands for: a list of it."""
    return [value] if name in _ACTIVITIES and isinstance(value, dict) else value


def _plain(name: str, value: Any) -> Any:
    if name == "timestamp":
        return instant_of(value)[0]
    if name in _HEXADECIMAL and isinstance(value, str) and ":" not in value:
        return value.lower()
    return _number(value)


def _usual(key: str, value: Any) -> bool:
    """Return whether this says no more than leaving it out would."""
    return key == "objectType" and value in {"Agent", "Activity"}


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53 else value


def _order(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")
