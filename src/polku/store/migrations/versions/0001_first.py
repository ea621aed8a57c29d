"""Responses, roster, items, profiles, bundles, audits, releases, the log, suggestions and decisions.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NEVER_UPDATED = (
    "responses",
    "log_payloads",
    "bundles",
    "bundle_files",
    "audits",
    "releases",
    "suggestions",
    "decisions",
)
NEVER_DELETED = ("log", "audits", "releases")
SEALED_OTHERWISE = " OR ".join(
    ["OLD.seq IS NOT NULL", "NEW.seq IS NULL", "NEW.previous IS NULL", "NEW.hash IS NULL"]
    + [f"OLD.{name} <> NEW.{name}" for name in ("provider_id", "entry_id", "kind", "commitment", "appended_at")]
)


def upgrade() -> None:
    """Create every table, then the triggers that keep sealed rows as they are."""
    _evidence()
    _people()
    _released()
    _offered()
    refuse = _refuse_postgresql if op.get_bind().dialect.name == "postgresql" else _refuse_sqlite
    for table in NEVER_UPDATED:
        refuse(table, "UPDATE")
    for table in NEVER_DELETED:
        refuse(table, "DELETE")
    refuse("log", "UPDATE", SEALED_OTHERWISE)
    refuse("log", "INSERT", "NEW.seq IS NOT NULL")


def downgrade() -> None:
    """Drop everything; the triggers go with their tables."""
    evidence = ("responses", "refused", "learners", "teachers", "items", "profiles")
    for table in (
        *evidence,
        "decisions",
        "suggestions",
        "log_payloads",
        "log",
        "releases",
        "audits",
        "bundle_files",
        "bundles",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION polku_refuse()")


def _evidence() -> None:
    _create(
        "responses",
        "Every answer, append-only, as it was recorded",
        _key("response_id"),
        *_texts("learner_id", "item_id", "skill_ids"),
        *_times("answered_at", "known_at"),
        sa.Column("clock", sa.Boolean, nullable=False),
        sa.Column("correct", sa.Double, nullable=False),
        sa.Column("duration_s", sa.Double),
        *_texts("school_id", "group_id", optional=True),
        *_times("recorded_at"),
    )
    _index("ix_responses_learner", "responses", "learner_id")
    _create(
        "refused",
        "Quarantine: rows that were not taken in, and why",
        _key("refused_id"),
        *_texts("source"),
        sa.Column("line", sa.BigInteger, nullable=False),
        *_texts("reason", "column_name", "explanation", "content"),
        *_texts("learner_id", optional=True),
        *_times("refused_at"),
    )
    _index("ix_refused_learner", "refused", "learner_id")
    _create(
        "profiles",
        "Folded learner profiles, one per feature set and item statistics",
        *map(_key, ("learner_id", "feature_set_hash", "item_stats_hash")),
        *_times("last_known_at", "last_answered_at", optional=True),
        *_texts("last_response_id", optional=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        *_times("stored_at"),
    )


def _people() -> None:
    _create(
        "learners",
        "The roster: one line a learner",
        _key("learner_id"),
        sa.Column("grade", sa.Integer),
        *_texts("group_id", "school_id", optional=True),
    )
    _index("ix_learners_group", "learners", "group_id")
    _create(
        "teachers",
        "Who teaches which group, from when to when",
        sa.Column("relation", sa.Integer, primary_key=True, autoincrement=False),
        *_texts("teacher_id", "group_id"),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
    )
    _index("ix_teachers_teacher", "teachers", "teacher_id")
    _index("ix_teachers_group", "teachers", "group_id")
    _create("items", "Tasks and the skills they ask for", _key("item_id"), *_texts("skill_ids", "title"))


def _released() -> None:
    _create(
        "bundles",
        "What can be released: model, statistics, curriculum, policy and gates, by hash",
        _key("bundle_id"),
        *_texts("manifest"),
        *_times("added_at"),
    )
    _create(
        "bundle_files",
        "The files of a bundle, checked by SHA-256 whenever they are read",
        *map(_key, ("bundle_id", "path")),
        *_texts("sha256"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _reference("bundles", "bundle_id"),
    )
    _create(
        "audits",
        "Audits, each of one bundle",
        _key("audit_id"),
        *_texts("bundle_id"),
        sa.Column("number", sa.BigInteger, nullable=False),
        *_texts("content"),
        *_times("added_at"),
        _reference("bundles", "bundle_id"),
        sa.UniqueConstraint("provider_id", "bundle_id", "audit_id"),
        sa.UniqueConstraint("provider_id", "number"),
    )
    _create(
        "releases",
        "Who let which bundle serve, on which audit; the last one is the champion",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *_texts("bundle_id", "audit_id", "approver", "reason"),
        *_times("released_at"),
        _reference("audits", "bundle_id", "audit_id"),
    )


def _offered() -> None:
    _create(
        "log",
        "The append-only log: hashes only, numbered and chained by the sealer",
        _key("entry_id"),
        *_texts("kind", "commitment"),
        *_times("appended_at"),
        sa.Column("seq", sa.BigInteger),
        *_texts("previous", "hash", optional=True),
        sa.UniqueConstraint("provider_id", "seq"),
    )
    _create(
        "log_payloads",
        "What the log's entries say, with their salt; erasable",
        _key("entry_id"),
        *_texts("learner_id", optional=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        *_texts("payload"),
        _reference("log", "entry_id"),
    )
    _index("ix_log_payloads_learner", "log_payloads", "learner_id")
    _create(
        "suggestions",
        "Options that were offered, one row each; the whole offer is the payload of its log entry",
        _key("suggestion_id"),
        *_texts("entry_id", "learner_id"),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("skill_id", "kind"),
        sa.Column("score", sa.Double),
        sa.Column("propensity", sa.Double),
        *_texts("rung", "policy_hash"),
        *_texts("bundle_id", optional=True),
        *_times("offered_at"),
        _reference("bundles", "bundle_id"),
        _reference("log", "entry_id"),
    )
    _index("ix_suggestions_learner", "suggestions", "learner_id", "offered_at")
    _create(
        "decisions",
        "What people decided about suggestions",
        _key("decision_id"),
        *_texts("entry_id", "suggestion_id", "learner_id", "skill_id", "decision", "decided_by", "role"),
        *_texts("reason", "replacement", optional=True),
        *_times("decided_at"),
        _reference("suggestions", "suggestion_id"),
        _reference("log", "entry_id"),
    )
    _index("ix_decisions_learner", "decisions", "learner_id", "decided_at")


def _create(name: str, comment: str, *parts: Any) -> None:
    op.create_table(name, _key("provider_id"), *parts, comment=comment)


def _index(name: str, table: str, first: str, *columns: str) -> None:
    op.create_index(name, table, [first, "provider_id", *columns])


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, primary_key=True)


def _texts(*names: str, optional: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=optional) for name in names]


def _times(*names: str, optional: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=optional) for name in names]


def _reference(table: str, *columns: str) -> sa.ForeignKeyConstraint:
    keys = ["provider_id", *columns]
    return sa.ForeignKeyConstraint(keys, [f"{table}.{key}" for key in keys])


def _refuse_sqlite(table: str, action: str, when: str | None = None) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {f'WHEN {when} ' if when else ''}"
        f"BEGIN SELECT RAISE(ABORT, '{action} on {table} is refused: it is append-only'); END"
    )


def _refuse_postgresql(table: str, action: str, when: str | None = None) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION polku_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
        f"FOR EACH ROW {f'WHEN ({when}) ' if when else ''}EXECUTE FUNCTION polku_refuse()"
    )
    if action == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION polku_refuse()"
        )
