"""A delivery of OneRoster taken in: what a register says is kept thinned, and the roster follows from all of it.

Files and the interface come by the same way: kinds of rows in an order, each whole or changes alone. Rows are taken in
by batches; what is in memory at once is a batch, and at the end the people and classes of one register.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import pandas as pd

from polku.errors import ConflictError
from polku.exchange import oneroster_terms as terms
from polku.exchange.links import Links
from polku.exchange.oneroster_files import BULK, Package, Row
from polku.exchange.oneroster_grades import NAME
from polku.exchange.oneroster_people import People, Projection
from polku.exchange.oneroster_personal import personal_in
from polku.records import DenyRules, Items, Roster
from polku.records.elements import Tally
from polku.records.relations import Kind, Relation
from polku.store import Store, Transaction
from polku.store.holds import PAUSE
from polku.store.receipts import Receipt
from polku.store.sources import Delivery
from polku.store.values import Learner
from polku.web.rostered import OBJECTIVES, Batch, FileCount

BATCH = 2_000
"""Rows taken in at once: a transaction each."""
ENDING = frozenset(terms.ORDER) - OBJECTIVES - {"results"}
"""Kinds of which something ends by being left out of a whole file; evidence is not taken back by silence."""
FROM_REGISTERS = frozenset({Kind.GUARDIAN, Kind.PRINCIPAL, Kind.TEACHER})
LEFT = "the register names this learner no longer"
OnRows = Callable[[str, int], None]


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery.

    Parameters
    ----------
    receipt : Receipt
        Of all of it, results of a gradebook among it.
    files : dict of str to FileCount
        File by file.
    projection : Projection
        What follows for the roster.
    notes : tuple of str
        Where the manifest and the files differ.
    """

    receipt: Receipt
    files: dict[str, FileCount]
    projection: Projection
    notes: tuple[str, ...]


def _quiet(_kind: str, _rows: int) -> None:
    """Say nothing."""


class Rostering:
    """One delivery of one register.

    Parameters
    ----------
    store : Store
        Where it goes.
    source : str
        Name of the register: the same each time.
    deny : DenyRules
        What is kept nowhere.
    links : Links
        What objectives and items of a gradebook mean here.
    items : Items
        The item bank.
    on_rows : callable, optional
        Told the file and how many of its rows are done.

    Raises
    ------
    ConflictError
        If the source speaks another standard.
    """

    def __init__(
        self, store: Store, source: str, deny: DenyRules, links: Links, items: Items, on_rows: OnRows = _quiet
    ) -> None:
        self._store, self._links, self._on_rows = store, links, on_rows
        with store.read() as tx:
            receipt_id, spoken = tx.receipts.new_id(), tx.receipts.standard_of(source)
        if spoken not in {None, NAME}:
            raise ConflictError(f"source {source} speaks {spoken}", got=NAME, hint="name another source")
        self._delivery = Delivery(source, NAME, receipt_id, deny, items, Tally(), live=False)
        self._sha = hashlib.sha256()
        self.files: dict[str, FileCount] = {}

    def take(self, package: Package, by: str) -> Delivered:
        """Take in everything of a delivery that is of use, file by file, and let the roster follow.

        Raises
        ------
        InputError
            If a file cannot be read at all; files before it are taken in then, and the roster stays as it was.
        """
        for kind, mode in package.modes.items():
            self.rows(kind, mode, package.rows(kind))
        return self.finish(by, package.notes)

    def rows(self, kind: str, mode: str, found: Iterable[Row]) -> None:
        """Take in rows of one kind; those of a whole file may come in several parts."""
        count = self.files.setdefault(kind, FileCount(mode))
        rows = iter(found)
        while batch := list(islice(rows, BATCH)):
            count.rows += len(batch)
            for row in batch:
                self._sha.update(repr((kind, *sorted(row.fields.items()))).encode("utf-8", "replace"))
                count.dropped.update(personal_in(kind, row.fields, self._delivery.deny))
            self._batch(kind, batch, count)
            self._on_rows(kind, count.rows)

    def _batch(self, kind: str, batch: list[Row], count: FileCount) -> None:
        if kind not in terms.ORDER:
            count.unused += len(batch)
            return
        with self._store.begin() as tx:
            tx.register.pass_through()
            Batch(tx, kind, self._delivery, self._links).take(batch, count)

    def finish(self, by: str, notes: tuple[str, ...] = ()) -> Delivered:
        """Let the roster follow from what is kept, and write the receipt."""
        source, tally = self._delivery.source, self._delivery.tally
        for kind, count in self.files.items():
            _add(tally, kind, count)
        with self._store.begin() as tx:
            self._end_missing(tx)
            projection = project(tx, source)
            receipt = tx.receipts.add(
                self._delivery.receipt_id,
                tally,
                source=source,
                standard=NAME,
                digest=self._sha.hexdigest(),
                by=by,
            )
        return Delivered(receipt, self.files, projection, notes)

    def _end_missing(self, tx: Transaction) -> None:
        """End what whole files no longer name."""
        for kind, count in self.files.items():
            # A file without one good row says nothing about who is gone: it is more likely a mistake.
            if count.mode == BULK and kind in ENDING and count.accepted + count.unchanged:
                count.ended = tx.register.end_missing(self._delivery.source, kind, self._delivery.receipt_id)


