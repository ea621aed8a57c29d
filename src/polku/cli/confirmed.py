"""``polku confirmed``: what teachers confirmed, as results for the register that sent the learners."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import InputError
from polku.exchange.canonical import read_confirmed_list
from polku.exchange.oneroster_out import payloads, write_package
from polku.records import Refusal, Refused
from polku.records.confirmed import Confirmed
from polku.web.confirming import Sorted, sort


def confirmed(desk: Desk, path: Path, source: str) -> tuple[Sorted, dict[str, int]]:
    """Read confirmations; return which go out, and how many do not by reason. Those are kept in quarantine.

    Raises
    ------
    InputError
        If there is no such file, or it has other columns.
    """
    if not path.is_file():
        raise InputError("no such file", got=path.name, hint=f"give a CSV of {', '.join(Confirmed._fields)}")
    reading = read_confirmed_list(path, desk.deny)
    with desk.store.begin() as tx:
        made = sort(tx, reading.rows, desk.curriculum, source)
        rows = [
            Refusal(0, why, "confirmed_by", why.sentence, desk.deny.row_json({**one._asdict()}))
            for one, why in made.refused
        ]
        for refused in (reading.refused, Refused.of(rows)):
            tx.refused.add(refused, path.name)
    reasons = Counter(reading.refused.counts()) + Counter(one.reason.value for one in rows)
    return made, dict(reasons)


@click.command(short_help="Write what teachers confirmed as results for a register (OneRoster).")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="Archive to write.")
@click.option("--source", default="oneroster", show_default=True, metavar="NAME", help="Name of the register.")
@home_options
@json_option
def command(
    path: Path, target: Path | None, source: str, home: Path | None, provider: str | None, as_json: bool
) -> None:
    """Read PATH, a CSV of learner_id, skill_id, confirmed_by, confirmed_on, and write OneRoster 1.2 results.

    A result says that an objective is covered, in a teacher's judgement. It has no score: Polku computes no grade. What
    nobody who taught the learner confirmed does not go out.

    \b
    Example:
      polku confirmed confirmed.csv --source primus --to results.zip
    """
    made, reasons = confirmed(Desk.at(home, provider), path, source)
    if as_json:
        print_json({"results": payloads(made.statements), "refused": reasons})
    if target is not None:
        write_package(made.statements, target)
    say(f"confirmed {len(made.statements):,}, refused {sum(reasons.values()):,}")
    for reason, count in reasons.items():
        say(f"refused: {count:,} by {reason.replace('_', ' ')}")
