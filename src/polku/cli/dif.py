"""``polku dif``: look for items that treat groups differently at equal standing; keep and review the list of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.train import stored_responses
from polku.errors import InputError
from polku.fairness import load_gates, load_slices
from polku.fairness.attributes import long_form, plain
from polku.fairness.files import read_table
from polku.fairness.items import Answers, ItemAudit, Review, items_summary, screen_enclave, screen_items
from polku.fairness.items.review import FILE, Outcome
from polku.schemas.item_limits import ItemLimits


def dif_of_store(desk: Desk) -> ItemAudit:
    """Screen the provider's items over the groups kept in the enclave; items under review are tested, not trusted."""
    out = Review.load(desk.home).out(desk.settings.provider_id)
    answers, slices = Answers.from_responses(stored_responses(desk)), load_slices(desk.home)
    purpose = "differential item functioning"
    return screen_enclave(desk.settings, answers, slices, purpose=purpose, limits=limits_of(desk), out=out)


def limits_of(desk: Desk) -> ItemLimits:
    """Return how large a difference in an item is large: as the gates of the settings' model say."""
    return load_gates(desk.home, desk.settings.model).items


def dif_of_files(desk: Desk, answers: Path, background: Path) -> ItemAudit:
    """Screen plain files: a long table with ``item_id`` and ``correct``, else a test with a column an item."""
    frame, table = read_table(answers), long_form(read_table(background))
    slices = plain(table, load_slices(desk.home))
    if not slices.attributes:
        raise InputError("the background holds no attribute to compare", got=background.name)
    laid_out = Answers.from_frame(frame) if {"item_id", "correct"} & set(frame) else Answers.from_matrix(frame)
    return screen_items(laid_out, table, slices, limits=limits_of(desk))


def withhold(desk: Desk, found: ItemAudit) -> tuple[str, ...]:
    """Put the items of concern on the list of items under review; returns those that are new on it."""
    review, provider = Review.load(desk.home), desk.settings.provider_id
    today = datetime.fromtimestamp(desk.now() / 1e6, UTC).date()
    after = review.add(provider, found.flagged, today)
    if after != review:
        after.save(desk.home)
    return tuple(entry.item_id for entry in after.entries[len(review.entries) :])


def decide(desk: Desk, item: str, outcome: Outcome, by: str | None, reason: str | None) -> None:
    """Write down what a person decided about an item under review."""
    review = Review.load(desk.home)
    review.decide(desk.settings.provider_id, item, outcome, by=by or "", reason=reason or "").save(desk.home)
    where = "back in the evidence" if outcome == "returned" else "left out of the evidence"
    say(f"{item}: {where} from the next polku train on, decided by {by}")


@click.command(short_help="Look for items that treat groups differently at equal standing.")
@click.option("--answers", type=click.Path(path_type=Path), help="Plain file: long, or a column an item.")
@click.option("--background", type=click.Path(path_type=Path), help="Plain file: learner_id and attributes.")
@click.option("--withhold", "keep", is_flag=True, help="Put the items of concern under review: out of the evidence.")
@click.option("--return", "returned", metavar="ITEM", help="Put a reviewed item back; needs --by and --reason.")
@click.option("--leave-out", "left_out", metavar="ITEM", help="Keep a reviewed item out; needs --by and --reason.")
@click.option("--by", metavar="NAME", help="Who has read the item and decides.")
@click.option("--reason", metavar="TEXT", help="Why.")
@home_options
@json_option
def command(
    answers: Path | None,
    background: Path | None,
    keep: bool,
    returned: str | None,
    left_out: str | None,
    by: str | None,
    reason: str | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Compare every item over groups of learners of equal standing on the other items.

    With --withhold, items of class C leave the evidence from the next `polku train` on, until a person
    has read them.

    \b
    Example:
      polku dif --withhold
      polku dif --return MA79.S3.01-04 --by "M. Aalto" --reason "reworded in May"
      polku dif --answers test.csv --background pupils.csv --json
    """
    desk = Desk.at(home, provider)
    if returned or left_out:
        if returned:
            decide(desk, returned, "returned", by, reason)
        if left_out:
            decide(desk, left_out, "left_out", by, reason)
        return
    if (answers is None) != (background is None):
        raise InputError("plain files come in pairs", hint="give both --answers and --background")
    if answers is not None and background is not None:
        if keep:
            raise InputError("items of plain files are in no evidence", hint="leave --withhold out")
        found = dif_of_files(desk, answers, background)
    else:
        found = dif_of_store(desk)
    new = withhold(desk, found) if keep else ()
    if as_json:
        print_json(found.to_dict() | {"withheld": list(new)})
        return
    click.echo(items_summary(found))
    if new:
        say(f"{len(new)} items put under review in models/{FILE}: {', '.join(new)}; next: polku train")
