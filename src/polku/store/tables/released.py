"""What can be released, and what was: bundles, their audits and validations, releases."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, LargeBinary, Table, UniqueConstraint

from polku.store.tables.base import key, metadata, text, time

bundles = Table(
    "bundles",
    metadata,
    key("provider_id"),
    key("bundle_id"),
    text("manifest"),
    time("added_at"),
    comment="What can be released: model, statistics, curriculum, policy and gates, by hash",
)

bundle_files = Table(
    "bundle_files",
    metadata,
    key("provider_id"),
    key("bundle_id"),
    key("path"),
    text("sha256"),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    comment="The files of a bundle, checked by SHA-256 whenever they are read",
)

audits = Table(
    "audits",
    metadata,
    key("provider_id"),
    key("audit_id"),
    text("bundle_id"),
    Column("number", BigInteger, nullable=False),
    text("content"),
    time("added_at"),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    UniqueConstraint("provider_id", "bundle_id", "audit_id"),
    UniqueConstraint("provider_id", "number"),
    comment="Audits, each of one bundle",
)

validations = Table(
    "validations",
    metadata,
    key("provider_id"),
    key("validation_id"),
    text("bundle_id"),
    Column("number", BigInteger, nullable=False),
    text("verdict"),
    text("content"),
    time("added_at"),
    ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
    UniqueConstraint("provider_id", "number"),
    comment="Validations, each of one bundle on the provider's own answers",
)

releases = Table(
    "releases",
    metadata,
    key("provider_id"),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    text("bundle_id"),
    text("audit_id"),
    text("approver"),
    text("reason"),
    time("released_at"),
    text("validation_id", optional=True),  # releases made before there were validations have none
    ForeignKeyConstraint(
        ["provider_id", "bundle_id", "audit_id"], ["audits.provider_id", "audits.bundle_id", "audits.audit_id"]
    ),
    comment="Who let which bundle serve, on which audit; the last one is the champion",
)
