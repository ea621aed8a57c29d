"""What changed between two descriptions of the interface, and whether a caller would notice.

A caller breaks when something it uses is gone, something it never sent is asked for, or an answer is of another kind.
What is added breaks nobody: callers pass over fields that they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

QUIET = frozenset({"description", "example", "examples", "summary", "title", "tags", "operationId"})
"""Members that no program goes by."""
VERBS = ("get", "put", "post", "delete", "patch")


class Change(NamedTuple):
    """One difference.

    Parameters
    ----------
    breaking : bool
        Whether a caller of the older interface may break.
    where : str
        Endpoint or shape.
    what : str
        What is different.
    """

    breaking: bool
    where: str
    what: str

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{'BREAKING' if self.breaking else 'added   '}  {self.where}: {self.what}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what is different, breaking changes first.

    Parameters
    ----------
    before, after : mapping
        OpenAPI documents.

    Examples
    --------
    >>> [str(one) for one in changes({"paths": {"/a": {"get": {}}}}, {"paths": {}})]
    ['BREAKING  GET /a: is gone']
    """
    found = [*_operations(before, after), *_shapes(before, after)]
    return sorted(set(found), key=lambda one: (not one.breaking, one.where, one.what))


def _operations(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _listed(before), _listed(after)
    yield from (Change(True, name, "is gone") for name in old.keys() - new.keys())
    yield from (Change(False, name, "is new") for name in new.keys() - old.keys())
    for name in old.keys() & new.keys():
        yield from _parameters(name, old[name], new[name])
        yield from _answers(name, old[name], new[name])
        yield from _schema(f"{name} body", _body(old[name]), _body(new[name]), sent=True)


def _listed(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{verb.upper()} {path}": operation
        for path, verbs in document.get("paths", {}).items()
        for verb, operation in verbs.items()
        if verb in VERBS
    }


def _parameters(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = ({(one["in"], one["name"]): one for one in part.get("parameters", [])} for part in (before, after))
    yield from (Change(True, name, f"parameter {key[1]} is gone") for key in old.keys() - new.keys())
    for key in new.keys() - old.keys():
        yield Change(bool(new[key].get("required")), name, f"parameter {key[1]} is new")
    for key in old.keys() & new.keys():
        if new[key].get("required") and not old[key].get("required"):
            yield Change(True, name, f"parameter {key[1]} is required now")
        yield from _schema(f"{name} {key[1]}", old[key].get("schema", {}), new[key].get("schema", {}), sent=True)


def _answers(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = before.get("responses", {}), after.get("responses", {})
    for status in old.keys() - new.keys():
        yield Change(True, name, f"answer {status} is gone")
    for status in new.keys() - old.keys():
        yield Change(False, name, f"answer {status} is new")
    for status in old.keys() & new.keys():
        yield from _schema(f"{name} {status}", _content(old[status]), _content(new[status]), sent=False)


def _shapes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = (part.get("components", {}).get("schemas", {}) for part in (before, after))
    sent = {name for name in old | new if name.endswith("In") or name in {"Changes", "Response"}}
    for name in old.keys() & new.keys():
        yield from _schema(name, old[name], new[name], sent=name in sent)


def _schema(where: str, before: Mapping[str, Any], after: Mapping[str, Any], *, sent: bool) -> Iterator[Change]:
    """Compare two shapes: what is sent may be asked for less, what is answered may say more."""
    old, new = before.get("properties", {}), after.get("properties", {})
    yield from (Change(True, where, f"field {field} is gone") for field in old.keys() - new.keys())
    for field in new.keys() - old.keys():
        needed = sent and field in after.get("required", ())
        yield Change(needed, where, f"field {field} is new" + " and required" * needed)
    required = set(after.get("required", ())) ^ set(before.get("required", ()))
    for field in sorted(required & old.keys() & new.keys()):
        is_now = field in after.get("required", ())
        yield Change(is_now == sent, where, f"field {field} is {'' if is_now else 'no longer '}required")
    for field in old.keys() & new.keys():
        yield from _schema(f"{where}.{field}", old[field], new[field], sent=sent)
    yield from _kind(where, _plain(before), _plain(after), sent=sent)


def _kind(where: str, before: Mapping[str, Any], after: Mapping[str, Any], *, sent: bool) -> Iterator[Change]:
    for word in sorted(before.keys() | after.keys()):
        old, new = before.get(word), after.get(word)
        if old == new:
            continue
        if word == "enum" and old is not None and new is not None:
            gone, more = (sorted(map(str, set(one) - set(other))) for one, other in ((old, new), (new, old)))
            yield from (Change(sent, where, f"value {one} is gone") for one in gone)
            yield from (Change(not sent, where, f"value {one} is new") for one in more)
        else:
            yield Change(True, where, f"{word} was {old!r}, is {new!r}")


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a schema says of itself, without its fields and without words for people."""
    return {name: _bare(value) for name, value in schema.items() if name not in QUIET | {"properties", "required"}}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items() if name not in QUIET}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _body(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    return _content(operation.get("requestBody", {}))


def _content(part: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = next((one.get("schema", {}) for one in part.get("content", {}).values()), {})
    return schema
