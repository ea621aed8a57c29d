"""``polku audit``: compare errors and paths over groups, for a candidate or for plain files."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pandas as pd

from polku.cli.candidates import candidate
from polku.cli.desk import Desk, bar, home_options, json_option, print_json
from polku.errors import InputError
from polku.fairness import Audit, audit_enclave, audit_files, load_gates, load_slices, summary
from polku.fairness.release import gates_of
from polku.home import load_toml
from polku.paths.proposal import LONG, Wishes, facts_of, propose, states_of
from polku.paths.suggester import Released
from polku.profiles import profiles_of
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices
from polku.training import Bundle

STRATA = 4
"""Bands of like mastery within which suggestions are compared."""


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


def paths_of(desk: Desk, bundle: Bundle) -> pd.DataFrame:
    """Plan a path for every learner of the roster, or of the responses where there is no roster.

    Returns
    -------
    DataFrame
        ``learner_id``, the columns of :func:`polku.paths.proposal.facts_of`, and ``mastery_stratum``: the quarter
        of learners, by mean mastery within a grade, that a learner falls into.
    """
    with desk.store.read() as tx:
        responses, roster = tx.responses.all(without=bundle.model.item_statistics.withheld), tx.roster.learners()
    lines = roster.to_dict("records")
    grades = {str(line["learner_id"]): None if pd.isna(line["grade"]) else int(line["grade"]) for line in lines}
    released = Released.of(bundle)
    lens = released.lens
    profiles = dict(profiles_of(responses, lens.feature_set, lens.item_statistics, lens.curriculum))
    learners = sorted(set(grades) | set(profiles))
    now = int(responses.known_at.max()) if responses.clock and len(responses) else None
    rows = []
    with bar("planning paths to audit") as on_step:
        for done, learner_id in enumerate(learners, start=1):
            profile, grade = profiles.get(learner_id) or lens.empty(), grades.get(learner_id)
            states = states_of(profile, lens.curriculum, bundle.model, now)
            path = propose(
                *(profile, states, lens.curriculum, released.policy, Wishes(grade, steps=LONG)),
                learner_id=learner_id,
                modelled=True,
                now=now,
            )
            rows.append({"learner_id": learner_id, "grade": grade, **facts_of(path, states, grade)})
            on_step(done, len(learners))
    return _with_strata(pd.DataFrame(rows))


def _with_strata(paths: pd.DataFrame) -> pd.DataFrame:
    """Add the band of like mastery, within grades: what is offered in grade 2 is not compared with grade 9."""
    grade = paths["grade"].fillna(0).astype(int)
    rank = paths.groupby(grade)["mastery_level"].rank(pct=True, method="first")
    band = np.ceil(rank * STRATA).astype(int)
    return paths.assign(mastery_stratum=[f"grade {g}, quarter {b}" for g, b in zip(grade, band, strict=True)])


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
