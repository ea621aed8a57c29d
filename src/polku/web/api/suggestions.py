"""``/v1/suggestions/{id}``: what people see and decide. The system decides nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from polku.errors import ConflictError, InputError, NotFoundError
from polku.store.decisions import UNDO
from polku.store.holds import RESTRICTION
from polku.store.transaction import Transaction
from polku.store.values import Decision, Suggestion
from polku.web.access import Decides, GuidesGroup, Role, SeesLearner, Viewer
from polku.web.api.groups import members_of
from polku.web.paging import PAGE, After, Limit, paged
from polku.web.repeatable import Repeatable
from polku.web.said import Because, begins
from polku.web.service import Held, Reading, Writing
from polku.web.shapes import Id, PathId, Shape

router = APIRouter(prefix="/v1", tags=["suggestions"], route_class=Repeatable)
MOST_AT_ONCE = 30
"""Suggestions that may be accepted in one request: a class."""
DAY = 86_400_000_000
Action = Literal["accept", "edit", "skip", "reject", "pause"]


class DecisionIn(Because):
    """A teacher's or a learner's word on one suggestion."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"decision": "reject", "by": "T07", "role": "teacher", "reason": "on_paper"}},
    )

    decision: Action
    """What was decided. A rejected skill stays away for its time, `rejected_days` of the policy, unless there is new
    evidence on it or it is accepted again."""
    replacement: Id | None = None
    """For an edit: the skill chosen instead."""
    until: date | None = None
    """For a pause: the first day on which the skill may come up again."""


class UndoIn(Because):
    """A word that takes a decision back."""

    model_config = ConfigDict(json_schema_extra={"example": {"by": "T07", "role": "teacher", "reason": "by_mistake"}})


