"""What every table is made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# Ordered by code point everywhere, as Python orders; PostgreSQL's default depends on the server's language.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def key(name: str) -> Column[str]:
    """Return a text column of the primary key."""
    return Column(name, TEXT, primary_key=True)


def text(name: str, *, optional: bool = False) -> Column[str]:
    """Return a text column."""
    return Column(name, TEXT, nullable=optional)


def time(name: str, *, optional: bool = False) -> Column[int]:
    """Return a column of microseconds UTC."""
    return Column(name, BigInteger, nullable=optional)
