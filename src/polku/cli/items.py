"""``polku items``: what the answers say about each item, those worth a look first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console
from rich.table import Table

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.evaluate import fitting_curriculum
from polku.cli.train import stored_responses
from polku.errors import InputError
from polku.exchange import FORMATS, read_responses
from polku.records import Responses
from polku.training.item_table import LEAST_SAID, NOTES, TOO_FEW, UNREMARKABLE, item_table

SHOWN = {
    "item_id": "item",
    "learners": "learners",
    "share_right": "right",
    "average_learner": "average",
    "discrimination": "discr.",
    "discrimination_se": "± se",
    "note": "worth a look because",
}
"""Columns for reading, with short headings."""
WIDTH = 120
"""Characters of a line with its note whole; a narrower terminal breaks it."""


def items(desk: Desk, responses: Path | None, format_: str) -> pd.DataFrame:
    """Return the item table of the store, or of a file.

    Raises
    ------
    InputError
        If there are no responses.
    """
    if responses is None:
        return item_table(stored_responses(desk), desk.curriculum)
    found = _read(desk, responses, format_)
    return item_table(found, fitting_curriculum(desk, found.skills.tolist()))


def _read(desk: Desk, path: Path, format_: str) -> Responses:
    reading = read_responses(path, format_, deny=desk.deny)
    say(f"{path.name}: {len(reading.responses):,} responses accepted, {len(reading.refused):,} refused")
    if not len(reading.responses):
        raise InputError("no response could be used", got=f"{len(reading.refused)} refused rows in {path.name}")
    return reading.responses


def counts(table: pd.DataFrame) -> dict[str, int]:
    """Return how many items carry each note, in the order in which they are worth a look."""
    found = table["note"].value_counts()
    return {note or "nothing to remark": int(found[note]) for note in NOTES if note in found}


def show(table: pd.DataFrame, top: int) -> None:
    """Print the first items that are worth a look, and how many there are of each kind."""
    remarkable = table[~table["note"].isin([UNREMARKABLE, TOO_FEW])].head(top)
    if len(remarkable):
        lines = Table(*SHOWN.values(), box=None)
        for row in remarkable[list(SHOWN)].itertuples(index=False):
            lines.add_row(*(_plain(value) for value in row))
        out = Console(highlight=False)
        out.width = max(out.width, WIDTH)
        out.print(lines)
    for note, count in counts(table).items():
        click.echo(f"{count:>7,}  {note}")


def _plain(value: object) -> str:
    """Return a value for reading; a missing figure as a dash."""
    if isinstance(value, float):
        return "-" if pd.isna(value) else f"{value:.2f}"
    return str(value)


def as_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the table as plain JSON values, missing figures as None."""
    plain = table.astype(object).where(table.notna(), None)
    return [dict(zip(table.columns, row, strict=True)) for row in plain.itertuples(index=False, name=None)]


@click.command(short_help="Print what the answers say about each item.")
@click.option("--responses", type=click.Path(path_type=Path), help="Answers from this file instead of the store.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="auto", show_default=True, help="Format of --responses."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole table to this CSV file.")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Most items to print.")
@home_options
@json_option
def command(
    responses: Path | None,
    format_: str,
    out: Path | None,
    top: int,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Print what the answers say about each item, those worth a look first.

    Difficulty, the share of average learners who succeed, and how well the item goes together with the rest of its
    skill (1: like the typical item; 0: not at all), each with its standard error, from each learner's first answer.
    It is about content, for those who teach with it and those who make it; nothing is said about an item that fewer
    than 30 learners have answered, and nothing about learners.

    \b
    Example:
      polku items --out items.csv
      polku items --responses answers.csv --json
    """
    table = items(Desk.at(home, provider), responses, format_)
    if out is not None:
        table.to_csv(out, index=False)
        say(f"{len(table):,} items written to {out.name}; nothing is said of those under {LEAST_SAID} learners")
    if as_json:
        print_json({"counts": counts(table), "items": as_rows(table)})
        return
    show(table, top)
