"""Whether a feed conforms: read by the same rules as at the doors, twice, and nothing kept.

What comes of it is for whoever makes the feed: how many elements there are and how each would end, the first examples
of every reason, what personal data would be dropped, which objective links lead to the curriculum, whether times are
possible, and whether the same id is the same content when asked again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, NamedTuple

from polku.exchange.links import Links
from polku.records import DenyRules, Items, Refusal

SHOWN: Final = 3
"""Examples of each reason."""
LONGEST: Final = 300
"""Characters of an example."""
LATE: Final = 5 * 60 * 1_000_000
"""Microseconds by which a sender's clock may be ahead."""


@dataclass(frozen=True)
class Known:
    """What a feed is held to.

    Parameters
    ----------
    links : Links
        What ids of other systems mean here.
    items : Items
        The item bank.
    skills : frozenset of str
        Of the curriculum.
    deny : DenyRules
        What is kept nowhere.
    now : int
        Microseconds UTC.
    """

    links: Links
    items: Items
    skills: frozenset[str]
    deny: DenyRules
    now: int


class Seen(NamedTuple):
    """One element as it was read.

    Parameters
    ----------
    place : int
        In the feed, from 1.
    outcome : str
        How it would end at the door: "evidence", "voiding", "no_effect", "refused", or the kind of a file's row.
    element_id, digest : str or None
        Its own id, and its content's digest; None where it has none.
    refusal : Refusal or None
        Why it would be refused.
    dropped, flags : tuple of str
        Personal data in it, and what is odd.
    link : str or None
        What it names as its objective, or the task where it names none; None where it is about neither.
    resolves : bool
        Whether that leads to a skill of the curriculum.
    at : int or None
        When it happened, microseconds UTC.
    """

    place: int
    outcome: str
    element_id: str | None = None
    digest: str | None = None
    refusal: Refusal | None = None
    dropped: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    link: str | None = None
    resolves: bool = False
    at: int | None = None


class Example(NamedTuple):
    """One refused element: where, what is at fault, why, and its content with nothing personal in it."""

    place: int
    at_fault: str
    explanation: str
    content: str


@dataclass(frozen=True)
class Report:
    """What became of a feed.

    Parameters
    ----------
    standard : str
        What it was read as.
    outcomes : mapping of str to int
        How many elements ended how; they add up to all.
    refused : mapping of str to (int, list of Example)
        By reason: how many, and the first.
    dropped, flags : mapping of str to int
        Personal data, and what is odd, by kind.
    resolved, unresolved : int
        Links that lead to the curriculum, and those that do not.
    unknown : tuple of str
        The first that do not.
    earliest, latest : str or None
        When things happened, ISO 8601.
    repeated : int
        Elements that came twice with the same content.
    conflicts : tuple of str
        Ids that came with several contents, in one reading or between the two.
    faults : tuple of str
        Why the feed does not conform; empty where it does.
    """

    standard: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, tuple[int, list[Example]]] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    resolved: int = 0
    unresolved: int = 0
    unknown: tuple[str, ...] = ()
    earliest: str | None = None
    latest: str | None = None
    repeated: int = 0
    conflicts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Return whether nothing is to be mended."""
        return not self.faults

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values."""
        refused = {
            reason: {"count": count, "first": [one._asdict() for one in first]}
            for reason, (count, first) in self.refused.items()
        }
        return {"conforms": self.conforms, **asdict(self), "refused": refused}


def report(
    standard: str, first: Iterable[Seen], second: Iterable[Seen], known: Known, *, names: bool = False
) -> Report:
    """Put together what two readings of a feed say.

    Parameters
    ----------
    standard : str
        What it was read as.
    first, second : iterable of Seen
        The feed as it came, and as it came again. What is new in the second is no fault.
    known : Known
        What it is held to.
    names : bool
        Whether the standard itself asks for names: then what is dropped of them is no fault.

    Examples
    --------
    >>> from polku.exchange.links import Links
    >>> from polku.records import Items
    >>> known = Known(Links(), Items.of(), frozenset(), DenyRules(), 0)
    >>> seen = [Seen(1, "evidence", "e1", "d1", link="x", resolves=True), Seen(2, "evidence", "e1", "d2")]
    >>> report("xapi", seen, seen, known).faults
    ('ids with several contents: 1 (the same id is the same content, for good)',)
    """
    seen, contents = list(first), dict[str, set[str]]()
    for one in (*seen, *second):
        if one.element_id is not None and one.digest is not None:
            contents.setdefault(one.element_id, set()).add(one.digest)
    conflicts = tuple(sorted(name for name, digests in contents.items() if len(digests) > 1))
    pairs = Counter((one.element_id, one.digest) for one in seen if one.element_id and one.digest)
    times = [one.at for one in seen if one.at is not None]
    linked = [one for one in seen if one.link is not None]
    unknown = [str(one.link) for one in linked if not one.resolves]
    made = Report(
        standard=standard,
        outcomes=dict(sorted(Counter(one.outcome for one in seen).items())),
        refused=_refused(seen),
        dropped=_counted(one.dropped for one in seen),
        flags=_counted(one.flags for one in seen),
        resolved=len(linked) - len(unknown),
        unresolved=len(unknown),
        unknown=tuple(dict.fromkeys(unknown))[:SHOWN],
        earliest=_moment(min(times)) if times else None,
        latest=_moment(max(times)) if times else None,
        repeated=sum(count - 1 for count in pairs.values()),
        conflicts=conflicts,
    )
    return _judged(made, sum(at > known.now + LATE for at in times), names=names)


def _judged(made: Report, ahead: int, *, names: bool) -> Report:
    """Return the report with what is to be mended."""
    refused = sum(count for count, _ in made.refused.values())
    personal = 0 if names else sum(made.dropped.values())
    faults: Mapping[str, int] = {
        "the feed holds nothing": not made.outcomes,
        f"would be refused: {refused:,} (see the reasons)": refused,
        f"lead to no skill of the curriculum: {made.unresolved:,}": made.unresolved,
        f"ids with several contents: {len(made.conflicts):,} (the same id is the same content, for good)": len(
            made.conflicts
        ),
        f"personal data: {personal:,} times (send pseudonymous ids alone)": personal,
        f"in the future: {ahead:,}": ahead,
    }
    return Report(**{**_fields(made), "faults": tuple(text for text, count in faults.items() if count)})


def _fields(made: Report) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Report.__dataclass_fields__}


def _refused(seen: Iterable[Seen]) -> dict[str, tuple[int, list[Example]]]:
    """Return the refused elements by reason, most frequent first."""
    found: dict[str, list[Example]] = {}
    for one in seen:
        why = one.refusal
        if why is not None:
            example = Example(one.place, why.column, why.explanation, why.row[:LONGEST])
            found.setdefault(why.reason.value, []).append(example)
    order = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {reason: (len(examples), examples[:SHOWN]) for reason, examples in order}


def _counted(kinds: Iterable[tuple[str, ...]]) -> dict[str, int]:
    return dict(sorted(Counter(one for part in kinds for one in part).items()))


def _moment(at: int) -> str:
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (epoch + dt.timedelta(microseconds=at)).isoformat(timespec="seconds")


Reader = Callable[[bytes, Known], Iterable[Seen]]
"""Reads a feed of one standard."""
