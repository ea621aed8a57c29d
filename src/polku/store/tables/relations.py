"""Who may see whom: relations with their dates, protected identities, researchers' permits."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table

from polku.store.tables.base import key, metadata, text, time

relations = Table(
    "relations",
    metadata,
    key("provider_id"),
    Column("relation", Integer, primary_key=True, autoincrement=False),
    text("subject"),
    text("kind"),
    text("object_type"),
    text("object_id"),
    text("learner_id", optional=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("restricted", Boolean, nullable=False),
    Index("ix_relations_subject", "subject", "provider_id"),
    Index("ix_relations_learner", "learner_id", "provider_id"),
    comment="Who may see which learner, group or school, as what, from when to when",
)

protected = Table(
    "protected",
    metadata,
    key("provider_id"),
    key("learner_id"),
    time("protected_at"),
    comment="Learners whose school and group are told to nobody but those who teach them",
)

permits = Table(
    "permits",
    metadata,
    key("provider_id"),
    key("permit_id"),
    key("subject"),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    comment="Which researcher works under which permit, from when to when",
)
