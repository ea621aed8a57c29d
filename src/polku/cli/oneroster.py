"""``polku oneroster``: a register's schools, classes, people and results, from files or from its interface."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click
from rich.table import Column, Table

from polku.cli.desk import Desk, OnStep, bar, console, home_options, json_option, print_json, say
from polku.errors import InputError
from polku.exchange.links import Links
from polku.exchange.oneroster_files import BULK, DELTA, Package, opened
from polku.exchange.oneroster_rest import ROOTS, Access, Client
from polku.records import Reason
from polku.web.rostered import FileCount
from polku.web.rostering import Delivered, OnRows, Rostering

SECRET = "POLKU_ONEROSTER_SECRET"  # noqa: S105 - the name of a variable, not what it holds
MEGABYTE = 1 << 20
COLUMNS = ("file", "sent as", "rows", "accepted", "same", "refused", "unused", "ended")
NOTES = {
    "of_ended_class_or_person": "enrolment(s) in a class, or of a person, that has ended: they open nothing",
    "ended": "enrolment(s) that have ended: they open nothing",
    "other_role": "enrolment(s) in a role that opens nothing here",
    "role_not_held": "enrolment(s) in a role that the person does not have: they open nothing",
    "account_closed": "teachers' enrolment(s) with a closed account: they open nothing",
    "never_open": "enrolment(s) whose days are none",
    "learners_without_group_today": "learner(s) without a group today: no enrolment of theirs is open",
}


def take(desk: Desk, path: Path, source: str) -> Delivered:
    """Read a delivery into the store.

    Parameters
    ----------
    desk : Desk
        Whose store.
    path : Path
        A zip archive, or a folder.
    source : str
        Name of the register: the same each time.

    Raises
    ------
    InputError
        If there is no such file, or it is no delivery of OneRoster.
    """
    if not path.exists():
        raise InputError("no such file or folder", got=path.name, hint="give a zip archive or a folder of OneRoster")
    with opened(path) as package, bar("reading, MB") as on_step:
        return rostering(desk, source, _measured(package, on_step)).take(package, "polku oneroster")


def fetch(desk: Desk, access: Access, source: str, since: str | None = None) -> Delivered:
    """Read what a register's interface says, everything or what changed since, into the store.

    Raises
    ------
    InputError
        If the interface refuses, cannot be reached, or speaks something else. Without `since`, nothing has ended then:
        the roster follows when all of it came.
    """
    with Client(access) as register, bar("reading, rows") as on_step:
        door = rostering(desk, source, _counting(on_step))
        for part in register.parts(since):
            door.rows(part.kind, DELTA if since else BULK, part.rows)
        return door.finish("polku oneroster")


def rostering(desk: Desk, source: str, on_rows: OnRows) -> Rostering:
    """Return the door of one register's deliveries."""
    with desk.store.read() as tx:
        items = tx.items.all()
    return Rostering(desk.store, source, desk.deny, Links.of(desk.curriculum, items.skills), items, on_rows)


