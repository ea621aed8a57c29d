"""``polku log``: whether the log is what was sealed, and heads to be kept elsewhere."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.everybody import all_option, do_for
from polku.errors import InputError
from polku.store import ChainHead, LogReport, Store

BROKEN = 1
"""Exit code of a verification that found something."""


def exported_heads(path: Path, provider_id: str) -> list[ChainHead]:
    """Return the heads of one provider that were written to a file, oldest first.

    Raises
    ------
    InputError
        If the file is none that ``polku log heads`` wrote, or holds no head of the provider.
    """
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        heads = [ChainHead(int(one["seq"]), str(one["hash"])) for one in lines if one["provider_id"] == provider_id]
    except OSError as error:
        raise InputError("the file of heads cannot be read", got=path.name, hint="polku log heads --to FILE") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("this is no file of heads", got=path.name, hint="polku log heads --to FILE") from error
    if not heads:
        raise InputError("the file holds no head of this provider", got=provider_id, hint="--provider ID says whose")
    return heads


def append_head(path: Path, provider_id: str, head: ChainHead, now: int) -> None:
    """Write a head after those that a file holds; a file elsewhere is what makes a rewritten log show."""
    at = datetime.fromtimestamp(now / 1e6, UTC).isoformat(timespec="seconds")
    line = {"provider_id": provider_id, "seq": head.seq, "hash": head.hash, "at": at}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def verified(store: Store, heads: list[ChainHead]) -> LogReport:
    """Verify against every exported head: the newest shows a cut-off end, the older ones where a rewriting begins."""
    report = store.verify_log()
    found = [problem for head in heads for problem in store.verify_log(head).problems]
    once = tuple(sorted({*report.problems, *found}, key=lambda one: (one.seq, one.what)))
    return LogReport(report.head, report.unsealed, once)


@click.group(short_help="Verify, seal and export the log of suggestions and decisions.")
def command() -> None:
    """Keep watch over the log: each entry is numbered and hashed over the one before.

    \b
    Example:
      polku log seal
      polku log heads --to /media/elsewhere/heads.jsonl
      polku log verify --head /media/elsewhere/heads.jsonl
    """


@command.command()
@click.option("--head", type=click.Path(path_type=Path, dir_okay=False), help="File that polku log heads wrote.")
@home_options
@json_option
def verify(head: Path | None, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Find any altered, missing or reordered entry and say where; ends with 1 if there is one.

    Without a head kept elsewhere, a log that was cut off or wholly rewritten may look whole.
    """
    desk = Desk.at(home, provider)
    heads = [] if head is None else exported_heads(head, desk.settings.provider_id)
    report = verified(desk.store, heads)
    if as_json:
        print_json(_shown(report, len(heads)))
    else:
        for problem in report.problems:
            click.echo(f"entry {problem.seq}: {problem.what}")
        click.echo(_summary(report))
        if head is None:
            say("no exported head was given: a cut-off end would not show (--head FILE)")
    if not report.whole:
        sys.exit(BROKEN)


@command.command()
@all_option
@home_options
def seal(every: bool, home: Path | None, provider: str | None) -> None:
    """Seal the entries that have no number yet, as the service does by itself; a timer may do it instead."""
    do_for(home, provider, _seal, every=every)


def _seal(desk: Desk) -> None:
    head = desk.store.seal()
    click.echo(f"sealed up to entry {head.seq}: {head.hash}")


@command.command()
@click.option(
    "--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to append to, elsewhere."
)
@all_option
@home_options
def heads(path: Path, every: bool, home: Path | None, provider: str | None) -> None:
    """Seal, and append the log's head to a file; keep it where whoever holds the store cannot write."""
    do_for(home, provider, partial(_head, path=path), every=every)


def _head(desk: Desk, *, path: Path) -> None:
    head = desk.store.seal()
    append_head(path, desk.settings.provider_id, head, desk.now())
    click.echo(f"entry {head.seq} written to {path.name}: {head.hash}")


def _summary(report: LogReport) -> str:
    state = "whole" if report.whole else f"not whole, {len(report.problems)} finding(s)"
    return f"log {state}: {report.head.seq:,} sealed entries, {report.unsealed:,} not sealed yet"


def _shown(report: LogReport, heads: int) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "sealed": report.head.seq,
        "head": report.head.hash,
        "unsealed": report.unsealed,
        "exported_heads": heads,
        "problems": [one._asdict() for one in report.problems],
    }
