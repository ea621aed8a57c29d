"""``polku check``: load and cross-check every definition of a home."""

from __future__ import annotations

from pathlib import Path

import click

from polku.check import check
from polku.cli.desk import home_options, json_option, print_json, say
from polku.home import Home


@click.command(short_help="Load and cross-check every definition.")
@home_options
@json_option
def command(home: Path | None, provider: str | None, as_json: bool) -> None:
    """Load every definition in features/, models/ and serve/ and check that they fit each other.

    Unknown keys, missing references and unused definitions are errors that name file, key and the nearest right
    name.

    \b
    Example:
      polku check
    """
    del provider  # definitions are the same for every provider
    where = Home.find(home)
    counts = check(where).counts()
    if as_json:
        print_json(counts)
        return
    say(f"{where.root}: all definitions hold")
    say(", ".join(f"{what}: {number}" for what, number in counts.items()))