def _measured(package: Package, on_step: OnStep) -> OnRows:
    """Return what tells the bar how much of the files is read."""
    size = max(1, package.size // MEGABYTE)

    def on_rows(_kind: str, _rows: int) -> None:
        on_step(min(size, package.read // MEGABYTE), size)

    return on_rows


def _counting(on_step: OnStep) -> OnRows:
    """Return what tells the bar how many rows of all files are done."""
    done: Counter[str] = Counter()

    def on_rows(kind: str, rows: int) -> None:
        done[kind] = rows
        on_step(done.total(), done.total())

    return on_rows


def show(delivered: Delivered) -> None:
    """Print what became of a delivery."""
    table = Table(COLUMNS[0], *(Column(name, no_wrap=True) for name in COLUMNS[1:]), box=None)
    for kind, count in delivered.files.items():
        table.add_row(f"{kind}.csv", count.mode, *(f"{one:,}" for one in _figures(count)))
    console.print(table)
    _refused(delivered)
    counts = delivered.receipt.counts
    _line("personal data dropped, kept nowhere", counts["dropped"])
    _line("odd, and accepted", counts["flags"])
    _line("results without effect", {key: n for key, n in counts["without_effect"].items() if not key.endswith("used")})
    for note in delivered.notes:
        say(f"note: {note}")
    made = delivered.projection
    for key, many in made.notes.items():
        if many:
            say(f"note: {many:,} {NOTES[key]}")
    say(
        f"the roster follows: {len(made.learners):,} learners, {len(made.teachers):,} teachers of groups, "
        f"{len(made.relations):,} other relations; {len(made.ended):,} learners have left and are paused"
    )
    total = sum(counts["refused"].values())
    say(f"accepted {counts['accepted']:,}, repeated {counts['repeated']:,}, refused {total:,}")
    say(
        f"receipt {delivered.receipt.receipt_id}: {delivered.receipt.elements:,} elements of {delivered.receipt.source}"
    )


def _refused(delivered: Delivered) -> None:
    """Say what was refused and why: rows file by file, and results that hold but cannot be used yet."""
    waiting = Counter(delivered.receipt.counts["refused"])
    for kind, count in delivered.files.items():
        waiting -= count.refused
        for reason, many in count.refused.items():
            say(f"refused, {kind}.csv: {many:,} rows, {Reason(reason).sentence}")
    for reason, many in waiting.items():
        say(f"waiting, results.csv: {many:,} results, {Reason(reason).sentence}")


def _figures(count: FileCount) -> tuple[int, ...]:
    refused = sum(count.refused.values())
    return count.rows, count.accepted, count.unchanged, refused, count.unused, count.ended


def _line(title: str, counts: dict[str, int]) -> None:
    if counts:
        say(f"{title}: " + ", ".join(f"{key.replace('_', ' ')} {many:,}" for key, many in counts.items()))


def figures(delivered: Delivered) -> dict[str, object]:
    """Return what became of a delivery, for machines."""
    made = delivered.projection
    roster = {"learners": len(made.learners), "teachers": len(made.teachers), "relations": len(made.relations)}
    return {
        "receipt": delivered.receipt._asdict(),
        "files": {kind: vars(count) for kind, count in delivered.files.items()},
        "roster": {**roster, "left": len(made.ended), **made.notes},
        "notes": list(delivered.notes),
    }


@click.command(short_help="Read a register's schools, classes, people and results (OneRoster).")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--url", help="Address of a register's interface before /ims, instead of PATH.")
@click.option("--token-url", help="Where the interface gives tokens.")
@click.option("--client", help=f"Client id; its secret is read from ${SECRET}.")
@click.option("--version", type=click.Choice(tuple(ROOTS)), default="1.2", show_default=True, help="Of the interface.")
@click.option("--since", metavar="TIME", help="Only what changed since: YYYY-MM-DDTHH:MM:SS.sssZ.")
@click.option("--source", default="oneroster", show_default=True, metavar="NAME", help="Name of the register.")
@home_options
@json_option
def command(
    path: Path | None,
    url: str | None,
    token_url: str | None,
    client: str | None,
    version: str,
    since: str | None,
    source: str,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Read PATH, a zip archive or a folder of OneRoster 1.1 or 1.2, or a register's interface, into the store.

    Files that the manifest calls bulk are everything there is: who is not named has left. Those that it calls delta
    are changes, and so is what an interface says since a time. Names, addresses, passwords and demographics are dropped
    and counted; evidence stays whoever leaves.

    \b
    Example:
      polku oneroster roster.zip --source primus
    """
    desk = Desk.at(home, provider)
    if (path is None) == (url is None):
        raise InputError("give either files or an address", hint="polku oneroster roster.zip, or --url")
    if path is not None:
        delivered = take(desk, path, source)
    else:
        access = Access(str(url), _given(token_url, "--token-url"), _given(client, "--client"), _secret(), version)
        delivered = fetch(desk, access, source, since)
    if as_json:
        print_json(figures(delivered))
        return
    show(delivered)


def _given(value: str | None, option: str) -> str:
    if not value:
        raise InputError(f"an interface needs {option}", hint="polku oneroster --help")
    return value


def _secret() -> str:
    found = os.environ.get(SECRET, "")
    if not found:
        raise InputError("the client's secret is not set", hint=f"set {SECRET} in the environment")
    return found
