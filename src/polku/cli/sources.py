"""``polku sources``: what streams delivered, and quarantine taken in after a fix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Table

from polku.cli.desk import Desk, console, home_options, json_option, print_json, say
from polku.cli.stream import show
from polku.exchange.case_terms import identifier
from polku.exchange.links import Links
from polku.exchange.xapi_out import Happening, statements_of
from polku.store.transaction import Transaction
from polku.web.replaying import replay


@click.group(short_help="List what streams delivered; take in what lies in quarantine.")
def command() -> None:
    """Look at the receipts of streams, replay a source's quarantine, write statements for others.

    \b
    Example:
      polku sources list --source platform
      polku sources replay platform
    """


@command.command("list")
@click.option("--source", metavar="NAME", help="Only this source's.")
@home_options
@json_option
def listed(source: str | None, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Print the latest receipts."""
    with Desk.at(home, provider).store.read() as tx:
        receipts = tx.receipts.list(source)
    if as_json:
        print_json([one._asdict() for one in receipts])
        return
    table = Table("receipt", "source", "standard", "elements", "accepted", "repeated", "refused", box=None)
    for one in receipts:
        refused = sum(one.counts["refused"].values())
        counts = (one.elements, one.counts["accepted"], one.counts["repeated"], refused)
        elements, *others = (f"{count:,}" for count in counts)
        table.add_row(
            one.receipt_id, one.source, one.standard, elements if one.finished else f"{elements} so far", *others
        )
    console.print(table)


@command.command("replay")
@click.argument("source")
@home_options
@json_option
def replayed(source: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Take in what lies in SOURCE's quarantine and holds by now.

    Do so after the item bank learnt the tasks' skills, or a rule was mended. What still does not hold stays.

    \b
    Example:
      polku sources replay exercises
    """
    desk = Desk.at(home, provider)
    with desk.store.begin() as tx:
        items = tx.items.all()
        links = Links.of(desk.curriculum, items.skills)
        receipt = replay(tx, source, links, items, desk.deny, by="polku sources")
    if as_json:
        print_json(receipt._asdict())
        return
    show(receipt)


@command.command("statements")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--platform", required=True, metavar="IRI", help="Home of the learners' accounts, such as https://…")
@home_options
def written(path: Path, platform: str, home: Path | None, provider: str | None) -> None:
    """Write xAPI statements of suggestions offered and decided to PATH, one a line.

    Nothing of learners who object to profiling, or whose data may not be used. The same happening gives the same
    statement each time, so that a record store may be sent all of them again.

    \b
    Example:
      polku sources statements var/offered.jsonl --platform https://learning.example
    """
    desk = Desk.at(home, provider)
    content = desk.curriculum.content.id
    base = f"{platform.rstrip('/')}/ims/case/v1p1/CFItems"
    cfitems = {code: f"{base}/{identifier(content, 'skills', code)}" for code in desk.curriculum.skills}
    count = 0
    with desk.store.read() as tx, path.open("w", encoding="utf-8") as file:
        for count, one in enumerate(statements_of(happenings(tx), platform=platform, cfitems=cfitems), 1):  # noqa: B007 - counts what was written
            file.write(json.dumps(one, ensure_ascii=False) + "\n")
    say(f"{count:,} statements written to {path.name}")


def happenings(tx: Transaction) -> Iterator[Happening]:
    """Yield what was offered and decided, but for learners of whom nothing is profiled.

    Parameters
    ----------
    tx : Transaction
        One that may read.
    """
    out = tx.holds.unprofiled()
    for offer in tx.suggestions.logged():
        for one in offer.suggestions if offer.learner_id not in out else ():
            named = (one.suggestion_id, one.learner_id, one.skill_id)
            yield Happening(one.suggestion_id, "offer", *named, one.offered_at)
    for made in tx.decisions.all():
        if made.learner_id not in out:
            named = (made.suggestion_id, made.learner_id, made.skill_id)
            yield Happening(made.decision_id, made.decision, *named, made.at)
