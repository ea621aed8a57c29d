"""The audits that are kept, as researchers may read them: small cells removed by the limit outside the enclave."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from polku.errors import InputError, NotFoundError
from polku.fairness import Audit, load_slices
from polku.fairness.report import Wording, read_texts
from polku.fairness.report.figures import Figures
from polku.fairness.report.opening import counted
from polku.fairness.report.view import Material
from polku.fairness.versions import MOST, versions_supplement
from polku.home import validate
from polku.paths import Texts
from polku.paths.days import day_of
from polku.schemas.gates import Gates
from polku.store.transaction import Transaction
from polku.store.values import Release, StoredAudit
from polku.web.service import Service

SHOWN = 24
"""Versions on the list, the latest ones; an earlier audit is found by its id."""
GATES = "gates.toml"


@dataclass(frozen=True)
class Version:
    """One audit of one bundle.

    Parameters
    ----------
    audit_id, bundle : str
        Ids.
    made : int
        When it was stored, microseconds UTC.
    model, trained, run : str
        Name of the model, the day it was trained on (ISO), and its run in MLflow; empty where the audit does not say.
    verdict : str
        The worst that blocks.
    counts : dict of str to int
        Cells by verdict, those without figures apart as "hidden".
    learners : int or None
        Learners with predictions.
    released : int or None
        Number of the bundle's last release.
    serves : bool
        Whether that release is the last one.
    """

    audit_id: str
    bundle: str
    made: int
    model: str
    trained: str
    run: str
    verdict: str
    counts: dict[str, int]
    learners: int | None
    released: int | None
    serves: bool


@dataclass(frozen=True)
class Kept:
    """An audit outside the enclave beside what it is called by."""

    version: Version
    audit: Audit


def shelf(tx: Transaction) -> tuple[list[Kept], int]:
    """Return the last audit of each bundle, oldest first, and how many could not be read.

    Parameters
    ----------
    tx : Transaction
        One that may read.
    """
    stored, releases = tx.audits.last_of_each(SHOWN), tx.bundles.releases()
    read = [one for one in (_read(each, releases) for each in stored) if one is not None]
    return read, len(stored) - len(read)


def one_of(tx: Transaction, audit_id: str) -> Kept:
    """Return one audit.

    Raises
    ------
    NotFoundError
        If there is no such audit, or it is of a form that is no longer read.
    """
    stored = tx.audits.get(audit_id)
    found = None if stored is None else _read(stored, tx.bundles.releases())
    if found is None:
        raise NotFoundError("no such audit", got=audit_id, hint="/research lists those that are kept")
    return found


def material(held: Service, tx: Transaction, kept: Kept, language: str) -> Material:
    """Return what the pages of an audit are written from, under the gates that its bundle carries."""
    bundle = tx.bundles.get(kept.version.bundle)
    if bundle is None:  # the store lets no audit in without its bundle
        raise NotFoundError("the audit's bundle is not in the store", got=kept.version.bundle)
    gates = validate(tomllib.loads(bundle.files[GATES].decode()), Gates, Path("bundle", GATES))
    wording = Wording(_texts(held.home.serve / "text"), language)
    return Material(kept.audit, gates, load_slices(held.home), Figures(wording, gates), inside=False)


def over_time(found: Iterable[Kept], base: Material, attribute: str) -> Material:
    """Return a material of nothing but one attribute's gaps over the versions."""
    listed = [(one.version.bundle[:7], day_of(one.version.made).isoformat(), one.audit) for one in found]
    table = versions_supplement(listed[-MOST:])
    rows = tuple(row for row in table.rows if row[0] == attribute)
    return replace(base, audit=replace(base.audit, supplements=(replace(table, rows=rows),)))


def _read(stored: StoredAudit, releases: Sequence[Release]) -> Kept | None:
    try:
        audit = Audit.from_json(stored.audit_json).outside()
    except InputError:  # of an earlier form; the list says how many there are
        return None
    numbers = [one.number for one in releases if one.bundle_id == stored.bundle_id]
    subject = audit.method.get("subject", {})
    units = audit.method.get("resampled", {}).get("predictions", {})
    version = Version(
        audit_id=stored.audit_id,
        bundle=stored.bundle_id,
        made=stored.added_at,
        model=str(subject.get("model", "")),
        trained=str(subject.get("trained", "")),
        run=str(subject.get("run", "")),
        verdict=audit.verdict,
        counts=counted(audit.cells),
        learners=units.get("learners"),
        released=numbers[-1] if numbers else None,
        serves=bool(numbers) and numbers[-1] == releases[-1].number,
    )
    return Kept(version, audit)


@lru_cache(maxsize=64)
def _texts(folder: Path) -> Texts:
    """Return the words of audits; read once for each home, as those of the pages are."""
    return read_texts(folder)
