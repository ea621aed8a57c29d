"""``polku members``: who is in a learning platform's course, as a proposal of who teaches whom."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click
import httpx

from polku.cli.confirmed_lti import platform_of
from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import InputError, NotFoundError, nearest
from polku.paths.days import day_of
from polku.records.relations import Relation
from polku.store import Transaction
from polku.web.lti.kept import contexts
from polku.web.lti.members import Proposed, proposals
from polku.web.lti.services import Services


def members(desk: Desk, platform: str | None, context: str | None) -> Proposed:
    """Return what the members of a course would mean.

    Raises
    ------
    InputError
        If it is not clear which platform or course is meant.
    NotFoundError
        If no launch named a course whose members may be asked for.
    """
    registration = platform_of(desk, platform)
    with desk.store.read() as tx:
        address = _address(tx, registration.id, context)
    with httpx.Client(timeout=30.0, trust_env=False) as client:
        pages = Services(registration, client).members(address)
    with desk.store.read() as tx:
        return proposals(tx, pages, day_of(desk.now()))


def _address(tx: Transaction, platform: str, context: str | None) -> str:
    known = {name: one.members for name, one in contexts(tx, platform).items() if one.members}
    if not known:
        hint = "open a link of the course once: its launch names the service"
        raise NotFoundError("no course of this platform has told its members yet", hint=hint)
    chosen = next(iter(known)) if context is None and len(known) == 1 else context
    if chosen not in known:
        hint = nearest(context, known) if context else f"name it: --context, one of {', '.join(sorted(known)[:5])}"
        raise InputError("which course is meant is not clear", got=context or f"{len(known)} courses", hint=hint)
    return known[chosen]


def table(relations: list[Relation]) -> str:
    """Return relations as the CSV that ``polku relations`` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(Relation._fields)
    for one in relations:
        ends = "" if one.ends_on is None else one.ends_on.isoformat()
        writer.writerow([*one[:4], one.starts_on.isoformat(), ends, "yes" if one.restricted else "no"])
    return text.getvalue()


@click.command(short_help="Propose who teaches whom by the members of a platform's course (LTI); opens nothing.")
@click.option("--platform", metavar="NAME", help="The file of serve/lti; not needed where there is one.")
@click.option("--context", metavar="ID", help="The platform's course, where several are known.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="CSV to write; default: print it.")
@home_options
@json_option
def command(
    platform: str | None, context: str | None, to: Path | None, home: Path | None, provider: str | None, as_json: bool
) -> None:
    """Ask a learning platform who is in a course (Names and Roles), and write what that would mean.

    Nobody sees anybody by it: read the rows, and add those that hold to the file that `polku relations` reads. Names,
    addresses and pictures are dropped and counted.

    \b
    Example:
      polku members --platform moodle --context 7A --to proposed.csv
    """
    made = members(Desk.at(home, provider), platform, context)
    if as_json:
        print_json({"proposed": len(made.relations), "counts": made.counts})
    if to is not None:
        to.write_text(table(made.relations), encoding="utf-8")
    elif not as_json:
        click.echo(table(made.relations), nl=False)
    for what, many in made.counts.items():
        say(f"{what}: {many:,}")
    say(f"proposed {len(made.relations):,}; nothing is opened by it")
