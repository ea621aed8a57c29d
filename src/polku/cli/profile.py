"""``polku profile``: fold everybody's responses into stored profiles."""

from __future__ import annotations

import time
from pathlib import Path

import click

from polku.cli.desk import Desk, bar, home_options, json_option, print_json, say
from polku.cli.evidence import evidence, without_items
from polku.profiles import FeatureSet, Lens, fold_all
from polku.training import Bundle, fit_item_statistics


def profile(desk: Desk) -> dict[str, float | int | str]:
    """Fold and keep the profile of every learner in the store; returns counts and hashes.

    The lens is the champion's where one is released, so that the service finds its profiles ready; else the
    home's features with item statistics fitted on the store.
    """
    lens, source = champion_lens(desk)
    started = time.perf_counter()
    with bar("folding profiles") as on_step, desk.store.begin() as tx:
        learners = fold_all(tx, lens, on_step)
    seconds = time.perf_counter() - started
    feature_set, item_statistics = lens.hashes
    return {
        "learners": learners,
        "features": len(lens.feature_set.columns),
        "item_statistics_from": source,
        "feature_set": feature_set,
        "item_statistics": item_statistics,
        "seconds": round(seconds, 3),
    }


def champion_lens(desk: Desk) -> tuple[Lens, str]:
    """Return what profiles are folded with, and where its item statistics come from."""
    with desk.store.read() as tx:
        stored = tx.bundles.champion()
    if stored is not None:
        bundle = Bundle.from_files(stored.files, bundle_id=stored.bundle_id)
        return Lens(bundle.feature_set, bundle.item_statistics, bundle.curriculum), "champion"
    responses, out = evidence(desk)
    statistics = without_items(fit_item_statistics(responses, desk.curriculum), out)
    return Lens(FeatureSet.load(desk.home.features), statistics, desk.curriculum), "store"


@click.command(short_help="Fold every learner's responses into a stored profile.")
@home_options
@json_option
def command(home: Path | None, provider: str | None, as_json: bool) -> None:
    """Fold every learner's responses into a profile and keep it.

    The service does the same for one learner when somebody asks; running this beforehand saves the wait.

    \b
    Example:
      polku profile
    """
    done = profile(Desk.at(home, provider))
    if as_json:
        print_json(done)
        return
    say(f"{done['learners']} profiles of {done['features']} columns in {done['seconds']} s")
