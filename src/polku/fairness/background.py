"""The only door to group attributes, for reading and for writing.

Every read is logged: by whom, when and why. A learner without a value has no row: missing is told from "no" by its
absence. How long values stay is the business of :mod:`polku.fairness.retention`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Self

import pandas as pd
from sqlalchemy import Connection, Engine, and_, delete, insert, select

from polku.errors import InputError
from polku.fairness.attributes import LONG, declared, long_form
from polku.fairness.vault import DELETIONS, READS, VALUES, account, append, distinct_learners, open_vault
from polku.schemas.slices import Slices
from polku.store.engine import begin, settle
from polku.store.store import utc_now


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a background table.

    Parameters
    ----------
    values, learners : int
        Values kept, and the learners they are of.
    notes : tuple of str
        What was refused, and why.
    """

    values: int
    learners: int
    notes: tuple[str, ...]


class Read(NamedTuple):
    """One entry of the log of reads."""

    purpose: str
    """Why."""

    learners: int
    """How many learners' values came out."""

    read_at: int
    """When, in microseconds UTC."""

    reader: str
    """The account that the reading process ran under."""


class Background:
    """One provider's group attributes.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Engine of the enclave; use :meth:`open`.
    provider_id : str
        The provider whose learners these are; no other's are seen.
    clock : callable
        Returns now in microseconds UTC.

    Examples
    --------
    >>> import tempfile
    >>> slices = Slices.model_validate({"attributes": {"gender": {
    ...     "question": "Do girls and boys meet the same errors?", "groups": ["girl", "boy"]}}})
    >>> wide = pd.DataFrame({"learner_id": ["a", "b"], "gender": ["girl", None], "shoe_size": [36, 41]})
    >>> with tempfile.TemporaryDirectory() as folder, Background.open(f"{folder}/b.db", "demo") as background:
    ...     print(background.write(wide, slices, source="sis").notes[0])
    ...     print(background.read("yearly audit"))
    column 'shoe_size' was not kept: models/slices.toml declares no such attribute
      learner_id gender
    0          a   girl
    """

    def __init__(self, engine: Engine, provider_id: str, clock: Callable[[], int] = utc_now) -> None:
        self._engine = engine
        self._provider_id = provider_id
        self._clock = clock

    @classmethod
    def open(cls, url: str | os.PathLike[str], provider_id: str, *, clock: Callable[[], int] = utc_now) -> Background:
        """Open the enclave, making its tables where needed.

        Parameters
        ----------
        url : str or path
            Address of the enclave, or the path of its SQLite file.
        provider_id : str
            Whose attributes.
        clock : callable, optional
            Returns now in microseconds UTC; for tests.

        Raises
        ------
        InputError
            If the address names no known engine, or `provider_id` is blank.
        NotReadyError
            If the database cannot be reached or written.
        """
        if not provider_id.strip():
            raise InputError("background attributes belong to a provider", got=repr(provider_id), hint="give its id")
        return cls(open_vault(url, provider_id), provider_id, clock)

    def write(self, frame: pd.DataFrame, slices: Slices, *, source: str) -> Kept:
        """Keep the attributes that `slices` declares; a later value replaces an earlier one.

        Parameters
        ----------
        frame : DataFrame
            Wide (``learner_id`` and a column an attribute) or long (``learner_id, attribute, value``).
        slices : Slices
            Declares which attributes, and which of their values, may be kept.
        source : str
            Where the values come from.

        Returns
        -------
        Kept
            With a note on every attribute and value that was refused. A note never names a learner.

        Raises
        ------
        InputError
            If there is no ``learner_id``, or a learner has two values of one attribute.
        """
        kept, notes = declared(long_form(frame), slices)
        rows = [
            {
                "provider_id": self._provider_id,
                **dict(zip(LONG, row, strict=True)),
                "source": source,
                "written_at": self._clock(),
            }
            for row in kept[list(LONG)].itertuples(index=False)
        ]
        with begin(self._engine, write=True) as connection:
            self._replace(connection, kept, rows)
        return Kept(len(rows), int(kept["learner_id"].nunique()), notes)

    def read(self, purpose: str) -> pd.DataFrame:
        """Return the attributes of every learner, and log that and why they were read.

        Parameters
        ----------
        purpose : str
            Why; may not be blank.

        Returns
        -------
        DataFrame
            ``learner_id`` and a column an attribute, sorted; missing where nothing is known.

        Raises
        ------
        InputError
            If no purpose is given.
        """
        if not purpose.strip():
            raise InputError("group attributes are read for a stated purpose only", hint="say what for")
        mine = VALUES.c.provider_id == self._provider_id
        with begin(self._engine, write=True) as connection:
            statement = select(VALUES.c.learner_id, VALUES.c.attribute, VALUES.c.value).where(mine)
            rows = connection.execute(statement.order_by(VALUES.c.learner_id, VALUES.c.attribute)).all()
            self._log(connection, purpose, len({row.learner_id for row in rows}))
        long = pd.DataFrame([tuple(row) for row in rows], columns=["learner_id", "attribute", "value"], dtype=object)
        wide = long.pivot(index="learner_id", columns="attribute", values="value").reset_index()  # noqa: PD010 - no aggregation
        return wide.rename_axis(columns=None)

    def reads(self) -> list[Read]:
        """Return the log of reads, oldest first."""
        statement = select(READS.c.purpose, READS.c.learners, READS.c.read_at, READS.c.reader)
        statement = statement.where(READS.c.provider_id == self._provider_id).order_by(READS.c.number)
        with begin(self._engine, write=False) as connection:
            return [Read(*row) for row in connection.execute(statement)]

    def forget(self, learner_id: str) -> int:
        """Delete everything known of one learner, log that it was done, and return how many values that were.

        The log counts; it does not name the learner.
        """
        mine = and_(VALUES.c.provider_id == self._provider_id, VALUES.c.learner_id == learner_id)
        with begin(self._engine, write=True) as connection:
            learners = distinct_learners(connection, mine)
            gone = connection.execute(delete(VALUES).where(mine)).rowcount
            row = {
                "purpose": "a learner was forgotten",
                "learners": learners,
                "entries": gone,
                "fingerprints": 0,
                "deleted_at": self._clock(),
                "deleter": account(),
            }
            append(connection, DELETIONS, self._provider_id, row)
        settle(self._engine)
        return gone

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Return the door itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def _replace(self, connection: Connection, kept: pd.DataFrame, rows: list[dict[str, Any]]) -> None:
        """Delete the earlier values of exactly the (learner, attribute) pairs that come in, then insert."""
        for attribute, part in kept.groupby("attribute"):
            learners = part["learner_id"].tolist()
            for start in range(0, len(learners), 500):  # SQLite bounds the parameters of one statement
                pairs = and_(
                    VALUES.c.provider_id == self._provider_id,
                    VALUES.c.attribute == attribute,
                    VALUES.c.learner_id.in_(learners[start : start + 500]),
                )
                connection.execute(delete(VALUES).where(pairs))
        if rows:
            connection.execute(insert(VALUES), rows)

    def _log(self, connection: Connection, purpose: str, learners: int) -> None:
        row = {"purpose": purpose, "learners": learners, "read_at": self._clock(), "reader": account()}
        append(connection, READS, self._provider_id, row)
