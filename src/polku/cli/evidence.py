"""What counts as evidence: the provider's answers, but for those to items under review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from polku.cli.desk import Desk, say
from polku.errors import InputError
from polku.fairness.items.review import Review
from polku.profiles import ItemStatistics
from polku.profiles.replaced import in_skills_of
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.store.buckets import read_buckets
from polku.training import FittedModel
from polku.training.sample import sample_learners


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


def histories(desk: Desk, without: tuple[str, ...]) -> Earlier | None:
    """Return what was known before each correction, in the skills of today; None where nothing was corrected."""
    with desk.store.read() as tx:
        versions = tx.hindsight.versions(without)
    return Earlier.of(one._replace(responses=in_skills_of(desk.curriculum, one.responses)) for one in versions)


def exported(desk: Desk, folder: Path, learners: int | None = None) -> tuple[Responses, tuple[str, ...]]:
    """Return what :func:`evidence` returns, from the buckets of ``polku export`` rather than from the database.

    Who objects to profiling by now, or has no answers in the store any more, is left out.

    Parameters
    ----------
    desk : Desk
        Whose store the folder was written from.
    folder : Path
        With its manifest.
    learners : int, optional
        Most learners to keep, by :func:`~polku.training.sample.sample_learners`: then no more than these and one
        bucket are held at a time.

    Raises
    ------
    InputError
        If the export is not whole or another provider's, or nothing of it can be used.
    """
    out = Review.load(desk.home).out(desk.settings.provider_id)
    with desk.store.read() as tx:
        allowed = frozenset(tx.responses.learners()) - tx.holds.unprofiled()
    kept: list[Responses] = []
    for part in _usable(read_buckets(folder, desk.settings.provider_id), allowed, out):
        kept.append(part)
        if learners is not None:
            kept = [sample_learners(Responses.concat(kept), learners)]
    if not kept:
        raise InputError("nothing of the export can be used", got=folder.name, hint="polku export --to FOLDER again")
    return in_skills_of(desk.curriculum, Responses.concat(kept)), out


def _usable(buckets: Iterable[Responses], allowed: frozenset[str], out: tuple[str, ...]) -> Iterator[Responses]:
    for bucket in buckets:
        own = bucket.of_learners(allowed)
        part = own.rows(~np.isin(own.items.astype(str), out)[own.item]) if len(own) else own
        if len(part):
            yield part


def withholding(model: FittedModel, items: tuple[str, ...]) -> FittedModel:
    """Return the model with the items in its statistics, so that profiles leave them out wherever it serves."""
    return replace(model, item_statistics=without_items(model.item_statistics, items))


def without_items(statistics: ItemStatistics, items: tuple[str, ...]) -> ItemStatistics:
    """Return statistics whose profiles leave out the answers to `items`."""
    return replace(statistics, withheld=items)
