"""What the log says is packed, and three indexes: answers in fold order, offers and decisions by time.

The table stands here as it was at this version, on purpose not imported from ``tables``. Commitments are of the text,
which stays the same letter by letter, so that chains and exported heads hold. Rows go over in batches, so that memory
stays bounded; until the transaction ends both tables take their space.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from polku.store.packing import packed, unpacked

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BATCH = 200
"""Rows held at once: some ten megabytes of offers."""
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OWN = "provider_id = nullif(current_setting('polku.provider', true), '')"
TABLE, BEFORE = "log_payloads", "log_payloads_before"
SAID, LEARNER = "What the log's entries say, {}with their salt; erasable", "ix_responses_learner"
BY_TIME = (("suggestions", "offered", "suggestion_id"), ("decisions", "decided", "decision_id"))
FOLD = ["known_at", "answered_at", "response_id"]


def upgrade() -> None:
    """Pack what the log says; order a learner's answers as they are folded, offers and decisions as they happened."""
    _rewrite(sa.LargeBinary(), packed, SAID.format("packed, "))
    if op.get_bind().dialect.name == "postgresql":  # it would only try to pack it once more
        op.execute(f"ALTER TABLE {TABLE} ALTER COLUMN payload SET STORAGE EXTERNAL")
    _answers_by(FOLD)
    for table, done, key in BY_TIME:
        op.create_index(f"ix_{table}_{done}", table, ["provider_id", f"{done}_at", key])


def downgrade() -> None:
    """Drop the indexes; write the log's texts as they are."""
    for table, done, _ in BY_TIME:
        op.drop_index(f"ix_{table}_{done}", table)
    _answers_by([])
    _rewrite(TEXT, unpacked, SAID.format(""))


def _answers_by(columns: list[str]) -> None:
    op.drop_index(LEARNER, "responses")
    op.create_index(LEARNER, "responses", ["learner_id", "provider_id", *columns])


def _rewrite(kind: sa.types.TypeEngine[Any], turned: Callable[[Any], Any], comment: str) -> None:
    """Build the table anew with payloads of a kind, and all that stood around it."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.drop_index("ix_log_payloads_learner", TABLE)
    op.rename_table(TABLE, BEFORE)
    if postgresql:  # there, names of keys are the schema's, and the owner is held to one provider's rows
        op.execute(f"ALTER TABLE {BEFORE} RENAME CONSTRAINT pk_{TABLE} TO pk_{BEFORE}")
        op.execute(f"ALTER TABLE {BEFORE} NO FORCE ROW LEVEL SECURITY")
    table = op.create_table(
        TABLE,
        *(sa.Column(name, TEXT, primary_key=True) for name in ("provider_id", "entry_id")),
        sa.Column("learner_id", TEXT),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("payload", kind, nullable=False),
        sa.ForeignKeyConstraint(["provider_id", "entry_id"], ["log.provider_id", "log.entry_id"]),
        comment=comment,
    )
    _copy(table, turned)
    op.drop_table(BEFORE)
    op.create_index("ix_log_payloads_learner", TABLE, ["learner_id", "provider_id"])
    _guard(postgresql)


def _copy(to: sa.Table, turned: Callable[[Any], Any]) -> None:
    connection = op.get_bind()
    before = sa.Table(BEFORE, sa.MetaData(), autoload_with=connection)
    key = (before.c.provider_id, before.c.entry_id)
    part = sa.select(before).order_by(*key).limit(BATCH)
    rows = connection.execute(part).mappings().all()
    while rows:
        connection.execute(sa.insert(to), [{**row, "payload": turned(row["payload"])} for row in rows])
        last = [sa.literal(rows[-1][column.name]) for column in key]
        rows = connection.execute(part.where(sa.tuple_(*key) > sa.tuple_(*last))).mappings().all()


def _guard(postgresql: bool) -> None:
    """Refuse updates, as before; on PostgreSQL hold rows to their provider."""
    trigger = f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}"
    if postgresql:
        op.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION polku_refuse()")
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY polku_tenant ON {TABLE} USING ({OWN}) WITH CHECK ({OWN})")
    else:
        op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, 'UPDATE on {TABLE} is refused: it is append-only'); END")
