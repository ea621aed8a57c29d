"""One batch of a register's rows: checked, held against what they refer to, kept.

Results go through the door of all streams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from polku.exchange import oneroster_terms as terms
from polku.exchange.links import Links
from polku.exchange.oneroster_files import DELTA, Row
from polku.exchange.oneroster_grades import Line, Own, elements_of, ids_of
from polku.exchange.oneroster_rows import Thing, thing
from polku.records import Reason, Refusal, Refused
from polku.records.elements import Element
from polku.store import Transaction
from polku.store.rostered import Rostered
from polku.store.sources import Delivery

OBJECTIVES: Final = frozenset({"lineItemLearningObjectiveIds", "resultLearningObjectiveIds"})
REFERS: Final[Mapping[str, Mapping[str, str]]] = {
    "roles": {"user": "users"},
    "enrollments": {"user": "users", "class": "classes"},
    "lineItemLearningObjectiveIds": {"of": "lineItems"},
    "results": {"student": "users", "item": "lineItems"},
}
"""What a kind refers to, by field, and cannot do without."""
_COLUMN: Final = {"user": "userSourcedId", "class": "classSourcedId", "of": "lineItemSourcedId"} | {
    "student": "studentSourcedId",
    "item": "lineItemSourcedId",
}


@dataclass
class FileCount:
    """How the rows of one file ended: ``rows == accepted + unchanged + refused + unused``, always.

    Parameters
    ----------
    mode : {"bulk", "delta"}
        As the manifest says.
    rows, accepted, unchanged : int
        In all; new or otherwise than before; as before.
    refused : Counter of str
        By reason.
    unused : int
        Of files that nothing here is made of.
    ended : int
        Things that a whole file no longer names; they were no rows.
    dropped : Counter of str
        Fields of personal data, by kind.
    flags : Counter of str
        What is odd in rows that are accepted all the same.
    """

    mode: str
    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unused: int = 0
    ended: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)


class Batch:
    """One batch of rows of one kind.

    Parameters
    ----------
    tx : Transaction
        One that may write.
    kind : str
        One of `oneroster_terms.ORDER`.
    delivery : Delivery
        Whose rows they are.
    links : Links
        What objectives and items mean here.
    """

    def __init__(self, tx: Transaction, kind: str, delivery: Delivery, links: Links) -> None:
        self._tx, self._kind, self._delivery, self._links = tx, kind, delivery, links
        self._refused: list[Refusal] = []

    def take(self, batch: Sequence[Row], count: FileCount) -> None:
        """Take rows in; what became of each is counted."""
        said = [(row, one) for row in batch if (one := self._checked(row, count)) is not None]
        targets = self._targets([one for _, one in said])
        sound = self._once([(row, one) for row, one in said if self._refers(row, one, targets)], count)
        if self._kind == "results":
            things = self._results(sound, targets)
        elif self._kind in OBJECTIVES:
            things = self._merged(sound, count)
        else:
            things = [(self._kept_thing(one, targets), one.ended) for _, one in sound]
        taken = self._tx.register.take(self._delivery.source, self._kind, things, self._delivery.receipt_id)
        if self._kind not in OBJECTIVES:
            count.accepted += taken.changed
            count.unchanged += taken.same
        for refusal in self._refused:
            count.refused[refusal.reason.value] += 1
        self._tx.refused.add(Refused.of(self._refused), self._delivery.source)

    def _kept_thing(self, one: Thing, targets: Mapping[str, Mapping[str, Rostered]]) -> Rostered:
        return Rostered(one.sourced_id, _whose(self._kind, one, targets), one.content)

    def _checked(self, row: Row, count: FileCount) -> Thing | None:
        """Return what a row says, or None where it is refused."""
        if row.fault is not None:
            self._refuse(row, row.fault, "")
            return None
        said = thing(self._kind, row.fields, self._delivery.deny, changes=count.mode == DELTA)
        if isinstance(said, Refusal):
            self._refuse(row, said.reason, said.column)
            return None
        count.flags.update(said.flags)
        return said

    def _refuse(self, row: Row, reason: Reason, column: str) -> None:
        """Refuse a row; what is kept of it is what would have been read, and whose it is."""
        read = (*terms.ALWAYS, *terms.COLUMNS[self._kind])
        fields = {name: row.fields[name] for name in read if row.fields.get(name)}
        who = fields.get({"users": "sourcedId", "results": "studentSourcedId"}.get(self._kind, "userSourcedId"))
        kept = {"file": self._kind, **({"learner_id": who} if who else {}), **fields}
        content = self._delivery.deny.row_json({name: value for name, value in kept.items() if "@" not in value})
        where = f"{self._kind}.{column}" if column else self._kind
        self._refused.append(Refusal(row.line, reason, where, reason.sentence, content))

    def _targets(self, said: Sequence[Thing]) -> dict[str, dict[str, Rostered]]:
        """Return what the rows refer to, by field."""
        return {
            name: self._tx.register.there(self._delivery.source, kind, [one.content[name] for one in said])
            for name, kind in REFERS.get(self._kind, {}).items()
        }

    def _refers(self, row: Row, one: Thing, targets: Mapping[str, Mapping[str, Rostered]]) -> bool:
        for name, there in targets.items():
            if one.content[name] not in there:
                self._refuse(row, Reason.UNKNOWN_REFERENCE, _COLUMN[name])
                return False
        return True

    def _once(self, said: Sequence[tuple[Row, Thing]], count: FileCount) -> list[tuple[Row, Thing]]:
        """Return the rows without those whose id came before in the same delivery: repeats, or conflicts."""
        if self._kind in OBJECTIVES:
            return list(said)
        there = self._tx.register.there(self._delivery.source, self._kind, [one.sourced_id for _, one in said])
        mine = self._delivery.receipt_id
        before: dict[str, tuple[Any, bool]] = {
            name: (one.content.get("said", one.content), one.ended_at is not None)
            for name, one in there.items()
            if one.receipt_id == mine
        }
        first: list[tuple[Row, Thing]] = []
        for row, one in said:
            if one.sourced_id not in before:
                before[one.sourced_id] = (one.content, one.ended)
                first.append((row, one))
            elif before[one.sourced_id] == (one.content, one.ended):
                count.unchanged += 1
            else:
                self._refuse(row, Reason.CONFLICT, "sourcedId")
        return first

    def _merged(self, said: Sequence[tuple[Row, Thing]], count: FileCount) -> list[tuple[Rostered, bool]]:
        """Return the objectives of each line item or result as one thing, with those that it had before."""
        there = self._tx.register.there(self._delivery.source, self._kind, [one.content["of"] for _, one in said])
        fresh: dict[str, dict[str, list[Any]]] = {}
        for _, one in said:
            of, named = one.content["of"], [one.content["objective"], one.content.get("score")]
            was = there.get(of)
            objectives = fresh.setdefault(of, self._objectives_before(was, count))
            had = was.content["objectives"].get(one.sourced_id) if was else None
            same = had == (None if one.ended else named)
            count.unchanged += same
            count.accepted += not same
            if one.ended:
                objectives.pop(one.sourced_id, None)
            else:
                objectives[one.sourced_id] = named
        return [(Rostered(of, None, {"objectives": objectives}), False) for of, objectives in fresh.items()]

    def _objectives_before(self, was: Rostered | None, count: FileCount) -> dict[str, list[Any]]:
        """Return what stays of a thing's objectives: all where changes are sent, else those of this delivery."""
        stays = was is not None and (count.mode == DELTA or was.receipt_id == self._delivery.receipt_id)
        return dict(was.content["objectives"]) if was is not None and stays else {}

    def _results(
        self, said: Sequence[tuple[Row, Thing]], targets: Mapping[str, Mapping[str, Rostered]]
    ) -> list[tuple[Rostered, bool]]:
        """Send results through the door of streams; return what is kept of each, so that a correction finds it."""
        source, register = self._delivery.source, self._tx.register
        before = register.there(source, "results", [one.sourced_id for _, one in said])
        of_line = register.there(source, "lineItemLearningObjectiveIds", [one.content["item"] for _, one in said])
        of_result = register.there(source, "resultLearningObjectiveIds", [one.sourced_id for _, one in said])
        elements: list[Element] = []
        rows: list[Row] = []
        things = []
        for row, one in said:
            learner = str(targets["student"][one.content["student"]].learner_id)
            line = _line(targets["item"][one.content["item"]], of_line.get(one.content["item"]))
            own = [Own(*pair) for pair in _objectives(of_result.get(one.sourced_id))]
            was = before.get(one.sourced_id)
            found = elements_of(one, learner, line, own, self._links, was.content["elements"] if was else ())
            elements += found
            rows += [row] * len(found)
            content = {"said": one.content, "elements": ids_of(found)}
            things.append((Rostered(one.sourced_id, learner, content), one.ended))
        learners = {row.line: str(thing_.learner_id) for (row, _), (thing_, _) in zip(said, things, strict=True)}
        self._tx.sources.take(elements, self._delivery, lambda place: self._kept(rows[place], learners))
        return things

    def _kept(self, row: Row, learners: Mapping[int, str]) -> str:
        """Return a result as it may lie in quarantine."""
        fields = {name: row.fields[name] for name in terms.COLUMNS["results"] if row.fields.get(name)}
        kept = {"file": "results", "learner_id": learners[row.line], "sourcedId": row.fields["sourcedId"], **fields}
        return self._delivery.deny.row_json(kept)


def _objectives(one: Rostered | None) -> list[list[Any]]:
    return [] if one is None else list(one.content["objectives"].values())


def _line(item: Rostered, objectives: Rostered | None) -> Line:
    named = tuple(sorted({str(objective) for objective, _ in _objectives(objectives)}))
    return Line(float(item.content["least"]), item.content["most"], named)


def _whose(kind: str, one: Thing, targets: Mapping[str, Mapping[str, Rostered]]) -> str | None:
    """Return the person that a thing is about, as they are called here."""
    if kind == "users":
        return str(one.content["key"])
    if "user" in one.content and "user" in targets:
        return targets["user"][one.content["user"]].learner_id
    return None
