"""``polku enclave``: what the background enclave holds, for how long, and who has looked. No learner is named."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.fairness.retention import Due, Entry, Holding, expire, holding, log
from polku.store.store import utc_now

ROUTINE = "retention"
"""Purpose of a deletion that nobody gave another."""
NO_ROSTER = "no roster is in the store: who has left cannot be told, so values go by their age alone"


def roster_of(desk: Desk) -> set[str]:
    """Return the ids of the learners of today."""
    with desk.store.read() as tx:
        return set(tx.roster.learners()["learner_id"])


def told_of(found: Holding) -> str:
    """Return what is held of each attribute, and what is due, as text."""
    head = f"{'attribute':20} {'learners':>9}  {'first kept':12} last confirmed"
    lines = [
        f"{line.attribute:20} {line.learners:>9,}  {_day(line.first_kept):12} {_day(line.last_kept)}"
        for line in found.known
    ]
    tables = f"{found.fingerprints} published tables are remembered, so that no later one can be subtracted from them"
    return "\n".join([head, *lines, "", tables, _told(found.due, "due"), *[NO_ROSTER] * (not found.roster_known)])


def line_of(entry: Entry) -> str:
    """Return one line of the log."""
    when = datetime.fromtimestamp(entry.at / 1e6, UTC).strftime("%Y-%m-%d %H:%M")
    what = f"read of {entry.learners:,} learners"
    if entry.entries is not None:
        what = (
            f"deleted {entry.entries:,} values of {entry.learners:,} learners, {entry.fingerprints} remembered tables"
        )
    return f"{when} UTC  {entry.who}  {what}: {entry.purpose}"


def _told(due: Due, what: str) -> str:
    return (
        f"{what}: {due.entries:,} values of {due.learners:,} learners ({due.too_old:,} past their term, "
        f"{due.left:,} of learners no longer on the roster), {due.fingerprints} remembered tables"
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).date().isoformat()


@click.group(short_help="Show and keep in order what the background enclave holds.")
def command() -> None:
    """Keep the enclave of group attributes in order. None of it shows a value or names a learner.

    \b
    Example:
      polku enclave status
      polku enclave expire --purpose "yearly deletion"
      polku enclave log
    """


@command.command()
@home_options
@json_option
def status(home: Path | None, provider: str | None, as_json: bool) -> None:
    """Say what is held of each attribute, since when, and what is due for deletion."""
    desk = Desk.at(home, provider)
    found = holding(desk.settings, roster_of(desk), now=utc_now())
    if as_json:
        known = [line._asdict() for line in found.known]
        print_json(asdict(found) | {"known": known, "terms": desk.settings.enclave.model_dump()})
        return
    click.echo(told_of(found))


@command.command(name="expire")
@click.option("--purpose", default=ROUTINE, show_default=True, help="Why; stands in the log.")
@home_options
@json_option
def expire_command(purpose: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Delete values past their term and of learners who left the roster; let a timer run it every night.

    The terms stand in serve/settings.toml under [enclave]. Running it again deletes nothing more.
    """
    desk = Desk.at(home, provider)
    roster = roster_of(desk)
    done = expire(desk.settings, roster, purpose=purpose, now=utc_now())
    if as_json:
        print_json(asdict(done))
        return
    click.echo(_told(done, "deleted"))
    if not roster:
        say(NO_ROSTER)


@command.command(name="log")
@home_options
@json_option
def log_command(home: Path | None, provider: str | None, as_json: bool) -> None:
    """Print who has read or deleted, when and why."""
    entries = log(Desk.at(home, provider).settings)
    if as_json:
        print_json([entry._asdict() for entry in entries])
        return
    for entry in entries:
        click.echo(line_of(entry))
