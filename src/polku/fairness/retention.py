"""How long the enclave keeps what it holds: what is due, its deletion, and the log of reads and deletions.

A value is due when it has not been confirmed for as long as the settings say, or when its learner is no longer on the
roster. Fingerprints of published tables, :mod:`polku.fairness.ledger`, have a term of their own, never a shorter one.
Nothing here reads a value out, and nothing names a learner.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from polku.errors import InputError
from polku.fairness.vault import DELETIONS, PUBLISHED, READS, VALUES, account, append, distinct_learners, open_vault
from polku.schemas.settings import Settings
from polku.store.engine import begin, settle

DAY: Final = 86_400_000_000
"""Microseconds of a day."""
PIECE: Final = 500
"""Most learners named in one statement; SQLite bounds the parameters."""


class Known(NamedTuple):
    """What the enclave holds of one attribute."""

    attribute: str
    learners: int
    first_kept: int
    last_kept: int


@dataclass(frozen=True, slots=True)
class Due:
    """What a deletion takes, or took: counts alone.

    Parameters
    ----------
    entries, learners : int
        Values, and the learners they are of; `too_old` and `left` say why, and may share some.
    too_old, left : int
        Values older than their term; values of learners who are not on the roster.
    fingerprints : int
        Of published tables, older than theirs.
    """

    entries: int
    learners: int
    too_old: int
    left: int
    fingerprints: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What the enclave holds of one provider: by attribute, never by learner or group.

    Parameters
    ----------
    known : tuple of Known
        By attribute, with times in microseconds UTC.
    fingerprints : int
        Published tables that are remembered.
    due : Due
        What :func:`expire` would delete now.
    roster_known : bool
        Whether there is a roster to tell by who has left.
    """

    known: tuple[Known, ...]
    fingerprints: int
    due: Due
    roster_known: bool


class Entry(NamedTuple):
    """One line of the log: who did what, when and why, and how much of it; never to whom."""

    at: int
    """Microseconds UTC."""

    who: str
    """The account that the process ran under."""

    deed: Literal["read", "deleted"]
    """What was done."""

    purpose: str
    """Why."""

    learners: int
    """Of how many learners."""

    entries: int | None
    """How many values were deleted; None for a read, which takes all."""

    fingerprints: int
    """How many remembered tables were deleted."""


def holding(settings: Settings, roster: Collection[str], *, now: int) -> Holding:
    """Return what the enclave holds, and what of it is due.

    Parameters
    ----------
    settings : Settings
        Where the enclave is, whose learners these are, and the terms.
    roster : collection of str
        Ids of the learners of today. Empty, it says nothing about who has left.
    now : int
        Microseconds UTC.
    """
    engine = open_vault(settings.background, settings.provider_id)
    own = VALUES.c.provider_id == settings.provider_id
    columns = (VALUES.c.attribute, func.count(), func.min(VALUES.c.written_at), func.max(VALUES.c.written_at))
    by_attribute = select(*columns).where(own).group_by(VALUES.c.attribute).order_by(VALUES.c.attribute)
    try:
        with begin(engine, write=False) as connection:
            known = tuple(Known(*row) for row in connection.execute(by_attribute))
            remembered = select(func.count()).where(PUBLISHED.c.provider_id == settings.provider_id)
            fingerprints = connection.execute(remembered).scalar_one()
            return Holding(known, fingerprints, _due(connection, settings, roster, now), bool(roster))
    finally:
        engine.dispose()


