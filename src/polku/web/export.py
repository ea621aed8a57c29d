"""Everything held about one learner, for that learner: as JSON, and as a page that reads without any other file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from polku.errors import NotFoundError
from polku.fairness.own_values import own_values
from polku.paths import Texts
from polku.paths.suggester import Suggester
from polku.records import Response
from polku.schemas.settings import Settings
from polku.store.related import KIND as RELATED
from polku.store.rights import evidence_of
from polku.store.transaction import Transaction
from polku.web.hiding import places_in, without_places
from polku.web.pages.templates import TEMPLATES
from polku.web.viewer import Role
from polku.web.wording import sayer

FORMAT = "polku-learner/1"
GUARDIAN, LEARNER = Role.GUARDIAN.value, Role.LEARNER.value
TIMES = ("_at", "until")
"""Endings of the names of columns that hold microseconds UTC."""


def export_of(
    settings: Settings, suggester: Suggester, tx: Transaction, learner_id: str, *, by: str, role: str
) -> dict[str, Any]:
    """Return everything held about a learner, and log that it was asked for.

    Parameters
    ----------
    settings, suggester
        Of the learner's provider.
    tx : Transaction
        One that may write.
    learner_id : str
        Whose.
    by, role : str
        Who asks, and as what.

    Returns
    -------
    dict
        ``evidence``: the answers as they hold, ready to be read in elsewhere; ``skills``: what they say of each skill;
        ``tables``: every row that names the learner, who looked and the log's payloads among them; ``background``: what
        the audit's enclave holds. What the learner asked of who teaches them is in the learner's own export alone.

    Raises
    ------
    NotFoundError
        If nothing is held under this id.
    """
    tables = tx.rights.held(learner_id)
    if by != learner_id:  # what a learner asks who teaches them, such as for help, is told to nobody else
        tables["requests"] = [row for row in tables["requests"] if row["role"] != LEARNER]
    background = [one._asdict() for one in own_values(settings, learner_id, now=suggester.now())]
    if not background and not any(tables.values()):
        raise NotFoundError("nothing is held about such a learner", got=learner_id, hint="see the id of the platform")
    tx.rights.note("exported", learner_id, by=by, role=role)
    answers: list[Response] = list(tx.responses.of([learner_id]))
    made = {
        "format": FORMAT,
        "provider_id": tx.provider_id,
        "learner_id": learner_id,
        "made_at": suggester.now(),
        "evidence": evidence_of(answers),
        "skills": _skills(suggester, tx, learner_id) if tables["learners"] or answers else [],
        "background": background,
        "tables": tables,
    }
    return _for_those_at_home(made, by) if role == GUARDIAN and learner_id in tx.relations.protected() else made


def _for_those_at_home(made: dict[str, Any], by: str) -> dict[str, Any]:
    """Return an export of a protected identity without school, group and anybody else's relation to the learner."""
    tables = made["tables"]
    related = [row for row in tables["relations"] if row["subject"] == by]
    payloads = [row for row in tables["log_payloads"] if _subject(row) in {None, by}]
    made = made | {"tables": tables | {"log_payloads": payloads}}
    hidden: dict[str, Any] = without_places(made, places_in(made))
    return hidden | {"tables": hidden["tables"] | {"relations": related}}


def _subject(row: dict[str, Any]) -> str | None:
    """Return whose relation a payload of the log tells of; None where it tells of none."""
    said = row["payload"].get(RELATED)
    return None if said is None else str(said["subject"])


def readable(export: dict[str, Any], texts: Texts, language: str) -> str:
    """Return an export as a page in one language: each part under its heading, times as days and hours.

    A table that has no heading yet is shown under its own name: what is held is told in any case.
    """
    parts = {"skills": export["skills"], "background": export["background"], **export["tables"]}
    known = set(texts.keys())
    shown = [
        (name, f"page.held.{name}" if f"page.held.{name}" in known else None, _columns(rows), rows)
        for name, rows in parts.items()
    ]
    values = {"language": language, "say": sayer(texts, language), "export": export, "parts": shown, "cell": _cell}
    return TEMPLATES.get_template("export.html").render(values)


def _skills(suggester: Suggester, tx: Transaction, learner_id: str) -> list[dict[str, Any]]:
    """Return what the profile says of each skill with answers; nothing of somebody who is not profiled."""
    standing = suggester.standing(tx, learner_id)
    known = standing.released.lens.curriculum.skills
    return [
        {
            "skill_id": skill,
            "title": dict(known[skill].title) if skill in known else {},
            "answers": one.answers,
            "estimate": None if skill not in standing.states else round(standing.states[skill].p, 4),
        }
        for skill, one in sorted(standing.profile.evidence().items())
    ]


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(name: str, value: Any, language: str) -> str:
    """Return one value as people read it."""
    if value is None:
        return "-"
    if name == "title" and isinstance(value, dict):
        return str(value.get(language, ""))
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith(TIMES) and value > 10**12:
        return datetime.fromtimestamp(value / 1e6, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return str(value)
