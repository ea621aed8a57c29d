"""Records runs and model versions in MLflow: the only place that knows it.

MLflow takes seconds to import, so it is imported when a run is recorded and not before. The store is SQLite under
``mlruns/``. What is recorded: parameters, metrics, hashes, figures, tables and the model as text and JSON,
registered by its folder (no flavour, hence no pickle). What is not: anything about single learners.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from polku.errors import NotFoundError
from polku.training.model import FittedModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import MlflowClient
    from mlflow.entities import Run

EXPERIMENT: Final = "polku"
CANDIDATE: Final = "candidate"
CHAMPION: Final = "champion"
DATABASE: Final = "mlflow.db"


@dataclass(frozen=True)
class RunRecord:
    """Where a run was recorded.

    Parameters
    ----------
    run_id : str
        MLflow's id of the run.
    registered_model : str
        Name under which the provider's versions stand.
    model_version : str or None
        Version that now carries the alias "candidate"; None where the run was not registered.
    """

    run_id: str
    registered_model: str
    model_version: str | None


def log_run(  # noqa: PLR0913 - everything that a run records is named
    model: FittedModel,
    report: Mapping[str, Any],
    hashes: Mapping[str, str],
    figures: Mapping[str, Figure],
    *,
    mlruns: Path,
    provider_id: str,
    register: bool = True,
    tables: Mapping[str, str] | None = None,
) -> RunRecord:
    """Record a fitted model, what it was fitted on and how well it did.

    Parameters
    ----------
    model : FittedModel
        Recorded file by file under ``model/``.
    report : mapping
        Metrics, as from :func:`~polku.training.evaluate` or :meth:`~polku.training.CrossValidation.report`: nested
        mappings become prefixes, a list under "folds" becomes one step per fold, undefined figures (None) are left
        out.
    hashes : mapping of str to str
        Hashes of the data and definitions, such as ``{"data": …, "curriculum": …}``; the model's own are added.
    figures : mapping of str to Figure
        Saved as ``figures/<name>.png``.
    mlruns : Path
        Folder of the store, ``home.mlruns``.
    provider_id : str
        Whose model it is.
    register : bool
        Whether to make it the provider's candidate.
    tables : mapping of str to str, optional
        Text by file name, such as ``{"importance.csv": …}``, saved as ``tables/<file name>``; nothing about single
        learners.

    Returns
    -------
    RunRecord
    """
    with _client(mlruns) as client:
        experiment = _experiment(client, mlruns)
        run = client.create_run(experiment, run_name=model.name, tags=_tags(model, hashes, provider_id))
        run_id = str(run.info.run_id)
        _log_numbers(client, run, model, report)
        for name, figure in figures.items():
            client.log_figure(run_id, figure, f"figures/{name}.png")
        for name, text in (tables or {}).items():
            client.log_text(run_id, text, f"tables/{name}")
        for name, content in model.files().items():
            client.log_text(run_id, content.decode(), f"model/{name}")
        version = _register(client, run_id, model, provider_id) if register else None
        client.set_terminated(run_id)
    return RunRecord(run_id, registered_name(provider_id), version)


def log_to_run(run_id: str, texts: Mapping[str, str], tags: Mapping[str, str], *, mlruns: Path) -> None:
    """Add to a run that was recorded before: what was found about its model later.

    Parameters
    ----------
    run_id : str
        MLflow's id of the run.
    texts : mapping of str to str
        Content by path in the run's artifacts; nothing about single learners.
    tags : mapping of str to str
        Set on the run.
    mlruns : Path
        Folder of the store, ``home.mlruns``.

    Raises
    ------
    NotFoundError
        If there is no such run.
    """
    with _client(mlruns) as client:
        from mlflow.exceptions import MlflowException

        try:
            client.get_run(run_id)
        except MlflowException as error:
            raise NotFoundError("no such run", got=run_id, hint="train the model again") from error
        for path, content in texts.items():
            client.log_text(run_id, content, path)
        for name, value in tags.items():
            client.set_tag(run_id, name, value)


def prepare(mlruns: Path) -> None:
    """Import MLflow and make its store, which takes seconds the first time; for a thread that runs ahead."""
    with _client(mlruns) as client:
        _experiment(client, mlruns)


def mark_champion(version: str, *, mlruns: Path, provider_id: str) -> None:
    """Move the alias "champion" to a version, after its bundle was released.

    Raises
    ------
    NotFoundError
        If the provider has no such version.
    """
    name = registered_name(provider_id)
    with _client(mlruns) as client:
        from mlflow.exceptions import MlflowException

        try:
            client.set_registered_model_alias(name, CHAMPION, version)
        except MlflowException as error:
            raise NotFoundError(f"no version {version} of {name}", got=version, hint="train a model first") from error


def version_of(alias: str, *, mlruns: Path, provider_id: str) -> RunRecord:
    """Return the run and version that carry an alias, "candidate" or "champion".

    Raises
    ------
    NotFoundError
        If no version of the provider carries it.
    """
    name = registered_name(provider_id)
    with _client(mlruns) as client:
        from mlflow.exceptions import MlflowException

        try:
            found = client.get_model_version_by_alias(name, alias)
        except MlflowException as error:
            raise NotFoundError(f"{name} has no {alias}", got=alias, hint="train a model first") from error
    return RunRecord(str(found.run_id), name, str(found.version))


def recorded(*, mlruns: Path, provider_id: str) -> dict[str, int]:
    """Return how much is recorded of a provider: runs (those in the bin too), model versions, files of runs."""
    if not (mlruns / DATABASE).is_file():
        return dict.fromkeys(("runs", "model versions", "files"), 0)
    with _client(mlruns) as client:
        runs = _runs_of(client, provider_id)
        files = sum(path.is_file() for run in runs for path in _artifacts(run).rglob("*"))
        name = registered_name(provider_id)
        versions = len(client.search_model_versions(f"name = '{name}'"))
    return {"runs": len(runs), "model versions": versions, "files": files}


def hand_over_runs(folder: Path, *, mlruns: Path, provider_id: str) -> None:
    """Write every run of a provider to a folder of its own: ``run.json`` and the files that it recorded."""
    if not (mlruns / DATABASE).is_file():
        return
    with _client(mlruns) as client:
        for run in _runs_of(client, provider_id):
            place = folder / str(run.info.run_id)
            if _artifacts(run).is_dir():
                shutil.copytree(_artifacts(run), place)
            place.mkdir(parents=True, exist_ok=True)
            (place / "run.json").write_text(json.dumps(run.to_dictionary(), indent=2, default=str), encoding="utf-8")


def remove_runs(*, mlruns: Path, provider_id: str) -> None:
    """Delete a provider's registered model and every run with its files, for good rather than into MLflow's bin."""
    if not (mlruns / DATABASE).is_file():
        return
    with _client(mlruns) as client:
        name = registered_name(provider_id)
        if client.search_registered_models(f"name = '{name}'"):
            client.delete_registered_model(name)
        for run in _runs_of(client, provider_id):
            shutil.rmtree(_artifacts(run).parent, ignore_errors=True)
            client._tracking_client.store._hard_delete_run(run.info.run_id)  # noqa: SLF001 - as `mlflow gc` does; the client can only fill the bin


def registered_name(provider_id: str) -> str:
    """Return the name of a provider's registered model.

    Examples
    --------
    >>> registered_name("demo")
    'polku-demo'
    """
    return f"polku-{provider_id}"


def _runs_of(client: MlflowClient, provider_id: str) -> list[Run]:
    """Return every run that carries the provider's tag, deleted ones included."""
    from mlflow.entities import ViewType

    places = [str(one.experiment_id) for one in client.search_experiments(view_type=ViewType.ALL)]
    found, token = list[Any](), None
    while True:
        page = client.search_runs(
            places, f"tags.provider = '{provider_id}'", ViewType.ALL, max_results=1000, page_token=token
        )
        found, token = [*found, *page], page.token
        if not token:
            return found


