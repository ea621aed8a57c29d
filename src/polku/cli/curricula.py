"""``polku curriculum import``, ``diff`` and ``export``: curricula of other standards in, two versions, CASE out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from polku.cli.desk import Desk, bar, home_options, json_option, print_json, say
from polku.curriculum import Curriculum
from polku.curriculum.versions import VersionDiff, compare
from polku.errors import ConflictError, InputError
from polku.exchange.case_write import package_of
from polku.exchange.curricula import read_curriculum
from polku.exchange.curriculum_reading import CurriculumReading, of_subjects
from polku.exchange.prerequisites import with_prerequisites

SHOWN = 10
LISTED = ("subjects", "transversals", "areas", "objectives", "modules", "skills", "criteria")


def taken_in(
    path: Path, prerequisites: tuple[Path, ...] = (), subject: str | None = None
) -> tuple[Curriculum, CurriculumReading, int]:
    """Read a curriculum of any standard, with prerequisites from elsewhere.

    Parameters
    ----------
    path : Path
        Of ePerusteet, CASE, or our own form.
    prerequisites : tuple of Path
        CSV or CASE.
    subject : str, optional
        Keep this subject alone.

    Returns
    -------
    curriculum : Curriculum
        Checked.
    reading : CurriculumReading
        Account of the file; edges that were refused are added to it.
    edges : int
        Edges that were taken.

    Raises
    ------
    InputError
        If a file cannot be used.
    DefinitionError
        If prerequisites run in a circle; names it.
    """
    with bar(f"reading {path.name}") as on_step:
        reading = read_curriculum(path, on_step)
    content = of_subjects(reading.content, subject) if subject else reading.content
    if not content.skills:
        hint = "attitudes and working skills alone carry no path: choose another subject"
        raise InputError(f"{path}: no objective that answers can speak for", got=subject or content.id, hint=hint)
    edges = 0
    for file in prerequisites:
        content, taken, refused = with_prerequisites(content, file)
        edges += taken
        refused_so_far = (*reading.refused, *refused)
        reading = replace(reading, counts={**reading.counts, "edges": edges}, refused=refused_so_far)
    return Curriculum(content, where=str(path)), reading, edges


def file_text(curriculum: Curriculum) -> str:
    """Return a curriculum as its file, an entry a line, so that people can edit it and versions compare."""
    return "{\n" + ",\n".join(_parts(curriculum.to_dict())) + "\n}\n"


def _parts(document: dict[str, Any]) -> Iterator[str]:
    for key, part in document.items():
        if key in LISTED and part:
            rows = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in part)
            yield f' "{key}": [\n  {rows}\n ]'
        else:
            yield f' "{key}": {json.dumps(part, ensure_ascii=False)}'


def target(desk: Desk, name: str) -> Path:
    """Return where a curriculum is written: a file, or a name in the room of curricula."""
    path = Path(name)
    return path if path.suffix else desk.home.serve / "curricula" / f"{name}.json"


def _show(reading: CurriculumReading, curriculum: Curriculum) -> None:
    table = Table("kind", "expected", "accepted", "refused", box=None)
    for kind, row in reading.account().items():
        if row["expected"]:
            table.add_row(kind, *(f"{row[key]:,}" for key in ("expected", "accepted", "refused")))
    Console(highlight=False).print(table)
    for note in reading.notes:
        click.echo(f"note: {note}")
    for one in reading.refused[:SHOWN]:
        click.echo(f"refused: {one.kind} {one.id}: {one.reason}")
    if len(reading.refused) > SHOWN:
        click.echo(f"and {len(reading.refused) - SHOWN:,} more refused; --json lists them all")
    stated = sum(len(skill.prerequisites) for skill in curriculum.skills.values())
    click.echo(f"{len(curriculum):,} skills with {stated:,} prerequisites")


@click.command("import", short_help="Read a curriculum of ePerusteet or CASE, with prerequisites, into ours.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--prerequisites",
    type=click.Path(path_type=Path),
    multiple=True,
    help="CSV with before,after, or a CASE package; may be repeated.",
)
@click.option("--subject", metavar="ID", help="One subject of a national curriculum, as KE.")
@click.option("--to", metavar="NAME", help="Write it: a name in serve/curricula/, or a file. Without it, only look.")
@click.option("--replace", "again", is_flag=True, help="Write over a file that is there.")
@home_options
@json_option
def import_(
    file: Path,
    prerequisites: tuple[Path, ...],
    subject: str | None,
    to: str | None,
    again: bool,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Read a curriculum of ePerusteet or CASE, print what was taken and what not, and write it as one of ours.

    \b
    Example:
      polku curriculum import lops2019.json
      polku curriculum import lops2019.json --subject KE --prerequisites kemia.csv --to kemia
      polku plan --responses answers.csv --curriculum serve/curricula/kemia.json
    """
    curriculum, reading, edges = taken_in(file, prerequisites, subject)
    written = None if to is None else target(Desk.at(home, provider), to)
    if written is not None:
        if written.exists() and not again:
            raise ConflictError("the file is there already", got=written, hint="--replace writes over it")
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(file_text(curriculum), encoding="utf-8")
    if as_json:
        print_json(
            {
                "standard": reading.standard,
                "id": curriculum.content.id,
                "version": curriculum.content.version,
                "account": reading.account(),
                "refused": [{"kind": one.kind, "id": one.id, "reason": one.reason} for one in reading.refused],
                "notes": list(reading.notes),
                "skills": len(curriculum),
                "edges": edges,
                "hash": curriculum.hash,
                "written": None if written is None else str(written),
            }
        )
        return
    click.echo(f"{file.name}: {reading.standard}")
    _show(reading, curriculum)
    click.echo(f"written to {written}" if written else "nothing is written: --to NAME")


