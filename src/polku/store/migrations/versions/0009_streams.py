"""Streams: receipts of deliveries, and where each element went.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = ("receipts", "elements")
# A reused connection holds an empty string where it held a provider before: that is nobody.
OWN = "provider_id = nullif(current_setting('polku.provider', true), '')"


def upgrade() -> None:
    """Create the tables, keep their rows as they are, and hold each to its provider."""
    _create(
        "receipts",
        "What each delivery of a stream held: counts by outcome, and the digest of its content",
        ("receipt_id",),
        *_texts("source", "standard", "digest"),
        sa.Column("elements", sa.BigInteger, nullable=False),
        *_texts("counts", "received_by"),
        sa.Column("received_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_receipts_source", "receipts", ["source", "provider_id", "received_at"])
    _create(
        "elements",
        "Provenance: which element of which stream, by which receipt, became which answer, or had no effect",
        ("source", "element_id"),
        *_texts("standard", "outcome", "digest", "receipt_id"),
        *(sa.Column(name, TEXT) for name in ("learner_id", "response_id", "target_id", "content")),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
    )
    for name in ("learner", "response", "target"):
        op.create_index(f"ix_elements_{name}", "elements", [f"{name}_id", "provider_id"])
    for table in TABLES:
        _refuse_update(table)
        _hold(table)


def downgrade() -> None:
    """Drop them; triggers and policies go with their tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create(name: str, comment: str, keys: tuple[str, ...], *parts: Any) -> None:
    columns = (sa.Column(column, TEXT, primary_key=True) for column in ("provider_id", *keys))
    op.create_table(name, *columns, *parts, comment=comment)


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


def _hold(table: str) -> None:
    """Hold a table to one provider's rows, its owner too; SQLite has no such thing."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY polku_tenant ON "{table}" USING ({OWN}) WITH CHECK ({OWN})')
