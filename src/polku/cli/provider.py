"""``polku provider``: education providers join a platform, are listed, and leave it with everything that is theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from polku.cli.desk import Desk, json_option, print_json, say
from polku.errors import InputError
from polku.home import Home
from polku.store.engine import begin, create
from polku.store.migrate import HEAD, to_head
from polku.store.protection import grant, protection

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of features/, models/ and serve/; default: $POLKU_HOME, else the checkout.",
)


@click.group(short_help="Let education providers join, list them, let them leave.")
def command() -> None:
    """Many providers share a platform; each sees its own data alone.

    \b
    Example:
      polku provider join 1.2.246.562.10.346830761110 --name "City of Eight"
      polku provider list
      polku provider leave 1.2.246.562.10.346830761110 --to handover
    """


@command.command()
@click.argument("provider_id", metavar="ID")
@click.option("--name", help="The provider's name; left out where --from brings a provider.toml.")
@click.option("--from", "origin", type=click.Path(path_type=Path), help="Folder of what the provider brings.")
@home_option
@json_option
def join(provider_id: str, name: str | None, origin: Path | None, home: Path | None, as_json: bool) -> None:
    """Write the folder of a new provider and check it: configuration only, no code, no migration, no restart.

    \b
    Example:
      polku provider join 1.2.246.562.10.346830761110 --name "City of Eight"
    """
    from polku.cli.joining import join as joining

    own = joining(Home.find(home), provider_id, name=name, origin=origin)
    if as_json:
        print_json({"provider_id": provider_id, "folder": str(own.own)})
        return
    say(f"{provider_id} joined; what it has of its own: {own.own}")
    say(f"next: polku ingest FOLDER --provider {provider_id}")


@command.command(name="list")
@home_option
@json_option
def list_command(home: Path | None, as_json: bool) -> None:
    """List the providers that joined, and the one of the settings."""
    desk = Desk.at(home)
    ids = list(dict.fromkeys([desk.settings.provider_id, *desk.home.common.providers()]))
    lines = [_line(desk, provider_id) for provider_id in ids]
    if as_json:
        print_json(lines)
        return
    click.echo(f"{'provider':36} {'name':28} {'learners':>9} {'responses':>11}  release")
    for line in lines:
        shown = f"{line['provider_id']:36} {(line['name'] or '-')[:28]:28}"
        click.echo(f"{shown} {line['learners']:>9,} {line['responses']:>11,}  {line['release'] or 'none'}")


def _line(desk: Desk, provider_id: str) -> dict[str, Any]:
    said = desk.home.common.for_provider(provider_id).definition()
    with desk.store.for_provider(provider_id).read() as tx:
        release = tx.bundles.champion_release()
        return {
            "provider_id": provider_id,
            "name": None if said is None else said.name,
            "learners": tx.roster.count(),
            "responses": tx.responses.count(),
            "release": None if release is None else release.number,
        }


@command.command()
@home_option
@json_option
def roles(home: Path | None, as_json: bool) -> None:
    """Migrate as the owner of the tables, grant the application's role what it needs, and say how well it is held.

    For PostgreSQL, after serve/roles.sql. Running it again changes nothing.
    """
    settings = Desk.at(home).settings
    if not settings.store.startswith("postgresql"):
        raise InputError("roles are PostgreSQL's; an embedded store has none", hint="set POLKU_STORE")
    owner, application = create(settings.store_owner or settings.store), create(settings.store)
    try:
        to_head(owner)
        with begin(owner, write=True) as connection:
            grant(connection)
        found = protection(application)
    finally:
        owner.dispose()
        application.dispose()
    if as_json:
        print_json({"version": HEAD, "role": found.role, "problems": list(found.problems)})
        return
    say(f"tables at version {HEAD}; the application connects as {found.role}")
    click.echo("\n".join(f"{found.role} {problem}" for problem in found.problems) or "row-level security holds it")


@command.command()
@click.argument("provider_id", metavar="ID")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="Empty folder to hand over to.")
@click.option("--delete", is_flag=True, help="Delete everything once what was handed over is found whole.")
@click.option("--by", help="Who answers for the deletion: name and role.")
@home_option
@json_option
def leave(provider_id: str, folder: Path, delete: bool, by: str | None, home: Path | None, as_json: bool) -> None:
    """Hand over everything that is held of a provider in open formats; with --delete, delete it and prove it.

    Deleting needs the role that owns the tables (POLKU_STORE_OWNER) on PostgreSQL, and holds up other providers' writes
    while it lasts.

    \b
    Example:
      polku provider leave 1.2.246.562.10.346830761110 --to handover
      polku provider leave 1.2.246.562.10.346830761110 --to handover --delete --by "Aino Virtanen, data protection"
    """
    from polku.cli.departure import PROOF_TEXT, depart, still_named
    from polku.cli.handover import leaving_texts, verified, write

    if delete and not (by or "").strip():
        raise InputError("somebody answers for a deletion", hint="--by NAME")
    desk = Desk.at(home, provider_id)
    manifest, words = write(desk, folder), leaving_texts(desk).proof
    if not delete:
        verified(folder)
        desk.store.close()
    proof = depart(desk, folder, by=by or "") if delete else None
    named = still_named(desk, words)
    rows = {place: sum(tables.values()) for place, tables in manifest["rows"].items()}
    if as_json:
        left = None if proof is None else proof.left
        told = {"rows": rows, "left": left, "named": named}
        print_json({"provider_id": provider_id, "files": len(manifest["files"]), **told})
        return
    counted = ", ".join(f"{number:,} rows of the {place}" for place, number in rows.items())
    say(f"handed over to {folder}: {len(manifest['files'])} files, {counted}")
    say("nothing was deleted: --delete" if proof is None else f"deleted; nothing is left: {folder / PROOF_TEXT}")
    for one in named:
        say(f"still named in {one['file']}, {one['key']}: {one['do']}")
