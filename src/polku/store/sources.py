"""The one door for streams: repeats and conflicts by id, quarantine, voiding, provenance, counts.

A standard's module turns an element into what it says (:mod:`polku.records.elements`); what becomes of it is decided
here, the same for all standards. An element that holds by its standard but cannot be used here yet, as when nobody
knows the task's skills, waits: its content lies in quarantine, and sending it again, or replaying the source once the
item bank knows the task, takes it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from polku.errors import ConflictError
from polku.records import DenyRules, Items, Reason, Refusal, Refused, Response, Responses, check_response
from polku.records.elements import Element, Evidence, NoEffect, Tally, Voiding
from polku.store import tables
from polku.store.jsontext import canonical, parse
from polku.store.provenance import Provenances
from polku.store.refused import Quarantine
from polku.store.responses import ResponseLog
from polku.store.tenant import AnyRow, Tenant, chunks

_TABLE = tables.elements
_NAMES = ("source", "element_id", "standard", "outcome", "digest", "receipt_id")
_MORE = ("learner_id", "response_id", "target_id", "content", "taken_at")
WAITING = "waiting"
"""Outcome of an element that holds, and that nothing could be made of yet."""
Sound = Evidence | Voiding | NoEffect


@dataclass(frozen=True)
class Delivery:
    """What the elements of one delivery have in common.

    Parameters
    ----------
    source : str
        Who sends: a name, the same each time. Ids are unique within it.
    standard : str
        Name of the standard.
    receipt_id : str
        The receipt that will be written for it.
    deny : DenyRules
        What is kept nowhere.
    items : Items
        The item bank, for elements that name no skill.
    tally : Tally
        Counts so far; what is taken in adds to it.
    live : bool
        Whether it comes as it happens: then results are known from now on, whatever they say. A file's are known from
        when they were given.
    replay : bool
        Whether it is quarantine tried again: personal data are gone from it, so that its digest may be another.
    """

    source: str
    standard: str
    receipt_id: str
    deny: DenyRules
    items: Items
    tally: Tally = field(default_factory=Tally)
    live: bool = True
    replay: bool = False

    def response_id(self, element_id: str) -> str:
        """Return the id of the answer that an element becomes."""
        return f"{self.source}:{element_id}"


class Sources:
    """Streams of one provider.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    responses : ResponseLog
        Where evidence goes.
    quarantine : Quarantine
        Where what is refused goes.
    """

    def __init__(self, tenant: Tenant, responses: ResponseLog, quarantine: Quarantine) -> None:
        self._tenant, self._responses, self._quarantine = tenant, responses, quarantine
        self._provenance = Provenances(tenant)

    def conflicts(self, source: str, elements: Iterable[Element]) -> list[str]:
        """Return the ids among some elements that are there with other content; nothing is written."""
        sound = [one for one in elements if not isinstance(one, Refusal)]
        there = self._provenance.there(source, [one.element_id for one in sound])
        return [
            one.element_id for one in sound if one.element_id in there and there[one.element_id].digest != one.digest
        ]

    def take(self, elements: Sequence[Element], delivery: Delivery, row_of: Callable[[int], str]) -> None:
        """Take elements in; what became of each is counted in the delivery's tally.

        Parameters
        ----------
        elements : sequence
            What they say, in the order sent.
        delivery : Delivery
            Whose they are.
        row_of : callable
            Returns the element at a place as it may lie in quarantine.
        """
        tally, refused = delivery.tally, list[Refusal]()
        tally.note(elements)
        new: dict[str, tuple[int, Sound]] = {}
        there = self._provenance.there(
            delivery.source, [one.element_id for one in elements if not isinstance(one, Refusal)]
        )
        for place, one in enumerate(elements):
            if isinstance(one, Refusal):
                refused.append(one)
                continue
            held = there.get(one.element_id) or _in_batch(new, one.element_id)
            if held is not None and held.outcome == WAITING and (delivery.replay or held.digest == one.digest):
                new[one.element_id] = (place, replace(one, digest=held.digest))
            elif held is None:
                new[one.element_id] = (place, one)
            elif held.digest == one.digest:
                tally.repeated += 1
            else:
                refused.append(Refusal(0, Reason.CONFLICT, "id", Reason.CONFLICT.sentence, row_of(place)))
        refused += self._keep(new, delivery, row_of, there)
        for one in refused:
            tally.refused[one.reason.value] += 1
        self._quarantine.add(Refused.of(refused), delivery.source)

    def refuse(self, refusals: Iterable[Refusal], delivery: Delivery) -> None:
        """Count what is refused with its batch, and keep those that were at fault."""
        held = list(refusals)
        for one in held:
            delivery.tally.refused[one.reason.value] += 1
        self._quarantine.add(Refused.of(one for one in held if one.reason is not Reason.BATCH), delivery.source)

    def waiting(self, source: str) -> list[tuple[str, str, str]]:
        """Return a source's quarantine, oldest first: id, the element's JSON, and the row as it is kept."""
        table = tables.refused
        found = self._tenant.select(table, table.c.refused_id, table.c.content)
        rows = self._tenant.rows(found.where(table.c.source == source).order_by(table.c.refused_at, table.c.refused_id))
        return [(row.refused_id, _element(row.content), row.content) for row in rows]

    def release(self, refused_ids: Iterable[str]) -> None:
        """Take rows out of quarantine: they were taken in."""
        for part in chunks(sorted(refused_ids)):
            self._tenant.delete(tables.refused, tables.refused.c.refused_id.in_(part))

    def _keep(
        self,
        new: dict[str, tuple[int, Sound]],
        delivery: Delivery,
        row_of: Callable[[int], str],
        there: dict[str, AnyRow],
    ) -> list[Refusal]:
        """Keep elements that are new; return those that cannot be used yet."""
        gone = self._provenance.voided_ids(delivery.source, list(new)) | {
            one.target_id for _, one in new.values() if isinstance(one, Voiding)
        }
        answers, waiting = self._answers(new, gone, delivery, row_of)
        self._forget(delivery.source, [element_id for element_id in new if element_id in there])
        tally, now = delivery.tally, self._tenant.now()
        rows = []
        for element_id, (_, one) in new.items():
            outcome = WAITING if element_id in waiting else one.outcome
            answer = answers.get(element_id)
            rows.append(
                (
                    *(delivery.source, element_id, delivery.standard, outcome, one.digest, delivery.receipt_id),
                    *(one.learner_id, answer, one.target_id if isinstance(one, Voiding) else None, one.content, now),
                )
            )
            if outcome == Evidence.outcome and answer is None:
                tally.without_effect["voided_before"] += 1
            elif isinstance(one, NoEffect):
                tally.without_effect[one.why] += 1
        self._tenant.insert_new(_TABLE, (*_NAMES, *_MORE), rows)
        self._void([one for _, one in new.values() if isinstance(one, Voiding)], delivery)
        return list(waiting.values())

    def _answers(
        self,
        new: dict[str, tuple[int, Sound]],
        gone: set[str],
        delivery: Delivery,
        row_of: Callable[[int], str],
    ) -> tuple[dict[str, str], dict[str, Refusal]]:
        """Add the evidence that counts; return its answers' ids, and why the rest must wait, both by element."""
        good: dict[str, Response] = {}
        waiting: dict[str, Refusal] = {}
        for element_id, (place, one) in new.items():
            if not isinstance(one, Evidence) or element_id in gone:
                continue
            checked = self._checked(one, delivery)
            if isinstance(checked, Refusal):
                waiting[element_id] = Refusal(0, checked.reason, checked.column, checked.explanation, row_of(place))
            else:
                good[element_id] = checked
        try:
            added = self._responses.add(Responses.from_responses(good.values()), delivery.source)
        except ConflictError:  # the provider's answers carry order numbers
            said = (Reason.MIXED_TIME, "answered_at", Reason.MIXED_TIME.sentence)
            return {}, waiting | {name: Refusal(0, *said, row_of(new[name][0])) for name in good}
        delivery.tally.accepted += added.accepted
        delivery.tally.repeated += added.repeated
        for element_id in [response_id.removeprefix(f"{delivery.source}:") for response_id in added.conflicts]:
            said = (Reason.CONFLICT, "response_id", Reason.CONFLICT.sentence)
            waiting[element_id] = Refusal(0, *said, row_of(new[element_id][0]))
            del good[element_id]
        return {element_id: one.response_id for element_id, one in good.items()}, waiting

    def _checked(self, one: Evidence, delivery: Delivery) -> Response | Refusal:
        """Check evidence as any answer is checked; a time in the future counts as now."""
        now = self._tenant.now()
        answered = now if one.answered_at is None else one.answered_at
        if answered > now:
            delivery.tally.flags["in_the_future"] += 1
            answered = now
        known = now if delivery.live else min(now, max(answered, one.known_at or answered))
        fields: dict[str, object] = {"learner_id": one.learner_id, "item_id": one.item_id}
        fields |= {"skill_ids": list(one.skill_ids), "correct": one.correct}
        fields["response_id"] = delivery.response_id(one.element_id)
        row = {**fields, "answered_at": 0, "duration_s": one.duration_s}
        checked = check_response(row, None, delivery.deny, delivery.items)
        if isinstance(checked, Refusal):
            return checked
        return Response(
            checked.response_id,
            checked.learner_id,
            checked.item_id,
            checked.skill_ids,
            answered,
            known,
            checked.correct,
            duration_s=checked.duration_s,
        )

    def _void(self, voidings: Sequence[Voiding], delivery: Delivery) -> None:
        """Take back the evidence that voidings are about, where it is there."""
        delivery.tally.voidings += len(voidings)
        targets = sorted({one.target_id for one in voidings})
        for held in self._provenance.there(delivery.source, targets).values():
            if held.outcome == Evidence.outcome and held.response_id is not None:
                said = f"voided by its source ({delivery.standard})"
                done = self._responses.void(held.response_id, by=delivery.source, role="service", reason=said)
                delivery.tally.voided += not done.repeated

    def _forget(self, source: str, ids: Sequence[str]) -> None:
        """Forget that elements waited."""
        mine = (_TABLE.c.source == source, _TABLE.c.outcome == WAITING)
        for part in chunks(sorted(ids)):
            self._tenant.delete(_TABLE, *mine, _TABLE.c.element_id.in_(part))


class _Before(NamedTuple):
    """An element of the same batch, as if it were there already."""

    outcome: str
    digest: str


def _in_batch(new: dict[str, tuple[int, Sound]], element_id: str) -> _Before | None:
    found = new.get(element_id)
    return None if found is None else _Before("new", found[1].digest)


def _element(content: str) -> str:
    """Return the element that a row of quarantine holds."""
    row = parse(content)
    return canonical(row["element"]) if isinstance(row, dict) and "element" in row else content
