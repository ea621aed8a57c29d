"""What a register of schools last said, thing by thing: kept so that a change alone can be taken in."""

from __future__ import annotations

from sqlalchemy import Index, Table

from polku.store.tables.base import key, metadata, text, time

rostered = Table(
    "rostered",
    metadata,
    key("provider_id"),
    key("source"),
    key("kind"),
    key("sourced_id"),
    text("learner_id", optional=True),
    text("content"),
    text("receipt_id"),
    time("seen_at"),
    time("ended_at", optional=True),
    Index("ix_rostered_learner", "learner_id", "provider_id"),
    comment="What a register last said of its schools, classes, people and enrolments, by the register's own ids",
)
