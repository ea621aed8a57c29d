"""The tables. Primary keys start with ``provider_id``; times are integer microseconds UTC.

The other indexes start with a column of their own: one that started with ``provider_id`` would be picked for every
query as long as PostgreSQL has no statistics of a table, as in the middle of the first ingest.

The migrations build the same tables step by step; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


# Ordered by code point everywhere, as Python orders; PostgreSQL's default depends on the server's language.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _key(name: str) -> Column[str]:
    return Column(name, TEXT, primary_key=True)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=optional)


def _time(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


responses = Table(
    "responses",
    metadata,
    _key("provider_id"),
    _key("response_id"),
    _text("learner_id"),
    _text("item_id"),
    _text("skill_ids"),
    _time("answered_at"),
    _time("known_at"),
    Column("clock", Boolean, nullable=False),
    Column("correct", Double, nullable=False),
    Column("duration_s", Double),
    _text("school_id", optional=True),
    _text("group_id", optional=True),
    _time("recorded_at"),
    Index("ix_responses_learner", "learner_id", "provider_id"),
    comment="Every answer, append-only, as it was recorded",
)

refused = Table(
    "refused",
    metadata,
    _key("provider_id"),
    _key("refused_id"),
    _text("source"),
    Column("line", BigInteger, nullable=False),
    _text("reason"),
    _text("column_name"),
    _text("explanation"),
    _text("content"),
    _text("learner_id", optional=True),
    _time("refused_at"),
    Index("ix_refused_learner", "learner_id", "provider_id"),
    comment="Quarantine: rows that were not taken in, and why",
)

learners = Table(
    "learners",
    metadata,
    _key("provider_id"),
    _key("learner_id"),
    Column("grade", Integer),
    _text("group_id", optional=True),
    _text("school_id", optional=True),
    Index("ix_learners_group", "group_id", "provider_id"),
    comment="The roster: one line a learner",
)

teachers = Table(
    "teachers",
    metadata,
    _key("provider_id"),
    Column("relation", Integer, primary_key=True, autoincrement=False),
    _text("teacher_id"),
    _text("group_id"),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Index("ix_teachers_teacher", "teacher_id", "provider_id"),
    Index("ix_teachers_group", "group_id", "provider_id"),
    comment="Who teaches which group, from when to when",
)

items = Table(
    "items",
    metadata,
    _key("provider_id"),
    _key("item_id"),
    _text("skill_ids"),
    _text("title"),
    comment="Tasks and the skills they ask for",
)

profiles = Table(
    "profiles",
    metadata,
    _key("provider_id"),
    _key("learner_id"),
    _key("feature_set_hash"),
    _key("item_stats_hash"),
    _time("last_known_at", optional=True),
    _time("last_answered_at", optional=True),
    _text("last_response_id", optional=True),
    Column("content", LargeBinary, nullable=False),
    _time("stored_at"),
    comment="Folded learner profiles, one per feature set and item statistics",
)

bundles = Table(
    "bundles",
    metadata,
    _key("provider_id"),
    _key("bundle_id"),
    _text("manifest"),
    _time("added_at"),
    comment="What can be released: model, statistics, curriculum, policy and gates, by hash",
)

bundle_files = Table(
    "bundle_files",
    metadata,
    _key("provider_id"),
    _key("bundle_id"),
    _key("path"),
    _text("sha256"),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    comment="The files of a bundle, checked by SHA-256 whenever they are read",
)

audits = Table(
    "audits",
    metadata,
    _key("provider_id"),
    _key("audit_id"),
    _text("bundle_id"),
    Column("number", BigInteger, nullable=False),
    _text("content"),
    _time("added_at"),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    UniqueConstraint("provider_id", "bundle_id", "audit_id"),
    UniqueConstraint("provider_id", "number"),
    comment="Audits, each of one bundle",
)

validations = Table(
    "validations",
    metadata,
    _key("provider_id"),
    _key("validation_id"),
    _text("bundle_id"),
    Column("number", BigInteger, nullable=False),
    _text("verdict"),
    _text("content"),
    _time("added_at"),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    UniqueConstraint("provider_id", "number"),
    comment="Validations, each of one bundle on the provider's own answers",
)

releases = Table(
    "releases",
    metadata,
    _key("provider_id"),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("bundle_id"),
    _text("audit_id"),
    _text("approver"),
    _text("reason"),
    _time("released_at"),
    _text("validation_id", optional=True),  # releases made before there were validations have none
    ForeignKeyConstraint(
        ["provider_id", "bundle_id", "audit_id"], ["audits.provider_id", "audits.bundle_id", "audits.audit_id"]
    ),
    comment="Who let which bundle serve, on which audit; the last one is the champion",
)

log = Table(
    "log",
    metadata,
    _key("provider_id"),
    _key("entry_id"),
    _text("kind"),
    _text("commitment"),
    _time("appended_at"),
    Column("seq", BigInteger),
    _text("previous", optional=True),
    _text("hash", optional=True),
    UniqueConstraint("provider_id", "seq"),
    comment="The append-only log: hashes only, numbered and chained by the sealer",
)

log_payloads = Table(
    "log_payloads",
    metadata,
    _key("provider_id"),
    _key("entry_id"),
    _text("learner_id", optional=True),
    Column("salt", LargeBinary, nullable=False),
    _text("payload"),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_log_payloads_learner", "learner_id", "provider_id"),
    comment="What the log's entries say, with their salt; erasable",
)

suggestions = Table(
    "suggestions",
    metadata,
    _key("provider_id"),
    _key("suggestion_id"),
    _text("entry_id"),
    _text("learner_id"),
    Column("position", Integer, nullable=False),
    _text("skill_id"),
    _text("kind"),
    Column("score", Double),
    Column("propensity", Double),
    _text("rung"),
    _text("policy_hash"),
    _text("bundle_id", optional=True),
    _time("offered_at"),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_suggestions_learner", "learner_id", "provider_id", "offered_at"),
    comment="Options that were offered, one row each; the whole offer is the payload of its log entry",
)

decisions = Table(
    "decisions",
    metadata,
    _key("provider_id"),
    _key("decision_id"),
    _text("entry_id"),
    _text("suggestion_id"),
    _text("learner_id"),
    _text("skill_id"),
    _text("decision"),
    _text("decided_by"),
    _text("role"),
    _text("reason", optional=True),
    _text("replacement", optional=True),
    _time("decided_at"),
    ForeignKeyConstraint(["provider_id", "suggestion_id"], ["suggestions.provider_id", "suggestions.suggestion_id"]),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_decisions_learner", "learner_id", "provider_id", "decided_at"),
    comment="What people decided about suggestions",
)

path_settings = Table(
    "path_settings",
    metadata,
    _key("provider_id"),
    _key("settings_id"),
    _text("entry_id"),
    _text("scope"),
    _text("subject"),
    _text("learner_id", optional=True),
    _text("content"),
    _text("set_by"),
    _text("role"),
    _time("set_at"),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_path_settings_subject", "subject", "provider_id", "set_at"),
    Index("ix_path_settings_learner", "learner_id", "provider_id"),
    comment="What teachers settled about paths; of one learner, group or provider the last holds",
)
