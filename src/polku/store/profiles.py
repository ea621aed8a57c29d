"""Folded profiles, kept so that no history is folded twice."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam

from polku.store import tables
from polku.store.prepared import Prepared
from polku.store.straight import Statement
from polku.store.tenant import Tenant

FoldKey = tuple[int, int, str]
"""(known_at, answered_at, response_id): where in the fold a response stands."""

_LAST = ("last_known_at", "last_answered_at", "last_response_id")
CONTENT = Prepared(
    tables.profiles,
    tables.profiles.c.content,
    *(tables.profiles.c[name] for name in _LAST),
    where=(
        tables.profiles.c.learner_id == bindparam("learner"),
        tables.profiles.c.feature_set_hash == bindparam("features"),
        tables.profiles.c.item_stats_hash == bindparam("items"),
    ),
)


class Profiles:
    """Opaque bytes per learner, feature set and item statistics.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def claim(self, *learner_ids: str) -> None:
        """Make other writers of these learners' profiles wait until the transaction ends.

        Call it before reading a profile that will be updated: two requests that fold different new
        responses at the same moment then do so one after the other.
        """
        self._tenant.straight.run(self.claims(learner_ids))

    def claims(self, learner_ids: Iterable[str]) -> list[Statement]:
        """Return the statements that claim what is not claimed yet, in the order of the learners' ids."""
        return self._tenant.claims(("profile", one) for one in sorted(learner_ids))

    def get(self, learner_id: str, feature_set_hash: str, item_stats_hash: str) -> bytes | None:
        """Return the profile's bytes, or None when none is kept for these hashes."""
        row = CONTENT.first(self._tenant, learner=learner_id, features=feature_set_hash, items=item_stats_hash)
        return None if row is None else bytes(row.content)

    def put(
        self, learner_id: str, feature_set_hash: str, item_stats_hash: str, last_key: FoldKey | None, content: bytes
    ) -> None:
        """Keep `content`, replacing what was kept under the same learner and hashes.

        Parameters
        ----------
        learner_id, feature_set_hash, item_stats_hash : str
            What the profile is a fold of.
        last_key : tuple of (int, int, str) or None
            (known_at, answered_at, response_id) of the last response folded in; None for an empty profile.
        content : bytes
            The profile.
        """
        self.put_many(feature_set_hash, item_stats_hash, [(learner_id, last_key, content)])

    def put_many(
        self, feature_set_hash: str, item_stats_hash: str, profiles: list[tuple[str, FoldKey | None, bytes]]
    ) -> None:
        """Keep many profiles of the same hashes: (learner id, last key, content) each."""
        now = self._tenant.now()
        names = ("learner_id", "feature_set_hash", "item_stats_hash", *_LAST, "content", "stored_at")
        rows = [
            (learner_id, feature_set_hash, item_stats_hash, *(last_key or (None, None, None)), content, now)
            for learner_id, last_key, content in profiles
        ]
        if rows:
            self._tenant.replace(tables.profiles, names, rows)

    def last_key(self, learner_id: str, feature_set_hash: str, item_stats_hash: str) -> FoldKey | None:
        """Return where the kept profile's fold stands, or None."""
        table = tables.profiles
        row = self._tenant.first(
            self._tenant.select(table, *(table.c[name] for name in _LAST)).where(
                table.c.learner_id == learner_id,
                table.c.feature_set_hash == feature_set_hash,
                table.c.item_stats_hash == item_stats_hash,
            )
        )
        if row is None or row.last_response_id is None:
            return None
        return row.last_known_at, row.last_answered_at, row.last_response_id

    def count(self) -> int:
        """Return how many profiles are kept."""
        return self._tenant.count(tables.profiles)
