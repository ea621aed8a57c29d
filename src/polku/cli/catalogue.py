"""``polku curriculum resources``: open learning resources come into a catalogue, and go when they are gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from polku.cli.desk import Desk, bar, home_options
from polku.curriculum import Curriculum
from polku.curriculum.resources import Catalogue, Resource, read_resources, write_resources
from polku.errors import InputError
from polku.exchange.aoe import read_aoe
from polku.exchange.curriculum_reading import Refused

SHOWN = 10


def merged(files: tuple[Path, ...], known: tuple[Resource, ...]) -> tuple[tuple[Resource, ...], tuple[Refused, ...]]:
    """Return a catalogue brought up to date with answers of AOE, and the records that could not be used."""
    held = {one.id: one for one in known}
    refused: list[Refused] = []
    with bar("reading resources") as on_step:
        for done, file in enumerate(files):
            on_step(done, len(files))
            reading = read_aoe(_bytes(file), str(file))
            held |= {one.id: one for one in reading.resources}
            for gone in reading.deleted:
                held.pop(gone, None)
            refused += reading.refused
    return tuple(held.values()), tuple(refused)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read", got=error.strerror, hint="give an answer of AOE") from error


@click.command("resources", short_help="Bring a catalogue of open learning resources up to date.")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--catalogue", type=click.Path(path_type=Path), help="Default: serve/resources/catalogue.jsonl.")
@click.option("--skill", metavar="ID", help="Print what goes with this skill.")
@click.option("--curriculum", type=click.Path(path_type=Path), help="Default: the installation's.")
@home_options
def resources(
    files: tuple[Path, ...],
    catalogue: Path | None,
    skill: str | None,
    curriculum: Path | None,
    home: Path | None,
    provider: str | None,
) -> None:
    """Read answers of AOE (ListRecords, or materials as JSON) into the catalogue behind "do this with…".

    \b
    Example:
      polku curriculum resources page1.xml page2.xml
      polku curriculum resources page3.xml --skill KE1.6833421
    """
    desk = Desk.at(home, provider)
    path = catalogue or desk.home.serve / "resources" / "catalogue.jsonl"
    held, refused = merged(files, read_resources(path) if path.is_file() else ())
    write_resources(held, path)
    found = Catalogue(held, Curriculum.load(curriculum) if curriculum else desk.curriculum)
    for one in refused[:SHOWN]:
        click.echo(f"refused: {one.id}: {one.reason}")
    click.echo(f"{len(found):,} resources in {path}, {found.aligned():,} of them aligned to the curriculum")
    today = datetime.fromtimestamp(desk.now() / 1e6, UTC).date().isoformat()
    for resource in found.resources_for(skill, day=today, language=desk.settings.language) if skill else ():
        click.echo(f"  {next(iter(resource.title.values()))}  {resource.url}  {resource.licence}".rstrip())
