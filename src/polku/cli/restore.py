"""``polku restore``: an empty database filled from a backup, and seen to be whole."""

from __future__ import annotations

from pathlib import Path

import click

from polku.cli.desk import Desk, bar, home_options, json_option, make_folder_of, print_json, say
from polku.errors import PolkuError
from polku.store.restore import restore


@click.command(short_help="Fill an empty database from a backup.")
@click.option("--from", "origin", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The backup.")
@click.option("--store", metavar="URL", help="Empty database; default: the settings'. PostgreSQL: as polku_owner.")
@home_options
@json_option
def command(origin: Path, store: str | None, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Fill an empty database from a backup of this or an earlier release, verify every log, and migrate.

    Learners who were erased after the backup was made are back: erase them again before anybody is served.

    \b
    Example:
      polku restore --from backups/polku-2026-05-20.tar.gz --store sqlite:///var/restored.db
    """
    address = store or Desk.at(home, provider).settings.store
    make_folder_of(address)
    with bar("restoring") as on_step:
        done = restore(address, origin, on_step)
    if not done.whole:
        raise PolkuError("what was restored is not whole", got="; ".join(done.problems), hint="use another backup")
    if as_json:
        print_json({"rows": dict(done.manifest.rows), "migration": done.migrated_to, "whole": done.whole})
        return
    rows, heads = sum(done.manifest.rows.values()), len(done.manifest.heads)
    say(f"{rows:,} rows restored and {heads} logs verified; tables {done.manifest.migration} → {done.migrated_to}")
