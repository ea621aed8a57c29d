"""Personal data at the door: what an element holds of it is counted, and taken out of whatever is kept.

Evidence holds ids, a score and times, so nothing else can get in by it. What is kept as it came (quarantine, statements
that their sender may read back) goes through :func:`without`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import msgspec

from polku.records import DenyRules

ADDRESS: Final = re.compile(r"[^\s@<>\"':,;/]+@[^\s@<>\"',;/]+\.[^\s@<>\"',;/]+")
ADDRESS_KIND: Final = "e-mail address"
NAME_KIND: Final = "name"
CODE_KIND: Final = "personal identity code"
SECRET_KIND: Final = "password"  # noqa: S105 - the kind, not one of them
SECRETS: Final = frozenset({"password", "passwd", "pwd", "secret", "salasana", "lösenord"})

_CONTEXT: Final = b'"@context"'  # the one sign of JSON-LD that is no address
_SHAPE = bytearray(range(256))
for _digit in b"0123456789":
    _SHAPE[_digit] = ord("0")
for _sign in b"+-ABCDEFUVWXYabcdefuvwxy\xe2":
    _SHAPE[_sign] = ord("-")
for _gap in b"\"'/:.,;# ?=&()[]{}|\t\r\n":
    _SHAPE[_gap] = ord(".")
_SHAPES: Final = bytes(_SHAPE)
_REST: Final = bytes(range(0x80, 0xC0))  # what follows the first byte of a dash that is not ASCII


def looks_like_code(content: bytes) -> bool:
    """Return whether bytes may hold a personal identity code; never False where one stands behind a gap.

    Twenty times faster than the pattern itself, which the caller then asks.

    Examples
    --------
    >>> looks_like_code(b'{"name": "131052-308T"}'), looks_like_code(b'{"at": "2026-03-05T09:12:33Z"}')
    (True, False)
    """
    shape = content.translate(_SHAPES) if content.isascii() else content.translate(_SHAPES, _REST)
    if b"000000-000" not in shape:  # most of the time; looking for the gap before it costs more
        return False
    return b".000000-000" in shape or b"-000000-000" in shape or b"_000000-000" in shape


def found(content: bytes, deny: DenyRules) -> tuple[str, ...]:
    """Return the kinds of personal data that stand in an element's bytes: codes and addresses.

    Examples
    --------
    >>> found(b'{"mbox": "mailto:anna@example.org"}', DenyRules())
    ('e-mail address',)
    """
    kinds: tuple[str, ...] = ()
    if content.count(b"@") > content.count(_CONTEXT) and ADDRESS.search(content.decode("utf-8", "replace")):
        kinds = (ADDRESS_KIND,)
    if looks_like_code(content) and deny.holds(content.decode("utf-8", "replace")):
        kinds += (CODE_KIND,)
    return kinds


def without(
    value: object, drop: Callable[[str, object, str], str | None], deny: DenyRules
) -> tuple[Any, tuple[str, ...]]:
    """Return JSON without personal data, and the kinds of what was taken out, once for each.

    Parameters
    ----------
    value : object
        As it came out of JSON.
    drop : callable
        Given a key, its value and the key above, the kind of personal data that it holds by its standard, or None.
    deny : DenyRules
        What is kept nowhere, whatever the standard says.

    Examples
    --------
    >>> without({"a": "write to x@example.org", "hetu": "1"}, lambda *_: None, DenyRules(columns={"hetu": "code"}))
    ({'a': 'write to [removed: e-mail address]'}, ('e-mail address', 'code'))
    """
    kinds: list[str] = []

    def clean(part: object, key: str) -> object:
        if isinstance(part, dict):
            return {str(name): clean(one, str(name)) for name, one in part.items() if keeps(str(name), one, key)}
        if isinstance(part, list):
            return [clean(one, key) for one in part]
        return plain(part) if isinstance(part, str) else part

    def keeps(name: str, part: object, above: str) -> bool:
        kind = drop(name, part, above) or _denied(name, deny)
        if kind:
            kinds.append(kind)
        return kind is None

    def plain(text: str) -> str:
        clear = ADDRESS.sub(f"[removed: {ADDRESS_KIND}]", text)
        if clear != text:
            kinds.append(ADDRESS_KIND)
        redacted = deny.redact(clear)
        if redacted != clear:
            kinds.append(CODE_KIND)
        return redacted

    return clean(value, ""), tuple(kinds)


def denied_keys(names: Collection[str], deny: DenyRules) -> tuple[str, ...]:
    """Return the kinds of denied fields among some names; of an IRI its last part counts."""
    return tuple(kind for name in names if (kind := _denied(name, deny)) is not None)


def _denied(name: str, deny: DenyRules) -> str | None:
    last = name[max(name.rfind("/"), name.rfind("#")) + 1 :]
    return SECRET_KIND if last.casefold() in SECRETS else deny.rule(last)


def row(
    content: bytes,
    drop: Callable[[str, object, str], str | None],
    deny: DenyRules,
    who: Callable[[Any], object],
) -> str:
    """Return an element as it may lie in quarantine: whose it is, so that it is erased with them, and what it said.

    Parameters
    ----------
    content : bytes
        As it came; of what is no JSON only the size is kept.
    drop : callable
        As in :func:`without`.
    deny : DenyRules
        What is kept nowhere.
    who : callable
        Returns the learner's id from the element, as far as it can be told; anything may be missing in it.
    """
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return f'{{"bytes": {len(content)}}}'
    clear, _ = without(value, drop, deny)
    learner = who(value)
    kept = {"learner_id": learner} if isinstance(learner, str) else {}
    return deny.row_json({**kept, "element": clear})


def at(value: Any, *names: str) -> Any:
    """Return what stands at a place of JSON, None where there is nothing.

    Examples
    --------
    >>> at({"actor": {"account": {"name": "anna"}}}, "actor", "account", "name")
    'anna'
    """
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
