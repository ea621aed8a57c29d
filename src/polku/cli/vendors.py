"""``polku vendors``: whose tasks there are, what answers say of them, and how often each vendor's are offered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.table import Table

from polku.cli.desk import Desk, console, home_options, json_option, print_json, say
from polku.errors import InputError
from polku.exchange.tasks import read_tasks
from polku.store.catalogue import Entry
from polku.web.vendors import feedback, load_vendors, vendor_of
from polku.web.vendors.exposure import exposure


class Imported(NamedTuple):
    """What became of a catalogue: tasks taken in, withdrawn, repeated, unknown skills, and refusals with reasons."""

    vendor: str
    taken: int
    withdrawn: int
    repeated: int
    unknown_skills: list[str]
    refused: list[dict[Any, Any]]


def import_catalogue(desk: Desk, vendor_id: str, path: Path | None, skill: str = "", language: str = "") -> Imported:
    """Make a file the whole catalogue of a vendor; what it no longer holds is withdrawn.

    A task whose id the item bank or another vendor had before is refused: ids belong to who brought them first.

    Raises
    ------
    NotFoundError
        If there is no such vendor.
    InputError
        If the file as a whole cannot be used.
    """
    vendor = vendor_of(desk.home, vendor_id)
    chosen = path or vendor.catalogue_path()
    if chosen is None:
        raise InputError("no catalogue is named", got=vendor_id, hint="give FILE, or `catalogue` in the vendor's file")
    reading = read_tasks(chosen, desk.deny, skill=skill, language=language)
    frame = reading.refused.frame[["line", "reason", "column", "explanation"]]
    named: list[dict[Any, Any]] = frame.to_dict("records")
    with desk.store.begin() as tx:
        owners = tx.catalogue.owners([one.item_id for one in reading.rows])
        mine = [one for one in reading.rows if owners.get(one.item_id, vendor.id) == vendor.id]
        said = {"line": 0, "reason": "conflict", "column": "item_id"}
        taken = {one.item_id for one in mine}
        named += [
            {**said, "explanation": f"{one.item_id} belongs to somebody else"}
            for one in reading.rows
            if one.item_id not in taken
        ]
        entries = [Entry(one.item_id, vendor.id, *one[1:]) for one in mine]
        withdrawn = tx.catalogue.replace(vendor.id, entries)
    known = desk.curriculum.skills
    unknown = sorted({skill for one in mine for skill in one.skill_ids if skill not in known})
    return Imported(vendor.id, len(mine), withdrawn, reading.repeated, unknown, named)


@click.group(short_help="Take in vendors' catalogues; tell each about its own tasks; compare what is offered.")
def command() -> None:
    """Vendors are files in serve/vendors/; each provides tasks that open by a signed link.

    \b
    Example:
      polku vendors import math-lab catalogue.csv
      polku vendors feedback math-lab
      polku vendors exposure
    """


@command.command("list")
@home_options
@json_option
def listed(home: Path | None, provider: str | None, as_json: bool) -> None:
    """List vendors and how many tasks each offers."""
    desk = Desk.at(home, provider)
    with desk.store.read() as tx:
        counts = tx.catalogue.counts()
    vendors = load_vendors(desk.home)
    rows = [
        {"vendor": name, "name": one.definition.name, "tasks": counts.get(name, 0)} for name, one in vendors.items()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['vendor']:24} {row['tasks']:>7,}  {row['name']}")


@command.command("import")
@click.argument("vendor")
@click.argument("path", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--skill", default="", metavar="ID", help="Skill of all items of a QTI package.")
@click.option("--language", default="", metavar="fi|sv|en", help="Language of all items of a QTI package.")
@home_options
@json_option
def imported(
    vendor: str, path: Path | None, skill: str, language: str, home: Path | None, provider: str | None, as_json: bool
) -> None:
    """Make FILE (CSV, JSON or a package of QTI 3) the whole catalogue of VENDOR.

    What the file no longer holds is withdrawn: offered no longer, and what was answered on it still counts.
    """
    done = import_catalogue(Desk.at(home, provider), vendor, path, skill, language)
    if as_json:
        print_json(done._asdict())
        return
    say(f"{done.vendor}: {done.taken:,} tasks, {done.withdrawn:,} withdrawn, {len(done.refused):,} refused")
    for reason, count in Counter(f"{one['column']}: {one['explanation']}" for one in done.refused).most_common(10):
        click.echo(f"{count:>7,}  {reason}")
    if done.unknown_skills:
        some = ", ".join(done.unknown_skills[:5])
        say(f"{len(done.unknown_skills):,} skills that the curriculum lacks, such as {some}: nothing leads there")


@command.command("feedback")
@click.argument("vendor")
@home_options
@json_option
def told(vendor: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Print what answers say of VENDOR's own tasks; nothing under ten learners, nothing of anybody."""
    desk = Desk.at(home, provider)
    found = vendor_of(desk.home, vendor)
    with desk.store.read() as tx:
        said = feedback(desk.home, tx, found.id, desk.curriculum)
    if as_json:
        print_json([one.to_dict() for one in said])
        return
    shown = [one for one in said if one.learners is not None]
    table = Table("item", "learners", "right", "difficulty", "discr.", "± se", "DIF", "worth a look because", box=None)
    for one in shown:
        named = ("share_right", "difficulty", "discrimination", "discrimination_se")
        figures = ("-" if one.figures[name] is None else f"{one.figures[name]:.2f}" for name in named)
        table.add_row(one.item_id, str(one.learners), *figures, one.dif or "", one.note)
    console.print(table)
    say(f"{len(said) - len(shown):,} of {len(said):,} tasks were answered by fewer than ten learners")


@command.command("exposure")
@home_options
@json_option
def exposed(home: Path | None, provider: str | None, as_json: bool) -> None:
    """Print how often each vendor's tasks were offered, beside how often they would be by what it had to offer.

    A z beyond 4 either way is not chance.
    """
    with Desk.at(home, provider).store.read() as tx:
        table = exposure(tx)
    if as_json:
        print_json(table.astype(object).where(table.notna(), None).to_dict("records"))
        return
    lines = Table("vendor", "tasks", "offered", "expected", "z", box=None)
    for row in table.itertuples(index=False):
        lines.add_row(*(str(value) for value in row))
    console.print(lines)
