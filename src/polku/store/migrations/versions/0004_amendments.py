"""Answers corrected or taken back.

The table stands here as it was at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and keep its rows as they are; a learner's may be deleted, as everything of theirs."""
    op.create_table(
        "amendments",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "response_id")),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("entry_id", "learner_id", "kind")),
        *(sa.Column(name, TEXT, nullable=True) for name in ("item_id", "skill_ids")),
        sa.Column("answered_at", sa.BigInteger, nullable=True),
        *(sa.Column(name, sa.Double, nullable=True) for name in ("correct", "duration_s")),
        *(sa.Column(name, TEXT, nullable=True) for name in ("school_id", "group_id")),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("amended_by", "role", "reason")),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["provider_id", "response_id"], ["responses.provider_id", "responses.response_id"]),
        sa.ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
        comment="Corrections and voids of answers, append-only; of each answer the last holds",
    )
    op.create_index("ix_amendments_learner", "amendments", ["learner_id", "provider_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER amendments_no_update BEFORE UPDATE ON amendments "
            "FOR EACH ROW EXECUTE FUNCTION polku_refuse()"
        )
    else:
        op.execute(
            "CREATE TRIGGER amendments_no_update BEFORE UPDATE ON amendments "
            "BEGIN SELECT RAISE(ABORT, 'UPDATE on amendments is refused: it is append-only'); END"
        )


def downgrade() -> None:
    """Drop the table; its trigger goes with it."""
    op.drop_table("amendments")
