"""How the service runs: which machines stand before it, how long it waits, what it tells its operators.

These keys stand in the table ``[service]`` of ``serve/settings.toml``, beside those of where it listens.
"""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from polku.schemas.base import Definition


class Running(Definition):
    """Everything about running that an operator may set; the defaults are those of one machine alone."""

    public_url: str | None = None
    """Address that people use, with scheme and name: what stands before this service answers by that name."""

    names: tuple[str, ...] = ()
    """Further names under which it is called from within, with their port: by a cluster's probes and collectors."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the proxies in front. What any other machine says of where it comes from is refused."""

    scrapers: tuple[str, ...] = ()
    """Addresses or networks beside this machine that may read ``/metrics``; none unless named."""

    scraper_tokens_sha256: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...] = ()
    """SHA-256 of the bearer tokens of collectors, 32 random bytes or more each; two while one is exchanged. Where any
    is named, a collector on another machine shows one; without ``scrapers`` from wherever it reaches the service."""

    request_seconds: float = Field(default=15, gt=0, le=300)
    """Time for one answer; then the caller is told to come back."""

    body_seconds: float = Field(default=10, gt=0, le=300)
    """Time for a whole request to arrive, its headers included."""

    store_seconds: float = Field(default=2, gt=0, le=60)
    """How long a request waits for the database: to connect, for a free connection, and for another writer."""

    header_bytes: int = Field(default=16_384, ge=4096, le=65_536)
    """Most bytes of a request's first line and headers."""

    connections: int = Field(default=512, ge=8)
    """Most connections at once; more are answered 503."""

    drain_seconds: float = Field(default=0, ge=0, le=120)
    """After a signal to stop, time in which readiness says no and requests are still answered."""

    stop_seconds: int = Field(default=20, ge=1, le=120)
    """After that, time for the requests under way."""

    log: Literal["auto", "json", "quiet"] = "auto"
    """Lines about requests on standard error: `json`, `quiet`, or `auto`: JSON where nobody sits at a terminal."""

    traces: bool = False
    """OpenTelemetry traces, to where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says; needs the extra `traces`."""

    @field_validator("trusted_proxies", "scrapers")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if ipaddress.ip_network(one, strict=False).prefixlen == 0:
                message = "every machine is no network of ours: name addresses or networks"
                raise ValueError(message)
        return given

    @model_validator(mode="after")
    def _public(self) -> Self:
        parts = urlsplit(self.public_url or "https://localhost")
        if (
            parts.scheme not in {"http", "https"}
            or not parts.netloc
            or parts.path not in {"", "/"}
            or "@" in parts.netloc
        ):
            message = "public_url is a scheme and a name, as https://polku.city.example"
            raise ValueError(message)
        return self
