"""What goes out and comes in twice: answers kept for repeated requests, and who is told of new suggestions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from polku.store.tables.base import key, metadata, text, time

repeats = Table(
    "repeats",
    metadata,
    key("provider_id"),
    key("caller"),
    key("idempotency_key"),
    text("fingerprint"),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    text("media_type"),
    time("kept_at"),
    Index("ix_repeats_kept", "kept_at", "provider_id"),
    comment="Answers to requests with an idempotency key, kept for a day",
)

webhooks = Table(
    "webhooks",
    metadata,
    key("provider_id"),
    key("webhook_id"),
    text("url"),
    text("secret"),
    text("created_by"),
    time("created_at"),
    comment="Who is told of new suggestions, and the secret that signs what they are told",
)

deliveries = Table(
    "deliveries",
    metadata,
    key("provider_id"),
    key("event_id"),
    key("webhook_id"),
    text("learner_id"),
    text("body"),
    text("state"),
    Column("attempts", Integer, nullable=False),
    text("fault", optional=True),
    time("made_at"),
    time("due_at"),
    time("ended_at", optional=True),
    ForeignKeyConstraint(["provider_id", "webhook_id"], ["webhooks.provider_id", "webhooks.webhook_id"]),
    Index("ix_deliveries_due", "state", "provider_id", "due_at"),
    Index("ix_deliveries_webhook", "webhook_id", "provider_id"),
    Index("ix_deliveries_learner", "learner_id", "provider_id"),
    comment="Outbox: what a webhook is told, written with the offer itself; due, delivered or dead",
)
