"""Which statements fit a question, and how they are written down for an answer (Communication 2.1.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from polku.web.statement_query import Wanted

Statement = dict[str, Any]
_WHO: Final = ("account", "mbox", "mbox_sha1sum", "openid")
_PEOPLE: Final = frozenset({"Agent", "Group"})


def fits(said: Mapping[str, Any], wanted: Wanted) -> bool:
    """Return whether a statement is about what is asked for; when it was stored is not looked at.

    Examples
    --------
    >>> fits({"verb": {"id": "http://v"}}, Wanted(verb="http://v")), fits({"verb": {"id": "http://w"}}, Wanted(verb="http://v"))
    (True, False)
    """
    if wanted.verb is not None and said["verb"]["id"] != wanted.verb:
        return False
    registration = said.get("context", {}).get("registration")
    if wanted.registration is not None and str(registration).lower() != wanted.registration:
        return False
    if wanted.activity is not None and wanted.activity not in set(_activities(said, wanted.related_activities)):
        return False
    return wanted.agent is None or any(_is(one, wanted.agent) for one in agents(said, wanted.related_agents))


def target(said: Mapping[str, Any]) -> str | None:
    """Return the id of the statement that a statement is about: what fits of that fits of this too."""
    about = said["object"]
    return str(about["id"]).lower() if about.get("objectType") == "StatementRef" else None


def _activities(said: Mapping[str, Any], related: bool) -> Iterator[str]:
    about = said["object"]
    if about.get("objectType", "Activity") == "Activity":
        yield about["id"]
    if not related:
        return
    for listed in said.get("context", {}).get("contextActivities", {}).values():
        yield from (one["id"] for one in (listed if isinstance(listed, list) else [listed]))
    if about.get("objectType") == "SubStatement":
        yield from _activities(about, related)


def agents(said: Mapping[str, Any], related: bool) -> Iterator[Statement]:
    """Yield the agents and groups of a statement, members included: actor and object, or all that are related."""
    about = said["object"]
    yield from _with_members(said["actor"])
    if about.get("objectType") in _PEOPLE:
        yield from _with_members(about)
    if not related:
        return
    around = said.get("context", {})
    for one in (said.get("authority"), around.get("instructor"), around.get("team")):
        yield from _with_members(one) if one is not None else ()
    yield from (one["agent"] for one in around.get("contextAgents", ()))
    for one in around.get("contextGroups", ()):
        yield from _with_members(one["group"])
    if about.get("objectType") == "SubStatement":
        yield from agents(about, related)


def _with_members(one: Statement) -> Iterator[Statement]:
    yield one
    yield from one.get("member", ())


def _is(one: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether two are known by the same; who is known by nothing is nobody."""
    return any(name in wanted and one.get(name) == wanted[name] for name in _WHO)


def formed(said: Statement, form: str, languages: str = "") -> Statement:
    """Return a statement as an answer writes it: exact, canonical, or with ids alone.

    Parameters
    ----------
    said : dict
        A whole statement.
    form : {"exact", "ids", "canonical"}
        As it is asked for.
    languages : str
        ``Accept-Language``: which of several words a canonical one keeps.

    Examples
    --------
    >>> said = {"actor": {"name": "A", "mbox": "mailto:a@x.fi"}, "verb": {"id": "http://v", "display": {"fi": "v"}},
    ... "object": {"id": "http://a", "definition": {"name": {"fi": "a", "en": "b"}}}}
    >>> formed(said, "ids")
    {'actor': {'mbox': 'mailto:a@x.fi'}, 'verb': {'id': 'http://v'}, 'object': {'id': 'http://a'}}
    >>> formed(said, "canonical", "en, fi;q=0.5")["object"]["definition"]
    {'name': {'en': 'b'}}
    """
    if form == "exact":
        return said
    made: Statement = _ids("", said) if form == "ids" else _canonical("", said, _preferred(languages))
    return made


def _ids(name: str, part: Any) -> Any:
    if isinstance(part, list):
        return [_ids(name, one) for one in part]
    if not isinstance(part, dict) or name == "extensions":
        return part
    anonymous = "member" in part and not any(key in part for key in _WHO)
    if any(key in part for key in _WHO) or anonymous:
        return {
            key: _ids(key, one)
            for key, one in part.items()
            if key in {*_WHO, "objectType"} or (anonymous and key == "member")
        }
    left_out = {"definition", "display"} if name != "attachments" else set()
    return {key: one if key == "result" else _ids(key, one) for key, one in part.items() if key not in left_out}


_MAPS: Final = frozenset({"display", "name", "description"})


def _canonical(name: str, part: Any, preferred: list[str]) -> Any:
    """Return a part with one language in place of several."""
    if isinstance(part, list):
        return [_canonical(name, one, preferred) for one in part]
    if not isinstance(part, dict) or name == "extensions":
        return part
    if name in _MAPS and len(part) > 1:
        chosen = next((tag for like in preferred for tag in part if _speaks(tag, like)), next(iter(part)))
        return {chosen: part[chosen]}
    return {key: _canonical(key, one, preferred) for key, one in part.items()}


def _speaks(tag: str, like: str) -> bool:
    """Return whether a language is one that is asked for (RFC 4647, section 3.3.1)."""
    return tag.lower() == like or tag.lower().startswith(f"{like}-")


def _preferred(languages: str) -> list[str]:
    """Return the languages of a header, best first."""
    found: list[tuple[float, str]] = []
    for one in languages.split(","):
        tag, _, weight = (part.strip().lower() for part in one.partition(";"))
        share = weight.removeprefix("q=")
        good = float(share) if share.replace(".", "", 1).isascii() and share.replace(".", "", 1).isdecimal() else 1.0
        found.append((-good, tag))
    return [tag for _, tag in sorted(found, key=lambda one: one[0]) if tag and tag != "*"]
