"""Answers: what was taken in, what was refused, the tasks they were given to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Table

from polku.store.tables.base import key, metadata, text, time

responses = Table(
    "responses",
    metadata,
    key("provider_id"),
    key("response_id"),
    text("learner_id"),
    text("item_id"),
    text("skill_ids"),
    time("answered_at"),
    time("known_at"),
    Column("clock", Boolean, nullable=False),
    Column("correct", Double, nullable=False),
    Column("duration_s", Double),
    text("school_id", optional=True),
    text("group_id", optional=True),
    time("recorded_at"),
    Index("ix_responses_learner", "learner_id", "provider_id", "known_at", "answered_at", "response_id"),
    comment="Every answer, append-only, as it was recorded",
)

refused = Table(
    "refused",
    metadata,
    key("provider_id"),
    key("refused_id"),
    text("source"),
    Column("line", BigInteger, nullable=False),
    text("reason"),
    text("column_name"),
    text("explanation"),
    text("content"),
    text("learner_id", optional=True),
    time("refused_at"),
    Index("ix_refused_learner", "learner_id", "provider_id"),
    comment="Quarantine: rows that were not taken in, and why",
)

items = Table(
    "items",
    metadata,
    key("provider_id"),
    key("item_id"),
    text("skill_ids"),
    text("title"),
    comment="Tasks and the skills they ask for",
)
