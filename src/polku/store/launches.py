"""What vendors know learners by, and which of their tasks were offered.

A pseudonym is drawn at random for each vendor: no two put together what they know, and nobody once the row is erased.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from polku.store import tables
from polku.store.jsontext import canonical, parse
from polku.store.tenant import Tenant, chunks

_PAIRS, _TABLE = tables.pairwise, tables.launches
PREFIX: Final = "pw-"
"""Beginning of every pseudonym: nothing else at the door is looked up."""


class Launch(NamedTuple):
    """One task that was offered to one learner.

    Parameters
    ----------
    launch_id, learner_id, vendor, item_id, skill_id, purpose : str
        Which, to whom, whose, on what, what for.
    had : mapping of str to int
        Tasks that fitted equally well at that moment, by vendor.
    offered_at : int
        Microseconds UTC.
    """

    launch_id: str
    learner_id: str
    vendor: str
    item_id: str
    skill_id: str
    purpose: str
    had: Mapping[str, int]
    offered_at: int


class Launches:
    """Pseudonyms and offered tasks of one education provider.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def subject(self, vendor: str, learner_id: str) -> str:
        """Return what a vendor knows a learner by; drawn when first asked for."""
        self._tenant.claim("pairwise", learner_id)
        mine = (_PAIRS.c.vendor == vendor, _PAIRS.c.learner_id == learner_id)
        row = self._tenant.first(self._tenant.select(_PAIRS, _PAIRS.c.subject).where(*mine))
        if row is not None:
            return str(row.subject)
        made = f"{PREFIX}{secrets.token_hex(16)}"
        drawn = {"vendor": vendor, "learner_id": learner_id, "subject": made, "made_at": self._tenant.now()}
        self._tenant.insert(_PAIRS, [drawn])
        return made

    def learners(self, subjects: Collection[str], vendors: Collection[str] | None) -> dict[str, str]:
        """Return the learners that pseudonyms stand for, of some vendors or (None) of all; others are left out."""
        found: dict[str, str] = {}
        for part in chunks(sorted({one for one in subjects if one.startswith(PREFIX)})):
            rows = self._tenant.rows(self._tenant.select(_PAIRS).where(_PAIRS.c.subject.in_(part)))
            found |= {row.subject: row.learner_id for row in rows if vendors is None or row.vendor in vendors}
        return found

    def add(
        self, learner_id: str, skill_id: str, purpose: str, tasks: Sequence[tuple[str, str, Mapping[str, int]]]
    ) -> None:
        """Write down that tasks are offered: of each its vendor, its item, and what each vendor had."""
        now = self._tenant.now()
        self._tenant.insert(
            _TABLE,
            [
                {
                    **Launch(secrets.token_hex(16), learner_id, vendor, item_id, skill_id, purpose, had, now)._asdict(),
                    "had": canonical(had),
                }
                for vendor, item_id, had in tasks
            ],
        )

    def all(self) -> list[Launch]:
        """Return everything that was offered, oldest first."""
        rows = self._tenant.rows(self._tenant.select(_TABLE).order_by(_TABLE.c.offered_at, _TABLE.c.launch_id))
        return [Launch(*row)._replace(had=parse(row.had)) for row in rows]

    def offered_to(self, learner_id: str, purpose: str) -> set[str]:
        """Return the items that a learner was offered for a purpose."""
        mine = (_TABLE.c.learner_id == learner_id, _TABLE.c.purpose == purpose)
        return {row.item_id for row in self._tenant.rows(self._tenant.select(_TABLE, _TABLE.c.item_id).where(*mine))}
