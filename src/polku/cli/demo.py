"""``polku demo``: the whole way on a simulated municipality, in a home's ``var/demo``."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path

import click

from polku.cli import audit as auditing
from polku.cli import ingest as ingesting
from polku.cli import promote as promoting
from polku.cli import train as training
from polku.cli import validate as validating
from polku.cli.demo_people import settle
from polku.cli.desk import Clock, Desk, console, home_options, print_json, say
from polku.cli.plan import plan_stored
from polku.cli.profile import profile
from polku.cli.reference_tasks import demo_home, provide
from polku.cli.serve import run
from polku.errors import NotFoundError
from polku.fairness.release import gates_of
from polku.fairness.report import read_texts
from polku.fairness.summary import summary
from polku.paths import Texts
from polku.simulate import SimulationConfig, simulate

APPROVER = "demo approver"
REASON = "demonstration on simulated learners"
EXAMPLE_GRADE = 8
REPORT = "audit"
"""Folder of the audit's report beside the municipality's files."""
UNTIL = date(2026, 6, 5)
"""Day on which the simulated school year ends, and on which the demonstration goes on living."""


def prepare(desk: Desk, folder: Path, learners: int, seed: int) -> None:
    """Simulate, ingest, fold, train, validate, audit and release, each through the command of the same name.

    Parameters
    ----------
    desk : Desk
        Home and an empty store.
    folder : Path
        Where the municipality's files go.
    learners, seed : int
        Size and root of the simulation.

    Raises
    ------
    NotReleasedError
        If the validation or the audit blocks.
    """
    _title("1 simulate", "a municipality whose learners learn and forget")
    town = simulate(SimulationConfig(learners=learners, seed=seed, until=UNTIL), desk.curriculum)
    town.write(folder)
    _title("2 ingest", f"{len(town.responses):,} responses of {len(town.roster):,} learners")
    ingesting.show(ingesting.ingest(desk, folder))
    _title("3 profiles", "every learner's responses, folded")
    folded = profile(desk)
    say(f"{folded['learners']} profiles of {folded['features']} columns")
    _title("4 train", "the mastery model, beside a logistic baseline")
    training.show(training.train(desk).validation)
    _title("5 validate", "the candidate put to the test on these answers")
    validating.show(validating.validate_candidate(desk))
    _title("6 audit", "errors and paths, group by group")
    done, bundle = auditing.audit_candidate(desk)
    click.echo(summary(done, gates_of(bundle)), err=True)
    reports = auditing.folder_of(desk, done, bundle).write(folder / REPORT, read_texts(desk.home.serve / "text"))
    for report in reports:
        say(f"report: {os.path.relpath(report)}")
    _title("7 promote", "a person releases it, by name and with a reason")
    release = promoting.promote(desk, APPROVER, REASON)
    say(f"bundle {release.bundle_id[:12]} released; its card: {os.path.relpath(promoting.card_path(desk, release))}")
    profile(desk)


def demo_desk(home: Path | None) -> tuple[Desk, Path]:
    """Return a desk on an empty store in ``var/demo`` of the home, and that folder."""
    desk = Desk.at(home, "demo")
    folder = desk.home.var / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stores = {
        name: f"sqlite:///{folder / file}" for name, file in (("store", "polku.db"), ("background", "background.db"))
    }
    return Desk(desk.home, desk.settings.model_copy(update=stores), now=demo_clock()), folder


def demo_clock() -> Clock:
    """Return a clock that goes on from the end of the simulated year: gaps since then would say nothing."""
    shift = time.time_ns() // 1000 - int(datetime(UNTIL.year, UNTIL.month, UNTIL.day, 9, tzinfo=UTC).timestamp() * 1e6)
    return lambda: time.time_ns() // 1000 - shift


def example_learner(desk: Desk) -> str:
    """Return a learner of grade 8 with many answers: somebody a newcomer can read about."""
    with desk.store.read() as tx:
        roster = tx.roster.learners()
        eighth = roster[roster["grade"] == EXAMPLE_GRADE]["learner_id"]
        counts = {str(learner): tx.responses.count(str(learner)) for learner in eighth}
    if not counts:
        raise NotFoundError("the simulated municipality has no grade 8", hint="simulate more learners")
    return max(counts, key=lambda learner: (counts[learner], learner))


def furnished(desk: Desk, folder: Path) -> Desk:
    """Return a desk on the same store whose home has tasks and resources, simulated ones, behind the steps.

    Parameters
    ----------
    desk : Desk
        The demonstration's; its checkout is written to nowhere.
    folder : Path
        Where the demonstration's files are.
    """
    own = Desk(demo_home(desk.home, folder / "home"), desk.settings, now=desk.now)
    provide(own)
    return own


def _title(step: str, text: str) -> None:
    console.rule(f"[bold]{step}[/bold]  {text}", align="left", style="dim")


@click.command(short_help="Run the whole way on a simulated municipality.")
@click.option("--once", is_flag=True, help="Do not serve: print one learner's path as JSON and exit.")
@click.option("--learners", default=600, show_default=True, help="Learners to simulate.")
@click.option("--seed", default=2026, show_default=True, help="Everything is drawn from it.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; default: from serve/settings.toml.")
@home_options
def command(once: bool, learners: int, seed: int, port: int | None, home: Path | None, provider: str | None) -> None:
    """Simulate a municipality, train, validate, audit, release, and serve it on loopback.

    Everything stays in var/demo and mlruns/ and is made anew each time.

    \b
    Example:
      polku demo
      polku demo --once
    """
    del provider  # the demonstration has a provider of its own
    started = time.perf_counter()
    desk, folder = demo_desk(home)
    prepare(desk, folder, learners, seed)
    with desk.store.begin() as tx:
        settle(tx, UNTIL)
    shown = furnished(desk, folder)
    learner_id = example_learner(desk)
    say(f"\nready in {time.perf_counter() - started:.0f} s")
    if once:
        path = plan_stored(desk, learner_id, None, 5, None)
        print_json({"learner_id": learner_id, **path.to_dict(Texts.load(desk.home.serve / "text"))})
        return
    _where_to_look(desk, learner_id, port)
    run(shown, port=port, personas=True)


def _where_to_look(desk: Desk, learner_id: str, port: int | None) -> None:
    where = f"http://{desk.settings.service.host}:{port or desk.settings.service.port}"
    say("where to look:")
    say(f"  {where}/  choose who to be: teacher, learner, somebody at home, principal or researcher")
    say(f"  {where}/v1/learners/{learner_id}/path  then, as a teacher: one learner's next steps as JSON")
    say(f"  {where}/openapi.json  the interface")
    audit = Path(os.path.relpath(desk.home.var)) / "demo" / REPORT
    say("  as a learner, or as a teacher of one: next steps with simulated tasks and resources to do them with")
    say(f"  {audit}/report.en.html  the audit's report; also in fi and sv")
    runs = Path(os.path.relpath(desk.home.mlruns)) / "mlflow.db"
    say(f"  .venv/bin/mlflow ui --backend-store-uri sqlite:///{runs}  the training runs")
