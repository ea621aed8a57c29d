"""What is new of a class: answers that became known, and when somebody looked last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func

from polku.store import bulk, tables
from polku.store.bulk import SEPARATOR
from polku.store.effective import Changes
from polku.store.happened import Happened, happened
from polku.store.tenant import Tenant, chunks

_RESPONSES, _READS = tables.responses, tables.reads
_CONTENT = tuple(_RESPONSES.c[name] for name in bulk.CONTENT)
_PLACE = {name: place for place, name in enumerate(bulk.CONTENT)}


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
        found: list[NewAnswer] = []
        for part in chunks(sorted(learner_ids)):
            where = (_RESPONSES.c.learner_id.in_(part), _RESPONSES.c.known_at > since)
            rows = [tuple(row) for row in self._tenant.rows(self._tenant.select(_RESPONSES, *_CONTENT).where(*where))]
            held = Changes.read(self._tenant, learners=part).applied(rows)
            found += [one for one in map(_answer, held) if one.known_at > since]
        return found

    def happened(self, limit: int, after: tuple[int, str] | None = None, *, ascending: bool = True) -> list[Happened]:
        """Return what was offered and decided, as :func:`polku.store.happened.happened` does."""
        return happened(self._tenant, limit, after, ascending=ascending)

    def looked(self, viewer: str, what: str, learner_ids: Sequence[str], before: int) -> int | None:
        """Return when a viewer last looked at one thing about one of some learners, before a moment; None for never."""
        times = []
        for part in chunks(sorted(learner_ids)):
            statement = self._tenant.select(_READS, func.max(_READS.c.read_at).label("at")).where(
                _READS.c.learner_id.in_(part),
                _READS.c.viewer == viewer,
                _READS.c.what == what,
                _READS.c.read_at < before,
            )
            times += [row.at for row in self._tenant.rows(statement) if row.at is not None]
        return max(times, default=None)


def _answer(row: bulk.Content) -> NewAnswer:
    skills = row[_PLACE["skill_ids"]]
    return NewAnswer(
        str(row[_PLACE["learner_id"]]),
        tuple(skills.split(SEPARATOR)) if isinstance(skills, str) else tuple(skills),
        int(row[_PLACE["answered_at"]]),
        int(row[_PLACE["known_at"]]),
        float(row[_PLACE["correct"]]),
    )
