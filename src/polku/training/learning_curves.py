"""Learning curves: how success on a skill goes with the number of times it was met.

A mean over learners mixes two things: learners change, and so do those who are still there. Learners who have shown a
skill often stop practising it, so that the mean falls although nobody's success does (attrition bias: Murray et al.
2013; Goutte et al. 2018). Each curve therefore stands beside that of the same learners throughout: those who went on
to at least `k` opportunities.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.records import Responses

Float = NDArray[np.float64]
LEAST_LEARNERS: Final = 10
LONGEST: Final = 30


def learning_curves(
    responses: Responses, predicted: Float, *, least_learners: int = LEAST_LEARNERS, longest: int = LONGEST
) -> pd.DataFrame:
    """Return observed and predicted success by skill and opportunity.

    Parameters
    ----------
    responses : Responses
        Whole histories, in fold order. A response counts for each of its skills.
    predicted : float64[n]
        Probability of success of each response, from a model that has not seen the learner.
    least_learners : int
        Points of fewer learners are left out, and those from which fewer could be told by subtraction.
    longest : int
        Last opportunity.

    Returns
    -------
    DataFrame
        One row per skill and opportunity, both rising: ``skill_id, opportunity, learners, observed, predicted`` of
        whoever met the skill that often; `k`, the number up to which those who reached it met the skill most often in
        all (the largest rectangle under the numbers of learners); and ``stayed_learners, stayed_observed,
        stayed_predicted`` of those alone who went on to at least `k`, missing beyond it and where too few stayed or
        left.

    Examples
    --------
    >>> rows = {"response_id": ["a", "b"], "learner_id": ["anna", "ella"], "item_id": ["i", "i"]}
    >>> rows |= {"skill_ids": ["s", "s"], "answered_at": [1, 1], "correct": [1.0, 0.0]}
    >>> found = learning_curves(Responses.from_columns(rows, clock=False), np.array([0.6, 0.6]), least_learners=2)
    >>> found[["skill_id", "opportunity", "learners", "observed"]].values.tolist()
    [['s', 1, 2, 0.5]]
    """
    tags = _tags(responses, predicted)
    table = _points(tags[tags["opportunity"] <= longest])
    together = table["learners"] * table.index.get_level_values("opportunity")
    k = together.groupby("skill").idxmax().map(lambda place: place[1])
    least = tags["skill"].map(k)
    stayed = _points(tags[(tags["total"] >= least) & (tags["opportunity"] <= least)])
    table = table.join(stayed.add_prefix("stayed_"))
    left = table["learners"] - table["stayed_learners"]
    told = (table["stayed_learners"] >= least_learners) & ((left == 0) | (left >= least_learners))
    for name in stayed.columns:
        table[f"stayed_{name}"] = table[f"stayed_{name}"].where(told)
    table["stayed_learners"] = table["stayed_learners"].astype("Int64")
    kept = table[table["learners"] >= least_learners].reset_index()
    kept.insert(5, "k", kept["skill"].map(k))
    kept.insert(0, "skill_id", responses.skills[kept.pop("skill").to_numpy(np.int64)])
    return kept


def _tags(responses: Responses, predicted: Float) -> pd.DataFrame:
    """Return one row per response and skill, with its number among the learner's on that skill."""
    row = np.repeat(np.arange(len(responses)), np.diff(responses.skill_start))
    tags = pd.DataFrame(
        {
            "learner": responses.learner[row],
            "skill": responses.skill,
            "observed": responses.correct[row],
            "predicted": predicted[row],
        }
    )
    pairs = tags.groupby(["learner", "skill"])
    tags["opportunity"] = pairs.cumcount() + 1
    tags["total"] = pairs["opportunity"].transform("size")
    return tags


def _points(tags: pd.DataFrame) -> pd.DataFrame:
    """Return number of learners, mean success and mean prediction by skill and opportunity."""
    points = tags.groupby(["skill", "opportunity"])
    means = points[["observed", "predicted"]].mean()
    means.insert(0, "learners", points.size())
    return means
