"""The figures of a run: labelled, readable, made of means and never of single answers."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from polku.training import calibration_table
from polku.training.contributions import SPEAKS_OF
from polku.training.figures import (
    SKILLS_SHOWN,
    calibration_figure,
    effects_figure,
    importance_figure,
    learning_curves_figure,
)
from polku.training.reliability import ece


def png(figure: Figure) -> bytes:
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    return kept.getvalue()


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
    assert png(figure).startswith(b"\x89PNG")


def importance(*families: str) -> pd.DataFrame:
    names = [f"{family}_{place}" for place, family in enumerate(families)]
    shares = np.linspace(0.5, 0.1, len(names))
    return pd.DataFrame({"column": names, "family": families, "gain_share": shares, "mean_contribution": shares / 2})


def effects(family: str, columns: int, missing: float = 0.0) -> pd.DataFrame:
    meaning = "A sentence that says what the number is, long enough to be broken into lines under its panel."
    parts = [
        pd.DataFrame(
            {
                "column": f"{family}_{place}",
                "family": family,
                "direction": 1,
                "meaning": meaning,
                "at": [0.0, 0.5, 1.0],
                "effect": [-1.0, 0.0, 1.0 + place],
                "n": [0, 1500, 1500],
                "missing": missing,
            }
        )
        for place in range(columns)
    ]
    return pd.concat([*parts, parts[0].assign(family="other", column="other")], ignore_index=True)


def test_importance_shows_every_column_in_the_colour_of_its_family() -> None:
    table = importance("learner", "skill", "skill", "time")
    gain, contribution = importance_figure(table, "mastery").axes
    assert [label.get_text() for label in gain.get_yticklabels()] == table["column"].tolist()[::-1]
    assert (gain.get_xlabel(), contribution.get_xlabel()) == (
        "share of the gain in training",
        "mean |contribution|, logits",
    )
    widths = [bar.get_width() for bar in gain.patches if isinstance(bar, Rectangle)]
    assert widths == pytest.approx(table["gain_share"].tolist()[::-1])
    colours = [bar.get_facecolor() for bar in gain.patches][::-1]
    assert colours[1] == colours[2]
    assert len(set(colours)) == 3


def test_importance_names_the_families_and_does_without_gain() -> None:
    figure = importance_figure(importance("learner", "item").assign(gain_share=np.nan), "baseline")
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named == [SPEAKS_OF["learner"], SPEAKS_OF["item"]]
    assert png(figure).startswith(b"\x89PNG")


@pytest.mark.parametrize("columns", [1, 2, 4, 7])
def test_effects_have_a_panel_for_each_column_of_the_family_alone(columns: int) -> None:
    figure = effects_figure(effects("skill", columns), "skill", "mastery")
    assert len(figure.axes) == columns
    assert figure.get_suptitle() == f"mastery: {SPEAKS_OF['skill']}"
    for place, axis in enumerate(figure.axes):
        assert axis.get_title().splitlines() == [f"skill_{place}", "3,000 rows"]
        assert " ".join(axis.get_xlabel().split()).startswith("A sentence that says what the number is")
        assert axis.get_ylabel() == ("effect, logits" if place % 3 == 0 else "")
        assert axis.get_ylim() == figure.axes[0].get_ylim()
    assert png(figure).startswith(b"\x89PNG")


def test_effects_draw_the_line_and_where_the_rows_are() -> None:
    figure = effects_figure(effects("time", 1, missing=0.25), "time", "mastery")
    _, line, rug = (np.asarray(drawn.get_xydata()) for drawn in figure.axes[0].get_lines())
    assert line.tolist() == [[0.0, -1.0], [0.5, 0.0], [1.0, 1.0]]
    assert rug.tolist() == [[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]
    assert figure.axes[0].get_title().endswith("3,000 rows, missing in 25%")


def curve(skill: str, points: int, learners: int = 40) -> pd.DataFrame:
    at = np.arange(1, points + 1)
    stayed = np.where(at < points, 0.4 + 0.1 * at, np.nan)
    return pd.DataFrame(
        {
            "skill_id": skill,
            "opportunity": at,
            "learners": learners - at + 1,
            "observed": 0.5 + 0.05 * at,
            "predicted": 0.5 + 0.04 * at,
            "k": points - 1,
            "stayed_learners": learners - points,
            "stayed_observed": stayed,
            "stayed_predicted": stayed,
        }
    )


def test_learning_curves_show_the_most_answered_skills_first() -> None:
    many = pd.concat([curve(f"s{place:02d}", 4, learners=20 + place) for place in range(SKILLS_SHOWN + 3)])
    figure = learning_curves_figure(many, {"s14": "Fractions"}, "mastery")
    assert figure is not None
    assert [axis.get_title().split()[0] for axis in figure.axes] == [f"s{place:02d}" for place in range(14, 2, -1)]
    assert figure.axes[0].get_title() == "s14 Fractions"
    assert figure.axes[0].get_xlabel() == "opportunity (34 learners, k = 3)"
    assert figure.axes[0].get_ylim() == (0.0, 1.04)
    assert all(tick == int(tick) for tick in figure.axes[0].get_xticks())


def test_a_learning_curve_has_what_was_seen_what_was_predicted_and_those_who_stayed() -> None:
    found = curve("s", 4)
    figure = learning_curves_figure(found, {}, "mastery")
    assert figure is not None
    observed, predicted, stayed = figure.axes[0].get_lines()
    assert np.asarray(observed.get_ydata()).tolist() == found["observed"].tolist()
    assert np.asarray(predicted.get_ydata()).tolist() == found["predicted"].tolist()
    assert np.isnan(np.asarray(stayed.get_ydata())).tolist() == [False, False, False, True]
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(named) == 4
    assert any("alone who met the skill k times" in name for name in named)
    assert png(figure).startswith(b"\x89PNG")


def test_skills_with_a_single_point_have_no_curve() -> None:
    assert learning_curves_figure(curve("s", 1), {}, "mastery") is None
    assert learning_curves_figure(curve("s", 3).iloc[:0], {}, "mastery") is None
