"""A small group's calibration error is larger by chance; only what is beyond chance counts."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from polku.fairness import Audit, Cell, audit_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

RunAudit = Callable[..., Audit]


def ece(audit: Audit, group: str) -> Cell:
    return next(cell for cell in audit.cells if cell.metric == "ece" and cell.group == group)


def test_a_small_group_shows_more_error_and_no_concern(run: RunAudit) -> None:
    cell = ece(run(5, share=0.22, rows=2), "b")
    assert cell.estimate is not None
    assert cell.rest is not None
    assert cell.explained is not None
    assert cell.estimate > cell.rest + 0.01
    assert cell.explained > 0.01
    assert cell.verdict != "concern"


def test_scores_that_are_off_for_one_group_are_found(wronged: Audit) -> None:
    cell = ece(wronged, "b")
    assert cell.gap is not None
    assert cell.gap > 0.1
    assert cell.verdict == "concern"


def test_scores_as_far_off_for_everybody_leave_no_gap(
    make_world: Callable[..., tuple[pd.DataFrame, pd.DataFrame]], slices: Slices, gates: Gates
) -> None:
    predictions, background = make_world(6, rows=20, lower=0.0)
    squeezed = predictions.assign(y_prob=predictions["y_prob"] / 2)
    cell = ece(audit_predictions(squeezed, background, slices, gates), "b")
    assert cell.estimate is not None
    assert cell.estimate > 0.2
    assert cell.verdict == "pass"
