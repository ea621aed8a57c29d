"""What the store hands out: small frozen values, never rows of the database library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from polku.records import Response

GENESIS = "0" * 64


class Added(NamedTuple):
    """What became of a batch of responses.

    Parameters
    ----------
    accepted : int
        Rows that were new.
    repeated : int
        Rows that were already there, word for word.
    conflicts : list of str
        Response ids that were there with other content; the new content is in quarantine.
    """

    accepted: int
    repeated: int
    conflicts: list[str]


class Amended(NamedTuple):
    """What became of one correction or void.

    Parameters
    ----------
    response_id, learner_id : str
        Which answer, and whose.
    number : int
        How many amendments the answer has now.
    kind : {"correct", "void"}
        What was asked for.
    repeated : bool
        Whether the answer was so already; then nothing was recorded.
    """

    response_id: str
    learner_id: str
    number: int
    kind: str
    repeated: bool


class Amendment(NamedTuple):
    """One correction or void as it was recorded; `content` is the answer that held from then on, None for none."""

    response_id: str
    learner_id: str
    number: int
    kind: str
    content: Response | None
    known_at: int
    by: str
    role: str
    reason: str


class Quarantined(NamedTuple):
    """A row that was refused: where it came from, why, and the row itself as JSON text."""

    source: str
    line: int
    reason: str
    column: str
    explanation: str
    row: str
    at: int


class Learner(NamedTuple):
    """One line of the roster."""

    learner_id: str
    grade: int | None
    group_id: str | None
    school_id: str | None


class StoredBundle(NamedTuple):
    """A bundle as it was stored; every file's content has been checked against its SHA-256."""

    bundle_id: str
    manifest: dict[str, Any]
    files: dict[str, bytes]


class StoredAudit(NamedTuple):
    """An audit as it was stored."""

    audit_id: str
    bundle_id: str
    audit_json: str
    added_at: int


class StoredValidation(NamedTuple):
    """A validation as it was stored."""

    validation_id: str
    bundle_id: str
    verdict: str
    content: str
    added_at: int


class Release(NamedTuple):
    """Who let which bundle serve, when, why, on which audit and which validation (None: from before there were any)."""

    number: int
    bundle_id: str
    audit_id: str
    approver: str
    reason: str
    released_at: int
    validation_id: str | None


class Suggestion(NamedTuple):
    """One option that was offered to one learner."""

    suggestion_id: str
    learner_id: str
    position: int
    skill_id: str
    kind: str
    score: float | None
    propensity: float | None
    rung: str
    policy_hash: str
    bundle_id: str | None
    offered_at: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that was offered to one learner at one moment.

    Parameters
    ----------
    learner_id : str
        Whom it was offered to.
    offered_at : int
        Microseconds UTC.
    path : mapping
        The path as it was shown, reasons included.
    candidates : list of mapping
        Everything that was considered, with its terms and propensity.
    suggestions : tuple of Suggestion
        The options, in the order shown.
    """

    learner_id: str
    offered_at: int
    path: Mapping[str, Any]
    candidates: list[dict[str, Any]]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Logged(Offer):
    """An offer with all that its log entry says.

    Parameters
    ----------
    context : mapping
        What else was logged: curriculum, evidence, the situation it was planned from.
    """

    context: Mapping[str, Any] = field(default_factory=dict)


class Decision(NamedTuple):
    """What a teacher or learner decided about one suggestion."""

    decision_id: str
    suggestion_id: str
    learner_id: str
    skill_id: str
    decision: str
    by: str
    role: str
    reason: str | None
    replacement: str | None
    at: int
    until: int | None = None
    takes_back: str | None = None


class Read(NamedTuple):
    """One look at one learner's data: by whom, as what, at what, when (microseconds UTC)."""

    learner_id: str
    viewer: str
    role: str
    what: str
    at: int


class Opened(NamedTuple):
    """Suggestions of one learner that somebody opened, and as what."""

    suggestion_ids: Sequence[str]
    learner_id: str
    viewer: str
    role: str


class Sighting(NamedTuple):
    """When somebody first opened a suggestion."""

    suggestion_id: str
    viewer: str
    role: str
    at: int


class Hold(NamedTuple):
    """What is held back from whom: a pause, an objection or a restriction, put on or lifted."""

    hold_id: str
    kind: str
    scope: str
    subject: str
    on_hold: bool
    until: int | None
    reason: str | None
    by: str
    role: str
    at: int


class RolledOver(NamedTuple):
    """What became of the roster at the turn of a school year.

    Parameters
    ----------
    up, left : int
        Learners a grade up, and those of the last grades, whom the roster no longer names.
    groups, relations : int
        Groups and teaching relations that ended.
    """

    up: int
    left: int
    groups: int
    relations: int


class SettledPaths(NamedTuple):
    """What a teacher settled about the paths of a learner, a group, or a provider's learners."""

    settings_id: str
    scope: str
    subject: str
    content: dict[str, Any]
    by: str
    role: str
    at: int


class Rejection(NamedTuple):
    """A skill that stays out of the learner's options, and since when."""

    skill_id: str
    at: int


class ChainHead(NamedTuple):
    """Where a provider's log stands: number and hash of its last sealed entry.

    Kept outside the store, it makes a truncated or rewritten log show.
    """

    seq: int
    hash: str


class LogProblem(NamedTuple):
    """One place where the log is not what was sealed."""

    seq: int
    entry_id: str | None
    what: str


@dataclass(frozen=True, slots=True)
class LogReport:
    """Outcome of a verification.

    Parameters
    ----------
    head : ChainHead
        Last sealed entry found.
    unsealed : int
        Committed entries that no sealer has numbered yet.
    problems : tuple of LogProblem
        Empty when the log is whole.
    """

    head: ChainHead
    unsealed: int
    problems: tuple[LogProblem, ...] = field(default=())

    @property
    def whole(self) -> bool:
        """Return whether every sealed entry is there, in order and unaltered."""
        return not self.problems


class Erased(NamedTuple):
    """What the erasure of one learner removed: rows per table, and the log entries emptied."""

    rows: dict[str, int]
    entries: int
