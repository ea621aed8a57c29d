"""Who may see whom: relations, protected identities, permits.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "relations",
        sa.Column("provider_id", TEXT, primary_key=True),
        sa.Column("relation", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("subject", "kind", "object_type", "object_id")),
        sa.Column("learner_id", TEXT, nullable=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=True),
        sa.Column("restricted", sa.Boolean, nullable=False),
        comment="Who may see which learner, group or school, as what, from when to when",
    )
    op.create_index("ix_relations_subject", "relations", ["subject", "provider_id"])
    op.create_index("ix_relations_learner", "relations", ["learner_id", "provider_id"])
    op.create_table(
        "protected",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "learner_id")),
        sa.Column("protected_at", sa.BigInteger, nullable=False),
        comment="Learners whose school and group are told to nobody but those who teach them",
    )
    op.create_table(
        "permits",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "permit_id", "subject")),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        comment="Which researcher works under which permit, from when to when",
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("permits", "protected", "relations"):
        op.drop_table(table)
