"""What other rooms may ask of the background enclave: keep, forget, audit. Never: read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from polku.fairness.attributes import labels, long_form
from polku.fairness.audit import Audit
from polku.fairness.background import Background, Kept
from polku.fairness.cell import Cell
from polku.fairness.differencing import Fingerprint, Kind, guarded
from polku.fairness.flip import FLIPPED, exchanged
from polku.fairness.gates import stricter
from polku.fairness.ledger import Ledger
from polku.home import Home, load_toml
from polku.schemas.gates import Gates
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices


def load_slices(home: Home) -> Slices:
    """Return the slices that `home` declares in ``models/slices.toml``.

    Examples
    --------
    >>> "gender" in load_slices(Home.find()).attributes
    True
    """
    return load_toml(home.models / "slices.toml", Slices)


def load_gates(home: Home, model: str) -> Gates:
    """Return the gates of one model from ``models/<model>/gates.toml``; a provider's own where it has any.

    Raises
    ------
    DefinitionError
        If they do not hold, or a provider's own are looser anywhere than the platform's.

    Examples
    --------
    >>> load_gates(Home.find(), "mastery").threshold
    0.5
    """
    gates = load_toml(home.models / model / "gates.toml", Gates)
    return gates if home.own is None else stricter(load_gates(home.common, model), gates)


def keep_background(home: Home, settings: Settings, frame: pd.DataFrame, *, source: str) -> Kept:
    """Keep group attributes of learners in the enclave; nothing else is allowed to hold them.

    Parameters
    ----------
    home : Home
        Declares the attributes in ``models/slices.toml``.
    settings : Settings
        Say where the enclave is and whose learners these are.
    frame : DataFrame
        Wide (``learner_id`` and a column an attribute) or long (``learner_id, attribute, value``).
    source : str
        Where the values come from, kept beside them.

    Returns
    -------
    Kept
        How much was kept, with a note on every column or value that was not.

    Raises
    ------
    InputError
        If there is no ``learner_id``, or a learner has two values of one attribute.
    """
    with Background.open(settings.background, settings.provider_id) as background:
        return background.write(frame, load_slices(home), source=source)


def forget_background(settings: Settings, learner_id: str) -> int:
    """Delete every attribute of one learner from the enclave; return how many values there were."""
    with Background.open(settings.background, settings.provider_id) as background:
        return background.forget(learner_id)


def audit_enclave(  # noqa: PLR0913 - one audit in one call, everything after the definitions by name
    home: Home,
    settings: Settings,
    gates: Gates,
    *,
    purpose: str,
    predictions: pd.DataFrame | None = None,
    paths: pd.DataFrame | None = None,
    threshold: float | None = None,
    seed: int = 0,
    subject: Mapping[str, str] | None = None,
    figures: bool = True,
) -> Audit:
    """Audit predictions and paths over the groups kept in the enclave.

    Parameters
    ----------
    home, settings
        Declare the slices, and where the enclave is.
    gates : Gates
        What is measured, and against which limits.
    purpose : str
        Why the background is read; logged with the read.
    predictions, paths, threshold, seed
        As for :func:`polku.fairness.audit_together`.
    subject : mapping of str to str, optional
        Hashes of what is audited: ``{"bundle": bundle.id}``.
    figures : bool
        Whether figures come out. Without them cells keep their verdicts alone, and no table is remembered: there is
        nothing that another could be subtracted from.

    Returns
    -------
    Audit
        Cells over groups; no learner's attribute leaves. Attributes that could be set against a table of the same
        kind, audited before about nearly the same learners, are withheld outside the enclave.

    Raises
    ------
    InputError
        If no purpose is given, or a table cannot be used.
    """
    from polku.fairness.auditing import audit_together  # late: a service that only removes values audits nothing

    with Background.open(settings.background, settings.provider_id) as background:
        frame = background.read(purpose)
    slices = load_slices(home)
    if predictions is not None:
        predictions = predictions.drop(columns=FLIPPED, errors="ignore")
    done = audit_together(predictions, paths, frame, slices, gates, threshold=threshold, seed=seed)
    done = done.about(**(subject or {}))
    if not figures:
        return replace(done, cells=tuple(_verdict_only(cell) for cell in done.cells), overall={}, curves=())
    tables: tuple[tuple[Kind, pd.DataFrame | None], ...] = (("predictions", predictions), ("paths", paths))
    for kind, table in tables:
        if table is not None:
            learners = np.asarray(table["learner_id"].dropna().astype(str).unique(), dtype=object)
            groups = labels(long_form(frame), learners, slices)
            done = _guarded(done, Fingerprint.of(kind, learners, groups, settings.provider_id), settings)
    return done


@contextmanager
def exchanged_background(home: Home, settings: Settings, learners: Sequence[str]) -> Iterator[Settings | None]:
    """Hold beside the enclave one in which everybody's groups are exchanged; it is deleted on leaving.

    Whoever computes anything with the settings handed out meets a world where no learner has the groups they have.
    Nothing that looks at no group can tell the difference: that is what ``flip`` asks.

    Parameters
    ----------
    home, settings
        Declare the slices, and where the enclave is.
    learners : sequence of str
        Who has a row in it; those without a value get one.

    Yields
    ------
    Settings or None
        With another `background`; None where the enclave holds nothing to exchange.
    """
    with Background.open(settings.background, settings.provider_id) as background:
        frame = background.read("flip: everybody's groups exchanged, to see that nothing depends on them")
    attributes = [name for name in frame.columns if name != "learner_id"]
    if not attributes:
        yield None
        return
    frame = frame.set_index("learner_id").reindex(list(learners)).rename_axis("learner_id").reset_index()
    with TemporaryDirectory(prefix="polku-exchanged-") as folder:
        other = settings.model_copy(update={"background": f"sqlite:///{folder}/background.db"})
        keep_background(home, other, exchanged(frame), source="exchanged for an audit")
        yield other


def _verdict_only(cell: Cell) -> Cell:
    kept = {"attribute": cell.attribute, "group": cell.group, "metric": cell.metric, "verdict": cell.verdict}
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Cell))
    return Cell(**nothing | kept | {"reason": "only the verdict leaves the enclave"})


def _guarded(audit: Audit, now: Fingerprint, settings: Settings) -> Audit:
    """Set a table's learners against those of every like table published before, and remember what is published."""
    with Ledger.open(settings.background, settings.provider_id) as ledger:
        done, published = guarded(audit, now, ledger.published())
        ledger.add(published)
    return done
