"""What counts as evidence: the provider's answers, but for those to items under review."""

from __future__ import annotations

from dataclasses import replace

from polku.cli.desk import Desk, say
from polku.errors import InputError
from polku.fairness.items.review import Review
from polku.profiles import ItemStatistics
from polku.profiles.replaced import in_skills_of
from polku.records import Responses
from polku.training import FittedModel


def evidence(desk: Desk) -> tuple[Responses, tuple[str, ...]]:
    """Return the responses that models and profiles may stand on, and the items left out.

    Raises
    ------
    InputError
        If there is no response, or none to an item that is not under review.
    DefinitionError
        If the list of items under review does not hold.
    """
    out = Review.load(desk.home).out(desk.settings.provider_id)
    with desk.store.read() as tx:
        responses, total = in_skills_of(desk.curriculum, tx.responses.all(without=out)), tx.responses.count()
    if not len(responses):
        hint = "return items with polku dif --return" if total else "polku ingest FILE first"
        what = "the store holds no responses" + (" but to items under review" if total else "")
        raise InputError(what, got=f"provider {desk.settings.provider_id!r}", hint=hint)
    if total > len(responses):
        say(f"{total - len(responses):,} answers to {len(out)} items under review are left out of the evidence")
    return responses, out


def withholding(model: FittedModel, items: tuple[str, ...]) -> FittedModel:
    """Return the model with the items in its statistics, so that profiles leave them out wherever it serves."""
    return replace(model, item_statistics=without_items(model.item_statistics, items))


def without_items(statistics: ItemStatistics, items: tuple[str, ...]) -> ItemStatistics:
    """Return statistics whose profiles leave out the answers to `items`."""
    return replace(statistics, withheld=items)
