"""The trail: the log, what was offered, what was decided."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from polku.store.tables.base import key, metadata, text, time

log = Table(
    "log",
    metadata,
    key("provider_id"),
    key("entry_id"),
    text("kind"),
    text("commitment"),
    time("appended_at"),
    Column("seq", BigInteger),
    text("previous", optional=True),
    text("hash", optional=True),
    UniqueConstraint("provider_id", "seq"),
    comment="The append-only log: hashes only, numbered and chained by the sealer",
)

log_payloads = Table(
    "log_payloads",
    metadata,
    key("provider_id"),
    key("entry_id"),
    text("learner_id", optional=True),
    Column("salt", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_log_payloads_learner", "learner_id", "provider_id"),
    comment="What the log's entries say, packed, with their salt; erasable",
)

suggestions = Table(
    "suggestions",
    metadata,
    key("provider_id"),
    key("suggestion_id"),
    text("entry_id"),
    text("learner_id"),
    Column("position", Integer, nullable=False),
    text("skill_id"),
    text("kind"),
    Column("score", Double),
    Column("propensity", Double),
    text("rung"),
    text("policy_hash"),
    text("bundle_id", optional=True),
    time("offered_at"),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_suggestions_learner", "learner_id", "provider_id", "offered_at"),
    Index("ix_suggestions_offered", "provider_id", "offered_at", "suggestion_id"),
    comment="Options that were offered, one row each; the whole offer is the payload of its log entry",
)

decisions = Table(
    "decisions",
    metadata,
    key("provider_id"),
    key("decision_id"),
    text("entry_id"),
    text("suggestion_id"),
    text("learner_id"),
    text("skill_id"),
    text("decision"),
    text("decided_by"),
    text("role"),
    text("reason", optional=True),
    text("replacement", optional=True),
    time("decided_at"),
    time("until_at", optional=True),
    text("takes_back", optional=True),
    ForeignKeyConstraint(["provider_id", "suggestion_id"], ["suggestions.provider_id", "suggestions.suggestion_id"]),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_decisions_learner", "learner_id", "provider_id", "decided_at"),
    Index("ix_decisions_decided", "provider_id", "decided_at", "decision_id"),
    comment="What people decided about suggestions",
)
