"""``polku train``: fit, cross-validate, log, and keep a candidate bundle. Releases nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from polku.cli.candidates import Candidate, references_of
from polku.cli.desk import Desk, bar, console, home_options, json_option, print_json, say
from polku.cli.evidence import evidence, exported, histories, withholding
from polku.errors import InputError
from polku.fairness import load_gates
from polku.profiles.replaced import in_skills_of
from polku.records import Responses
from polku.training import (
    Bundle,
    CrossValidation,
    cross_validate,
    fit,
    load_spec,
    log_run,
    predictions_frame,
)
from polku.training.explained import explained

SHOWN = ("auc", "log_loss", "rmse", "ece", "cold_auc")


@dataclass(frozen=True)
class Trained:
    """A candidate and how it did across folds, beside its baseline."""

    candidate: Candidate
    validation: CrossValidation
    model: str

    def to_dict(self) -> dict[str, Any]:
        """Return the ids and the mean of each figure by model."""
        means = self.validation.summary().xs("mean", axis=1, level=1)
        figures = {name: {key: float(row[key]) for key in SHOWN} for name, row in means.iterrows()}
        ids = {
            "bundle": self.candidate.bundle_id,
            "run": self.candidate.run_id,
            "version": self.candidate.model_version,
        }
        return {"model": self.model, **ids, "near_twins": self.validation.near_twins, "figures": figures}


def train(
    desk: Desk, name: str | None = None, folds: int = 5, folder: Path | None = None, learners: int | None = None
) -> Trained:
    """Train the model `name` on everything in the store, each row on what was known before its answer.

    Parameters
    ----------
    desk : Desk
        Home, curriculum and store.
    name : str, optional
        A folder of ``models/``; default the settings' model.
    folds : int
        Folds of learners for cross-validation.
    folder : Path, optional
        Buckets of ``polku export`` to read instead of the store's answers.
    learners : int, optional
        Most learners to keep of those buckets; bounds memory.

    Returns
    -------
    Trained

    Raises
    ------
    InputError
        If the store holds no responses or too few learners.
    DefinitionError
        If there is no such model, or it has no gates and thus can never be released.
    """
    chosen = name or desk.settings.model
    specs = [load_spec(desk.home, one) for one in dict.fromkeys(["baseline", chosen])]
    load_gates(desk.home, chosen)  # before the long work: without gates there is nothing to release
    policy = (desk.home.models / "path" / "policy.toml").read_bytes()
    gates = (desk.home.models / chosen / "gates.toml").read_bytes()
    responses, withheld = evidence(desk) if folder is None else exported(desk, folder, learners)
    earlier = histories(desk, withheld)
    with bar("cross-validating") as on_step:
        validation = cross_validate(
            responses, specs, desk.home, desk.curriculum, k=folds, on_step=on_step, earlier=earlier
        )
    with bar("fitting") as on_step:
        fitted = fit(specs[-1], desk.home, responses, desk.curriculum, on_step=on_step, earlier=earlier)
    model = withholding(fitted, withheld)
    bundle = Bundle.assemble(model, desk.curriculum, policy=policy, gates=gates)
    with desk.store.begin() as tx:
        tx.bundles.add(bundle.id, bundle.files, bundle.manifest)
    told = explained(model, responses, desk.curriculum, validation.predictions[chosen], specs[-1].seed)
    record = log_run(
        model,
        validation.report(chosen) | {"baseline": validation.report("baseline")},
        {"data": responses.hash, **bundle.manifest["parts"]},
        told.figures,
        mlruns=desk.home.mlruns,
        provider_id=desk.settings.provider_id,
        tables=told.tables,
    )
    kept = Candidate(bundle.id, record.run_id, str(record.model_version), time.time_ns() // 1000)
    kept.keep(desk, predictions_frame(responses, validation.predictions[chosen]), references_of(responses, validation))
    return Trained(kept, validation, chosen)


def stored_responses(desk: Desk, without: Sequence[str] = ()) -> Responses:
    """Return every response of the provider, but for those to the items named.

    Raises
    ------
    InputError
        If there is none.
    """
    with desk.store.read() as tx:
        responses = in_skills_of(desk.curriculum, tx.responses.all(without=without))
    if not len(responses):
        raise InputError(
            "the store holds no responses",
            got=f"provider {desk.settings.provider_id!r}",
            hint="polku ingest FILE first",
        )
    return responses


def show(validation: CrossValidation) -> None:
    """Print mean and spread over folds, one line a model."""
    summary = validation.summary()
    columns = [name for name in SHOWN if name != "rmse"]  # what fits a terminal of 80 columns
    table = Table("model", *columns, box=None, title="out of fold, mean ± sd over folds", title_justify="left")
    for name, row in summary.iterrows():
        table.add_row(str(name), *(f"{row[key, 'mean']:.4f} ±{row[key, 'sd']:.3f}" for key in columns))
    console.print(table)


@click.command(short_help="Fit a model, cross-validate it, log it and keep it as a candidate.")
@click.option("--model", metavar="NAME", help="A folder of models/; default: from serve/settings.toml.")
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="Folds of learners.")
@click.option("--from", "folder", type=click.Path(file_okay=False, path_type=Path), help="Buckets of polku export.")
@click.option(
    "--learners", type=click.IntRange(2), help="With --from: most learners to keep, chosen by hash of the id."
)
@home_options
@json_option
def command(
    model: str | None,
    folds: int,
    folder: Path | None,
    learners: int | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Fit a model on the store's responses and keep it as a candidate.

    The logistic baseline and the smoothed item difficulty alone are fitted on the same folds. What the model goes
    by, learning curves and the item table are kept in its MLflow run, as figures and tables. Nothing is
    released: that takes `polku validate`, `polku audit` and `polku promote`. Rows from before a correction are read
    from what was known then. With --from answers come bucket by bucket from files, not from the database.

    \b
    Example:
      polku train --model mastery
      polku train --from var/export --learners 50000
    """
    if learners is not None and folder is None:
        raise InputError("--learners goes with --from", got=learners, hint="polku export --to FOLDER first")
    done = train(Desk.at(home, provider), model, folds, folder, learners)
    if as_json:
        print_json(done.to_dict())
        return
    show(done.validation)
    say(f"candidate bundle {done.candidate.bundle_id[:12]}, MLflow run {done.candidate.run_id}; next: polku validate")
