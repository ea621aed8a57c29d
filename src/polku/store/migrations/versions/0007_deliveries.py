"""Requests that may be repeated; who is told of new suggestions.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "repeats",
        *_keys("caller", "idempotency_key"),
        *_texts("fingerprint"),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        *_texts("media_type"),
        *_times("kept_at"),
        comment="Answers to requests with an idempotency key, kept for a day",
    )
    op.create_index("ix_repeats_kept", "repeats", ["kept_at", "provider_id"])
    op.create_table(
        "webhooks",
        *_keys("webhook_id"),
        *_texts("url", "secret", "created_by"),
        *_times("created_at"),
        comment="Who is told of new suggestions, and the secret that signs what they are told",
    )
    _deliveries()


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        *_keys("event_id", "webhook_id"),
        *_texts("learner_id", "body", "state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("fault", TEXT),
        *_times("made_at", "due_at"),
        sa.Column("ended_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["provider_id", "webhook_id"], ["webhooks.provider_id", "webhooks.webhook_id"]),
        comment="Outbox: what a webhook is told, written with the offer itself; due, delivered or dead",
    )
    op.create_index("ix_deliveries_due", "deliveries", ["state", "provider_id", "due_at"])
    op.create_index("ix_deliveries_webhook", "deliveries", ["webhook_id", "provider_id"])
    op.create_index("ix_deliveries_learner", "deliveries", ["learner_id", "provider_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("deliveries", "webhooks", "repeats"):
        op.drop_table(table)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", *names)]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
