"""What learners and those at home ask of the people who teach them.

The table stands here as it was at this version, on purpose not imported from ``tables``. A request may be changed once,
when it is answered, and goes with everything else of its learner.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OWN = "provider_id = nullif(current_setting('polku.provider', true), '')"
COMMENT = "What learners and those at home ask of who teaches them: help, a short check, a review, a fixed remark"


def upgrade() -> None:
    """Create the table; on PostgreSQL hold it to its provider's rows, as version 0008 does with those before."""
    op.create_table(
        "requests",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "request_id")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("learner_id", "kind")),
        *(sa.Column(name, TEXT) for name in ("skill_id", "choice")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("asked_by", "role")),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("answered_by", TEXT),
        comment=COMMENT,
    )
    op.create_index("ix_requests_learner", "requests", ["learner_id", "provider_id", "asked_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE requests ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE requests FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY polku_tenant ON requests USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    """Drop it; its policy goes with it."""
    op.drop_table("requests")
