"""``polku access``: who may see what, read from the signatures of the endpoints."""

from __future__ import annotations

import click


def table() -> str:
    """Return the table of every endpoint and role, as docs/reference/access.md shows it."""
    from polku.web.access.matrix import as_markdown, lines
    from polku.web.app import DEMONSTRATION, PARTS

    return as_markdown(lines(part.router for part in (*PARTS, *DEMONSTRATION)))


@click.command(short_help="Print who may see what, role by role.")
def command() -> None:
    """Print a table of every endpoint and role: under which relation the role is let in.

    It is read from the endpoints' own signatures, so it says what the service does.

    \b
    Example:
      polku access
    """
    click.echo(table(), nl=False)
