"""``polku ingest``: read files into the store; what is refused is kept with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.table import Table

from polku.cli.desk import Desk, bar, console, home_options, json_option, make_folder_of, print_json, say
from polku.errors import InputError, nearest
from polku.exchange import FORMATS, Reading, detect_format, read_items, read_responses, read_roster
from polku.fairness import keep_background
from polku.fairness.files import read_table
from polku.records import DenyRules, Refused
from polku.training import near_twins

KINDS = ("responses", "roster", "items", "background")


@dataclass(frozen=True)
class Line:
    """What became of one file: rows by outcome, and what a reader should know."""

    file: str
    kind: str
    rows: int
    accepted: int
    repeated: int = 0
    refused: int = 0
    conflicts: int = 0
    notes: tuple[str, ...] = ()


def ingest(desk: Desk, path: Path, *, format_: str = "auto", kind: str | None = None) -> list[Line]:
    """Read a file, or every known file of a folder, into the store of `desk`.

    Parameters
    ----------
    desk : Desk
        Whose store.
    path : Path
        A file; or a folder with ``items``, ``roster`` (and ``teachers``), ``responses``, ``background``.
    format_ : str
        One of `polku.exchange.FORMATS`, for responses.
    kind : str, optional
        What a single file holds; default: told by its name, else responses.

    Returns
    -------
    list of Line
        One per file, in the order read.

    Raises
    ------
    InputError
        If nothing is there, or a file cannot be read at all.
    """
    deny = desk.deny
    plan = list(_files(path, kind, format_))
    lines = []
    with bar("reading") as on_step:
        for done, (found, what) in enumerate(plan):
            on_step(done, len(plan))
            lines.append(READERS[what](desk, found, format_, deny))
    return lines


def _files(path: Path, kind: str | None, format_: str) -> Iterable[tuple[Path, str]]:
    """Yield the files to read and what each holds: items before responses, background last."""
    if not path.exists():
        raise InputError(
            "no such file or folder", got=path.name, hint="check the path; polku simulate writes an example"
        )
    if path.is_file():
        yield path, kind or (path.stem if path.stem in KINDS and format_ == "auto" else "responses")
        return
    if format_ != "auto" or detect_format(path) is not None:
        yield path, "responses"
        return
    tables = [found for found in sorted(path.iterdir()) if found.suffix in {".csv", ".parquet"}]
    known = {found.stem: found for found in tables}
    twice = sorted({found.stem for found in tables if known[found.stem] != found} & set(KINDS))
    if twice:
        raise InputError("the folder holds the same in two formats", got=", ".join(twice), hint="keep one file of each")
    present = [name for name in ("items", "roster", "responses", "background") if name in known]
    if not present:
        raise InputError(
            "the folder holds no file that Polku knows",
            got=", ".join(sorted(known)) or "no .csv or .parquet",
            hint=nearest(next(iter(known), ""), [f"{name}.csv" for name in KINDS]),
        )
    yield from ((known[name], name) for name in present)


def _responses(desk: Desk, path: Path, format_: str, deny: DenyRules) -> Line:
    with desk.store.read() as tx:
        items = tx.items.all()
    reading = read_responses(path, format_, deny=deny, items=items)
    with desk.store.begin() as tx:
        tx.refused.add(reading.refused, source=path.name)
        added = tx.responses.add(reading.responses)
    notes = reading.notes + _unknown_skills(desk, reading) + _twins(reading)
    if reading.background is not None:
        make_folder_of(desk.settings.background)
        notes += keep_background(desk.home, desk.settings, reading.background, source=path.name).notes
    return Line(
        file=path.name,
        kind="responses",
        rows=reading.rows,
        accepted=added.accepted,
        repeated=reading.repeated + added.repeated,
        refused=len(reading.refused),
        conflicts=len(added.conflicts),
        notes=notes,
    )


def _unknown_skills(desk: Desk, reading: Reading) -> tuple[str, ...]:
    unknown = [skill for skill in reading.responses.skills if skill not in desk.curriculum.skills]
    if not unknown:
        return ()
    name = desk.settings.curriculum
    return (f"{len(unknown)} skill(s) are not in curriculum {name}; kept, without order or prerequisites",)


def _twins(reading: Reading) -> tuple[str, ...]:
    """Note learners who look like one person under two ids: a model must not be tested on the one it was fitted on."""
    pairs = len(near_twins(reading.responses))
    return (f"{pairs} near-twin pair(s) of learners; folds keep both on one side",) if pairs else ()


def _roster(desk: Desk, path: Path, format_: str, deny: DenyRules) -> Line:  # noqa: ARG001 - one shape for all readers
    teachers = path.with_stem("teachers")
    reading = read_roster(path, teachers if teachers.is_file() else None, deny=deny)
    with desk.store.begin() as tx:
        tx.refused.add(reading.refused, source=path.name)
        tx.roster.replace(reading.roster)
    kept = len(reading.roster.learners) + len(reading.roster.teachers)
    return _line(path, "roster", kept, reading.refused, reading.notes)


def _items(desk: Desk, path: Path, format_: str, deny: DenyRules) -> Line:  # noqa: ARG001 - one shape for all readers
    reading = read_items(path, deny=deny)
    with desk.store.begin() as tx:
        tx.refused.add(reading.refused, source=path.name)
        tx.items.replace(reading.items)
    return _line(path, "items", len(reading.items), reading.refused, reading.notes)


def _background(desk: Desk, path: Path, format_: str, deny: DenyRules) -> Line:  # noqa: ARG001 - one shape for all readers
    make_folder_of(desk.settings.background)
    frame = read_table(path, as_text=True)
    kept = keep_background(desk.home, desk.settings, frame, source=path.name)
    return Line(file=path.name, kind="background", rows=len(frame), accepted=kept.learners, notes=kept.notes)


def _line(path: Path, kind: str, kept: int, refused: Refused, notes: tuple[str, ...]) -> Line:
    return Line(path.name, kind, rows=kept + len(refused), accepted=kept, refused=len(refused), notes=notes)


READERS = {"responses": _responses, "roster": _roster, "items": _items, "background": _background}


def show(lines: list[Line]) -> None:
    """Print what became of each file, and the notes, to the terminal."""
    table = Table(
        "file", "kind", *(name for name in ("rows", "accepted", "repeated", "refused", "conflicts")), box=None
    )
    for line in lines:
        table.add_row(
            line.file,
            line.kind,
            *(f"{n:,}" for n in (line.rows, line.accepted, line.repeated, line.refused, line.conflicts)),
        )
    console.print(table)
    for line in lines:
        for note in line.notes:
            say(f"note, {line.file}: {note}")


@click.command(short_help="Read responses, rosters, items and background into the store.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help="Format of the responses.",
)
@click.option("--kind", type=click.Choice(KINDS), help="What a single file holds; default: told by its name.")
@home_options
@json_option
def command(path: Path, format_: str, kind: str | None, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Read PATH, a file or a folder, into the store.

    Reading twice changes nothing. Refused rows are kept with line number and reason; the counts of accepted
    and refused rows close the run.

    \b
    Example:
      polku ingest var/town
      polku ingest --format gervet ../shared/data/assistments2009 --provider assistments
    """
    lines = ingest(Desk.at(home, provider), path, format_=format_, kind=kind)
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    show(lines)
    say(f"accepted {sum(line.accepted for line in lines):,}, refused {sum(line.refused for line in lines):,}")
