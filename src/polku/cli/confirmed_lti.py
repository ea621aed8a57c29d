"""``polku confirmed --to lti``: scores for a learning platform; and which platform is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from polku.cli.desk import Desk, bar
from polku.errors import InputError, nearest
from polku.exchange.lti_services import Line
from polku.records.confirmed import Confirmed
from polku.store import Transaction
from polku.web.confirming import Sorted, objective_of
from polku.web.ledger import Outcome
from polku.web.lti.kept import Place, places
from polku.web.lti.registrations import Registration, load_registrations
from polku.web.lti.sending import Sending, Statement
from polku.web.lti.services import Services

Known = Mapping[str, list[Place]]
Read = Callable[[Callable[[Transaction], Known]], tuple[Sorted, Known, dict[str, int]]]


def to_platform(
    desk: Desk, platform: str | None, context: str | None, read: Read
) -> tuple[Outcome, Sorted, dict[str, int]]:
    """Send scores to a learning platform.

    Raises
    ------
    InputError
        If no platform is meant, or a learner is in several of its courses and none is named.
    """
    registration = platform_of(desk, platform)
    made, found, reasons = read(lambda tx: places(tx, registration.id, context))
    said = [Statement(one, _place(found[one.learner_id]), _line(desk, one)) for one in made.accepted]
    with httpx.Client(timeout=30.0, trust_env=False) as client, bar("sending, scores") as on_step:
        services = Services(registration, client)
        return Sending(desk.store, registration.id, services).send(said, on_step), made, reasons


def platform_of(desk: Desk, name: str | None) -> Registration:
    """Return the platform that is meant: the one that is named, or the provider's only one.

    Raises
    ------
    InputError
        If there is none, or it is not clear which.
    """
    own = desk.settings.provider_id
    known = {key: one for key, one in load_registrations(desk.home).items() if one.definition.provider == own}
    if name is not None and name in known:
        return known[name]
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    hint = nearest(name or "", known) if known else "register one: docs/reference/standards.md, LTI"
    raise InputError("which platform is meant is not clear", got=name or f"{len(known)} platforms", hint=hint)


def _place(where: list[Place]) -> Place:
    courses = sorted({one.context for one in where})
    if len(courses) > 1:
        listed = ", ".join(courses[:5])
        raise InputError("a learner is in several courses of the platform", got=listed, hint="name it: --context")
    return where[-1]


def _line(desk: Desk, one: Confirmed) -> Line:
    """Return the line item of an objective; one for each maximum, since a line item has one."""
    title = desk.curriculum.skills[one.skill_id].title[desk.settings.language]
    objective = objective_of(desk.curriculum, one.skill_id)
    return Line(objective, title) if one.maximum is None else Line(f"{objective}/{one.maximum:g}", title, one.maximum)
