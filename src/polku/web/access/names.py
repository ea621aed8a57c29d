"""The names that signatures use. Each is an ``Annotated[Viewer, …]`` and a line of docs/reference/access.md."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from polku.store.transaction import Transaction
from polku.web.access.origin import loopback_only, scrapers_only
from polku.web.access.rules import (
    DEPENDANT,
    OWN_GROUP,
    OWN_SCHOOL,
    PERMIT,
    PROVIDER,
    SELF,
    SIGNED_IN,
    TAUGHT,
    Grant,
    Rule,
    hidden_from,
    scope,
)
from polku.web.viewer import Role, Viewer


def _learner_of_suggestion(tx: Transaction, suggestion_id: str) -> str | None:
    found = tx.suggestions.get(suggestion_id)
    return None if found is None else found.learner_id


def _one(_tx: Transaction, _viewer: Viewer, learner_id: str) -> list[str]:
    return [learner_id]


def _members(tx: Transaction, viewer: Viewer, group_id: str) -> list[str]:
    hidden = hidden_from(viewer, tx)
    return [one.learner_id for one in tx.roster.group(group_id) if one.learner_id not in hidden]


SEES_LEARNER = Rule(
    "SeesLearner",
    {
        Role.LEARNER: SELF,
        Role.GUARDIAN: DEPENDANT,
        Role.TEACHER: TAUGHT,
        Role.SERVICE: scope("learners:read"),
    },
    about="learner_id",
    shows=_one,
)
GUIDES_LEARNER = Rule("GuidesLearner", {Role.TEACHER: TAUGHT}, about="learner_id", shows=_one)
SPEAKS_FOR_LEARNER = Rule(
    "SpeaksForLearner",
    {Role.LEARNER: SELF, Role.GUARDIAN: DEPENDANT, Role.TEACHER: TAUGHT},
    about="learner_id",
    shows=_one,
)
WITHDRAWS = Rule(
    "Withdraws",
    {Role.LEARNER: SELF, Role.GUARDIAN: DEPENDANT},
    about="learner_id",
    shows=_one,
)
OWNS_DATA = Rule(
    "OwnsData",
    {Role.LEARNER: SELF, Role.GUARDIAN: DEPENDANT, Role.ADMINISTRATOR: PROVIDER},
    about="learner_id",
)
DECIDES = Rule(
    "Decides",
    {Role.LEARNER: SELF, Role.TEACHER: TAUGHT},
    about="suggestion_id",
    finds=_learner_of_suggestion,
)
SEES_GROUP = Rule(
    "SeesGroup", {Role.TEACHER: OWN_GROUP, Role.SERVICE: scope("groups:read")}, about="group_id", shows=_members
)
GUIDES_GROUP = Rule("GuidesGroup", {Role.TEACHER: OWN_GROUP}, about="group_id", shows=_members)
SEES_SCHOOL = Rule("SeesSchool", {Role.PRINCIPAL: OWN_SCHOOL, Role.ADMINISTRATOR: PROVIDER}, about="school_id")
SEES_SCHOOLS = Rule("SeesSchools", {Role.PRINCIPAL: SIGNED_IN, Role.ADMINISTRATOR: PROVIDER})
ADMINISTERS = Rule("Administers", {Role.ADMINISTRATOR: PROVIDER})
RESEARCHES = Rule("Researches", {Role.RESEARCHER: PERMIT})
AUDITS = Rule("Audits", {Role.AUDITOR: PROVIDER})
SEES_AGGREGATES = Rule("SeesAggregates", {Role.ADMINISTRATOR: PROVIDER, Role.RESEARCHER: PERMIT})
SEES_AUDITS = Rule("SeesAudits", {Role.AUDITOR: PROVIDER, Role.ADMINISTRATOR: PROVIDER, Role.RESEARCHER: PERMIT})
FEEDS = Rule("Feeds", {Role.SERVICE: scope("responses:write")})
SUBSCRIBES = Rule("Subscribes", {Role.SERVICE: scope("learners:read"), Role.ADMINISTRATOR: PROVIDER})
SPEAKS_FOR_VENDOR = Grant(
    "scope `vendor:` and its id", lambda asking: f"vendor:{asking.subject}" in asking.viewer.scopes
)
SEES_VENDOR = Rule("SeesVendor", {Role.SERVICE: SPEAKS_FOR_VENDOR, Role.ADMINISTRATOR: PROVIDER}, about="vendor")
ANYONE = Rule("Anyone", dict.fromkeys(Role, SIGNED_IN))


def nobody_is_asked() -> None:
    """Let everybody in: the endpoint tells nothing about anybody."""


SeesLearner = Annotated[Viewer, Depends(SEES_LEARNER.admit)]
"""May see one learner: themselves, those at home, who teaches them, a service with the scope."""
SeesLearnerThen = Annotated[Viewer, Depends(SEES_LEARNER.let_in)]
"""The same; the endpoint itself writes the look down, in the transaction that it answers from."""
GuidesLearner = Annotated[Viewer, Depends(GUIDES_LEARNER.admit)]
"""May settle what a learner's paths look like: who teaches them."""
SpeaksForLearner = Annotated[Viewer, Depends(SPEAKS_FOR_LEARNER.admit)]
"""May ask for a learner's rights: themselves, those at home, who teaches them."""
Withdraws = Annotated[Viewer, Depends(WITHDRAWS.admit)]
"""May take an objection or a restriction back: the learner and those at home, and nobody for them."""
OwnsData = Annotated[Viewer, Depends(OWNS_DATA.admit)]
"""May ask for everything held about a learner: themselves, those at home, the administrator who answers for it."""
Decides = Annotated[Viewer, Depends(DECIDES.admit)]
"""May decide about a suggestion: the learner it was made to, and who teaches them."""
SeesGroup = Annotated[Viewer, Depends(SEES_GROUP.admit)]
"""May see one group's learners: who teaches it, a service with the scope."""
GuidesGroup = Annotated[Viewer, Depends(GUIDES_GROUP.admit)]
"""May settle what a group's paths look like: who teaches it."""
SeesSchool = Annotated[Viewer, Depends(SEES_SCHOOL.admit)]
"""May see aggregates of one school: its principal, the provider's administrator."""
SeesSchools = Annotated[Viewer, Depends(SEES_SCHOOLS.admit)]
"""May choose among schools: a principal among their own, the provider's administrator among all."""
Administers = Annotated[Viewer, Depends(ADMINISTERS.admit)]
"""Administers the provider."""
Researches = Annotated[Viewer, Depends(RESEARCHES.admit)]
"""Researches under a permit that is valid today."""
Audits = Annotated[Viewer, Depends(AUDITS.admit)]
"""Audits the provider."""
SeesAggregates = Annotated[Viewer, Depends(SEES_AGGREGATES.admit)]
"""May see aggregates of all schools: the administrator; a researcher with pseudonyms in place of schools."""
SeesAudits = Annotated[Viewer, Depends(SEES_AUDITS.admit)]
"""May see audits: who audits, administers, or researches under a permit."""
Feeds = Annotated[Viewer, Depends(FEEDS.admit)]
"""May hand over answers: a service with the scope."""
Subscribes = Annotated[Viewer, Depends(SUBSCRIBES.admit)]
"""May have a system told of new suggestions: a service that may read the learners, the administrator."""
SeesVendor = Annotated[Viewer, Depends(SEES_VENDOR.admit)]
"""May see what answers say of a vendor's own tasks: a service that speaks for the vendor, the administrator."""
Anyone = Annotated[Viewer, Depends(ANYONE.admit)]
"""Anybody who is signed in, whatever their role."""
Open = Annotated[None, Depends(nobody_is_asked)]
"""Anybody at all, without a token: tells nothing about anybody."""
Scraped = Annotated[None, Depends(scrapers_only)]
"""This machine, and the collectors that the settings name: figures of nobody."""
Local = Annotated[None, Depends(loopback_only)]
"""Only this machine, whoever it is: for those who run the service."""
