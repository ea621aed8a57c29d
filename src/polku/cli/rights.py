"""``polku rights``: what learners, those at home and the law may ask for."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.everybody import all_option, do_for
from polku.cli.transfer import read_in
from polku.errors import InputError
from polku.fairness import forget_learner, forget_outside
from polku.paths.suggester import Suggester
from polku.store.holds import OBJECTION, RESTRICTION
from polku.store.retention import Expired
from polku.web.export import export_of, readable

ROLE = "administrator"
by_option = click.option("--by", required=True, help="Who does it: an id of the platform; stands in the log.")
reason_option = click.option("--reason", help="Why, in a few words; stands in the log.")


@click.group(short_help="Export, erase, move, restrict, expire: what learners and the law may ask for.")
def command() -> None:
    """Do what learners, those at home and the law may ask for. Each is logged; docs/reference/rights.md says more.

    \b
    Example:
      polku rights export L0001 --by A01 --to L0001.json
      polku rights expire --now --all
      polku rights rollover --year 2026 --by A01
    """


@command.command()
@click.argument("learner_id")
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="File; .html makes a page to read.")
@click.option("--language", type=click.Choice(["fi", "sv", "en"]), help="Of the page; default: the settings'.")
@by_option
@home_options
def export(
    learner_id: str, path: Path | None, language: str | None, by: str, home: Path | None, provider: str | None
) -> None:
    """Give out everything held about LEARNER_ID, who looked included: as JSON, or as a page to read."""
    desk = Desk.at(home, provider)
    suggester = Suggester(desk.home, desk.now)
    with desk.store.begin() as tx:
        made = export_of(desk.settings, suggester, tx, learner_id, by=by, role=ROLE)
    page = path is not None and path.suffix == ".html"
    chosen = language or desk.settings.language
    text = readable(made, suggester.texts, chosen) if page else json.dumps(made, ensure_ascii=False, indent=2)
    if path is None:
        click.echo(text)
        return
    path.write_text(text + "\n", encoding="utf-8")
    say(f"{path.name}: {sum(map(len, made['tables'].values())):,} rows of {len(made['tables'])} tables")


@command.command(name="import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@by_option
@home_options
@json_option
def import_(path: Path, by: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Take in a learner from another provider: grade and answers of the export at PATH, checked as every row is."""
    done = read_in(Desk.at(home, provider), path, by=by)
    if as_json:
        print_json(done._asdict())
        return
    click.echo(
        f"{done.learner_id} {'taken in' if done.new else 'was here'}: {done.accepted:,} answers accepted, "
        f"{done.repeated:,} repeated, {done.refused:,} refused, {done.conflicts:,} in conflict"
    )


