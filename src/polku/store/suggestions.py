"""Suggestions that were offered."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func

from polku.errors import InputError, NotReleasedError
from polku.store import tables
from polku.store.jsontext import parse
from polku.store.log import Log
from polku.store.outbox import announce
from polku.store.packing import opened, unpacked
from polku.store.prepared import Prepared
from polku.store.tenant import Tenant
from polku.store.values import Logged, Opened, Sighting, Suggestion

_COLUMNS = tuple(tables.suggestions.c[name] for name in Suggestion._fields)

_MADE = tables.suggestions.c
_OF_LEARNER = (_MADE.learner_id == bindparam("learner"),)
_OF = Prepared(
    tables.suggestions, *_COLUMNS, where=_OF_LEARNER, order=(_MADE.offered_at, _MADE.entry_id, _MADE.position)
)
LATELY = 60
"""Options of about twenty offers: what was taken up before them says nothing of now."""
RECENT = Prepared(
    tables.suggestions,
    *_COLUMNS,
    where=_OF_LEARNER,
    order=(_MADE.offered_at.desc(), _MADE.entry_id.desc(), _MADE.position.desc()),
    limit=LATELY,
)
RELEASES = Prepared(tables.releases, func.count(), where=(tables.releases.c.bundle_id == bindparam("bundle"),))
_SAID = tables.log_payloads
LATEST = Prepared(
    tables.suggestions,
    _SAID.c.payload,
    where=_OF_LEARNER,
    order=(_MADE.offered_at.desc(), _MADE.entry_id),
    limit=1,
    join=(_SAID, (_SAID.c.entry_id == _MADE.entry_id) & (_SAID.c.provider_id == _MADE.provider_id)),
)


class _Context(msgspec.Struct):
    """What the next offer asks of the context of the one before it."""

    answers: int | None = None
    last_key: list[int | str] | None = None
    evidence: dict[str, Any] | None = None


class _Brief(msgspec.Struct):
    """An entry of the log as far as the next offer goes by it."""

    learner_id: str
    offered_at: int
    path: dict[str, Any]
    suggestions: list[dict[str, Any]]
    context: _Context = msgspec.field(default_factory=_Context)


_BRIEF = msgspec.json.Decoder(_Brief)


class Suggestions:
    """Options offered to learners; each offer is one entry of the log.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    log : Log
        Where each offer is logged, in the same transaction.
    """

    def __init__(self, tenant: Tenant, log: Log) -> None:
        self._tenant = tenant
        self._log = log

    def offer(self, learner_id: str, **said: Any) -> tuple[str, ...]:
        """Record what is being offered, as :meth:`record`; return one suggestion id per option, in the order shown."""
        return tuple(one.suggestion_id for one in self.record(learner_id, **said).suggestions)

    def record(  # noqa: PLR0913 - one keyword per thing that the log must hold
        self,
        learner_id: str,
        *,
        path: Mapping[str, Any],
        candidates: Sequence[Mapping[str, Any]],
        scores: Mapping[str, float],
        propensity: Mapping[str, float],
        policy_hash: str,
        bundle_id: str | None,
        context: Mapping[str, Any] | None = None,
    ) -> Logged:
        """Record what is being offered, and log it.

        Parameters
        ----------
        learner_id : str
            Whom it is offered to.
        path : mapping
            The path as shown: ``rung``, ``options`` (each with ``skill_id`` and ``kind``), ``path``.
        candidates : sequence of mapping
            Everything that was considered, with its terms.
        scores, propensity : mapping of str to float
            Score, and probability of being offered, by skill id; an option may be absent from either.
        policy_hash : str
            Hash of the path policy.
        bundle_id : str or None
            The released bundle that the path stands on; None when nothing is released yet.
        context : mapping, optional
            What else belongs in the log: curriculum hash, evidence ids, who looked.

        Returns
        -------
        Logged
            What was recorded, as :meth:`latest` would return it: one suggestion per option, in the order shown.

        Raises
        ------
        InputError
            If the path has no ``rung`` or an option lacks ``skill_id`` or ``kind``.
        NotReleasedError
            If the bundle was never released.
        """
        self._refuse_unreleased(bundle_id)
        rung, options = _rung(path), _options(path)
        now = self._tenant.now()
        rows: list[dict[str, Any]] = [
            {
                "suggestion_id": secrets.token_hex(16),
                "learner_id": learner_id,
                "position": position,
                "skill_id": skill_id,
                "kind": kind,
                "score": scores.get(skill_id),
                "propensity": propensity.get(skill_id),
                "rung": rung,
                "policy_hash": policy_hash,
                "bundle_id": bundle_id,
                "offered_at": now,
            }
            for position, (skill_id, kind) in enumerate(options)
        ]
        considered, more = [dict(one) for one in candidates], dict(context or {})
        said = {"learner_id": learner_id, "offered_at": now, "path": path, "candidates": considered}
        payload = {**said, "context": more, "suggestions": rows}
        entry_id = self._log.append("offered", payload, learner_id)
        if rows:
            self._tenant.later(tables.suggestions, (*rows[0], "entry_id"), [(*row.values(), entry_id) for row in rows])
        announce(self._tenant, learner_id, [str(row["suggestion_id"]) for row in rows])
        suggestions = tuple(Suggestion(**{name: row[name] for name in Suggestion._fields}) for row in rows)
        return Logged(learner_id, now, dict(path), considered, suggestions, more)

    def see(self, suggestion_ids: Sequence[str], learner_id: str, *, viewer: str, role: str) -> int:
        """Record that somebody opened suggestions; what they opened before is not recorded again.

        Parameters
        ----------
        suggestion_ids : sequence of str
            Of one learner, as they were offered.
        learner_id : str
            Whose.
        viewer, role : str
            Who looked, and as what.

        Returns
        -------
        int
            How many were new to the viewer; the first look is one entry of the log.
        """
        return self.see_all([Opened(suggestion_ids, learner_id, viewer, role)])[0]

    def see_all(self, opened: Sequence[Opened]) -> list[int]:
        """Record what several people opened, as :meth:`see`; return how many were new of each."""
        now = self._tenant.now()
        names = ("suggestion_id", "viewer", "learner_id", "role", "seen_at")
        rows = [[(one, by.viewer, by.learner_id, by.role, now) for one in by.suggestion_ids] for by in opened]
        found = self._tenant.insert_new_of(tables.seen, names, rows)
        for by, new in zip(opened, found, strict=True):
            if new:
                said = {"suggestions": list(by.suggestion_ids), "viewer": by.viewer, "role": by.role, "seen_at": now}
                self._log.append("seen", said, by.learner_id)
        return found

    def seen(self, suggestion_ids: Sequence[str], viewer: str | None = None) -> list[Sighting]:
        """Return who first opened these suggestions and when, oldest first; of one viewer alone where named."""
        table = tables.seen
        columns = (table.c.suggestion_id, table.c.viewer, table.c.role, table.c.seen_at)
        statement = self._tenant.select(table, *columns).where(table.c.suggestion_id.in_(list(suggestion_ids)))
        if viewer is not None:
            statement = statement.where(table.c.viewer == viewer)
        return [Sighting(*row) for row in self._tenant.rows(statement.order_by(table.c.seen_at, table.c.suggestion_id))]

    def get(self, suggestion_id: str) -> Suggestion | None:
        """Return one suggestion, or None."""
        table = tables.suggestions
        row = self._tenant.first(self._tenant.select(table, *_COLUMNS).where(table.c.suggestion_id == suggestion_id))
        return None if row is None else Suggestion(*row)

    def of(self, learner_id: str) -> list[Suggestion]:
        """Return every option ever offered to a learner, oldest first."""
        return [Suggestion(*row) for row in _OF.rows(self._tenant, learner=learner_id)]

    def lately(self, learner_id: str) -> list[Suggestion]:
        """Return the options offered to a learner last, at most :data:`LATELY`, latest first."""
        return [Suggestion(*row) for row in RECENT.rows(self._tenant, learner=learner_id)]

    def latest(self, learner_id: str) -> Logged | None:
        """Return what was offered to a learner last, or None."""
        row = LATEST.first(self._tenant, learner=learner_id)
        return None if row is None else _logged(row.payload)

    def standing(self, learner_id: str) -> Logged | None:
        """Return what was offered to a learner last as :meth:`latest` does, without what it was chosen from.

        Neither candidates nor the situation are read: they are the larger part of an entry of the log.
        """
        row = LATEST.first(self._tenant, learner=learner_id)
        if row is None:
            return None
        said = _BRIEF.decode(opened(row.payload))
        context = {name: getattr(said.context, name) for name in _Context.__struct_fields__}
        return Logged(said.learner_id, said.offered_at, said.path, [], _options_of(said.suggestions), context)

    def logged(self) -> Iterator[Logged]:
        """Yield every offer with all that was logged of it, by learner and time; erased ones are gone."""
        table, payloads = tables.suggestions, tables.log_payloads
        options: defaultdict[str, list[Suggestion]] = defaultdict(list)
        statement = self._tenant.select(table, table.c.entry_id, *_COLUMNS)
        order = (table.c.learner_id, table.c.offered_at, table.c.entry_id, table.c.position)
        for row in self._tenant.rows(statement.order_by(*order)):
            options[row.entry_id].append(Suggestion(*row[1:]))
        for entry_id, suggestions in options.items():
            wanted = self._tenant.select(payloads, payloads.c.payload).where(payloads.c.entry_id == entry_id)
            said = parse(unpacked(self._tenant.rows(wanted)[0].payload))
            names = ("learner_id", "offered_at", "path", "candidates", "context")
            yield Logged(**{name: said[name] for name in names}, suggestions=tuple(suggestions))

    def count(self) -> int:
        """Return how many options were offered in all."""
        return self._tenant.count(tables.suggestions)

    def _refuse_unreleased(self, bundle_id: str | None) -> None:
        if bundle_id is None:
            return
        if not RELEASES.rows(self._tenant, bundle=bundle_id)[0][0]:
            raise NotReleasedError(
                "a suggestion stands on a released bundle", got=bundle_id, hint="release it first: polku promote"
            )


def _logged(payload: bytes) -> Logged:
    said = msgspec.json.decode(opened(payload))
    names = ("learner_id", "offered_at", "path", "candidates", "context")
    return Logged(**{name: said[name] for name in names}, suggestions=_options_of(said["suggestions"]))


def _options_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(**{name: row[name] for name in Suggestion._fields}) for row in rows)


def _rung(path: Mapping[str, Any]) -> str:
    rung = path.get("rung")
    if not isinstance(rung, str):
        raise InputError("a path says which rung it stands on", got=rung, hint="give Path.to_dict()")
    return rung


def _options(path: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        return [(option["skill_id"], option["kind"]) for option in path["options"]]
    except (KeyError, TypeError) as error:
        raise InputError(
            "each option of a path has a skill_id and a kind", got=f"missing {error}", hint="give Path.to_dict()"
        ) from error
