"""Registers: what each last said, so that a delivery of changes alone can be taken in.

The table stands here as it was at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OWN = "provider_id = nullif(current_setting('polku.provider', true), '')"
COMMENT = "What a register last said of its schools, classes, people and enrolments, by the register's own ids"


def upgrade() -> None:
    """Create the table; on PostgreSQL hold it to its provider's rows."""
    op.create_table(
        "rostered",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "source", "kind", "sourced_id")),
        sa.Column("learner_id", TEXT),
        *(sa.Column(name, TEXT, nullable=False) for name in ("content", "receipt_id")),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        comment=COMMENT,
    )
    op.create_index("ix_rostered_learner", "rostered", ["learner_id", "provider_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE rostered ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE rostered FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY polku_tenant ON rostered USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    """Drop it; its policy goes with it."""
    op.drop_table("rostered")
