"""``/v1/audits/latest``: how the released bundle's errors and paths compare over groups."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import ConfigDict

from polku.errors import NotFoundError
from polku.fairness import Audit
from polku.web.access import SeesAudits
from polku.web.service import Reading
from polku.web.shapes import Shape

router = APIRouter(prefix="/v1/audits", tags=["audits"])
Verdict = Literal["pass", "concern", "not_enough_evidence"]


class CellShape(Shape):
    """One metric of one group against all the others; further figures are those of ``polku audit --json``."""

    model_config = ConfigDict(extra="allow")

    attribute: str
    """What groups are formed by."""
    group: str
    """Which group."""
    metric: str
    """What is compared."""
    n: int | None
    """Learners in the group; null, like every figure, where the cell is suppressed."""
    gap: float | None
    """Group minus the others."""
    interval: tuple[float, float] | None
    """Of the gap, simultaneous over the groups."""
    verdict: Verdict
    """What the evidence allows one to say."""
    reason: str
    """Why, in one sentence."""


class AuditShape(Shape):
    """An audit, small cells removed and counted; further members are those of ``polku audit --json``."""

    model_config = ConfigDict(extra="allow")

    audit_id: str
    """Its id."""
    bundle: str
    """What was audited."""
    added_at: int
    """Microseconds since 1970 in UTC."""
    verdict: Verdict
    """The worst that blocks."""
    cells: list[CellShape]
    """By attribute, group and metric."""
    suppressed: dict[str, int]
    """How many cells and groups were removed, and below how many learners."""
    method: dict[str, Any]
    """How gaps and intervals were made."""


@router.get("/latest")
def latest(_viewer: SeesAudits, tx: Reading) -> AuditShape:
    """Return the audit that the released bundle was released on; before any release, the latest one."""
    release = tx.bundles.champion_release()
    stored = tx.audits.get(release.audit_id) if release else tx.audits.latest()
    if stored is None:
        raise NotFoundError("nothing has been audited yet", hint="polku audit")
    audit = Audit.from_json(stored.audit_json).outside()
    where = {"audit_id": stored.audit_id, "bundle": stored.bundle_id, "added_at": stored.added_at}
    return AuditShape.model_validate(where | audit.to_dict())
