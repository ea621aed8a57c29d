"""The schemas of ``[limits]`` and ``[webhooks]`` in ``serve/settings*.toml``: how much callers get, who is told."""

from __future__ import annotations

from pydantic import Field

from polku.schemas.base import Definition


class LimitSettings(Definition):
    """How many requests one client may send, where callers sign in; in a demonstration and in production."""

    per_second: float = Field(default=500, ge=0, le=100_000)
    """Requests a second that one client may send for ever; 0 sets no limit. Each process counts its own."""

    burst: int = Field(default=2000, ge=1, le=1_000_000)
    """Requests that a client who was quiet may send at once."""

    clients: int = Field(default=10_000, ge=1, le=1_000_000)
    """Clients that are remembered; the one that was quiet longest is forgotten first."""


class WebhookSettings(Definition):
    """How events are delivered to webhooks."""

    every_seconds: float = Field(default=0, ge=0, le=3600)
    """Seconds between two rounds of the service's own deliverer; 0 leaves it to ``polku webhooks deliver``."""

    attempts: int = Field(default=12, ge=1, le=50)
    """Times that an event is sent before it is a dead letter."""

    first_wait_seconds: float = Field(default=5, gt=0, le=3600)
    """Wait after the first failure; it doubles each time, to six hours at most, and chance takes up to a half off."""

    answer_seconds: float = Field(default=10, gt=0, le=60)
    """Time for a webhook to answer."""

    keys: str | None = None
    """Keys that the secrets of webhooks are sealed with (JWKS, the first one seals): a file beside the settings.
    Without it one under ``var/`` is made at first need; in production nobody can sign up until it is named."""

    loopback: bool = True
    """Whether a webhook on this machine is called, by http too. Never in production."""
