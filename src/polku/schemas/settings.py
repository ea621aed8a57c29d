"""The schema of ``serve/settings*.toml``: how one installation runs."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from polku.schemas.access import AccessSettings
from polku.schemas.base import Definition
from polku.schemas.interface import LimitSettings, WebhookSettings
from polku.schemas.pages import PageSettings
from polku.schemas.rights import RetentionSettings, TrailSettings
from polku.schemas.running import Running


class ServiceSettings(Running):
    """Where the web service listens and how large a request it reads."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback is refused while the service has no sign-in."""

    port: int = Field(default=8000, ge=1, le=65535)
    """Port to listen on."""

    max_responses: int = Field(default=1000, ge=1)
    """Most responses accepted in one request."""

    tenants: int = Field(default=16, ge=1)
    """Providers whose definitions and model a process holds at once; the one not asked for longest goes first."""


class EnclaveSettings(Definition):
    """How long the background enclave keeps what it holds."""

    values_days: int = Field(default=400, ge=1)
    """Days after which an attribute that nobody has confirmed is deleted. Handing it over again confirms it."""

    fingerprints_days: int = Field(default=3650, ge=1)
    """Days for which a published table is remembered, so that no later one can be subtracted from it."""

    @model_validator(mode="after")
    def _fingerprints_outlive_values(self) -> Self:
        if self.fingerprints_days < self.values_days:
            message = "fingerprints_days is at least values_days: a table is guarded while its values may be seen again"
            raise ValueError(message)
        return self


class Settings(Definition):
    """One installation: whose data, where they are kept, what curriculum they speak of."""

    provider_id: str = Field(min_length=1)
    """The education provider whose data this installation reads and writes."""

    store: str
    """SQLAlchemy address of the store; a relative SQLite path is taken from the home."""

    store_owner: str | None = None
    """Address of the same PostgreSQL database under the role that owns its tables; for migrations and leaving only."""

    background: str
    """Address of the background enclave. Never the store's own address."""

    curriculum: str
    """Name of a file in ``serve/curricula/``, without its ending."""

    model: str
    """Name of the model in ``models/`` whose released bundle the service uses."""

    language: str = Field(default="fi", pattern="^(fi|sv|en)$")
    """Language of pages when the reader has asked for none."""

    service: ServiceSettings = ServiceSettings()
    """The web service."""

    enclave: EnclaveSettings = EnclaveSettings()
    """The background enclave."""

    retention: RetentionSettings = RetentionSettings()
    """How long what is kept."""

    trail: TrailSettings = TrailSettings()
    """How decisions and their log are kept."""

    access: AccessSettings = AccessSettings()
    """How callers sign in, and whether this is production."""

    limits: LimitSettings = LimitSettings()
    """How many requests one client may send."""

    webhooks: WebhookSettings = WebhookSettings()
    """How events are delivered."""

    pages: PageSettings = PageSettings()
    """Where fragments of pages may be shown, and addresses that pages name."""

    @property
    def production(self) -> bool:
        """Return whether real people's data are served: then what is for trying things out is refused at start."""
        return self.access.production
