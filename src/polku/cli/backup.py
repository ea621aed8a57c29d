"""``polku backup``: one file of everything in the store, made while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from polku.cli.desk import Desk, bar, home_options, json_option, print_json, say
from polku.store.backup import backup


@click.command(short_help="Write one file of everything in the store.")
@click.option("--to", "to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--store", metavar="URL", help="Address to read as; default: the settings'. PostgreSQL: as polku_backup.")
@home_options
@json_option
def command(to: Path, store: str | None, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Write one file of everything in the store, of all providers and of one moment, while the store is in use.

    It holds pupils' data: keep it encrypted, and no longer than the retention rules allow. Background attributes are
    not in it.

    \b
    Example:
      polku backup --to backups/polku-2026-05-20.tar.gz
    """
    address = store or Desk.at(home, provider).settings.store
    with bar("backing up") as on_step:
        manifest = backup(address, to, on_step)
    if as_json:
        print_json({"file": str(to), "rows": dict(manifest.rows), "migration": manifest.migration})
        return
    say(f"{to}: {sum(manifest.rows.values()):,} rows of {len(manifest.rows)} tables, {len(manifest.heads)} sealed logs")