def _artifacts(run: Run) -> Path:
    """Return the folder of a run's files."""
    return Path(url2pathname(urlsplit(str(run.info.artifact_uri)).path))


@contextlib.contextmanager
def _client(mlruns: Path) -> Iterator[MlflowClient]:
    """Give a client on the SQLite store under `mlruns`, without MLflow's telemetry, chatter and warnings."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    mlruns.mkdir(parents=True, exist_ok=True)
    quiet = {name: logging.getLogger(name).level for name in ("mlflow", "alembic")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside MLflow and what it imports are not ours to mend
        from mlflow import MlflowClient

        for name in quiet:
            logging.getLogger(name).setLevel(logging.ERROR)
        uri = f"sqlite:///{mlruns / DATABASE}"
        try:
            yield MlflowClient(tracking_uri=uri, registry_uri=uri)
        finally:
            for name, level in quiet.items():
                logging.getLogger(name).setLevel(level)


def _experiment(client: MlflowClient, mlruns: Path) -> str:
    """Return the id of the experiment, made on first use."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(EXPERIMENT, artifact_location=(mlruns / "artifacts").resolve().as_uri()))


def _tags(model: FittedModel, hashes: Mapping[str, str], provider_id: str) -> dict[str, str]:
    own = {
        "model": model.hash,
        "feature_set": model.feature_set.hash,
        "item_statistics": model.item_statistics.hash,
    }
    return {"provider": provider_id, **{f"hash.{name}": value for name, value in {**own, **hashes}.items()}}


def _log_numbers(client: MlflowClient, run: Run, model: FittedModel, report: Mapping[str, Any]) -> None:
    """Log parameters and metrics in one batch."""
    from mlflow.entities import Metric, Param

    folds = report.get("folds", ())
    steps = [(0, _flat({name: value for name, value in report.items() if name != "folds"}))]
    steps += [(step, {f"fold_{name}": value for name, value in _flat(fold).items()}) for step, fold in enumerate(folds)]
    at = run.info.start_time
    logged = [Metric(name, value, at, step) for step, figures in steps for name, value in figures.items()]
    spec = model.spec.model_dump(mode="json", exclude_none=True)
    spec["features"] = ", ".join(model.feature_set.columns)
    spec["calibration_used"] = model.calibration.kind
    parameters = [Param(name, str(value)[:6000]) for name, value in _leaves(spec).items()]
    client.log_batch(run.info.run_id, metrics=logged, params=parameters)


def _flat(report: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a nested report, under joined names."""
    return {name: float(value) for name, value in _leaves(report).items() if isinstance(value, int | float)}


def _leaves(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested mappings, joining names with a dot."""
    flat: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping):
            flat |= _leaves(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _register(client: MlflowClient, run_id: str, model: FittedModel, provider_id: str) -> str:
    """Make the run's model the newest version of the provider's registered model, alias candidate."""
    from mlflow.exceptions import MlflowException

    name = registered_name(provider_id)
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name, description="Models of one provider; the champion is what is released.")
    source = f"{client.get_run(run_id).info.artifact_uri}/model"
    version = client.create_model_version(name, source=source, run_id=run_id, tags={"model": model.name})
    client.set_registered_model_alias(name, CANDIDATE, version.version)
    return str(version.version)
