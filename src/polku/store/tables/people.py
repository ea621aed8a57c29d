"""People: the roster, who teaches whom, what is folded and settled of them."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from polku.store.tables.base import key, metadata, text, time

learners = Table(
    "learners",
    metadata,
    key("provider_id"),
    key("learner_id"),
    Column("grade", Integer),
    text("group_id", optional=True),
    text("school_id", optional=True),
    Index("ix_learners_group", "group_id", "provider_id"),
    comment="The roster: one line a learner",
)

teachers = Table(
    "teachers",
    metadata,
    key("provider_id"),
    Column("relation", Integer, primary_key=True, autoincrement=False),
    text("teacher_id"),
    text("group_id"),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Index("ix_teachers_teacher", "teacher_id", "provider_id"),
    Index("ix_teachers_group", "group_id", "provider_id"),
    comment="Who teaches which group, from when to when",
)

profiles = Table(
    "profiles",
    metadata,
    key("provider_id"),
    key("learner_id"),
    key("feature_set_hash"),
    key("item_stats_hash"),
    time("last_known_at", optional=True),
    time("last_answered_at", optional=True),
    text("last_response_id", optional=True),
    Column("content", LargeBinary, nullable=False),
    time("stored_at"),
    comment="Folded learner profiles, one per feature set and item statistics",
)

path_settings = Table(
    "path_settings",
    metadata,
    key("provider_id"),
    key("settings_id"),
    text("entry_id"),
    text("scope"),
    text("subject"),
    text("learner_id", optional=True),
    text("content"),
    text("set_by"),
    text("role"),
    time("set_at"),
    ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
    Index("ix_path_settings_subject", "subject", "provider_id", "set_at"),
    Index("ix_path_settings_learner", "learner_id", "provider_id"),
    comment="What teachers settled about paths; of one learner, group or provider the last holds",
)
