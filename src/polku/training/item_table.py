"""What the answers say about each item, for those who teach with it and those who make it: content, never people."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.records import Responses
from polku.training.difficulty import fit_item_statistics
from polku.training.item_slopes import abilities, fit_slopes

Float = NDArray[np.float64]
LEAST_SHOWN: Final = 10
"""Learners below which an item has no figures: they would tell how single learners answered."""
LEAST_SAID: Final = 30
"""Learners below which nothing is said about an item: after 30 right answers in a row, more than one wrong in ten is
ruled out at 95 % (the rule of three: Hanley & Lippman-Hand 1983)."""
LOOSE: Final = 0.5
"""Discrimination below which an item tells less than half of what the typical item does."""
_95: Final = 1.96

AGAINST: Final = "goes against the rest of its skill: is the key right?"
APART: Final = "does not go together with the rest of its skill"
ALWAYS_WRONG: Final = "always wrong: is the key right, is the task clear?"
ALWAYS_RIGHT: Final = "always right: shows that it can be done, tells nothing apart"
UNREMARKABLE: Final = ""
TOO_FEW: Final = "too few answers to say"
NOTES: Final = (AGAINST, APART, ALWAYS_WRONG, ALWAYS_RIGHT, UNREMARKABLE, TOO_FEW)
"""What may be said about an item, in the order in which items are worth a look."""


def item_table(responses: Responses, curriculum: Curriculum | None = None, seed: int = 0) -> pd.DataFrame:
    """Return what the answers say about each item, those worth a look first.

    All figures but `answers` are of each learner's first answer to the item, so that repetition makes no item easy and
    every answer comes from another learner.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    curriculum : Curriculum, optional
        Gives each skill's area, for difficulty; see :func:`~polku.training.fit_item_statistics`.
    seed : int
        Seed of the folds of items.

    Returns
    -------
    DataFrame
        One row per item: ``item_id, skill_ids`` (joined by ``;``), `answers`, `learners`, `share_right`, `difficulty`
        (logit, smoothed; 0 where half of average learners succeed) and `difficulty_se`, `average_learner` (the share
        of average learners who succeed, by that difficulty), `discrimination` (1 is the typical item's;
        :mod:`~polku.training.item_slopes`) and `discrimination_se`, and a `note` (:data:`NOTES`). Figures are missing
        under :data:`LEAST_SHOWN` learners, discrimination and notes under :data:`LEAST_SAID`; discrimination also where
        all answers are the same.

    Raises
    ------
    InputError
        If there are no responses.
    """
    if not len(responses):
        raise InputError("an item table needs at least one response", got="0 responses")
    first = responses.rows(_first_answers(responses))
    ability = abilities(first, seed)
    slopes = fit_slopes(first, ability, LEAST_SAID)
    learners = np.bincount(first.item)
    share = np.bincount(first.item, first.correct) / learners
    statistics = fit_item_statistics(first, curriculum)
    difficulty = np.array([statistics.items[name] for name in first.items])
    table = pd.DataFrame(
        {
            "item_id": first.items,
            "skill_ids": _skills_of_items(first),
            "answers": np.bincount(responses.item),
            "learners": learners,
            "share_right": share,
            "difficulty": difficulty,
            "difficulty_se": _error(first, ability, difficulty),
            "average_learner": expit(-difficulty),
            "discrimination": slopes.slope,
            "discrimination_se": slopes.error,
        }
    )
    table["note"] = _notes(table)
    return _sorted(_suppressed(table))


def _first_answers(responses: Responses) -> NDArray[np.int64]:
    """Return the row of each learner's first answer to each item."""
    pair = responses.learner.astype(np.int64) * len(responses.items) + responses.item
    return np.asarray(np.unique(pair, return_index=True)[1], dtype=np.int64)


def _skills_of_items(responses: Responses) -> list[str]:
    """Return the skills of each item, at its first response."""
    _, rows = np.unique(responses.item, return_index=True)
    start = responses.skill_start
    return [";".join(responses.skills[responses.skill[start[row] : start[row + 1]]]) for row in rows]


def _error(responses: Responses, ability: Float, difficulty: Float) -> Float:
    """Return the standard error of each difficulty: that of a share right, by how fast the share falls with difficulty.

    Learners are taken as drawn anew: abilities are estimates, and taking them as given was too narrow on known items.
    The share is drawn towards one half by an answer of each kind, so that equal answers have an error too.
    """
    p = expit(ability - difficulty[responses.item])
    falls = np.bincount(responses.item, p * (1.0 - p))
    answers = np.bincount(responses.item)
    share = (np.bincount(responses.item, responses.correct) + 1.0) / (answers + 2.0)
    return np.asarray(np.sqrt(answers * share * (1.0 - share)) / falls)


def _notes(table: pd.DataFrame) -> NDArray[np.object_]:
    """Return what is to be said about each item."""
    at_most = table["discrimination"] + _95 * table["discrimination_se"]
    said = {
        TOO_FEW: table["learners"] < LEAST_SAID,
        ALWAYS_RIGHT: table["share_right"] == 1.0,
        ALWAYS_WRONG: table["share_right"] == 0.0,
        AGAINST: at_most < 0.0,
        APART: at_most < LOOSE,
    }
    return np.asarray(np.select(list(said.values()), list(said), UNREMARKABLE), dtype=object)


def _suppressed(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out the figures that stand on too few learners, or on answers that are all the same."""
    figures = ["share_right", "difficulty", "difficulty_se", "average_learner"]
    slope = ["discrimination", "discrimination_se"]
    table.loc[table["learners"] < LEAST_SHOWN, figures] = np.nan
    table.loc[table["note"].isin([TOO_FEW, ALWAYS_RIGHT, ALWAYS_WRONG]), slope] = np.nan
    return table.round(dict.fromkeys(figures + slope, 4))


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    """Put first what is worth a look: by note, then the loosest, then the most answered."""
    place = table["note"].map({note: place for place, note in enumerate(NOTES)})
    keys = table.assign(_place=place, _many=-table["learners"])
    order = keys.sort_values(["_place", "discrimination", "_many", "item_id"], kind="stable").index
    return table.loc[order].reset_index(drop=True)