@click.command("diff", short_help="Print what changed between two versions of a curriculum.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@json_option
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Print what was added, removed and changed between two versions, and what may stand for what is gone.

    \b
    Example:
      polku curriculum diff lops2019-2023.json lops2019-2024.json
    """
    found = compare(*(taken_in(path)[0] for path in (old, new)))
    if as_json:
        print_json(found.to_dict())
        return
    click.echo("\n".join(_lines(found)) if found else "nothing changed")


def _lines(found: VersionDiff) -> Iterator[str]:
    for kind in LISTED:
        added, removed, changed = found.of(kind)
        if added or removed or changed:
            yield f"{kind}: {len(added):,} added, {len(removed):,} removed, {len(changed):,} changed"
            yield from _some("+", added)
            yield from _some("-", removed)
            yield from _some("~", [f"{one.id} ({', '.join(one.fields)})" for one in changed])
    for sign, edges in (("+", found.edges_added), ("-", found.edges_removed)):
        yield from _some(sign, [f"{before} before {after}" for before, after in edges])
    if found.replaced_by:
        yield "may replace, by the identifier that the register keeps (write it into the new file as replacedBy):"
        yield from _some(" ", [f"{name}: {', '.join(others)}" for name, others in found.replaced_by.items()])


def _some(sign: str, names: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield from (f"  {sign} {name}" for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield f"  {sign} and {len(names) - SHOWN:,} more; --json lists them all"


@click.command("export", short_help="Write a curriculum with its prerequisites as a CASE 1.1 package.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--to", type=click.Path(path_type=Path), help="File; default: standard output.")
@click.option("--base", default="", metavar="URL", help="Address for uri; ends in /ims/case/v1p1. Default: urn:uuid.")
@home_options
def export(file: Path | None, to: Path | None, base: str, home: Path | None, provider: str | None) -> None:
    """Write a curriculum file, or the installation's curriculum as its provider sees it, as a CASE 1.1 package.

    \b
    Example:
      polku curriculum export --to mathematics.case.json
      polku curriculum export serve/curricula/kemia.json --base https://polku.city.fi/ims/case/v1p1
    """
    desk = Desk.at(home, provider)
    path = file or desk.home.curriculum_path(desk.settings.curriculum)
    curriculum = taken_in(path)[0] if file else desk.curriculum
    changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    text = json.dumps(package_of(curriculum, base=base, changed=changed), ensure_ascii=False, indent=1) + "\n"
    if to is None:
        click.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8")
    say(f"{len(curriculum):,} skills written to {to}")
