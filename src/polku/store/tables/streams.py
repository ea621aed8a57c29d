"""Streams: what each delivery said, and where each element went."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table

from polku.store.tables.base import key, metadata, text, time

receipts = Table(
    "receipts",
    metadata,
    key("provider_id"),
    key("receipt_id"),
    text("source"),
    text("standard"),
    text("digest"),
    Column("elements", BigInteger, nullable=False),
    text("counts"),
    text("received_by"),
    time("received_at"),
    Index("ix_receipts_source", "source", "provider_id", "received_at"),
    comment="What each delivery of a stream held: counts by outcome, and the digest of its content",
)

elements = Table(
    "elements",
    metadata,
    key("provider_id"),
    key("source"),
    key("element_id"),
    text("standard"),
    text("outcome"),
    text("digest"),
    text("receipt_id"),
    text("learner_id", optional=True),
    text("response_id", optional=True),
    text("target_id", optional=True),
    text("content", optional=True),
    time("taken_at"),
    Index("ix_elements_learner", "learner_id", "provider_id"),
    Index("ix_elements_response", "response_id", "provider_id"),
    Index("ix_elements_target", "target_id", "provider_id"),
    comment="Provenance: which element of which stream, by which receipt, became which answer, or had no effect",
)
