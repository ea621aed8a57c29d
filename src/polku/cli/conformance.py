"""``polku conformance``: whether a vendor's feed conforms, by the same rules as at the doors; nothing is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json
from polku.cli.fetching import LARGEST, fetch
from polku.errors import InputError
from polku.exchange.conforming import Known, Report
from polku.exchange.conforming_feeds import READERS, conformance
from polku.exchange.links import Links


def known_of(desk: Desk) -> Known:
    """Return what feeds are held to: the home's curriculum, its item bank, and what is kept nowhere."""
    with desk.store.read() as tx:
        items = tx.items.all()
    skills = frozenset(desk.curriculum.skills)
    return Known(Links.of(desk.curriculum, items.skills), items, skills, desk.deny, desk.now())


def lines_of(made: Report) -> list[str]:
    """Return a report as it is printed."""
    lines = [f"{made.standard}: {sum(made.outcomes.values()):,} elements"]
    lines += [f"{count:>9,}  {outcome.replace('_', ' ')}" for outcome, count in made.outcomes.items()]
    for reason, (count, first) in made.refused.items():
        lines += ["", f"refused {count:,} x {reason}"]
        lines += [f"    element {one.place}, {one.at_fault or 'the whole'}: {one.explanation}" for one in first]
        lines += [f"        {first[0].content}"]
    told = {
        "leads to the curriculum": f"{made.resolved:,}, does not {made.unresolved:,}"
        + (f" ({'; '.join(made.unknown)})" if made.unknown else ""),
        "happened": f"{made.earliest} to {made.latest}" if made.earliest else "",
        "came twice": f"{made.repeated:,}" if made.repeated else "",
        "conflicts": ", ".join(made.conflicts[:3]),
        "personal data dropped": _counts(made.dropped),
        "odd": _counts(made.flags),
    }
    lines += ["", *(f"{name + ':':26}{text}" for name, text in told.items() if text), ""]
    if made.conforms:
        return [*lines, "conforms"]
    return [*lines, "does not conform:", *(f"  - {fault}" for fault in made.faults)]


def _counts(found: object) -> str:
    pairs = found.items() if isinstance(found, dict) else ()
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in pairs)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise InputError("no such file", got=path.name, hint="give a file, or --url")
    if path.stat().st_size > LARGEST:
        raise InputError("the feed is too large", got=path.name, hint=f"send up to {LARGEST >> 20} MB of it")
    return path.read_bytes()


@click.command(short_help="Check a vendor's feed by the rules of the doors; nothing is kept.")
@click.argument("path", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--url", metavar="URL", help="Address of the feed, in place of FILE; it is asked twice.")
@click.option("--standard", type=click.Choice(tuple(READERS)), default="xapi", show_default=True, help="Of the feed.")
@click.option("--loopback", is_flag=True, help="Let URL be of this machine.")
@click.option("--token", envvar="POLKU_FEED_TOKEN", metavar="TOKEN", help="Bearer token; or $POLKU_FEED_TOKEN.")
@home_options
@json_option
def command(
    path: Path | None,
    url: str | None,
    standard: str,
    loopback: bool,
    token: str | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Read FILE or what URL answers by the same rules as at the doors, twice, keep nothing, and say what would happen.

    Exits with 1 where something is to be mended.

    \b
    Example:
      polku conformance statements.json --standard xapi
      polku conformance --url https://vendor.example/feed --standard caliper --json
    """
    if (path is None) == (url is None):
        raise InputError("a feed is a file or an address", hint="give FILE or --url")
    desk = Desk.at(home, provider)
    if url is not None:
        first, second = (fetch(url, loopback=loopback, token=token) for _ in range(2))
    else:
        first = second = _read(path) if path is not None else b""
    made = conformance(standard, first, second, known_of(desk))
    if as_json:
        print_json(made.to_dict())
    else:
        click.echo("\n".join(lines_of(made)))
    if not made.conforms:
        sys.exit(1)
