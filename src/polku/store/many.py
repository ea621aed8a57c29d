"""Statements about some learners at once, prepared for a class: a page asks once, not once a learner."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam

from polku.store.prepared import Prepared
from polku.store.tenant import AnyRow, Tenant

SEATS: Final = 32
"""Learners of one statement: most classes fit. Of more, each further statement asks about as many again."""
_NAMES: Final = tuple(f"learner_{place}" for place in range(SEATS))


def among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a column names one of some learners, for :func:`rows_of`.

    Examples
    --------
    >>> from polku.store import tables
    >>> str(among(tables.learners.c.learner_id))[:58]
    'learners.learner_id IN (:learner_0, :learner_1, :learner_2'
    """
    return column.in_([bindparam(name) for name in _NAMES])


def rows_of(statement: Prepared, tenant: Tenant, learner_ids: Collection[str], **values: object) -> list[AnyRow]:
    """Return the rows of some learners.

    Parameters
    ----------
    statement : Prepared
        One of whose conditions is :func:`among`.
    tenant : Tenant
        The provider's view of the connection.
    learner_ids : collection of str
        Whose; of nobody there are none.
    **values
        The statement's other parameters.

    Returns
    -------
    list of Row
        In the statement's order within each :data:`SEATS` learners, who come in order of id.
    """
    return [row for seated in _seated(learner_ids) for row in statement.rows(tenant, **seated, **values)]


def _seated(learner_ids: Collection[str]) -> Iterator[dict[str, str]]:
    """Yield values of the names, the last learner in each seat that is left."""
    ordered = sorted(set(learner_ids))
    for start in range(0, len(ordered), SEATS):
        part = ordered[start : start + SEATS]
        yield dict(zip(_NAMES, part + part[-1:] * (SEATS - len(part)), strict=True))
