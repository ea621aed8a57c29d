"""``polku compare``: what a narrower gap would cost. Fits experiments beside the model; releases nothing."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from polku.cli.desk import Desk, OnStep, bar, home_options, json_option, print_json, say
from polku.cli.evaluate import fitting_curriculum
from polku.cli.evidence import evidence
from polku.errors import InputError
from polku.exchange import FORMATS, read_responses
from polku.fairness import load_gates, load_slices
from polku.fairness.attributes import long_form, plain
from polku.fairness.files import read_table
from polku.fairness.mitigation import Comparison, Figure, Setting, compare_enclave, compare_experiments, front_figure
from polku.records import Responses
from polku.schemas.slices import Slices
from polku.training.sample import sample_learners
from polku.training.specs import load_experiments, load_spec

DRAWN = (".svg", ".png")
NARROWEST = 100
"""Characters of a line with three experiments; more take more."""
_ROWS = {"auc": "AUC", "log_loss": "log loss", "ece": "calibration error"}
_MEANS = {
    "held back": "of the answers that were correct, the share expected to be wrong",
    "missed need": "of the answers that were wrong, the share expected to be correct",
    "calibration": "share correct less what was predicted",
}


def compare_store(desk: Desk, model: str, folds: int, learners: int | None, on_step: OnStep) -> Comparison:
    """Compare the experiments of a model on the provider's answers, over the groups kept in the enclave."""
    responses = _sampled(evidence(desk)[0], learners)
    setting = _setting(desk, model, load_slices(desk.home), responses)
    return compare_enclave(
        desk.settings,
        load_experiments(desk.home, model),
        setting,
        responses,
        purpose=f"mitigation experiments beside model {model}",
        folds=folds,
        on_step=on_step,
    )


def compare_files(
    desk: Desk,
    model: str,
    files: tuple[Path, Path],
    folds: int,
    learners: int | None,
    on_step: OnStep,
    format_: str = "auto",
) -> Comparison:
    """Compare the experiments of a model on plain files: responses, and a background."""
    responses = _sampled(read_responses(files[0], format_, deny=desk.deny).responses, learners)
    table = long_form(read_table(files[1]))
    setting = _setting(desk, model, plain(table, load_slices(desk.home)), responses)
    return compare_experiments(
        load_experiments(desk.home, model), setting, responses, table, folds=folds, on_step=on_step
    )


def _setting(desk: Desk, model: str, slices: Slices, responses: Responses) -> Setting:
    spec, gates = load_spec(desk.home, model), load_gates(desk.home, desk.settings.model)
    curriculum = fitting_curriculum(desk, responses.skills.tolist())
    return Setting(spec, desk.home, curriculum, slices, gates.items, gates.threshold, spec.seed)


def _sampled(responses: Responses, learners: int | None) -> Responses:
    if not len(responses):
        raise InputError("no response could be used", got="0 responses", hint="see docs/reference/validation.md")
    return responses if learners is None else sample_learners(responses, learners)


def show(done: Comparison) -> None:
    """Print one column an experiment: figures, and the 95 % interval of their difference from the model as it is."""
    table = Table("", *(one.name for one in done.tried), box=None, pad_edge=False)
    for name, title in _ROWS.items():
        table.add_row(title, *(_figure(one.accuracy[name], signed=False) for one in done.tried))
    metric = ""
    for widest in done.widest():
        if widest.metric != metric:
            metric = widest.metric
            table.add_row("", *[""] * len(done.tried))
            table.add_row(metric.replace("_", " "))
        key = (widest.attribute, widest.group, widest.metric)
        found = [gap.figure for one in done.tried for gap in one.gaps if (gap.attribute, gap.group, gap.metric) == key]
        table.add_row(f"  {widest.attribute} {widest.group}", *(_figure(figure, signed=True) for figure in found))
    table.add_row("", *[""] * len(done.tried))
    table.add_row("largest gap", *(f"{one.largest.size:.3f}" if one.largest else "-" for one in done.tried))
    table.add_row("on the front", *("yes" if one.front else "no" for one in done.tried))
    out = Console(highlight=False)
    out.width = max(out.width, NARROWEST, 34 + 16 * len(done.tried))
    out.print(table)
    for line in _legend(done):
        out.print(line, soft_wrap=True)


