"""What became of answers after they were taken in: corrected, or taken back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, ForeignKeyConstraint, Index, Table

from polku.store.tables.base import key, metadata, text, time

amendments = Table(
    "amendments",
    metadata,
    key("provider_id"),
    key("response_id"),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    text("entry_id"),
    text("learner_id"),
    text("kind"),
    text("item_id", optional=True),
    text("skill_ids", optional=True),
    time("answered_at", optional=True),
    Column("correct", Double),
    Column("duration_s", Double),
    text("school_id", optional=True),
    text("group_id", optional=True),
    time("known_at"),
    text("amended_by"),
    text("role"),
    text("reason"),
    time("recorded_at"),
    ForeignKeyConstraint(["provider_id", "response_id"], ["responses.provider_id", "responses.response_id"]),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_amendments_learner", "learner_id", "provider_id"),
    comment="Corrections and voids of answers, append-only; of each answer the last holds",
)
