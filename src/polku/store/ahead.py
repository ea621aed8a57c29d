"""Reading ahead: what planning a path asks for is known before, so PostgreSQL is asked for it in two goes, not twenty.

Nothing depends on it: who asks for what was read ahead gets it from there, and everything else from the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from polku.store.bundles import LAST
from polku.store.decisions import HISTORY
from polku.store.effective import AMENDED_OF
from polku.store.holds import BEARING
from polku.store.outbox import HOOKS
from polku.store.path_settings import LAYERS, bearing
from polku.store.prepared import Prepared
from polku.store.profiles import CONTENT, Profiles
from polku.store.responses import ALL_OF, COUNT_OF, SINCE, beyond
from polku.store.roster import LINE
from polku.store.suggestions import LATEST, RECENT, RELEASES
from polku.store.tenant import Tenant

Asked = tuple[Prepared, dict[str, Any]]
OF_LEARNER = (LINE, LATEST, RECENT, HISTORY, AMENDED_OF, COUNT_OF)
"""What is asked for by the learner alone."""


class Ahead:
    """Asks for what will be asked for.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    profiles : Profiles
        Whose claims are taken.
    """

    def __init__(self, tenant: Tenant, profiles: Profiles) -> None:
        self._tenant, self._profiles = tenant, profiles

    @contextmanager
    def paths(self, learner_ids: Sequence[str], hashes: tuple[str, str], bundle_id: str | None) -> Iterator[None]:
        """Read for planning the paths of some learners; their profiles are claimed, in order of their ids.

        Parameters
        ----------
        learner_ids : sequence of str
            Whose.
        hashes : tuple of (str, str)
            What their profiles are kept under: feature set, item statistics.
        bundle_id : str or None
            What the paths will stand on, if it is a released bundle.
        """
        if self._tenant.is_postgresql and not self._tenant.straight.traced:
            of_all = [(LAST, {}), (HOOKS, {}), (RELEASES, {"bundle": bundle_id})]
            self._read(of_all, learner_ids, dict(zip(("features", "items"), hashes, strict=True)))
        try:
            yield
        finally:
            self._tenant.held.clear()

    def _read(self, of_all: list[Asked], learner_ids: Sequence[str], hashes: dict[str, str]) -> None:
        first = [(one, {"learner": learner}) for learner in learner_ids for one in OF_LEARNER]
        kept: list[Asked] = [(CONTENT, {"learner": learner, **hashes}) for learner in learner_ids]
        self._hold([*of_all, *first, *kept], self._profiles.claims(learner_ids))
        self._hold([one for learner in learner_ids for one in self._by_what_is_known(learner, hashes)])

    def _by_what_is_known(self, learner_id: str, hashes: dict[str, str]) -> list[Asked]:
        """Return what is asked for by the learner's group and by how far their answers are folded."""
        line = LINE.first(self._tenant, learner=learner_id)
        folded = CONTENT.first(self._tenant, learner=learner_id, **hashes)
        bears = bearing(self._tenant.provider_id, None if line is None else line.group_id, learner_id)
        key = None if folded is None or folded.last_response_id is None else tuple(folded)[1:]
        new, after = (ALL_OF, {}) if key is None else (SINCE, beyond(key))
        return [(BEARING, bears), (LAYERS, bears), (new, {"learner": learner_id, **after})]

    def _hold(self, asked: Sequence[Asked], before: Sequence[Any] = ()) -> None:
        statements = [prepared.statement(self._tenant, values) for prepared, values in asked]
        cursors = self._tenant.straight.run([*before, *statements])[len(before) :]
        for (prepared, values), cursor in zip(asked, cursors, strict=True):
            self._tenant.held.keep(prepared, values, prepared.read(cursor), prepared.tables)
