"""What one element of a stream says: evidence, a voiding, nothing of use here, or a refusal.

A stream is what a platform sends as it happens: xAPI statements, Caliper events, results of a gradebook. The module
of a standard in :mod:`polku.exchange` turns one element into one of four values, and does nothing else; the one door
for all standards, :class:`polku.store.sources.Sources`, does the rest: repeats and conflicts by id, quarantine,
provenance, voiding, the receipt. A new standard writes ``Evidence(...)`` and is done.

>>> Evidence("e-1", "d1", learner_id="anna", item_id="i7", correct=0.8, answered_at=1_700_000_000_000_000).outcome
'evidence'
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from polku.records.refused import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is kept of an element beside what it says.

    Parameters
    ----------
    dropped : tuple of str
        Kinds of personal data that were in it and are kept nowhere, once for each: "e-mail address", "name".
    flags : tuple of str
        What is odd about it without making it useless: "score_above_most", "after_send_time".
    content : str or None
        The element as JSON, personal data removed, where the standard lets its sender read it back; else None.
    """

    dropped: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence(_Kept):
    """One learner's result on one item.

    Parameters
    ----------
    element_id : str
        The element's own id, unique within its source.
    digest : str
        Of the element's content: the same id with another digest is a conflict. See :func:`content_digest`.
    learner_id : str
        Pseudonymous.
    item_id : str
        What was answered.
    skill_ids : tuple of str
        Skills that the element names; where empty, the item bank's hold.
    correct : float
        Score from 0 to 1.
    answered_at : int or None
        Microseconds UTC; None means when it arrives. A time in the future counts as now.
    known_at : int or None
        When the result became known, where that was later (graded afterwards).
    duration_s : float or None
        Seconds spent.
    """

    outcome: ClassVar[str] = "evidence"
    element_id: str
    digest: str
    learner_id: str = field(kw_only=True)
    item_id: str = field(kw_only=True)
    correct: float = field(kw_only=True)
    skill_ids: tuple[str, ...] = field(default=(), kw_only=True)
    answered_at: int | None = field(default=None, kw_only=True)
    known_at: int | None = field(default=None, kw_only=True)
    duration_s: float | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Voiding(_Kept):
    """Takes an earlier, or later, element of the same source back; a voiding is never itself taken back.

    Parameters
    ----------
    element_id, digest : str
        As in :class:`Evidence`.
    target_id : str
        The element that counts no longer. It may be unknown as yet.
    learner_id : str or None
        Whom the voiding names, where it does.
    """

    outcome: ClassVar[str] = "voiding"
    element_id: str
    digest: str
    target_id: str = field(kw_only=True)
    learner_id: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class NoEffect(_Kept):
    """A sound element that says nothing about a skill: a page was opened, a session ended.

    Parameters
    ----------
    element_id, digest : str
        As in :class:`Evidence`.
    why : str
        A word for the receipt: "ungraded", "other_verb", "entity".
    learner_id : str or None
        Whom it names, so that what is kept of it can be erased with them.
    """

    outcome: ClassVar[str] = "no_effect"
    element_id: str
    digest: str
    why: str = field(kw_only=True)
    learner_id: str | None = field(default=None, kw_only=True)


Element: TypeAlias = Evidence | Voiding | NoEffect | Refusal
"""What the module of a standard makes of one element."""


def content_digest(content: bytes) -> str:
    """Return the digest of an element's content: 32 hexadecimal digits of SHA-256.

    Parameters
    ----------
    content : bytes
        One text for one content: sorted keys, and without what a server adds by itself.

    Examples
    --------
    >>> content_digest(b'{"a":1}')
    '015abd7f5cc57a2dd94b7590f04ad808'
    """
    return hashlib.sha256(content).hexdigest()[:32]


@dataclass
class Tally:
    """How many elements ended how; what a receipt says. Each element ends in one way.

    Parameters
    ----------
    accepted, repeated, voidings : int
        New evidence; elements that were there already; elements that take another back.
    voided : int
        Evidence that these voidings took back; it was counted as accepted when it came.
    without_effect : Counter of str
        Sound elements that say nothing about a skill, by :attr:`NoEffect.why`.
    refused : Counter of str
        By reason.
    dropped, flags : Counter of str
        As in the values.

    Examples
    --------
    >>> tally = Tally(accepted=2)
    >>> tally.refused["no_skills"] += 1
    >>> tally.elements
    3
    """

    accepted: int = 0
    repeated: int = 0
    voidings: int = 0
    voided: int = 0
    without_effect: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def elements(self) -> int:
        """Return how many elements there were."""
        return self.accepted + self.repeated + self.voidings + self.without_effect.total() + self.refused.total()

    def note(self, elements: Iterable[Element]) -> None:
        """Count what was dropped from, and odd in, some elements."""
        for one in elements:
            if not isinstance(one, Refusal):
                if one.dropped:
                    self.dropped.update(one.dropped)
                if one.flags:
                    self.flags.update(one.flags)