def _add(tally: Tally, kind: str, count: FileCount) -> None:
    """Count a file's rows in the receipt; those of results that were taken are there already, element by element."""
    if kind != "results":
        tally.accepted += count.accepted
        tally.repeated += count.unchanged
    tally.refused.update(count.refused)
    if count.unused:
        tally.without_effect[f"{kind}_not_used"] += count.unused
    tally.dropped.update(count.dropped)
    tally.flags.update(count.flags)


def project(tx: Transaction, source: str) -> Projection:
    """Let roster and relations follow from what a register says by now.

    What other registers or files said of people and groups that this one never named stays. A learner who has left is
    paused: nothing is suggested, all evidence stays, and the pause goes when the register names them again.
    """
    today = dt.datetime.fromtimestamp(tx.register.now() / 1_000_000, dt.UTC).date()
    kinds = ("academicSessions", "classes", "users", "roles")
    people = People({kind: tx.register.all(source, kind) for kind in kinds}, today)
    made = people.project(tx.register.all(source, "enrollments"))
    taught, mine = tx.roster.teachers(), Roster.of((), made.teachers).teachers
    teachers = pd.concat([taught[~taught["group_id"].isin(made.groups)], mine], ignore_index=True)
    learners = (Learner(*one) for one in made.learners)
    tx.roster.renew(made.known, learners, teachers.astype(mine.dtypes))
    tx.relations.replace(_relations(tx.relations.each(), made))
    _rest(tx, made, f"oneroster:{source}")
    return made


def _relations(before: Iterable[Relation], made: Projection) -> list[Relation]:
    """Return all relations: the register's own, and those before that are not its to say.

    Substitutes, special education, and whatever somebody closed stay; what is closed between two people is not
    opened again by a register.
    """
    kept = [one for one in before if one.restricted or one.subject not in made.known or one.kind not in FROM_REGISTERS]
    closed = {(one.subject, one.object_type, one.object_id) for one in kept if one.restricted}
    return kept + [one for one in made.relations if (one.subject, one.object_type, one.object_id) not in closed]


def _rest(tx: Transaction, made: Projection, by: str) -> None:
    """Pause learners who left, and let go those who are back."""
    held = {one.subject: one for one in tx.holds.now(PAUSE) if one.scope == "learner"}
    for learner_id in sorted(made.ended - held.keys()):
        tx.holds.put(PAUSE, "learner", learner_id, by=by, role="service", reason=LEFT)
    back = [one.learner_id for one in made.learners if one.learner_id in held]
    for learner_id in back:
        if held[learner_id].by == by:
            tx.holds.lift(PAUSE, "learner", learner_id, by=by, role="service", reason="the register names them again")
