"""What a training run keeps so that people can see what the model goes by: figures and tables, nobody singled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.training.accumulated import accumulated_effect
from polku.training.contributions import SPEAKS_OF, explain
from polku.training.figures import calibration_figure, effects_figure, importance_figure, learning_curves_figure
from polku.training.item_table import item_table
from polku.training.learning_curves import learning_curves
from polku.training.model import FittedModel
from polku.training.sample import sample_learners
from polku.training.specs import directions_of
from polku.training.trees import Trees

Float = NDArray[np.float64]
SAMPLE: Final = 5_000
"""Rows that effects are taken from, about: whole histories of some learners."""
EXPLAINED: Final = 1_000
"""Rows of these whose contributions are averaged."""


@dataclass(frozen=True)
class Explained:
    """Figures by name and tables by file name, for :func:`~polku.training.log_run`."""

    figures: Mapping[str, Figure]
    tables: Mapping[str, str]


def explained(
    model: FittedModel, responses: Responses, curriculum: Curriculum, predicted: Float, seed: int = 0
) -> Explained:
    """Return what a run keeps to explain its model.

    Parameters
    ----------
    model : FittedModel
        What was fitted.
    responses : Responses
        What it was fitted on.
    curriculum : Curriculum
        Prerequisites, areas and titles of the skills.
    predicted : float64[n]
        Out-of-fold probability of each response.
    seed : int
        Seed of the sample of learners and of the folds of items.

    Returns
    -------
    Explained
        Calibration, importance, accumulated effects (a figure a family), learning curves; and the tables of
        importance, effects, learning curves and items.
    """
    features = model.features_of(histories(responses, seed), curriculum)
    importance, effects = importance_table(model, features), effects_table(model, features)
    curves, items = learning_curves(responses, predicted), item_table(responses, curriculum, seed)
    figures = {
        "calibration": calibration_figure(responses.correct, predicted, model.name),
        "importance": importance_figure(importance, f"{model.name}: what it goes by"),
    }
    families = [family for family in SPEAKS_OF if (effects["family"] == family).any()]
    figures |= {f"effects-{name}": effects_figure(effects, name, model.name) for name in families}
    titles = {skill.id: skill.title["en"] for skill in curriculum.skills.values() if skill.title["en"] != skill.id}
    drawn = learning_curves_figure(curves, titles, f"{model.name}: success by opportunity")
    figures |= {} if drawn is None else {"learning-curves": drawn}
    tables = {"importance": importance, "effects": effects, "learning_curves": curves, "items": items}
    return Explained(figures, {f"{name}.csv": _csv(table) for name, table in tables.items()})


def histories(responses: Responses, seed: int, rows: int = SAMPLE) -> Responses:
    """Return the whole histories of as many learners as hold about `rows` responses."""
    return sample_learners(responses, max(1, round(rows * len(responses.learners) / len(responses))), seed)


def importance_table(model: FittedModel, features: Float) -> pd.DataFrame:
    """Return what each column is worth to the model.

    Parameters
    ----------
    model : FittedModel
        Which.
    features : float64[n, n_columns]
        Rows as they occur.

    Returns
    -------
    DataFrame
        ``column, family, meaning``; `gain_share`, the share of the fall in training loss at splits on the column
        (missing for a model without splits); `mean_contribution`, the mean size of its contribution in logits, the
        largest first.
    """
    columns = _described(model)
    gain = model.estimator.gain() if isinstance(model.estimator, Trees) else np.full(len(columns), np.nan)
    table = explain(model, features[np.linspace(0, len(features) - 1, EXPLAINED).astype(np.int64)])
    columns["gain_share"] = gain / max(float(np.sum(gain)), np.finfo(float).tiny)
    columns["mean_contribution"] = np.abs(table.values).mean(axis=0)
    ordered = columns.sort_values("mean_contribution", ascending=False, kind="stable")
    return ordered.drop(columns="direction").reset_index(drop=True)


def effects_table(model: FittedModel, features: Float) -> pd.DataFrame:
    """Return how the calibrated logit follows each column, by accumulated local effects.

    Parameters
    ----------
    model, features
        As for :func:`importance_table`.

    Returns
    -------
    DataFrame
        One row per column and end of a bin: ``column, family, direction`` (what a monotone model was told, else 0),
        `meaning`, `at` (value of the column), `effect` (logits around the mean row), `n` (rows in the bin that ends
        there) and `missing` (share of rows without a value).
    """

    def logit(rows: Float) -> Float:
        return model.calibration.logit(model.estimator.score(rows))

    parts = []
    for place, line in enumerate(_described(model).to_dict("records")):
        found = accumulated_effect(logit, features, place)
        n = np.concatenate(([0], found.n))[: len(found.at)]
        parts.append(pd.DataFrame({**line, "at": found.at, "effect": found.effect, "n": n, "missing": found.missing}))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _described(model: FittedModel) -> pd.DataFrame:
    """Return name, family, direction and meaning of each column."""
    chosen = model.feature_set
    told = directions_of(model.spec, chosen) or (0,) * len(chosen.columns)
    meanings = [feature.definition.meaning for feature in chosen.features for _ in feature.columns]
    return pd.DataFrame({"column": chosen.columns, "family": chosen.families, "direction": told, "meaning": meanings})


def _csv(table: pd.DataFrame) -> str:
    """Return a table as CSV of six decimals."""
    return str(table.to_csv(index=False, float_format="%.6g"))
