"""The schemas of ``[retention]`` and ``[trail]`` in ``serve/settings*.toml``: how long what is kept, and the log."""

from __future__ import annotations

from pydantic import Field

from polku.schemas.base import Definition

SIX_MONTHS = 183
"""Days for which logs of a high-risk system are kept at least (Regulation (EU) 2024/1689, articles 19 and 26(6))."""


class RetentionSettings(Definition):
    """Days after which ``polku rights expire`` deletes what is older."""

    quarantine_days: int = Field(default=90, ge=1)
    """Refused rows: long enough for the sender to send them right."""

    reads_days: int = Field(default=730, ge=SIX_MONTHS)
    """Who looked at whose data."""

    suggestions_days: int = Field(default=800, ge=SIX_MONTHS)
    """What was suggested and decided, and what the log says of it; the log's hashes stay."""

    profiles_days: int = Field(default=400, ge=1)
    """Folded profiles that nobody has brought up to date since; the answers stay, and fold again when asked for."""

    left_days: int = Field(default=365, ge=1)
    """Everything about a learner whom the roster no longer names, counted from the last thing recorded about them."""


class TrailSettings(Definition):
    """How decisions and their log are kept."""

    undo_days: int = Field(default=14, ge=1, le=365)
    """Days within which a decision can be taken back."""

    seal_seconds: float = Field(default=30, ge=0, le=86_400)
    """Seconds between two rounds of the service's sealer; 0 leaves sealing to ``polku log seal``."""
