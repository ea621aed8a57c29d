"""What is new of a class: answers that became known, and when somebody looked last."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import bindparam, func

from polku.store import bulk, tables
from polku.store.bulk import SEPARATOR
from polku.store.effective import Changes
from polku.store.happened import Happened, happened
from polku.store.many import among, rows_of
from polku.store.prepared import Prepared
from polku.store.tenant import Tenant, chunks

_RESPONSES, _AMENDMENTS, _READS = tables.responses, tables.amendments, tables.reads
_PLACE = {name: place for place, name in enumerate(bulk.CONTENT)}
_SINCE = Prepared(
    _RESPONSES,
    *(_RESPONSES.c[name] for name in bulk.CONTENT),
    where=(among(_RESPONSES.c.learner_id), _RESPONSES.c.known_at > bindparam("since")),
)
_AMENDED = Prepared(_AMENDMENTS, _AMENDMENTS.c.response_id, where=(among(_AMENDMENTS.c.learner_id),))
_LOOKED = Prepared(
    _READS,
    func.max(_READS.c.read_at).label("at"),
    where=(
        among(_READS.c.learner_id),
        _READS.c.viewer == bindparam("viewer"),
        _READS.c.what == bindparam("what"),
        _READS.c.read_at < bindparam("before"),
    ),
)


class NewAnswer(NamedTuple):
    """One answer as it holds now.

    Parameters
    ----------
    learner_id : str
        Whose.
    skill_ids : tuple of str
        What it was about.
    answered_at, known_at : int
        Microseconds UTC, or order numbers.
    correct : float
        0 to 1.
    """

    learner_id: str
    skill_ids: tuple[str, ...]
    answered_at: int
    known_at: int
    correct: float


class News:
    """What came in of several learners at once, by few statements.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def answers(self, learner_ids: Collection[str], since: int) -> list[NewAnswer]:
        """Return the answers of some learners that became known after a moment, as they hold now."""
        held: Iterator[bulk.Content] = map(tuple, rows_of(_SINCE, self._tenant, learner_ids, since=since))
        # Answers that were amended are found by their ids: those of a class joined to all answers would be read whole.
        for part in chunks({row.response_id for row in rows_of(_AMENDED, self._tenant, learner_ids)}):
            held = Changes.read(self._tenant, responses=part).applied(held)
        return [one for one in map(_answer, held) if one.known_at > since]

    def happened(self, limit: int, after: tuple[int, str] | None = None, *, ascending: bool = True) -> list[Happened]:
        """Return what was offered and decided, as :func:`polku.store.happened.happened` does."""
        return happened(self._tenant, limit, after, ascending=ascending)

    def looked(self, viewer: str, what: str, learner_ids: Collection[str], before: int) -> int | None:
        """Return when a viewer last looked at one thing about one of some learners, before a moment; None for never."""
        rows = rows_of(_LOOKED, self._tenant, learner_ids, viewer=viewer, what=what, before=before)
        return max((row.at for row in rows if row.at is not None), default=None)


def _answer(row: bulk.Content) -> NewAnswer:
    skills = row[_PLACE["skill_ids"]]
    return NewAnswer(
        str(row[_PLACE["learner_id"]]),
        tuple(skills.split(SEPARATOR)) if isinstance(skills, str) else tuple(skills),
        int(row[_PLACE["answered_at"]]),
        int(row[_PLACE["known_at"]]),
        float(row[_PLACE["correct"]]),
    )