def _figure(figure: Figure, *, signed: bool) -> str:
    """Return a figure, half the width of the interval of its change, and a star where that excludes zero."""
    value = f"{figure.value:+.3f}" if signed else f"{figure.value:.4f}"
    half = (figure.interval[1] - figure.interval[0]) / 2
    if not half and not figure.change:
        return value
    return f"{value} ±{half:.3f}{'*' if figure.clear else ''}" if signed else f"{value} ±{half:.4f}{'*' * figure.clear}"


def _legend(done: Comparison) -> list[str]:
    """Return what a reader must know of the table, a line each."""
    first, few = done.tried[0].name, done.suppressed
    seen = (
        f"{done.learners:,} learners, {done.answers:,} answers, each predicted by a fit that has not seen its learner"
    )
    return [
        "",
        f"{seen} ({done.folds} folds); errors are taken at {done.threshold:g}.",
        f"±: 95 % interval of the difference from {first}, over the same learners; *: it excludes zero, taken alone.",
        f"Gaps are group less all others; of each attribute the judged group in which {first} has the largest.",
        *(f"{name}: {words}." for name, words in _MEANS.items()),
        "largest gap: over all judged groups. on the front: no other has a lower log loss and a smaller largest gap.",
        f"{few['groups']} groups of fewer than {few['k']} learners, or that would give such away, are not shown.",
        *(f"{note}." for note in done.notes),
        "Nothing fitted here is kept or can be released; docs/reference/mitigation.md says what may follow.",
    ]


@click.command(short_help="Show what a narrower gap between groups would cost.")
@click.option("--model", metavar="NAME", help="A folder of models/; default: from serve/settings.toml.")
@click.option("--responses", type=click.Path(path_type=Path), help="Plain file of responses, instead of the store.")
@click.option("--background", type=click.Path(path_type=Path), help="Plain file: learner_id and attributes.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="auto", show_default=True, help="Format of --responses."
)
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="Folds of learners.")
@click.option("--learners", type=click.IntRange(2), help="Most learners: those with the smallest hashes.")
@click.option("--figure", type=click.Path(dir_okay=False, path_type=Path), help="Draw the front: .svg or .png.")
@home_options
@json_option
def command(
    model: str | None,
    responses: Path | None,
    background: Path | None,
    format_: str,
    folds: int,
    learners: int | None,
    figure: Path | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Fit the experiments of models/NAME/spec.toml on the same folds and set accuracy against gap.

    Groups are looked at while fitting alone, never when predicting. Nothing is kept and nothing released.

    \b
    Example:
      polku compare --figure front.svg
      polku compare --responses answers.csv --background pupils.csv --learners 500 --json
    """
    desk = Desk.at(home, provider)
    if (responses is None) != (background is None):
        raise InputError("plain files come in pairs", hint="give both --responses and --background")
    if figure is not None and figure.suffix.lower() not in DRAWN:
        raise InputError("a figure is drawn as .svg or .png", got=figure.name)
    name = model or desk.settings.model
    if not load_experiments(desk.home, name):
        raise InputError(f"models/{name}/spec.toml declares no experiments", hint="see docs/reference/mitigation.md")
    with bar("fitting experiments") as on_step:
        if responses is not None and background is not None:
            done = compare_files(desk, name, (responses, background), folds, learners, on_step, format_)
        else:
            done = compare_store(desk, name, folds, learners, on_step)
    if figure is not None:
        front_figure(done).savefig(figure, dpi=150)
        say(f"front drawn in {figure.name}")
    if as_json:
        print_json(done.to_dict())
        return
    show(done)
