"""Rights: who looked at whose data, what is held back, which suggestions a person has seen."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Table

from polku.store.tables.base import key, metadata, text, time

reads = Table(
    "reads",
    metadata,
    key("provider_id"),
    key("read_id"),
    text("learner_id"),
    text("viewer"),
    text("role"),
    text("what"),
    time("read_at"),
    Index("ix_reads_learner", "learner_id", "provider_id", "read_at"),
    comment="Who looked at which learner's data, as what, and when",
)

holds = Table(
    "holds",
    metadata,
    key("provider_id"),
    key("hold_id"),
    text("entry_id"),
    text("kind"),
    text("scope"),
    text("subject"),
    text("learner_id", optional=True),
    Column("on_hold", Boolean, nullable=False),
    time("until", optional=True),
    text("reason", optional=True),
    text("set_by"),
    text("role"),
    time("set_at"),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_holds_subject", "subject", "provider_id", "set_at"),
    Index("ix_holds_learner", "learner_id", "provider_id"),
    comment="What is held back: pauses, objections, restrictions; of one kind and subject the last row holds",
)

seen = Table(
    "seen",
    metadata,
    key("provider_id"),
    key("suggestion_id"),
    key("viewer"),
    text("learner_id"),
    text("role"),
    time("seen_at"),
    ForeignKeyConstraint(["provider_id", "suggestion_id"], ["suggestions.provider_id", "suggestions.suggestion_id"]),
    Index("ix_seen_learner", "learner_id", "provider_id"),
    comment="Which suggestion was first opened by whom, and when",
)
