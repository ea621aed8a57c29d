"""Requests: what learners and those at home ask of the people who teach them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from polku.store.tables.base import key, metadata, text, time

requests = Table(
    "requests",
    metadata,
    key("provider_id"),
    key("request_id"),
    text("learner_id"),
    text("kind"),
    text("skill_id", optional=True),
    text("choice", optional=True),
    text("asked_by"),
    text("role"),
    time("asked_at"),
    time("answered_at", optional=True),
    text("answered_by", optional=True),
    Index("ix_requests_learner", "learner_id", "provider_id", "asked_at"),
    comment="What learners and those at home ask of who teaches them: help, a short check, a review, a fixed remark",
)