def expire(settings: Settings, roster: Collection[str], *, purpose: str, now: int) -> Due:
    """Delete what is due, in one transaction, and log how much that was; a second time there is nothing left.

    Parameters
    ----------
    settings, roster, now
        As for :func:`holding`.
    purpose : str
        Why; may not be blank. Stands in the log.

    Returns
    -------
    Due
        What was deleted.

    Raises
    ------
    InputError
        If no purpose is given.
    """
    if not purpose.strip():
        raise InputError("group attributes are deleted for a stated purpose only", hint="say what for")
    engine = open_vault(settings.background, settings.provider_id)
    try:
        with begin(engine, write=True) as connection:
            due = _due(connection, settings, roster, now)
            gone = _gone(connection, settings.provider_id, roster)
            connection.execute(delete(VALUES).where(_too_old(settings, now)))
            for which in _of_learners(settings.provider_id, gone):
                connection.execute(delete(VALUES).where(which))
            connection.execute(delete(PUBLISHED).where(_past(settings, now)))
            row = {"learners": due.learners, "entries": due.entries, "fingerprints": due.fingerprints}
            who = {"purpose": purpose, "deleted_at": now, "deleter": account()}
            append(connection, DELETIONS, settings.provider_id, row | who)
        settle(engine)  # the write-ahead log is not to keep what the tables have lost
    finally:
        engine.dispose()
    return due


def log(settings: Settings) -> list[Entry]:
    """Return every read and every deletion, oldest first."""
    reads = select(READS.c.read_at, READS.c.reader, READS.c.purpose, READS.c.learners)
    lost = DELETIONS.c
    deletions = select(
        lost.deleted_at, lost.deleter, lost.purpose, lost.learners, lost.entries, lost.fingerprints
    ).where(lost.provider_id == settings.provider_id)
    engine = open_vault(settings.background, settings.provider_id)
    try:
        with begin(engine, write=False) as connection:
            seen = connection.execute(reads.where(READS.c.provider_id == settings.provider_id)).all()
            gone = connection.execute(deletions).all()
    finally:
        engine.dispose()
    entries = [Entry(at, who, "read", why, learners, None, 0) for at, who, why, learners in seen]
    entries += [Entry(at, who, "deleted", why, n, values, marks) for at, who, why, n, values, marks in gone]
    return sorted(entries, key=lambda entry: entry.at)


def _due(connection: Connection, settings: Settings, roster: Collection[str], now: int) -> Due:
    """Count what is due: old values of those who stay, and all values of those who left."""
    old = _too_old(settings, now)
    gone = _gone(connection, settings.provider_id, roster)
    parts = list(_of_learners(settings.provider_id, gone))
    left = sum(_count(connection, which) for which in parts)
    both = [and_(which, old) for which in parts]
    too_old = _count(connection, old)
    learners = distinct_learners(connection, old) + len(gone)
    return Due(
        entries=too_old + left - sum(_count(connection, which) for which in both),
        learners=learners - sum(distinct_learners(connection, which) for which in both),
        too_old=too_old,
        left=left,
        fingerprints=connection.execute(select(func.count()).where(_past(settings, now))).scalar_one(),
    )


def _too_old(settings: Settings, now: int) -> ColumnElement[bool]:
    term = now - settings.enclave.values_days * DAY
    return and_(VALUES.c.provider_id == settings.provider_id, VALUES.c.written_at < term)


def _past(settings: Settings, now: int) -> ColumnElement[bool]:
    term = now - settings.enclave.fingerprints_days * DAY
    return and_(PUBLISHED.c.provider_id == settings.provider_id, PUBLISHED.c.published_at < term)


def _gone(connection: Connection, provider_id: str, roster: Collection[str]) -> list[str]:
    """Return who has values but stands on the roster no more; nobody where there is no roster."""
    if not roster:
        return []
    held = select(VALUES.c.learner_id).distinct().where(VALUES.c.provider_id == provider_id)
    return sorted(set(connection.execute(held).scalars()) - set(roster))


def _of_learners(provider_id: str, learners: list[str]) -> list[ColumnElement[bool]]:
    """Return conditions that choose the values of these learners between them, a bounded number in each."""
    pieces = [learners[start : start + PIECE] for start in range(0, len(learners), PIECE)]
    return [and_(VALUES.c.provider_id == provider_id, VALUES.c.learner_id.in_(piece)) for piece in pieces]


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(VALUES).where(which)).scalar_one()
