"""Reading answers with item statistics that were fitted on others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.profiles import FeatureSet, ItemStatistics, build
from polku.records import Responses


def read_with(
    statistics: ItemStatistics, responses: Responses, feature_set: FeatureSet, curriculum: Curriculum
) -> NDArray[np.float64]:
    """Return what was known before each response, with the difficulties of `statistics`.

    Parameters
    ----------
    statistics : ItemStatistics
        Fitted on other learners.
    responses : Responses
        Whole histories.
    feature_set : FeatureSet
        What to look at.
    curriculum : Curriculum
        Prerequisites and areas of the skills.

    Returns
    -------
    float64[n, n_columns]
    """
    items, skills = statistics.rows(responses), statistics.skill_rows(responses)
    return build(responses, feature_set, items, skills, curriculum, statistics.sequence.placed(responses))
