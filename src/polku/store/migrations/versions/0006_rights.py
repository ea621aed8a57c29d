"""Who looked, what is held back, what was seen; decisions that last until a day, or take another back.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = ("reads", "holds", "seen")


def upgrade() -> None:
    """Create the tables and keep their rows as they are; a learner's may be deleted, as everything of theirs."""
    _create(
        "reads",
        "Who looked at which learner's data, as what, and when",
        ("read_id",),
        *_texts("learner_id", "viewer", "role", "what"),
        sa.Column("read_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_reads_learner", "reads", ["learner_id", "provider_id", "read_at"])
    _create(
        "holds",
        "What is held back: pauses, objections, restrictions; of one kind and subject the last row holds",
        ("hold_id",),
        *_texts("entry_id", "kind", "scope", "subject"),
        sa.Column("learner_id", TEXT),
        sa.Column("on_hold", sa.Boolean, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("reason", TEXT),
        *_texts("set_by", "role"),
        sa.Column("set_at", sa.BigInteger, nullable=False),
        _reference("log", "entry_id"),
    )
    op.create_index("ix_holds_subject", "holds", ["subject", "provider_id", "set_at"])
    op.create_index("ix_holds_learner", "holds", ["learner_id", "provider_id"])
    _create(
        "seen",
        "Which suggestion was first opened by whom, and when",
        ("suggestion_id", "viewer"),
        *_texts("learner_id", "role"),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        _reference("suggestions", "suggestion_id"),
    )
    op.create_index("ix_seen_learner", "seen", ["learner_id", "provider_id"])
    for table in TABLES:
        _refuse_update(table)
    op.add_column("decisions", sa.Column("until_at", sa.BigInteger))
    op.add_column("decisions", sa.Column("takes_back", TEXT))


def downgrade() -> None:
    """Drop them; the triggers go with their tables."""
    op.drop_column("decisions", "takes_back")
    op.drop_column("decisions", "until_at")
    for table in reversed(TABLES):
        op.drop_table(table)


def _create(name: str, comment: str, keys: tuple[str, ...], *parts: Any) -> None:
    columns = (sa.Column(column, TEXT, primary_key=True) for column in ("provider_id", *keys))
    op.create_table(name, *columns, *parts, comment=comment)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _reference(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["provider_id", column], [f"{table}.provider_id", f"{table}.{column}"])


def _refuse_update(table: str) -> None:
    name = f"{table}_no_update"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION polku_refuse()",
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'UPDATE on {table} is refused: it is append-only'); END"
        )
