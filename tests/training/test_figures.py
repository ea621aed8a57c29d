"""The calibration figure: labelled, readable, made of bins and never of single answers."""

from __future__ import annotations

import io

import numpy as np

from polku.training import calibration_table
from polku.training.figures import calibration_figure
from polku.training.reliability import ece


def test_it_shows_bins_beside_the_diagonal() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(3000).astype(np.float64)
    y = (rng.random(3000) < p).astype(np.float64)
    figure = calibration_figure(y, p, "mastery")
    above, below = figure.axes
    assert above.get_title() == f"mastery\nECE {ece(y, p):.4f}, n = 3,000"
    assert (above.get_ylabel(), below.get_xlabel()) == ("share right", "predicted probability")
    diagonal, observed = (np.asarray(line.get_xydata()) for line in above.get_lines())
    assert diagonal.tolist() == [[0, 0], [1, 1]]
    assert observed.tolist() == [[line["predicted"], line["observed"]] for line in calibration_table(y, p)]
    assert len(observed) == 15


def test_it_can_be_drawn_for_few_and_equal_predictions() -> None:
    figure = calibration_figure(np.array([1.0, 0.0]), np.array([0.5, 0.5]), "two")
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    assert kept.getvalue().startswith(b"\x89PNG")
