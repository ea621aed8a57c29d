"""``polku evaluate``: how well a model predicts learners it has never seen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from polku.cli.desk import Desk, bar, home_options, json_option, print_json, say
from polku.cli.train import SHOWN, show
from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange import FORMATS, Reading, read_responses
from polku.training import assess, cross_validate, load_spec


def evaluate_files(
    desk: Desk, train: Path, test: Path, model: str, format_: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Fit on one file's learners, predict another's; returns the report and notes."""
    started = time.perf_counter()
    readings = [_read(desk, path, format_) for path in (train, test)]
    seconds = time.perf_counter() - started
    first, second = (reading.responses for reading in readings)
    curriculum = fitting_curriculum(desk, first.skills.tolist() + second.skills.tolist())
    with bar(f"fitting {model}") as on_step:
        done = assess(
            first, second, load_spec(desk.home, model), desk.home, curriculum, read_seconds=seconds, on_step=on_step
        )
    notes = tuple(note for reading in readings for note in reading.notes)
    return done.report, notes + done.notes


def evaluate_folds(
    desk: Desk, path: Path, models: tuple[str, ...], folds: int, format_: str, folds_out: Path | None
) -> dict[str, Any]:
    """Cross-validate models on one file; returns the mean and sd of each figure by model."""
    responses = _read(desk, path, format_).responses
    curriculum = fitting_curriculum(desk, responses.skills.tolist())
    specs = [load_spec(desk.home, name) for name in dict.fromkeys(["baseline", *models])]
    with bar("cross-validating") as on_step:
        validation = cross_validate(responses, specs, desk.home, curriculum, k=folds, on_step=on_step)
    if folds_out is not None:
        validation.folds.to_csv(folds_out, index=False)
    show(validation)
    summary = validation.summary()
    figures = {
        str(name): {key: {"mean": float(row[key, "mean"]), "sd": float(row[key, "sd"])} for key in SHOWN}
        for name, row in summary.iterrows()
    }
    return {"n": len(responses), "folds": folds, "near_twins": validation.near_twins, "models": figures}


def fitting_curriculum(desk: Desk, skills: list[str]) -> Curriculum:
    """Return the installation's curriculum if it knows any of `skills`, else a bare one made of them."""
    known = desk.curriculum.skills
    return desk.curriculum if any(skill in known for skill in skills) else Curriculum.of_skills(sorted(set(skills)))


def _read(desk: Desk, path: Path, format_: str) -> Reading:
    reading = read_responses(path, format_, deny=desk.deny)
    say(f"{path.name}: {len(reading.responses):,} responses accepted, {len(reading.refused):,} refused")
    if not len(reading.responses):
        raise InputError("no response could be used", got=f"{len(reading.refused)} refused rows in {path.name}")
    return reading


@click.command(short_help="Fit on one set of learners, predict another, print the figures.")
@click.option("--train", type=click.Path(path_type=Path), help="Responses of the training learners.")
@click.option("--test", type=click.Path(path_type=Path), help="Responses of learners unseen in training.")
@click.option("--responses", type=click.Path(path_type=Path), help="One file, divided into folds by learner.")
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="Folds, with --responses.")
@click.option("--folds-out", type=click.Path(path_type=Path), help="Write learner_id,fold to this CSV file.")
@click.option(
    "--model",
    "models",
    metavar="NAME",
    multiple=True,
    help="A folder of models/; default response. May be repeated with --responses.",
)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="auto", show_default=True, help="Format of the files."
)
@home_options
@json_option
def command(
    train: Path | None,
    test: Path | None,
    responses: Path | None,
    folds: int,
    folds_out: Path | None,
    models: tuple[str, ...],
    format_: str,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Predict every response of unseen learners from their own earlier responses.

    Either --train and --test, or --responses for folds by learner with near-twins kept together.

    \b
    Example:
      polku evaluate --train train.csv --test test.csv --model response --json
      polku evaluate --responses ../shared/data/assistments2009 --folds 5
    """
    desk = Desk.at(home, provider)
    chosen = models or ("response",)
    if responses is not None and train is None and test is None:
        report = evaluate_folds(desk, responses, chosen, folds, format_, folds_out)
        if as_json:
            print_json(report)
        return
    if train is None or test is None or responses is not None or len(chosen) > 1:
        raise InputError(
            "give --train and --test with one --model, or --responses",
            got=", ".join(chosen),
            hint="polku evaluate --help",
        )
    report, notes = evaluate_files(desk, train, test, chosen[0], format_)
    for note in notes:
        say(f"note: {note}")
    if as_json:
        print_json(report)
        return
    say(", ".join(f"{name} {value}" for name, value in report.items() if not isinstance(value, dict)))
    say("first five responses: " + ", ".join(f"{name} {value}" for name, value in report["cold_start"].items()))
