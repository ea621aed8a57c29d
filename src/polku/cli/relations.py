"""``polku relations``: who may see whom, read from files; what is refused is kept with its reason."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.ingest import Line, show
from polku.errors import InputError
from polku.exchange import ListReading, read_permits, read_protected, read_relations
from polku.store import Transaction

Kept = TypeVar("Kept")
FILE = click.Path(dir_okay=False, path_type=Path)


def take(
    desk: Desk, relations: Path | None = None, protected: Path | None = None, permits: Path | None = None
) -> list[Line]:
    """Read files into the store; each given file replaces all of its kind.

    Parameters
    ----------
    desk : Desk
        Whose store.
    relations, protected, permits : Path, optional
        Files; what is not given stays as it is.

    Returns
    -------
    list of Line
        One per file.

    Raises
    ------
    InputError
        If no file is given, or one cannot be used as a whole.
    """
    if relations is protected is permits is None:
        raise InputError("no file is given", hint="polku relations relations.csv")
    with desk.store.begin() as tx:
        lines = []
        if relations is not None:
            found = read_relations(relations, deny=desk.deny)
            tx.relations.replace(found.rows)
            lines.append(_line(tx, relations, "relations", found))
        if protected is not None:
            listed = read_protected(protected, deny=desk.deny)
            tx.relations.protect(listed.rows)
            lines.append(_line(tx, protected, "protected", listed))
        if permits is not None:
            permitted = read_permits(permits, deny=desk.deny)
            tx.relations.permit(permitted.rows)
            lines.append(_line(tx, permits, "permits", permitted))
    return lines


def _line(tx: Transaction, path: Path, kind: str, reading: ListReading[Kept]) -> Line:
    """Keep what was refused; return what became of the file."""
    tx.refused.add(reading.refused, source=path.name)
    kept, refused = len(reading.rows), len(reading.refused)
    rows = kept + refused + reading.repeated
    return Line(path.name, kind, rows, kept, repeated=reading.repeated, refused=refused, notes=reading.notes)


@click.command(short_help="Say who may see whom: guardians, substitutes, principals, protected identities, permits.")
@click.argument("file", type=FILE, required=False)
@click.option("--protected", type=FILE, help="Learners whose school and group are told to nobody else: learner_id.")
@click.option("--permits", type=FILE, help="Researchers' permits: permit_id, subject, starts_on, ends_on.")
@home_options
@json_option
def command(
    file: Path | None,
    protected: Path | None,
    permits: Path | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Read FILE, who may see whom: subject, kind, object_type, object_id, starts_on, ends_on, restricted.

    Each file replaces all of its kind; the teachers of the roster stay beside it. Refused rows are kept with line
    number and reason.

    \b
    Example:
      polku relations relations.csv --protected protected.csv
    """
    lines = take(Desk.at(home, provider), file, protected, permits)
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    show(lines)
    say(f"accepted {sum(line.accepted for line in lines):,}, refused {sum(line.refused for line in lines):,}")
