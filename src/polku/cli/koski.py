"""``polku koski``: what a document of Koski means for goals; a teacher may put that into path settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange.koski import Background, KoskiReading, read_koski
from polku.exchange.koski_goals import Goals, goals_of
from polku.paths.days import day_of
from polku.web import koski

REASONS = {
    "no_person": "it names no person",
    "nobody_named": "its person has neither an OID nor an identity code",
    "person_oid_not_in_form": "the person's OID is not written as one",
    "identity_code_not_in_form": "the identity code is not written as one; it was not kept",
    "no_study_right": "it has no study right",
    "study_right_without_kind": "a study right says no kind",
    "no_study_right_of_basic_education_or_upper_secondary": "its study rights are of other kinds than those read here",
    "study_right_without_state": "a study right has no period with a state",
    "study_right_ends_before_it_begins": "a study right ends before it begins",
    "study_right_ended_but_its_state_goes_on": "a study right has an end, and a state that goes on",
    "study_right_without_attainment": "a study right has nothing taken under it",
}


def show(reading: KoskiReading, curriculum: Curriculum) -> None:
    """Print what became of a file, and what each document means for goals."""
    for background in reading.backgrounds:
        goals = goals_of(background, curriculum)
        click.echo(f"\n{background.learner_id or 'a person without an OID: tell whose it is before using it'}")
        Console(highlight=False).print(_rights(background))
        for line in _meaning(goals):
            click.echo(line)
    click.echo("\nBackground to goals, for a teacher to settle; no evidence of what anybody masters.")
    for refused in reading.refused:
        say(f"refused: document {refused.number}: {REASONS[refused.reason]}")
    for title, counts in (("personal data, kept nowhere", reading.dropped), ("not read", reading.other_rights)):
        if counts:
            say(f"{title}: " + ", ".join(f"{kind} {many:,}" for kind, many in sorted(counts.items())))
    say(f"documents {reading.expected:,}: accepted {len(reading.backgrounds):,}, refused {len(reading.refused):,}")


def _rights(background: Background) -> Table:
    table = Table("study right", "state", "since", "taken", "passed", "own goals by decision", box=None)
    for right in background.rights:
        passed = sum(one.done for one in right.courses)
        decided = sum(not one.comparable for one in right.courses)
        figures = (len(right.courses), passed, decided)
        table.add_row(right.kind, right.state, right.since or "-", *(f"{one:,}" for one in figures))
    return table


def _meaning(goals: Goals) -> list[str]:
    said = {
        "modules done": ", ".join(goals.done),
        "syllabus": goals.syllabus,
        "goals decided": ", ".join(f"{code} ({how.replace('_', ' ')})" for code, how in goals.decided),
        "passed, and nothing of this curriculum": ", ".join(goals.beyond),
    }
    return [f"{title}: {text}" for title, text in said.items() if text]


def figures(reading: KoskiReading, curriculum: Curriculum) -> dict[str, Any]:
    """Return what became of a file, for machines."""
    read = [(one, goals_of(one, curriculum)) for one in reading.backgrounds]
    return {
        "expected": reading.expected,
        "accepted": len(reading.backgrounds),
        "refused": [one._asdict() for one in reading.refused],
        "dropped": dict(reading.dropped),
        "other_rights": dict(reading.other_rights),
        "learners": [
            {
                "learner_id": one.learner_id,
                "rights": [{"kind": right.kind, "state": right.state, "since": right.since} for right in one.rights],
                "done": list(goals.done),
                "syllabus": goals.syllabus,
                "decided": [list(pair) for pair in goals.decided],
                "settings": goals.settings(),
            }
            for one, goals in read
        ],
    }


def apply(desk: Desk, reading: KoskiReading, by: str, *, ask: bool = True) -> dict[str, Mapping[str, Any]]:
    """Put what documents mean into path settings, learner by learner, as a teacher agrees; return what was put.

    Parameters
    ----------
    desk : Desk
        Whose learners.
    reading : KoskiReading
        The documents.
    by : str
        A teacher of the learners.
    ask : bool
        Whether each is asked about.

    Raises
    ------
    ForbiddenError
        If the teacher does not teach a learner who is meant; nothing of that learner is put.
    """
    done: dict[str, Mapping[str, Any]] = {}
    for background in reading.backgrounds:
        name, goals = background.learner_id, goals_of(background, desk.curriculum)
        if name is None:
            continue
        with desk.store.read() as tx:
            content = koski.proposed(tx, name, goals)
        if content is None:
            say(f"{name}: nothing to settle")
        elif not ask or click.confirm(f"{name}: settle {_words(content)}?", err=True):
            with desk.store.begin() as tx:
                koski.settle(tx, name, content, by, day_of(desk.now()))
            done[name] = content
    say(f"settled for {len(done):,} learners; the log says who did")
    return done


def _words(content: Mapping[str, Any]) -> str:
    said = {name: ", ".join(one) if isinstance(one, list) else one for name, one in sorted(content.items())}
    return "; ".join(f"{name}: {one or 'none'}" for name, one in said.items())


@click.command(short_help="Tell what Koski's study rights and courses mean for goals; settle it if asked to.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--apply", "by", metavar="TEACHER", help="Put it into path settings, as this teacher of the learners.")
@click.option("--yes", is_flag=True, help="Do not ask about each learner: the teacher has agreed.")
@home_options
@json_option
def command(path: Path, by: str | None, home: Path | None, provider: str | None, *, yes: bool, as_json: bool) -> None:
    """Read PATH, a document of Koski (oppija) or a list of them, and print what it means for goals.

    Identity codes and names are counted and kept nowhere, and of the document nothing is. Marks stay words: nothing is
    averaged. A syllabus that was adapted by a decision is told as such, and compared with nothing.

    \b
    Example:
      polku koski oppija.json
      polku koski oppija.json --apply T07
    """
    if not path.is_file():
        raise InputError("no such file", got=path.name, hint="give a document of Koski as JSON")
    desk, reading = Desk.at(home, provider), read_koski(path.read_bytes())
    if not as_json:
        show(reading, desk.curriculum)
    settled = {} if by is None else apply(desk, reading, by, ask=not yes)
    if as_json:
        print_json(figures(reading, desk.curriculum) | {"settled": settled})
