"""``polku export``: every answer as it holds now, as Parquet buckets for training."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from polku.cli.desk import Desk, bar, home_options, json_option, print_json, say
from polku.store.buckets import MANIFEST, MOST_BUCKETS, Export
from polku.store.buckets import export as write


def export(desk: Desk, folder: Path, buckets: int) -> Export:
    """Write the provider's answers into a new folder, and log that they were written.

    Parameters
    ----------
    desk : Desk
        Whose store.
    folder : Path
        Empty or not there yet.
    buckets : int
        How many files.

    Returns
    -------
    Export

    Raises
    ------
    InputError
        If the folder holds something already.
    """
    with desk.store.read() as tx, bar("exporting") as on_step:
        made = write(tx, desk.settings.provider_id, folder, buckets, on_step)
    with desk.store.begin() as tx:
        tx.log.append("exported", {"rows": made.rows, "learners": made.learners, "buckets": len(made.files)})
    return made


@click.command(short_help="Write every answer as Parquet buckets for training.")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder.")
@click.option("--buckets", type=click.IntRange(1, MOST_BUCKETS), default=16, show_default=True, help="How many files.")
@home_options
@json_option
def command(folder: Path, buckets: int, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Write every answer as it holds now, corrections applied, into a new folder.

    All answers of one learner are in one bucket, in the order in which they became known; a manifest holds counts and
    SHA-256. The export is logged. Memory does not grow with the number of answers. `polku ingest` reads the files.

    \b
    Example:
      polku export --to var/export --buckets 16
    """
    made = export(Desk.at(home, provider), folder, buckets)
    if as_json:
        print_json(asdict(made))
        return
    say(f"{made.rows:,} answers of {made.learners:,} learners in {len(made.files)} buckets, counted in {MANIFEST}")
