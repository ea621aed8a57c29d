"""The responses: append-only, told apart by id, never overwritten; amended by rows of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import ColumnElement, bindparam, func, tuple_

from polku.errors import ConflictError
from polku.records import Reason, Refusal, Refused, Response, Responses
from polku.store import bulk, tables
from polku.store.amendments import Amendments
from polku.store.effective import Changes
from polku.store.holds import unprofiled
from polku.store.jsontext import canonical
from polku.store.log import Log
from polku.store.prepared import Prepared
from polku.store.profiles import FoldKey
from polku.store.refused import Quarantine
from polku.store.tenant import Tenant, chunks
from polku.store.values import Added, Amended, Amendment

BATCH = 20_000
"""Rows inserted at once: it bounds memory, and larger batches are no faster."""

FOLD_KEY = ("known_at", "answered_at", "response_id")
_TABLE = tables.responses
_CONTENT = tuple(_TABLE.c[name] for name in bulk.CONTENT)

_LEARNERS = (_TABLE.c.learner_id == bindparam("learner"),)
_BEYOND = tuple_(*(_TABLE.c[name] for name in FOLD_KEY)) > tuple_(*(bindparam(f"last_{name}") for name in FOLD_KEY))
ALL_OF = Prepared(_TABLE, *_CONTENT, where=_LEARNERS)
SINCE = Prepared(_TABLE, *_CONTENT, where=(*_LEARNERS, _BEYOND))
COUNT_OF = Prepared(_TABLE, func.count(), where=_LEARNERS)


def beyond(last_key: FoldKey) -> dict[str, object]:
    """Return the values of :data:`SINCE` but for the learner."""
    return {f"last_{name}": value for name, value in zip(FOLD_KEY, last_key, strict=True)}


class ResponseLog:
    """Every answer as it was recorded, and what became of it: reading gives the answers as they hold now.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    quarantine : Quarantine
        Where conflicting content goes.
    log : Log
        Where corrections and voids are logged.
    """

    def __init__(self, tenant: Tenant, quarantine: Quarantine, log: Log) -> None:
        self._tenant = tenant
        self._quarantine = quarantine
        self._amendments = Amendments(tenant, log)

    def add(
        self, responses: Responses, source: str = "responses", *, on_step: Callable[[int, int], None] | None = None
    ) -> Added:
        """Add responses; adding them again changes nothing.

        An id that is there with other content is a conflict: what is there stays, the new content goes
        to quarantine with the names of the columns that differ.

        Parameters
        ----------
        responses : Responses
            What to add.
        source : str
            Where they came from, for the quarantine.
        on_step : callable, optional
            Called with (rows done, rows in all) after each batch of :data:`BATCH`.

        Returns
        -------
        Added
            How many were new, how many were there already, and the ids in conflict.

        Raises
        ------
        ConflictError
            If order numbers would be mixed with clock times.
        """
        if len(responses):
            self._refuse_other_clock(responses.clock)
        names, now = (*bulk.CONTENT, "recorded_at"), self._tenant.now()
        accepted, done, conflicts = 0, 0, dict[str, Refusal]()
        for rows in bulk.batches(responses, BATCH):
            new = self._tenant.insert_new(_TABLE, names, [(*row, now) for row in rows])
            if new < len(rows):
                conflicts |= self._conflicts(rows)
            accepted, done = accepted + new, done + len(rows)
            if on_step is not None:
                on_step(done, len(responses))
        if conflicts:
            self._quarantine.add(Refused.of(conflicts.values()), source)
        return Added(accepted, len(responses) - accepted - len(conflicts), list(conflicts))

    def all(self, *, without: Iterable[str] = ()) -> Responses:
        """Return all answers as they hold now, but for those to the items `without`.

        Answers of learners who object to profiling, or whose data may not be used, are left out: nothing is learned
        from them.
        """
        if self._tenant.writes:  # what is kept of them later in this transaction must not miss an amendment
            self._tenant.claim("answers", shared=True)
        out = unprofiled(self._tenant)
        changes = Changes.read(self._tenant, without=without, but_for=out)
        return bulk.from_rows(list(changes.applied(self._recorded(*_not_to(without), *_not_of(out)))))

    def of(self, learner_ids: Iterable[str], *, without: Iterable[str] = ()) -> Responses:
        """Return the answers of some learners as they hold now; a learner without answers adds nothing.

        Answers to the items `without` are left out.
        """
        found: list[bulk.Content] = []
        for part in chunks(sorted(set(learner_ids))):
            rows = self._recorded(_TABLE.c.learner_id.in_(part), *_not_to(without))
            found += Changes.read(self._tenant, learners=part, without=without).applied(rows)
        return bulk.from_rows(found)

    def after(self, learner_id: str, last_key: FoldKey | None, *, without: Iterable[str] = ()) -> Responses:
        """Return one learner's answers beyond `last_key`, or all of them when it is None.

        A late arrival can stand *before* the key: compare the profile's number of answers with
        :meth:`count` to notice it. Answers to the items `without` are left out of both.
        """
        if not without:
            return self._held_after(learner_id, last_key)[0]
        where: list[ColumnElement[bool]] = [_TABLE.c.learner_id == learner_id, *_not_to(without)]
        if last_key is not None:
            where.append(tuple_(*(_TABLE.c[name] for name in FOLD_KEY)) > last_key)
        changes = Changes.read(self._tenant, learners=[learner_id], without=without)
        return bulk.from_rows(list(changes.applied(self._recorded(*where), last_key)))

    def since(self, learner_id: str, last_key: FoldKey | None, *, without: Iterable[str] = ()) -> tuple[Responses, int]:
        """Return what :meth:`after` and :meth:`count` return for one learner, by fewer statements."""
        if without:
            return self.after(learner_id, last_key, without=without), self.count(learner_id, without=without)
        held, changes = self._held_after(learner_id, last_key)
        total = COUNT_OF.rows(self._tenant, learner=learner_id)[0][0]
        return held, changes.count(int(total))

    def _held_after(self, learner_id: str, last_key: FoldKey | None) -> tuple[Responses, Changes]:
        """Return one learner's answers beyond a key as they hold, and what became of all of them."""
        changes = Changes.read(self._tenant, learners=[learner_id])
        if last_key is None:
            rows = ALL_OF.rows(self._tenant, learner=learner_id)
        else:
            rows = SINCE.rows(self._tenant, learner=learner_id, **beyond(last_key))
        return bulk.from_rows(list(changes.applied(map(tuple, rows), last_key))), changes

    def as_known_at(self, moment: int) -> Responses:
        """Return the answers of :meth:`all` as they were known at a moment: without what came, or was amended, later.

        Parameters
        ----------
        moment : int
            Microseconds UTC, or an order number where the provider has no clock.
        """
        out = unprofiled(self._tenant)
        rows = self._recorded(_TABLE.c.known_at <= moment, *_not_of(out))
        return bulk.from_rows(list(Changes.read(self._tenant, known_by=moment, but_for=out).applied(rows)))

    def stream(self, size: int = BATCH) -> Iterator[list[bulk.Content]]:
        """Yield the answers of :meth:`all`, by learner in fold order, `size` rows at a time.

        What is held at once is a batch, one learner's answers and the amendments, however many answers there are.
        """
        order = (_TABLE.c[name] for name in ("learner_id", *FOLD_KEY))
        used = _not_of(unprofiled(self._tenant))
        recorded = self._tenant.stream(self._tenant.select(_TABLE, *_CONTENT).where(*used).order_by(*order))
        rows = Changes.read(self._tenant).in_order(map(tuple, recorded))
        while part := list(islice(rows, size)):
            yield part

    def count(self, learner_id: str | None = None, *, without: Iterable[str] = ()) -> int:
        """Return how many answers hold, of one learner or in all, but for those to the items `without`."""
        learners = None if learner_id is None else [learner_id]
        where = [] if learner_id is None else [_TABLE.c.learner_id == learner_id]
        recorded = self._tenant.count(_TABLE, *where, *_not_to(without))
        return Changes.read(self._tenant, learners=learners, without=without).count(recorded)

    def clock(self) -> bool:
        """Return whether the answers carry clock times rather than order numbers; True where there are none."""
        row = self._tenant.first(self._tenant.select(_TABLE, _TABLE.c.clock))
        return True if row is None else bool(row.clock)

    def learners(self) -> list[str]:
        """Return the ids of all learners with an answer that holds, in order."""
        statement = self._tenant.select(_TABLE, _TABLE.c.learner_id).distinct()
        found = [row.learner_id for row in self._tenant.rows(statement.order_by(_TABLE.c.learner_id))]
        emptied = {learner for learner in Changes.read(self._tenant).emptied() if not self.count(learner)}
        return [learner for learner in found if learner not in emptied]

    def correct(self, content: Response, *, by: str, role: str, reason: str, known_at: int | None = None) -> Amended:
        """Correct an answer: `content` holds from now on; what was recorded stays written. Undoes a void.

        The learner's kept profiles are dropped, so that whoever asks next folds the history anew. The answer keeps its
        place in the fold, except where that place was the very time that is corrected.

        Parameters
        ----------
        content : Response
            The whole answer as it should be, checked, under its id; its `known_at` is not looked at.
        by, role, reason : str
            Who corrected it, as what, and why.
        known_at : int, optional
            When it became known; default now, or after all answers so far where there is no clock.

        Returns
        -------
        Amended
            `repeated` when the answer says so already.

        Raises
        ------
        NotFoundError
            If no answer has this id.
        ConflictError
            If it would become another learner's answer, carry the other kind of time, or be known before what it
            amends.
        """
        return self._amendments.add(content.response_id, content, by=by, role=role, reason=reason, known_at=known_at)

    def void(self, response_id: str, *, by: str, role: str, reason: str, known_at: int | None = None) -> Amended:
        """Take an answer back; what was recorded stays written, and a later correction brings it back.

        Parameters and what is raised are those of :meth:`correct`.
        """
        return self._amendments.add(response_id, None, by=by, role=role, reason=reason, known_at=known_at)

    def latest(self, response_id: str) -> Response:
        """Return an answer as it holds, and one that is void as it last held.

        Raises
        ------
        NotFoundError
            If no answer has this id.
        """
        amended = (one.content for one in reversed(self._amendments.of_response(response_id)))
        return next((content for content in amended if content), None) or self._amendments.recorded(response_id)

    def amendments(self, learner_id: str) -> list[Amendment]:
        """Return every correction and void of a learner's answers, in the order in which they were recorded."""
        return self._amendments.of_learner(learner_id)

    def _recorded(self, *where: ColumnElement[bool]) -> list[bulk.Content]:
        return [tuple(row) for row in self._tenant.rows(self._tenant.select(_TABLE, *_CONTENT).where(*where))]

    def _refuse_other_clock(self, clock: bool) -> None:
        statement = self._tenant.select(_TABLE, _TABLE.c.clock)
        known = self._tenant.first(statement)
        if known is None:  # the first writer settles it; another first writer waits here
            self._tenant.claim("clock")
            known = self._tenant.first(statement)
        if known is not None and known.clock != clock:
            names = {True: "clock times", False: "order numbers"}
            raise ConflictError(
                f"this provider's responses carry {names[known.clock]}",
                got=names[clock],
                hint="keep data without a clock under a provider of their own",
            )

    def _conflicts(self, rows: Sequence[bulk.Content]) -> dict[str, Refusal]:
        """Return a refusal for each row that is stored with other content, by response id.

        What was recorded counts, and so does what holds since: a platform may send either again.
        """
        stored: dict[str, bulk.Content] = {}
        for part in chunks([row[0] for row in rows]):
            stored.update((row[0], row) for row in self._recorded(_TABLE.c.response_id.in_(part)))
        differing = {row[0]: (row, names) for row in rows if (names := _differing(row, stored[row[0]]))}
        for part in chunks(list(differing)):
            for held in Changes.read(self._tenant, responses=part).applied(()):
                if not _differing(differing[held[0]][0], held):
                    del differing[held[0]]
        return {response_id: _refusal(row, names) for response_id, (row, names) in differing.items()}


def _not_of(learners: Iterable[str]) -> list[ColumnElement[bool]]:
    """Return the conditions that leave out learners who object, or whose data may not be used."""
    return [_TABLE.c.learner_id.not_in(part) for part in chunks(sorted(learners))]


def _not_to(items: Iterable[str]) -> list[ColumnElement[bool]]:
    """Return the conditions that leave answers to `items` out."""
    return [_TABLE.c.item_id.not_in(part) for part in chunks(sorted(set(items)))]


def _differing(row: bulk.Content, stored: bulk.Content) -> list[str]:
    """Return the columns that differ. Hearing of the same answer again, later, is no other answer."""
    columns = zip(bulk.CONTENT, row, stored, strict=True)
    return [name for name, new, old in columns if new != old and name != "known_at"]


def _refusal(row: bulk.Content, names: Sequence[str]) -> Refusal:
    content = {name: value for name, value in zip(bulk.CONTENT, row, strict=True) if value is not None}
    return Refusal(0, Reason.CONFLICT, ", ".join(names), Reason.CONFLICT.sentence, canonical(content))
