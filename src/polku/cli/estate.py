"""Everything that an installation holds of one provider: counted, handed over, removed.

Rows of the store and of the background enclave, runs and models in MLflow, files under ``var/``, the provider's own
configuration. ``polku provider leave`` works on it, and so does the proof that nothing is left.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
from sqlalchemy import Engine

from polku.cli.desk import Desk
from polku.curriculum.overlay import Overlay
from polku.fairness import background_holdings, hand_over_background, remove_background
from polku.fairness.items.review import FILE, Review
from polku.home import Home
from polku.store import leaving
from polku.store.engine import create
from polku.training.registry import hand_over_runs, recorded, remove_runs

Holdings = Mapping[str, Mapping[str, int]]
"""How much is held, by place and thing."""

ADDRESSES: Final = {"store", "store_owner", "background", "access"}
"""Settings that are the platform's own; they may hold passwords."""
RULINGS: Final = "rulings in the platform's softened.csv"
REVIEWED: Final = f"lines in the platform's {FILE}"


def holdings(desk: Desk) -> Holdings:
    """Return how much is held of the desk's provider, by place and thing; asked anew of everything each time."""
    own, settings = desk.settings.provider_id, desk.settings
    with _engine(desk) as engine:
        store = leaving.holdings(engine, own)
    files = {str(folder.relative_to(desk.home.root)): _files(folder) for folder in _folders(desk)}
    rulings = sum(ruling.provider_id == own for ruling in Overlay.load(desk.home.common).rulings)
    reviewed = sum(entry.provider_id == own for entry in Review.load(desk.home.common).entries)
    return {
        "store": store,
        "background": background_holdings(settings),
        "mlruns": recorded(mlruns=desk.home.mlruns, provider_id=own),
        "files": files | {RULINGS: rulings, REVIEWED: reviewed},
    }


def hand_over(desk: Desk, folder: Path) -> Holdings:
    """Write everything to a folder, in open formats.

    Parameters
    ----------
    desk : Desk
        Of the provider.
    folder : Path
        Where to; each place gets a folder of its own.

    Returns
    -------
    mapping
        Rows written, by place and table: of the places that are written from one moment.
    """
    own = desk.settings.provider_id
    with _engine(desk) as engine:
        store = leaving.hand_over(engine, own, folder / "store")
    _write_bundles(folder / "store" / "bundle_files.parquet", folder / "bundles")
    background = hand_over_background(desk.settings, folder / "background")
    hand_over_runs(folder / "mlruns", mlruns=desk.home.mlruns, provider_id=own)
    for found in _folders(desk):
        if found.is_dir():
            shutil.copytree(found, folder / "files" / found.relative_to(desk.home.root))
    _write_configuration(desk, folder / "configuration")
    return {"store": store, "background": background}


def remove(desk: Desk, expected: Holdings) -> None:
    """Delete everything, the configuration last, so that a removal that was broken off can be taken up again.

    Raises
    ------
    ConflictError
        If store or enclave hold something else than was handed over; what is in that place then stays.
    """
    own = desk.settings.provider_id
    with _engine(desk, owner=True) as engine:
        leaving.remove(engine, own, expected["store"])
    remove_background(desk.settings, expected["background"])
    remove_runs(mlruns=desk.home.mlruns, provider_id=own)
    common, overlay = desk.home.common, Overlay.load(desk.home.common)
    kept = tuple(ruling for ruling in overlay.rulings if ruling.provider_id != own)
    if kept != overlay.rulings:
        Overlay(kept).save(common)
    review = Review.load(common)
    others = tuple(entry for entry in review.entries if entry.provider_id != own)
    if others != review.entries:
        Review(others).save(common)
    for folder in _folders(desk):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _engine(desk: Desk, *, owner: bool = False) -> Iterator[Engine]:
    """Give an engine of its own on the store: what is asked through it comes from no connection of before."""
    engine = create((desk.settings.store_owner if owner else None) or desk.settings.store)
    try:
        yield engine
    finally:
        engine.dispose()


def _folders(desk: Desk) -> list[Path]:
    """Return the folders of the provider: run-time files by kind, then its configuration."""
    own = desk.settings.provider_id
    home: Home = desk.home.common
    return [*sorted(path for path in home.var.glob(f"*/{own}") if path.is_dir()), home.providers_folder / own]


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _write_bundles(table: Path, folder: Path) -> None:
    """Write the files of bundles as files: what a table holds as bytes nobody can read."""
    for batch in pq.ParquetFile(table).iter_batches(batch_size=16):
        for row in batch.to_pylist():
            place = folder / row["bundle_id"] / row["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(row["content"])


def _write_configuration(desk: Desk, folder: Path) -> None:
    """Write what held for the provider: its settings, the curriculum that its paths went by, its items under review."""
    folder.mkdir(parents=True)
    settings = desk.settings.model_dump(mode="json", exclude=ADDRESSES)
    (folder / "settings.json").write_text(json.dumps(settings, ensure_ascii=False, indent=2), encoding="utf-8")
    graph = json.dumps(desk.curriculum.to_dict(), ensure_ascii=False, indent=1)
    (folder / "curriculum.json").write_text(graph, encoding="utf-8")
    entries = Review.load(desk.home.common).entries
    reviewed = [asdict(entry) for entry in entries if entry.provider_id == desk.settings.provider_id]
    listed = json.dumps(reviewed, ensure_ascii=False, indent=1)
    (folder / "items_under_review.json").write_text(listed, encoding="utf-8")
