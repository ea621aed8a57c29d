"""``polku stream``: read a file of xAPI statements or Caliper events, of any size, into the store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import click
from rich.table import Table

from polku.cli.desk import Desk, OnStep, bar, console, home_options, json_option, print_json, say
from polku.errors import ConflictError, InputError
from polku.exchange.links import Links
from polku.exchange.streams import STANDARDS, Standard, Stream
from polku.store.receipts import Receipt
from polku.store.sources import Delivery
from polku.store.transaction import Transaction

BATCH = 2_000
"""Elements taken in at once: a transaction each, so that a run that is stopped has lost nothing and may be repeated."""
MEGABYTE = 1 << 20


def stream(desk: Desk, path: Path, *, standard: str, source: str) -> Receipt:
    """Read a file's elements through the door of all streams.

    Parameters
    ----------
    desk : Desk
        Whose store.
    path : Path
        Elements one a line, in arrays or in envelopes; compressed with gzip or not.
    standard : str
        One of `polku.exchange.streams.STANDARDS`.
    source : str
        Who sent it: the same name each time.

    Returns
    -------
    Receipt
        How each element ended. It grows with every batch, so that a run that is broken off leaves one that says how far
        it came; read again, what came before is repeated.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read on.
    ConflictError
        If the source speaks another standard.
    """
    if not path.is_file():
        raise InputError("no such file", got=path.name, hint="give a file of statements or events")
    with desk.store.read() as tx:
        spoken, items, receipt_id = tx.receipts.standard_of(source), tx.items.all(), tx.receipts.new_id()
    if spoken not in {None, standard}:
        raise ConflictError(f"source {source} speaks {spoken}", got=standard, hint="name another source")
    delivery = Delivery(source, standard, receipt_id, desk.deny, items, live=False)
    links = Links.of(desk.curriculum, items.skills)
    with path.open("rb") as file, bar("reading, MB") as on_step:
        opened = Stream(file)
        _take(desk, opened, delivery, links, _measured(file, path, on_step))
    with desk.store.begin() as tx:
        return _written(tx, delivery, opened.digest)


def _take(desk: Desk, opened: Stream, delivery: Delivery, links: Links, on_batch: Iterator[None]) -> None:
    """Take elements in, batch by batch."""
    standard: Standard = STANDARDS[delivery.standard]
    found = opened.elements()
    while batch := list(islice(found, BATCH)):
        elements = [standard.element(content, links, desk.deny, sent) for content, sent in batch]

        def row_of(place: int, batch: list[tuple[bytes, str | None]] = batch) -> str:
            return standard.row(batch[place][0], desk.deny)

        with desk.store.begin() as tx:
            tx.register.pass_through()
            tx.sources.take(elements, delivery, row_of)
            _written(tx, delivery)
        next(on_batch)


def _written(tx: Transaction, delivery: Delivery, digest: str = "") -> Receipt:
    """Write a delivery's receipt as far as it is read: in one transaction with the elements that it counts."""
    told = {"source": delivery.source, "standard": delivery.standard, "by": "polku stream"}
    return tx.receipts.go_on(delivery.receipt_id, delivery.tally, digest=digest, **told)


def _measured(file: IO[bytes], path: Path, on_step: OnStep) -> Iterator[None]:
    """Say after each batch how much of the file has been read."""
    size = max(1, path.stat().st_size // MEGABYTE)
    while True:
        on_step(min(size, file.tell() // MEGABYTE), size)
        yield


def show(receipt: Receipt) -> None:
    """Print a receipt to the terminal."""
    table = Table("what", "count", box=None)
    for name, value in receipt.counts.items():
        if isinstance(value, dict):
            for word, count in value.items():
                table.add_row(f"{name.replace('_', ' ')}: {word.replace('_', ' ')}", f"{count:,}")
        else:
            table.add_row(name, f"{value:,}")
    console.print(table)
    so_far = "" if receipt.finished else ", not read to its end"
    say(f"receipt {receipt.receipt_id}: {receipt.elements:,} elements of {receipt.source} ({receipt.standard}){so_far}")


@click.command(short_help="Read a file of xAPI statements or Caliper events, of any size.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--standard", type=click.Choice(tuple(STANDARDS)), required=True, help="What the file holds.")
@click.option("--source", required=True, metavar="NAME", help="Who sent it: the same name each time.")
@home_options
@json_option
def command(path: Path, standard: str, source: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Read PATH, elements one a line, in arrays or in envelopes, compressed or not, into the store.

    Reading twice changes nothing. What is refused lies in the source's quarantine with its reason; `polku sources
    replay` takes it in once what was missing is there. A receipt counts how each element ended, from the first batch
    on: after a run that broke off, `polku sources list` says how far it came, and the same file may be read again.

    \b
    Example:
      polku stream statements.jsonl.gz --standard xapi --source exercises
    """
    receipt = stream(Desk.at(home, provider), path, standard=standard, source=source)
    if as_json:
        print_json(receipt._asdict())
        return
    show(receipt)
