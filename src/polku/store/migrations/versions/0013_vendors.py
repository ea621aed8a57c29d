"""Vendors of tasks: catalogues, pseudonyms, and what was offered.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OWN = "provider_id = nullif(current_setting('polku.provider', true), '')"
TABLES = ("catalogue", "pairwise", "launches")
APPEND_ONLY = ("pairwise", "launches")


def upgrade() -> None:
    """Create the tables; what was drawn or offered stays as it was; each is held to its provider's rows."""
    op.create_table(
        "catalogue",
        *_keys("provider_id", "item_id"),
        *_texts("vendor", "skill_ids", "title", "language"),
        sa.Column("difficulty", sa.Float),
        *_texts("interaction"),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        comment="Tasks that vendors provide: what each is about, in which language, how hard its vendor says it is",
    )
    op.create_index("ix_catalogue_skill", "catalogue", ["skill_ids", "provider_id"])
    op.create_table(
        "pairwise",
        *_keys("provider_id", "vendor", "learner_id"),
        *_texts("subject"),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        comment="What each vendor knows a learner by: drawn at random, another one for each vendor",
    )
    op.create_index("ix_pairwise_subject", "pairwise", ["subject", "provider_id"])
    op.create_table(
        "launches",
        *_keys("provider_id", "launch_id"),
        *_texts("learner_id", "vendor", "item_id", "skill_id", "purpose", "had"),
        sa.Column("offered_at", sa.BigInteger, nullable=False),
        comment="Tasks that were offered, and how many fitting ones each vendor had at that moment",
    )
    op.create_index("ix_launches_learner", "launches", ["learner_id", "provider_id"])
    for table in APPEND_ONLY:
        _refuse_update(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY polku_tenant ON {table} USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    """Drop them; triggers and policies go with their tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, primary_key=True) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _refuse_update(table: str) -> None:
    name = f"{table}_no_update"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION polku_refuse()")
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'UPDATE on {table} is refused: it is append-only'); END"
        )
