"""``polku audit``: compare errors and paths over groups, for a candidate or for plain files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from polku.cli.audited_paths import paths_of
from polku.cli.candidates import Candidate, candidate
from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.supplements import supplements
from polku.errors import InputError
from polku.fairness import Audit, audit_enclave, audit_files, summary
from polku.fairness.code import code_hash
from polku.fairness.release import gates_of
from polku.fairness.report import AuditFolder, read_texts
from polku.home import load_toml
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices
from polku.training import Bundle
from polku.training.registry import log_to_run

_OF_CANDIDATES = ("bundle", "grades", "leave_out_schools")
_OF_FILES = ("gates", "slices")
IDLE = {
    "from": ("predictions", "background", "threshold", "seed", *_OF_CANDIDATES, *_OF_FILES),
    "predictions": _OF_CANDIDATES,
    "bundle": _OF_FILES,
}
"""Options that change nothing, by what is audited: one read again, plain files, a candidate."""


@dataclass(frozen=True)
class Plain:
    """Plain files of any model, and the definitions to audit them under; default those of the home."""

    predictions: Path
    background: Path
    gates: Path | None
    slices: Path | None
    threshold: float | None


def audit_candidate(
    desk: Desk,
    *,
    seed: int = 0,
    bundle_id: str | None = None,
    threshold: float | None = None,
    grades: Path | None = None,
    leave_out_schools: bool = False,
) -> tuple[Audit, Bundle]:
    """Audit a candidate's out-of-fold predictions and the paths it would give; keep the audit, and log its report.

    Parameters
    ----------
    desk : Desk
        Home, store and enclave.
    seed : int
        Of every draw.
    bundle_id : str, optional
        Start of a bundle id; default the newest candidate.
    threshold : float, optional
        Where error rates are taken; default that of the gates, the only one that a release accepts.
    grades : Path, optional
        File of teachers' grades, set beside the evidence.
    leave_out_schools : bool
        Whether to fit the model anew without each school.

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
        threshold=threshold,
        seed=seed,
        subject={"bundle": bundle.id, "model": bundle.model.hash, "code": code_hash()},
    )
    trained = datetime.fromtimestamp(chosen.trained_at / 1e6, UTC).date().isoformat()
    subject = {"model": bundle.model.name, "trained": trained, "run": chosen.run_id}
    done = replace(done, method={**done.method, "subject": subject})
    beside = supplements(
        *(desk, chosen, bundle), seed=seed, grades=grades, leave_out_schools=leave_out_schools, audit=done
    )
    done = done.beside(*beside)
    with desk.store.begin() as tx:
        tx.audits.add(done.to_json(), bundle.id)
    _log(desk, chosen, folder_of(desk, done, bundle))
    return done, bundle


def folder_of(desk: Desk, done: Audit, bundle: Bundle) -> AuditFolder:
    """Return the audit of a bundle with its definitions, from which reports are made."""
    slices = (desk.home.models / "slices.toml").read_bytes().decode()
    return AuditFolder(done, bundle.gates.decode(), slices)


def _log(desk: Desk, chosen: Candidate, folder: AuditFolder) -> None:
    """Add the audit and its reports to the candidate's run, by the limit for readers outside the enclave."""
    files = folder.files(read_texts(desk.home.serve / "text"))
    texts = {f"audit/{name}": content for name, content in files.items()}
    log_to_run(chosen.run_id, texts, {"audit": folder.audit.verdict}, mlruns=desk.home.mlruns)


def audit_plain(desk: Desk, plain: Plain, *, seed: int = 0) -> AuditFolder:
    """Audit plain files of any model; nothing of it touches store, registry or enclave."""
    gates = plain.gates or desk.home.models / desk.settings.model / "gates.toml"
    slices = plain.slices or desk.home.models / "slices.toml"
    done = audit_files(
        plain.predictions,
        plain.background,
        load_toml(slices, Slices),
        load_toml(gates, Gates),
        threshold=plain.threshold,
        seed=seed,
    )
    return AuditFolder(done.about(code=code_hash()), *(path.read_bytes().decode() for path in (gates, slices)))


def show(desk: Desk, folder: AuditFolder, html: Path | None, *, inside: bool, as_json: bool) -> None:
    """Print an audit, and write its reports where they are asked for."""
    if html is not None:
        reports = folder.write(html, read_texts(desk.home.serve / "text"), inside=inside)
        for report in reports:
            say(f"report: {report}")
    shown = folder.shown(inside=inside)
    if as_json:
        print_json(shown.to_dict())
    else:
        click.echo(summary(shown, folder.gates))


def _refuse_idle(kind: str) -> None:
    """Refuse options that would change nothing here, lest anybody think that they did."""
    context = click.get_current_context()
    given = [name for name in IDLE[kind] if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        what = {"from": "an audit that is read again", "predictions": "plain files"}.get(
            kind, "a candidate of the store"
        )
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(f"these options do nothing with {what}", got=options, hint="leave them out")


@click.command(short_help="Audit predictions and paths by group.")
@click.option("--predictions", type=click.Path(path_type=Path), help="Plain file: learner_id, y_true, y_prob.")
@click.option("--background", type=click.Path(path_type=Path), help="Plain file: learner_id and attributes.")
@click.option("--gates", type=click.Path(path_type=Path), help="Gates, with plain files; default: the model's.")
@click.option("--slices", type=click.Path(path_type=Path), help="Slices, with plain files; default: the home's.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Probability from which a skill counts as shown.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of every draw.")
@click.option("--bundle", metavar="ID", help="Start of a bundle id; default: the newest candidate.")
@click.option("--grades", type=click.Path(path_type=Path), help="Teachers' grades: learner_id, grade; not kept.")
@click.option("--leave-out-schools", is_flag=True, help="Fit the model anew without each school; takes a fit a school.")
@click.option(
    "--html",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the audit, its definitions and a report in each language there.",
)
@click.option(
    "--from", "source", type=click.Path(path_type=Path), metavar="FILE", help="An audit.json of --html, read again."
)
@click.option("--inside", is_flag=True, help="Show figures for auditors inside the enclave: smaller groups too.")
@home_options
@json_option
def command(
    predictions: Path | None,
    background: Path | None,
    gates: Path | None,
    slices: Path | None,
    threshold: float | None,
    seed: int,
    bundle: str | None,
    grades: Path | None,
    leave_out_schools: bool,
    html: Path | None,
    source: Path | None,
    inside: bool,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Audit the newest candidate; or, with --predictions and --background, plain files of any model.

    \b
    Example:
      polku audit --html report
      polku audit --predictions predictions.csv --background pupils.csv --json
      polku audit --from report/audit.json --html again
    """
    desk = Desk.at(home, provider)
    _refuse_idle("from" if source is not None else "predictions" if predictions is not None else "bundle")
    if (predictions is None) != (background is None):
        raise InputError("plain files come in pairs", hint="give both --predictions and --background")
    if source is not None:
        folder = AuditFolder.read(source)
    elif predictions is not None and background is not None:
        folder = audit_plain(desk, Plain(predictions, background, gates, slices, threshold), seed=seed)
    else:
        done, audited = audit_candidate(
            desk,
            seed=seed,
            bundle_id=bundle,
            threshold=threshold,
            grades=grades,
            leave_out_schools=leave_out_schools,
        )
        folder = folder_of(desk, done, audited)
    show(desk, folder, html, inside=inside, as_json=as_json)
