"""Validations, and the rule that a release stands on one.

The tables stand here as they were at this version, on purpose not imported from ``tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
FOUND = (
    "SELECT 1 FROM validations AS v WHERE v.provider_id = NEW.provider_id AND v.bundle_id = NEW.bundle_id "
    "AND v.validation_id = NEW.validation_id"
)
REFUSAL = "INSERT on releases is refused: the bundle has no such validation"


def upgrade() -> None:
    """Create the table and keep its rows as they are; releases made before stay, later ones need a validation."""
    op.create_table(
        "validations",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "validation_id")),
        sa.Column("bundle_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("verdict", "content")),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["provider_id", "bundle_id"], ["bundles.provider_id", "bundles.bundle_id"]),
        sa.UniqueConstraint("provider_id", "number"),
        comment="Validations, each of one bundle on the provider's own answers",
    )
    op.add_column("releases", sa.Column("validation_id", TEXT, nullable=True))
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    guard()


def downgrade() -> None:
    """Drop what was made; the triggers of a table go with it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER releases_validated ON releases")
        op.execute("DROP FUNCTION polku_validated()")
    else:
        op.execute("DROP TRIGGER releases_validated")
    op.drop_column("releases", "validation_id")
    op.drop_table("validations")


def _guard_sqlite() -> None:
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER validations_no_{action.lower()} BEFORE {action} ON validations "
            f"BEGIN SELECT RAISE(ABORT, '{action} on validations is refused: it is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER releases_validated BEFORE INSERT ON releases WHEN NOT EXISTS ({FOUND}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql() -> None:
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER validations_no_{action.lower()} BEFORE {action} ON validations "
            "FOR EACH ROW EXECUTE FUNCTION polku_refuse()"
        )
    op.execute(
        "CREATE TRIGGER validations_no_truncate BEFORE TRUNCATE ON validations "
        "FOR EACH STATEMENT EXECUTE FUNCTION polku_refuse()"
    )
    op.execute(
        "CREATE FUNCTION polku_validated() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NOT EXISTS ({FOUND}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER releases_validated BEFORE INSERT ON releases FOR EACH ROW EXECUTE FUNCTION polku_validated()"
    )
