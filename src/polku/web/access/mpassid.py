"""Claims of MPASSid as who asks: which of their roles counts, and of which provider of ours they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from polku.errors import ForbiddenError
from polku.exchange.mpassid import LEARNER, PRINCIPAL, STAFF, SUBSTITUTE, TEACHER, read_claims
from polku.schemas.access import MpassidSettings
from polku.web.viewer import Role, Viewer

ROLES: Final = {
    TEACHER: Role.TEACHER,
    SUBSTITUTE: Role.TEACHER,
    PRINCIPAL: Role.PRINCIPAL,
    STAFF: Role.ADMINISTRATOR,
    LEARNER: Role.LEARNER,
}
"""In order: who has several is asked as the first of them, for a token speaks for one. A secretary is none of these."""


class FromMpassid:
    """Turns checked claims into a viewer.

    Parameters
    ----------
    settings : MpassidSettings
        Which OIDs are which providers, and whether staff administer.

    Examples
    --------
    >>> settings = MpassidSettings(providers={"1.2.246.562.99.00000000001": "demo"})
    >>> from polku.exchange.mpassid import LEARNER_ID, ROLE
    >>> claims = {LEARNER_ID: "1.2.246.562.24.20000000018", ROLE: "1.2.246.562.99.00000000001;30076;9F;Oppilas"}
    >>> FromMpassid(settings)(claims).role
    <Role.LEARNER: 'learner'>
    """

    def __init__(self, settings: MpassidSettings) -> None:
        self._settings = settings

    def __call__(self, claims: Mapping[str, Any]) -> Viewer:
        """Return who asks.

        Raises
        ------
        ForbiddenError
            If there is no learner id, no role of ours, or not one provider of ours.
        """
        found = read_claims(claims)
        if found.subject is None:
            raise ForbiddenError("the sign-in names no learner id", hint="ask the school to add it to its directory")
        ours = {(one.code, self._provider(one.provider, found.providers)) for one in found.roles}
        for code, role in ROLES.items():
            providers = {provider for given, provider in ours if given == code and provider is not None}
            if not providers or (code == STAFF and not self._settings.staff_administer):
                continue
            if len(providers) > 1:
                raise ForbiddenError("the sign-in names this role at several providers", hint="sign in at one of them")
            return Viewer(found.subject, role, providers.pop(), frozenset(), None)
        raise ForbiddenError("the sign-in names no role here", hint="the school's directory says who has which role")

    def _provider(self, named: str | None, others: frozenset[str]) -> str | None:
        """Return our name of a role's provider; a role of version 1.0 names none, so the only one named beside it."""
        oid = named or (next(iter(others)) if len(others) == 1 else "")
        return self._settings.providers.get(oid)
