"""What changed between two versions of a curriculum, and what a person should look at before the new one is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from polku.curriculum.curriculum import Curriculum
from polku.curriculum.values import Content, natural_key

KINDS = ("subjects", "transversals", "modules", "areas", "objectives", "criteria", "skills")
LASTING = "tunniste"
"""The code set of identifiers that the national register keeps when it renumbers."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An element that both versions have, and that says something else in the new one.

    Parameters
    ----------
    kind, id : str
        What it is.
    fields : mapping of str to tuple
        Per field, the old and the new content.
    """

    kind: str
    id: str
    fields: Mapping[str, tuple[Any, Any]] = field(hash=False)


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What is different between two versions.

    Parameters
    ----------
    added, removed : mapping of str to tuple of str
        Per kind, the ids that only one version has, in natural order.
    changed : tuple of Changed
        What both have and say differently.
    edges_added, edges_removed : tuple of (str, str)
        Hard prerequisites, earlier skill first, between skills that both versions have.
    replaced_by : mapping of str to tuple of str
        Proposals for skills that are gone: those of the new version that carry the same lasting identifier. A proposal
        only: whoever reviews the new version writes `replacedBy` into it.
    """

    added: Mapping[str, tuple[str, ...]] = field(hash=False)
    removed: Mapping[str, tuple[str, ...]] = field(hash=False)
    changed: tuple[Changed, ...]
    edges_added: tuple[tuple[str, str], ...]
    edges_removed: tuple[tuple[str, str], ...]
    replaced_by: Mapping[str, tuple[str, ...]] = field(hash=False)

    def __bool__(self) -> bool:
        """Return whether anything is different."""
        return any((*self.added.values(), *self.removed.values(), self.changed, self.edges_added, self.edges_removed))

    def of(self, kind: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Changed, ...]]:
        """Return what was added, removed and changed of one kind."""
        return self.added[kind], self.removed[kind], tuple(one for one in self.changed if one.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self)


def compare(old: Curriculum, new: Curriculum) -> VersionDiff:
    """Return what changed from one version of a curriculum to the next.

    Examples
    --------
    >>> old = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b"}]}')
    >>> new = Curriculum.from_json('{"skills": [{"id": "b", "grade": 7}, {"id": "c"}]}')
    >>> found = compare(old, new)
    >>> found.of("skills")[:2], found.changed[0].fields
    ((('c',), ('a',)), {'grade': (None, 7)})
    """
    before, after = ({kind: _by_id(one.content, kind) for kind in KINDS} for one in (old, new))
    hard = [_hard(one) for one in (old, new)]
    both = old.skills.keys() & new.skills.keys()
    kept = [{edge for edge in edges if set(edge) <= both} for edges in hard]
    return VersionDiff(
        added={kind: _sorted(after[kind].keys() - before[kind].keys()) for kind in KINDS},
        removed={kind: _sorted(before[kind].keys() - after[kind].keys()) for kind in KINDS},
        changed=tuple(one for kind in KINDS for one in _changed(kind, before[kind], after[kind])),
        edges_added=tuple(sorted(kept[1] - kept[0])),
        edges_removed=tuple(sorted(kept[0] - kept[1])),
        replaced_by=_proposals(old, new),
    )


def _by_id(content: Content, kind: str) -> dict[str, Any]:
    return {one.id: one for one in getattr(content, kind)}


def _sorted(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=natural_key))


def _changed(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    """Yield what both versions have and say differently; edges of skills are told apart from this."""
    for name in _sorted(set(before) & set(after)):
        old, new = asdict(before[name]), asdict(after[name])
        fields = {key: (old[key], new[key]) for key in old if key != "prerequisites" and _differs(old[key], new[key])}
        if fields:
            yield Changed(kind, name, fields)


def _differs(old: Any, new: Any) -> bool:
    """Return whether two contents differ; the order of a list of ids means nothing."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return set(old) != set(new)
    return bool(old != new)


def _hard(curriculum: Curriculum) -> set[tuple[str, str]]:
    return {(before, skill.id) for skill in curriculum.skills.values() for before in skill.prerequisites}


def _proposals(old: Curriculum, new: Curriculum) -> dict[str, tuple[str, ...]]:
    """Return per skill that is gone the new skills of the same lasting identifiers."""
    carriers: dict[str, list[str]] = defaultdict(list)
    for name, marks in _lasting(new).items():
        for mark in marks:
            carriers[mark].append(name)
    found = {
        name: {other for mark in marks for other in carriers[mark]}
        for name, marks in _lasting(old).items()
        if name not in new
    }
    return {name: _sorted(others) for name, others in sorted(found.items()) if others}


def _lasting(curriculum: Curriculum) -> dict[str, set[str]]:
    """Return per skill the lasting identifiers of the objectives it serves."""
    known = {
        one.id: {code.code for code in one.also if code.codeset == LASTING} for one in curriculum.content.objectives
    }
    return {
        skill.id: {mark for objective in skill.objectives for mark in known.get(objective, ())}
        for skill in curriculum.skills.values()
    }
