"""What teachers settle about paths: for a learner, a group, or everybody of a provider.

The table stands here as it was at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and keep its rows as they are; a learner's may be deleted, as everything of theirs."""
    op.create_table(
        "path_settings",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "settings_id")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("entry_id", "scope", "subject")),
        sa.Column("learner_id", TEXT, nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("content", "set_by", "role")),
        sa.Column("set_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
        comment="What teachers settled about paths; of one learner, group or provider the last holds",
    )
    op.create_index("ix_path_settings_subject", "path_settings", ["subject", "provider_id", "set_at"])
    op.create_index("ix_path_settings_learner", "path_settings", ["learner_id", "provider_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER path_settings_no_update BEFORE UPDATE ON path_settings "
            "FOR EACH ROW EXECUTE FUNCTION polku_refuse()"
        )
    else:
        op.execute(
            "CREATE TRIGGER path_settings_no_update BEFORE UPDATE ON path_settings "
            "BEGIN SELECT RAISE(ABORT, 'UPDATE on path_settings is refused: it is append-only'); END"
        )


def downgrade() -> None:
    """Drop the table; its trigger goes with it."""
    op.drop_table("path_settings")
