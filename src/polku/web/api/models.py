"""``/v1/models/champion``: what suggestions stand on now, and who answers for it."""

from __future__ import annotations

from fastapi import APIRouter

from polku.errors import NotFoundError
from polku.web.access import Anyone
from polku.web.service import Held, Reading
from polku.web.shapes import Shape

router = APIRouter(prefix="/v1/models", tags=["models"])


class ReleaseShape(Shape):
    """Who released a bundle, why, and on which audit and validation."""

    number: int
    """Counts the provider's releases."""
    bundle_id: str
    """What was released."""
    audit_id: str
    """The audit it was released on."""
    validation_id: str | None
    """The validation it was released on; null of a release from before there were any."""
    approver: str
    """Who answers for it."""
    reason: str
    """In their words."""
    released_at: int
    """Microseconds since 1970 in UTC."""


class ChampionShape(Shape):
    """The released bundle."""

    bundle: str
    """Its id: the SHA-256 of its manifest."""
    release: ReleaseShape
    """Who released it, why, and on which audit and validation."""
    model: str
    """Name of the model in it."""
    purpose: str
    """What the model is for."""
    features: list[str]
    """The columns it reads."""
    parts: dict[str, str]
    """SHA-256 of each part: model, item statistics, feature set, curriculum, policy, gates."""


@router.get("/champion")
def champion(_viewer: Anyone, held: Held, tx: Reading) -> ChampionShape:
    """Return the released bundle: its parts by hash, its release, and what the model is for."""
    released = held.suggester.released(tx)  # what serves: a newer release that does not hold is none
    releases = (one for one in reversed(tx.bundles.releases()) if one.bundle_id == released.bundle_id)
    release = next(releases, None)
    if release is None or released.model is None:
        raise NotFoundError("nothing is released yet", hint="polku promote; until then paths follow the built-in rules")
    return ChampionShape(
        bundle=release.bundle_id,
        release=ReleaseShape(**release._asdict()),
        model=released.model.name,
        purpose=released.model.spec.purpose.strip(),
        features=list(released.model.feature_set.columns),
        parts=dict(released.parts),
    )
