"""``polku audit``: compare errors and paths over groups, for a candidate or for plain files."""

from __future__ import annotations

from pathlib import Path

import click

from polku.cli.audited_paths import paths_of
from polku.cli.candidates import candidate
from polku.cli.desk import Desk, home_options, json_option, print_json
from polku.errors import InputError
from polku.fairness import Audit, audit_enclave, audit_files, load_gates, load_slices, summary
from polku.fairness.release import gates_of
from polku.home import load_toml
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices
from polku.training import Bundle


def audit_candidate(desk: Desk, *, seed: int = 0, bundle_id: str | None = None) -> tuple[Audit, Bundle]:
    """Audit a candidate's out-of-fold predictions and the paths it would give, and keep the audit.

    Parameters
    ----------
    desk : Desk
        Home, store and enclave.
    seed : int
        Of every draw.
    bundle_id : str, optional
        Start of a bundle id; default the newest candidate.

    Returns
    -------
    Audit, Bundle
    """
    chosen = candidate(desk, bundle_id)
    bundle = chosen.bundle(desk)
    done = audit_enclave(
        desk.home,
        desk.settings,
        gates_of(bundle),
        purpose=f"audit of bundle {bundle.id}",
        predictions=chosen.predictions(desk),
        paths=paths_of(desk, bundle),
        seed=seed,
        subject={"bundle": bundle.id},
    )
    with desk.store.begin() as tx:
        tx.audits.add(done.to_json(), bundle.id)
    return done, bundle


@click.command(short_help="Audit predictions and paths by group.")
@click.option("--predictions", type=click.Path(path_type=Path), help="Plain file: learner_id, y_true, y_prob.")
@click.option("--background", type=click.Path(path_type=Path), help="Plain file: learner_id and attributes.")
@click.option(
    "--gates", "gates_file", type=click.Path(path_type=Path), help="Gates, with plain files; default: the model's."
)
@click.option(
    "--slices",
    "slices_file",
    type=click.Path(path_type=Path),
    help="Slices, with plain files; default: models/slices.toml.",
)
@click.option("--threshold", type=click.FloatRange(0, 1), help="Probability from which a skill counts as shown.")
@click.option("--seed", default=0, show_default=True, help="Seed of every draw.")
@click.option("--bundle", metavar="ID", help="Start of a bundle id; default: the newest candidate.")
@home_options
@json_option
def command(
    predictions: Path | None,
    background: Path | None,
    gates_file: Path | None,
    slices_file: Path | None,
    threshold: float | None,
    seed: int,
    bundle: str | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Audit the newest candidate; or, with --predictions and --background, plain files of any model.

    \b
    Example:
      polku audit
      polku audit --predictions predictions.csv --background pupils.csv --json
    """
    desk = Desk.at(home, provider)
    if (predictions is None) != (background is None):
        raise InputError("plain files come in pairs", hint="give both --predictions and --background")
    gates = load_toml(gates_file, Gates) if gates_file else load_gates(desk.home, desk.settings.model)
    if predictions is not None and background is not None:
        slices = load_toml(slices_file, Slices) if slices_file else load_slices(desk.home)
        done = audit_files(predictions, background, slices, gates, threshold=threshold, seed=seed)
    else:
        done, audited = audit_candidate(desk, seed=seed, bundle_id=bundle)
        gates = gates_of(audited)
    if as_json:
        print_json(done.to_dict())
        return
    click.echo(summary(done, gates))
