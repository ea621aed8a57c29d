"""Vendors of tasks: their catalogues, the pseudonyms that they know learners by, and what of theirs was offered."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Table

from polku.store.tables.base import key, metadata, text, time

catalogue = Table(
    "catalogue",
    metadata,
    key("provider_id"),
    key("item_id"),
    text("vendor"),
    text("skill_ids"),
    text("title"),
    text("language"),
    Column("difficulty", Float),
    text("interaction"),
    Column("withdrawn", Boolean, nullable=False),
    Index("ix_catalogue_skill", "skill_ids", "provider_id"),
    comment="Tasks that vendors provide: what each is about, in which language, how hard its vendor says it is",
)

pairwise = Table(
    "pairwise",
    metadata,
    key("provider_id"),
    key("vendor"),
    key("learner_id"),
    text("subject"),
    time("made_at"),
    Index("ix_pairwise_subject", "subject", "provider_id"),
    comment="What each vendor knows a learner by: drawn at random, another one for each vendor",
)

launches = Table(
    "launches",
    metadata,
    key("provider_id"),
    key("launch_id"),
    text("learner_id"),
    text("vendor"),
    text("item_id"),
    text("skill_id"),
    text("purpose"),
    text("had"),
    time("offered_at"),
    Index("ix_launches_learner", "learner_id", "provider_id"),
    comment="Tasks that were offered, and how many fitting ones each vendor had at that moment",
)