@command.command()
@click.argument("learner_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option
@home_options
@json_option
def erase(learner_id: str, yes: bool, by: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Delete everything held about LEARNER_ID: store, enclave, candidates' files; the log keeps that it was done."""
    if not yes:
        click.confirm(f"Delete everything about {learner_id}? This cannot be undone", abort=True)
    desk = Desk.at(home, provider)
    if desk.deny.holds(by):
        raise InputError("a personal identity code is kept nowhere", hint="name the person by the platform's id")
    erased, background, predicted = forget_learner(desk.home, desk.settings, desk.store, learner_id, by=by)
    rows = {name: count for name, count in erased.rows.items() if count}
    if as_json:
        counts = {"entries": erased.entries, "background": background, "predictions": predicted}
        print_json({"rows": erased.rows, **counts})
        return
    _print_rows(rows)
    click.echo(f"{sum(rows.values()):,} rows, {erased.entries:,} log entries emptied, {background:,} background values")
    click.echo(f"{predicted:,} predictions of candidates")


@command.command()
@click.option("--now", "for_real", is_flag=True, help="Delete; without it, say the terms and delete nothing.")
@all_option
@home_options
@json_option
def expire(for_real: bool, every: bool, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Delete what is older than [retention] in serve/settings.toml says; let a timer run it every night."""
    do_for(home, provider, partial(_expire, for_real=for_real, as_json=as_json), every=every)


def _expire(desk: Desk, *, for_real: bool, as_json: bool) -> None:
    terms = desk.settings.retention
    if not for_real:
        for name, days in terms.model_dump().items():
            click.echo(f"{name.removesuffix('_days'):12} {days:>6,} days")
        say("nothing was deleted: --now deletes what is older")
        return
    done = desk.store.expire(terms)
    outside = [forget_outside(desk.home, desk.settings, learner_id) for learner_id in done.left]
    forgotten, predicted = (sum(one[place] for one in outside) for place in (0, 1))
    if as_json:
        counts = {"entries": done.entries, "left": len(done.left), "background": forgotten, "predictions": predicted}
        print_json({"rows": done.rows, **counts})
        return
    click.echo(_told(done, forgotten))


@command.command()
@click.argument("learner_id")
@click.option("--group", "group_id", help="The new group.")
@click.option("--school", "school_id", help="The new school.")
@by_option
@home_options
def move(
    learner_id: str, group_id: str | None, school_id: str | None, by: str, home: Path | None, provider: str | None
) -> None:
    """Put LEARNER_ID into another group or school of the provider; what they have shown goes with them."""
    with Desk.at(home, provider).store.begin() as tx:
        tx.rights.move(learner_id, group_id=group_id, school_id=school_id, by=by, role=ROLE)
    click.echo(f"{learner_id} goes on in group {group_id or '-'}, school {school_id or '-'}")


@command.command()
@click.option("--year", type=int, default=lambda: date.today().year, help="Year in which it begins; default: this one.")  # noqa: DTZ011 - the school's own calendar day
@by_option
@home_options
@json_option
def rollover(year: int, by: str, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Begin a school year: everybody a grade up, groups and teachers' relations ended, evidence kept.

    Who was in grade 9 or 12 leaves the roster. Then read the new roster: polku ingest.
    """
    with Desk.at(home, provider).store.begin() as tx:
        done = tx.rights.roll_over(year, by=by, role=ROLE)
    if as_json:
        print_json(done._asdict())
        return
    click.echo(
        f"school year {year}: {done.up:,} learners a grade up, {done.left:,} left the roster, "
        f"{done.groups:,} groups and {done.relations:,} teaching relations ended"
    )


@command.command()
@click.argument("learner_id")
@click.option("--lift", is_flag=True, help="Take it back.")
@by_option
@reason_option
@home_options
def objection(
    learner_id: str, lift: bool, by: str, reason: str | None, home: Path | None, provider: str | None
) -> None:
    """Stop profiling LEARNER_ID, who keeps every option; or go on again."""
    _hold(Desk.at(home, provider), OBJECTION, learner_id, lift=lift, by=by, reason=reason)


@command.command()
@click.argument("learner_id")
@click.option("--lift", is_flag=True, help="Lift it.")
@by_option
@reason_option
@home_options
def restriction(
    learner_id: str, lift: bool, by: str, reason: str | None, home: Path | None, provider: str | None
) -> None:
    """Keep the data of LEARNER_ID and use them for nothing; or use them again."""
    _hold(Desk.at(home, provider), RESTRICTION, learner_id, lift=lift, by=by, reason=reason)


def _hold(desk: Desk, kind: str, learner_id: str, *, lift: bool, by: str, reason: str | None) -> None:
    if desk.deny.holds(by):
        raise InputError("a personal identity code is kept nowhere", hint="name the person by the platform's id")
    desk.deny.refuse(reason, "the reason")
    said: dict[str, Any] = {"by": by, "role": ROLE, "reason": reason}
    with desk.store.begin() as tx:
        (tx.holds.lift if lift else tx.holds.put)(kind, "learner", learner_id, **said)
    click.echo(f"{kind} of {learner_id} {'lifted' if lift else 'holds'}")


def _print_rows(rows: dict[str, int]) -> None:
    for name, count in rows.items():
        click.echo(f"{name:16} {count:>9,}")


def _told(done: Expired, forgotten: int) -> str:
    rows = "\n".join(f"{name:16} {count:>9,}" for name, count in done.rows.items())
    erased = f"{len(done.left):,} learners who left erased, {forgotten:,} background values with them"
    return f"{rows}\n{done.entries:,} log entries emptied; {erased}"
