"""The responses: append-only, told apart by id, never overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, tuple_

from polku.errors import ConflictError
from polku.records import Reason, Refusal, Refused, Responses
from polku.store import bulk, tables
from polku.store.jsontext import canonical
from polku.store.profiles import FoldKey
from polku.store.refused import Quarantine
from polku.store.tenant import Tenant, chunks
from polku.store.values import Added

BATCH = 20_000
"""Rows inserted at once: it bounds memory, and larger batches are no faster."""

_TABLE = tables.responses
_CONTENT = tuple(_TABLE.c[name] for name in bulk.CONTENT)


class ResponseLog:
    """Every answer, as it was recorded.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    quarantine : Quarantine
        Where conflicting content goes.
    """

    def __init__(self, tenant: Tenant, quarantine: Quarantine) -> None:
        self._tenant = tenant
        self._quarantine = quarantine

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
        """Return all responses, but for those to the items `without`."""
        return bulk.from_rows(self._rows(*_not_to(without)))

    def of(self, learner_ids: Iterable[str], *, without: Iterable[str] = ()) -> Responses:
        """Return the responses of some learners; a learner without responses adds nothing.

        Responses to the items `without` are left out.
        """
        parts, kept = chunks(sorted(set(learner_ids))), _not_to(without)
        return bulk.from_rows([row for part in parts for row in self._rows(_TABLE.c.learner_id.in_(part), *kept)])

    def after(self, learner_id: str, last_key: FoldKey | None, *, without: Iterable[str] = ()) -> Responses:
        """Return one learner's responses beyond `last_key`, or all of them when it is None.

        A late arrival can stand *before* the key: compare the profile's number of answers with
        :meth:`count` to notice it. Responses to the items `without` are left out of both.
        """
        where: list[ColumnElement[bool]] = [_TABLE.c.learner_id == learner_id, *_not_to(without)]
        if last_key is not None:
            key = tuple_(_TABLE.c.known_at, _TABLE.c.answered_at, _TABLE.c.response_id)
            where.append(key > last_key)
        return bulk.from_rows(self._rows(*where))

    def count(self, learner_id: str | None = None, *, without: Iterable[str] = ()) -> int:
        """Return how many responses there are, of one learner or in all, but for those to the items `without`."""
        where = [] if learner_id is None else [_TABLE.c.learner_id == learner_id]
        return self._tenant.count(_TABLE, *where, *_not_to(without))

    def learners(self) -> list[str]:
        """Return the ids of all learners with a response, in order."""
        statement = self._tenant.select(_TABLE, _TABLE.c.learner_id).distinct()
        return [row.learner_id for row in self._tenant.rows(statement.order_by(_TABLE.c.learner_id))]

    def _rows(self, *where: ColumnElement[bool]) -> list[bulk.Content]:
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
        """Return a refusal for each row that is stored with other content, by response id."""
        stored: dict[str, bulk.Content] = {}
        for part in chunks([row[0] for row in rows]):
            stored.update((row[0], row) for row in self._rows(_TABLE.c.response_id.in_(part)))
        differing = {row[0]: (row, _differing(row, stored[row[0]])) for row in rows}
        return {response_id: _refusal(row, names) for response_id, (row, names) in differing.items() if names}


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
