"""Row-level security on every table of a provider: beneath the application, a connection sees one tenant or nothing.

The tables are those that stand in the database, so that none is forgotten. FORCE holds their owner to the policy too.
A later migration that has to read rows tells the database whose: with no provider set there are none.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWNED = sa.text(
    "SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace "
    "AND a.attname = 'provider_id' AND NOT a.attisdropped ORDER BY c.relname"
)
# A reused connection holds an empty string where it held a provider before: that is nobody.
OWN = "provider_id = nullif(current_setting('polku.provider', true), '')"


def upgrade() -> None:
    """Hold every table with a provider to its rows; SQLite has no such thing, there the repositories are the guard."""
    for table in _owned():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY polku_tenant ON "{table}" USING ({OWN}) WITH CHECK ({OWN})')


def downgrade() -> None:
    """Take the policies off."""
    for table in _owned():
        op.execute(f'DROP POLICY polku_tenant ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def _owned() -> Iterator[str]:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        yield from connection.scalars(OWNED).all()
