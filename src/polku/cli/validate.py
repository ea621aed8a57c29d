"""``polku validate``: put a candidate to the test on the provider's own answers, before it may suggest."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import numpy as np
import pandas as pd
from rich.table import Table

from polku.cli.candidates import Candidate, candidate
from polku.cli.desk import Desk, bar, console, home_options, json_option, print_json, say
from polku.cli.evidence import histories
from polku.cli.train import stored_responses
from polku.fairness import audit_enclave
from polku.records import Responses
from polku.schemas.gates import Gate, Priority
from polku.schemas.gates import Gates as AuditGates
from polku.schemas.validation import BACKGROUND, ValidationLimits
from polku.training import Bundle
from polku.training.registry import log_to_run
from polku.training.validation import Check, Given, Validation, load_limits, to_markdown, validate
from polku.training.validation.groups import Labels
from polku.training.validation.judge import Basis, check_of
from polku.training.validation.markdown import WORDS, check_line
from polku.training.validation.report import Finding

REPORT = "validation.md"
REFUSED = 1
"""What the command ends with where a check blocks; 2 says that it could not be asked."""
ROSTER = {"school": "school_id", "teaching_group": "group_id", "grade": "grade"}
"""By what the roster groups learners, and its columns."""


def validate_candidate(desk: Desk, *, bundle_id: str | None = None) -> Validation:
    """Validate a candidate, keep what was found in the store and log it to the candidate's run.

    Parameters
    ----------
    desk : Desk
        Home, store and enclave.
    bundle_id : str, optional
        Start of a bundle id; default the newest candidate.

    Returns
    -------
    Validation

    Raises
    ------
    InputError
        If the store holds no responses, none of them was predicted, or the features changed since training.
    """
    chosen = candidate(desk, bundle_id)
    bundle = chosen.bundle(desk)
    limits, given = load_limits(desk.home, bundle.model.name), _given(desk, chosen, bundle)
    background = by_background(desk, bundle, given.predictions, limits)
    with bar("fitting without a part") as on_step:
        done = validate(bundle, desk.home, given, limits, background=background, on_step=on_step)
    with desk.store.begin() as tx:
        tx.validations.add(done.to_json(), bundle.id, done.verdict)
    report_path(desk, chosen).write_text(to_markdown(done, local=True), encoding="utf-8")
    files = {"validation/validation.json": done.to_json(), f"validation/{REPORT}": to_markdown(done)}
    log_to_run(chosen.run_id, files, {"validation": done.verdict}, mlruns=desk.home.mlruns)
    return done


def report_path(desk: Desk, chosen: Candidate) -> Path:
    """Return where the local report of a candidate stands; it alone may name learners, by their pseudonymous ids."""
    return chosen.folder(desk) / REPORT


def by_background(desk: Desk, bundle: Bundle, predictions: pd.DataFrame, limits: ValidationLimits) -> Check:
    """Ask the audit, behind its own door, whether the candidate is calibrated for each background group.

    Returns
    -------
    Check
        Counts only: which group it is stands in the audit and nowhere else.
    """
    limit = limits.checks[BACKGROUND]
    gate = Gate(question=limit.question, limit=limit.limit, outcome="report")
    priority = Priority(first="calibration", why="a validation asks about calibration alone; the audit about the rest")
    done = audit_enclave(
        desk.home,
        desk.settings,
        AuditGates(priority=priority, metrics={"calibration": gate}),
        purpose=f"validation of bundle {bundle.id}: calibration by group",
        predictions=predictions,
        subject={"bundle": bundle.id},
        figures=False,
    )
    found = [cell.verdict for cell in done.cells]
    counts = f"{found.count('pass')} of {len(found)} groups pass, {found.count('concern')} of concern; see polku audit"
    order: tuple[Finding, ...] = ("concern", "not_enough_evidence", "pass")
    finding: Finding = next((one for one in order if one in found), "not_answerable")
    basis = Basis.of(predictions["y_true"].to_numpy(np.float64), predictions["learner_id"].factorize()[0])
    return check_of(BACKGROUND, limit, finding, counts, basis)


def _given(desk: Desk, chosen: Candidate, bundle: Bundle) -> Given:
    """Read the provider's data, and what training left of the candidate."""
    withheld = bundle.model.item_statistics.withheld
    responses = stored_responses(desk, without=withheld)
    with desk.store.read() as tx:
        roster, refused = tx.roster.learners(), tx.refused.reasons()
    return Given(
        responses=responses,
        predictions=chosen.predictions(desk),
        references=chosen.references(desk),
        known=labels_of(responses, roster),
        refused=refused,
        earlier=histories(desk, tuple(withheld)),
    )


def labels_of(responses: Responses, roster: pd.DataFrame) -> dict[str, Labels]:
    """Return school, teaching group and grade of each response: as it says itself, else as the roster says now."""
    own = {"school": responses.school_id, "teaching_group": responses.group_id, "grade": None}
    by_learner = roster.set_index("learner_id").reindex(responses.learners)
    found = {}
    for name, column in ROSTER.items():
        now = _texts(by_learner[column].to_numpy(object))[responses.learner]
        then = own[name]
        found[name] = now if then is None else np.where(_texts(then) != "", _texts(then), now)
    return found


def _texts(values: Labels) -> Labels:
    """Return values as text, empty where missing."""
    return np.where(pd.isna(values), "", values.astype(str)).astype(object)


def show(validation: Validation) -> None:
    """Print each question with its figure and finding, then what blocks and what is odd about the data."""
    table = Table("check", "figure", "interval", "limit", "finding", box=None)
    for check in validation.checks:
        finding = WORDS[check.finding] + (" (blocks)" if check.blocks else "")
        table.add_row(check.name, *check_line(check), finding)
    console.print(table)
    for check in validation.checks:
        if check.finding in {"concern", "not_enough_evidence", "not_answerable"}:
            say(f"{check.name}: {check.question} {WORDS[check.finding]}: {check.reason}")
    for problem in validation.problems:
        first = f"; first: {problem.examples[0]}" if problem.examples else ""
        say(f"data: {problem.count:,} {problem.what}{first}. What to do: {problem.advice}")
    for note in validation.notes:
        say(f"note: {note}")
    say(f"verdict: {validation.verdict}")


def ending(validation: Validation) -> int:
    """Return what the command ends with: 0 where the verdict is pass, else 1."""
    return 0 if validation.verdict == "pass" else REFUSED


@click.command(short_help="Put a candidate to the test on the provider's own answers.")
@click.option("--bundle", metavar="ID", help="Start of a bundle id; default: the newest candidate.")
@home_options
@json_option
def command(bundle: str | None, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Ask a candidate whether it holds on the answers in the store, before it may suggest anything.

    Does it beat the baseline and the difficulty of items alone? Is it calibrated, also within schools, grades and
    areas, for rare skills and first answers? Does it hold on items that nobody had met and in the newest month? The
    limits stand in models/NAME/validation.toml; `polku promote` demands a verdict that lets it pass. Ends with 1 where
    the verdict is refused.

    \b
    Example:
      polku validate
      polku validate --json
    """
    desk = Desk.at(home, provider)
    done = validate_candidate(desk, bundle_id=bundle)
    if as_json:
        print_json(done.to_dict(local=True))
    else:
        show(done)
        following = "what blocks" if ending(done) else "polku audit"
        say(f"report: {report_path(desk, candidate(desk, bundle))}; next: {following}")
    sys.exit(ending(done))