class AcceptedIn(Because):
    """Suggestions of a group that a teacher accepts together, each of them seen before."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"by": "T07", "role": "teacher", "suggestion_ids": ["5d41402abc4b2a76"]}}
    )

    suggestion_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]
    """Which; each was opened by the same person before, its evidence beside it."""


class DecisionShape(Shape):
    """The record of a decision."""

    decision_id: str
    """Its id in the log."""


class DecisionsShape(Shape):
    """The records of decisions that were taken together."""

    decision_ids: list[str]
    """One for each suggestion, in the order given."""


class SeenShape(Shape):
    """That a suggestion was opened."""

    suggestion_id: str
    """Which."""
    first: bool
    """Whether the same person had not opened it before; only then it is logged."""


class Event(Shape):
    """One step in the life of a suggestion."""

    what: Literal["offered", "seen", "accept", "edit", "skip", "reject", "pause", "undo"]
    """What happened."""
    at: int
    """When: microseconds since 1970 in UTC."""
    by: str | None
    """Who; null for the offer itself."""
    role: str | None
    """As what."""
    decision_id: str | None
    """Id of a decision, by which it can be taken back."""
    reason: str | None
    """Why, by its code; what was decided before there were codes may be in their words."""
    replacement: str | None
    """The skill chosen instead."""
    until: int | None
    """When a pause ends."""
    stands: bool
    """False once it was taken back."""


class SuggestionLife(Shape):
    """One suggestion from its offer on."""

    suggestion_id: str
    """Which."""
    skill_id: str
    """The skill that was suggested."""
    events: list[Event]
    """What became of it, oldest first."""


class LifeShape(Shape):
    """The life of the suggestions made to one learner."""

    learner_id: str
    """Whose."""
    suggestions: list[SuggestionLife]
    """Every option ever offered, newest first; one page."""
    next: str | None
    """`after` of the next page; null on the last."""


@router.post("/suggestions/{suggestion_id}/decision", status_code=201)
def decide(viewer: Decides, held: Held, tx: Writing, suggestion_id: PathId, decision: DecisionIn) -> DecisionShape:
    """Record what a teacher or learner decided about a suggestion; it is logged, and a rejection holds at once."""
    by, role = _speaker(viewer, held, decision)
    if decision.replacement is not None:
        held.suggester.released(tx).lens.curriculum.index(decision.replacement)
    made = tx.decisions.add(
        suggestion_id,
        decision.decision,
        by,
        role,
        decision.reason,
        replacement=decision.replacement,
        until=begins(decision.until),
    )
    return DecisionShape(decision_id=made)


@router.post("/suggestions/{suggestion_id}/seen")
def see(viewer: Decides, tx: Writing, suggestion_id: PathId) -> SeenShape:
    """Record that a suggestion was opened, for a platform that shows it on a page of its own. Again changes nothing."""
    about = _suggestion(tx, suggestion_id)
    new = tx.suggestions.see([suggestion_id], about.learner_id, viewer=viewer.subject, role=viewer.role.value)
    return SeenShape(suggestion_id=suggestion_id, first=bool(new))


@router.post("/suggestions/{suggestion_id}/decisions/{decision_id}/undo", status_code=201)
def undo(
    viewer: Decides, held: Held, tx: Writing, suggestion_id: PathId, decision_id: PathId, said: UndoIn
) -> DecisionShape:
    """Take a decision back, within `undo_days` of the settings; both stay written. A learner takes back their own."""
    by, role = _speaker(viewer, held, said)
    about = _suggestion(tx, suggestion_id)
    if decision_id not in {one.decision_id for one in _decisions(tx, about)}:
        raise NotFoundError("this decision is about no such suggestion", got=decision_id, hint="ask for its events")
    within = held.settings.trail.undo_days * DAY
    return DecisionShape(decision_id=tx.decisions.undo(decision_id, by, role, said.reason, within=within))


@router.post("/groups/{group_id:path}/decisions", status_code=201)
def accept_together(
    viewer: GuidesGroup, held: Held, tx: Writing, group_id: PathId, accepted: AcceptedIn
) -> DecisionsShape:
    """Accept up to 30 suggestions of a group at once, each opened by the same person before. One log entry each.

    Only accepting goes together: what changes, puts aside or rests a suggestion is decided one by one.
    """
    by, role = _speaker(viewer, held, accepted)
    ids, members = accepted.suggestion_ids, {one.learner_id for one in members_of(tx, group_id)}
    if len(set(ids)) < len(ids):
        raise InputError("a suggestion is named twice", hint="name each once")
    elsewhere = [one for one in ids if _suggestion(tx, one).learner_id not in members]
    if elsewhere:
        raise NotFoundError("not suggested to anybody in this group", got=elsewhere[0], hint="one group at a time")
    opened = {one.suggestion_id for one in tx.suggestions.seen(ids, viewer.subject)}
    unseen = [one for one in ids if one not in opened]
    if unseen:
        raise ConflictError(
            "the evidence comes first: some of these were not opened by whoever accepts them",
            got=f"{len(unseen)} of {len(ids)}, such as {unseen[0]}",
            hint="open the group's suggestions or the learner's path, then accept",
        )
    made = [tx.decisions.add(one, "accept", by, role, accepted.reason) for one in ids]
    return DecisionsShape(decision_ids=made)


@router.get("/learners/{learner_id:path}/suggestions")
def life(viewer: SeesLearner, tx: Reading, learner_id: PathId, limit: Limit = PAGE, after: After = None) -> LifeShape:
    """Return every suggestion made to a learner and what became of it: offered, seen, decided, taken back.

    While the use of the learner's data is restricted, nobody but the learner and those at home is told of suggestions
    from before: they were made from the answers.
    """
    since = _restricted_since(tx, learner_id, viewer)
    made = [one for one in tx.suggestions.of(learner_id) if one.offered_at >= since]
    newest_first, decisions = reversed(made), tx.decisions.history(learner_id)
    offered, following = paged(newest_first, lambda one: one.suggestion_id, after, limit)
    undone = {one.takes_back for one in decisions}
    seen = tx.suggestions.seen([one.suggestion_id for one in offered])
    found = []
    for one in offered:
        events = [_event("offered", one.offered_at)]
        events += [_event("seen", at, by=by, role=role) for id_, by, role, at in seen if id_ == one.suggestion_id]
        events += [_decided(word, undone) for word in decisions if word.suggestion_id == one.suggestion_id]
        events.sort(key=lambda event: event.at)
        found.append(SuggestionLife(suggestion_id=one.suggestion_id, skill_id=one.skill_id, events=events))
    return LifeShape(learner_id=learner_id, suggestions=found, next=following)


def _restricted_since(tx: Transaction, learner_id: str, viewer: Viewer) -> int:
    """Return since when a restriction hides what was before from a viewer; 0 where nothing is hidden."""
    if viewer.role in {Role.LEARNER, Role.GUARDIAN}:
        return 0
    return max((one.at for one in tx.holds.bearing(learner_id, None) if one.kind == RESTRICTION), default=0)


def _speaker(viewer: Viewer, held: Held, said: Because) -> tuple[str, str]:
    """Return who decides and as what; only teachers and learners decide about suggestions."""
    by, role = said.speaker(viewer, held.deny)
    if role not in {"teacher", "learner"}:
        raise InputError("teachers and learners decide about suggestions", got=role, hint="role teacher or learner")
    return by, role


def _suggestion(tx: Transaction, suggestion_id: str) -> Suggestion:
    found = tx.suggestions.get(suggestion_id)
    if found is None:
        raise NotFoundError("this suggestion was never offered", got=suggestion_id, hint="ask for the path first")
    return found


def _decisions(tx: Transaction, about: Suggestion) -> list[Decision]:
    return [one for one in tx.decisions.history(about.learner_id) if one.suggestion_id == about.suggestion_id]


def _decided(made: Decision, undone: set[str | None]) -> Event:
    stands = made.decision != UNDO and made.decision_id not in undone
    said = {"by": made.by, "role": made.role, "decision_id": made.decision_id, "reason": made.reason}
    return _event(made.decision, made.at, **said, replacement=made.replacement, until=made.until, stands=stands)


def _event(what: str, at: int, *, stands: bool = True, **said: object) -> Event:
    nothing = dict.fromkeys(("by", "role", "decision_id", "reason", "replacement", "until"))
    return Event.model_validate({**nothing, **said, "what": what, "at": at, "stands": stands})
