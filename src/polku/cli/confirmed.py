"""``polku confirmed``: what teachers confirmed, as results for the systems that know the learners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from polku.cli.confirmed_lti import to_platform
from polku.cli.confirmed_oneroster import access_of, to_gradebook
from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import InputError
from polku.exchange.canonical import read_confirmed_list
from polku.exchange.oneroster_out import write_package
from polku.exchange.oneroster_put import puts
from polku.exchange.oneroster_rest import ROOTS
from polku.records import Refusal, Refused
from polku.records.confirmed import Confirmed
from polku.store import Transaction
from polku.web.confirming import Sorted, seats_of, sort, statements
from polku.web.ledger import Outcome

Where = TypeVar("Where")
REST: Final = ("https://", "http://")
NOTES: Final = {"unknown_reference": ": the other side does not know the learner, or takes no score there"}


def confirmed(
    desk: Desk, path: Path, known_of: Callable[[Transaction], Mapping[str, Where]]
) -> tuple[Sorted, Mapping[str, Where], dict[str, int]]:
    """Read confirmations; return which go out, where their learners are known, and how many do not, by reason.

    Parameters
    ----------
    desk : Desk
        Whose learners.
    path : Path
        A CSV of confirmations. Those that do not go out are kept in quarantine.
    known_of : callable
        Returns where the other side knows each learner.

    Raises
    ------
    InputError
        If there is no such file, or it has other columns.
    """
    if not path.is_file():
        raise InputError("no such file", got=path.name, hint=f"give a CSV of {', '.join(Confirmed._fields)}")
    reading = read_confirmed_list(path, desk.deny)
    with desk.store.begin() as tx:
        known = known_of(tx)
        made = sort(tx, reading.rows, desk.curriculum, known)
        rows = [
            Refusal(0, why, "confirmed_by", why.sentence, desk.deny.row_json({**one._asdict()}))
            for one, why in made.refused
        ]
        for refused in (reading.refused, Refused.of(rows)):
            tx.refused.add(refused, path.name)
    reasons = Counter(reading.refused.counts()) + Counter(one.reason.value for one in rows)
    return made, known, dict(reasons)


@click.command(short_help="Hand over what teachers confirmed: to a register (OneRoster), a platform (LTI).")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", metavar="WHERE", help="Archive to write, address of a gradebook before /ims, or lti.")
@click.option("--source", default="oneroster", show_default=True, metavar="NAME", help="Name of the register.")
@click.option("--token-url", help="Where the gradebook gives tokens.")
@click.option("--client", help="Client id there; its secret is read from $POLKU_ONEROSTER_SECRET.")
@click.option("--version", type=click.Choice(tuple(ROOTS)), default="1.2", show_default=True, help="Of the gradebook.")
@click.option("--platform", metavar="NAME", help="The file of serve/lti; not needed where there is one.")
@click.option("--context", metavar="ID", help="The platform's course, where learners are in several.")
@home_options
@json_option
def command(path: Path, home: Path | None, provider: str | None, as_json: bool, to: str | None, **way: str) -> None:
    """Read PATH, a CSV of learner_id, skill_id, confirmed_by, confirmed_on, and hand the results over.

    A result says that an objective is covered, in a teacher's judgement. It has a score only where the teacher gave one
    (columns given and maximum): Polku computes no grade. What nobody who taught the learner confirmed does not go out,
    and what went out does not go again.

    \b
    Example:
      polku confirmed confirmed.csv --source primus --to results.zip
      polku confirmed confirmed.csv --to lti --platform moodle
    """
    desk, source = Desk.at(home, provider), way["source"]
    if to == "lti":
        _tell(*to_platform(desk, way["platform"], way["context"], partial(confirmed, desk, path)), as_json)
    elif to is not None and to.startswith(REST):
        access = access_of(to, way["token_url"], way["client"], way["version"])
        _tell(*to_gradebook(desk, access, source, partial(confirmed, desk, path)), as_json)
    else:
        _write(desk, path, source, to, as_json)


def _write(desk: Desk, path: Path, source: str, to: str | None, as_json: bool) -> None:
    """Write an archive, or only say what would be in it."""
    made, seats, reasons = confirmed(desk, path, lambda tx: seats_of(tx, source))
    said = statements(made.accepted, desk.curriculum, seats)
    if as_json:
        print_json({"results": [one.body for one in puts(said) if one.kind == "results"], "refused": reasons})
    if to is not None:
        write_package(said, Path(to))
    _say(len(said), reasons)


def _tell(outcome: Outcome, made: Sorted, reasons: dict[str, int], as_json: bool) -> None:
    """Say what became of what was sent."""
    if as_json:
        figures: dict[str, Any] = asdict(outcome) | {"confirmed": len(made.accepted), "not_out": reasons}
        print_json(figures)
    _say(len(made.accepted), reasons)
    say(f"sent {outcome.sent:,}, there already {outcome.as_before:,}, refused {outcome.refused.total():,}")
    for why, count in outcome.refused.items():
        say(f"refused by the other side: {count:,} ({why})")
    if outcome.left:
        say(f"left for the next run: {outcome.left:,}; {outcome.stopped}")


def _say(count: int, reasons: Mapping[str, int]) -> None:
    say(f"confirmed {count:,}, refused {sum(reasons.values()):,}")
    for reason, many in reasons.items():
        say(f"refused: {many:,} by {reason.replace('_', ' ')}{NOTES.get(reason, '')}")
