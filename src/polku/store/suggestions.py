"""Suggestions that were offered."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polku.errors import InputError, NotReleasedError
from polku.store import tables
from polku.store.jsontext import parse
from polku.store.log import Log
from polku.store.tenant import Tenant
from polku.store.values import Logged, Offer, Suggestion

_COLUMNS = tuple(tables.suggestions.c[name] for name in Suggestion._fields)


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

    def offer(  # noqa: PLR0913 - one keyword per thing that the log must hold
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
    ) -> tuple[str, ...]:
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
        tuple of str
            One suggestion id per option, in the order shown.

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
        rows = [
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
        said = {"learner_id": learner_id, "offered_at": now, "path": path, "candidates": list(candidates)}
        payload = {**said, "context": dict(context or {}), "suggestions": rows}
        entry_id = self._log.append("offered", payload, learner_id)
        self._tenant.insert(tables.suggestions, [{**row, "entry_id": entry_id} for row in rows])
        return tuple(str(row["suggestion_id"]) for row in rows)

    def get(self, suggestion_id: str) -> Suggestion | None:
        """Return one suggestion, or None."""
        table = tables.suggestions
        row = self._tenant.first(self._tenant.select(table, *_COLUMNS).where(table.c.suggestion_id == suggestion_id))
        return None if row is None else Suggestion(*row)

    def of(self, learner_id: str) -> list[Suggestion]:
        """Return every option ever offered to a learner, oldest first."""
        table = tables.suggestions
        statement = self._tenant.select(table, *_COLUMNS).where(table.c.learner_id == learner_id)
        order = (table.c.offered_at, table.c.entry_id, table.c.position)
        return [Suggestion(*row) for row in self._tenant.rows(statement.order_by(*order))]

    def latest(self, learner_id: str) -> Offer | None:
        """Return what was offered to a learner last, or None."""
        table = tables.suggestions
        statement = self._tenant.select(table, table.c.entry_id).where(table.c.learner_id == learner_id)
        row = self._tenant.first(statement.order_by(table.c.offered_at.desc(), table.c.entry_id))
        return None if row is None else self._offer(row.entry_id)

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
            said = parse(self._tenant.rows(wanted)[0].payload)
            names = ("learner_id", "offered_at", "path", "candidates", "context")
            yield Logged(**{name: said[name] for name in names}, suggestions=tuple(suggestions))

    def count(self) -> int:
        """Return how many options were offered in all."""
        return self._tenant.count(tables.suggestions)

    def _offer(self, entry_id: str) -> Offer:
        payloads, table = tables.log_payloads, tables.suggestions
        statement = self._tenant.select(payloads, payloads.c.payload).where(payloads.c.entry_id == entry_id)
        said = parse(self._tenant.rows(statement)[0].payload)
        options = self._tenant.select(table, *_COLUMNS).where(table.c.entry_id == entry_id)
        return Offer(
            learner_id=said["learner_id"],
            offered_at=said["offered_at"],
            path=said["path"],
            candidates=said["candidates"],
            suggestions=tuple(Suggestion(*row) for row in self._tenant.rows(options.order_by(table.c.position))),
        )

    def _refuse_unreleased(self, bundle_id: str | None) -> None:
        if bundle_id is None:
            return
        if not self._tenant.count(tables.releases, tables.releases.c.bundle_id == bundle_id):
            raise NotReleasedError(
                "a suggestion stands on a released bundle", got=bundle_id, hint="release it first: polku promote"
            )


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
