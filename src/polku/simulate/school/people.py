"""Backgrounds of learners: a table for audits, drawn from its own stream and looked at by nobody else."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.simulate.config import GROUPS
from polku.simulate.school.places import Places

MISSING_SHARE = 0.03
SHARES = {
    "gender": (0.49, 0.51),
    "home_language": (0.80, 0.06, 0.14),
    "support": (0.88, 0.09, 0.03),
    "birth_quarter": (0.25, 0.26, 0.26, 0.23),
}
"""Shares in the order of ``GROUPS``; the index of the area follows the school, S2 the home language."""
S2_IF_OTHER = 0.65
AREA_SHARES = ((0.5, 0.35, 0.15), (0.25, 0.5, 0.25), (0.15, 0.35, 0.5))


def draw_background(places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the background of every learner.

    Support knows only what leaves an individual decision under the law in force since August 2025:
    pupil-specific support, and an adapted syllabus. Group-specific support leaves no record.

    Returns
    -------
    DataFrame
        ``learner_id`` and a text column for each attribute of ``GROUPS``; missing values are None.
    """
    n = len(places.learner_ids)
    drawn = {name: rng.choice(GROUPS[name], size=n, p=shares).astype(object) for name, shares in SHARES.items()}
    s2 = (drawn["home_language"] == "other") & (rng.random(n) < S2_IF_OTHER)
    drawn["s2"] = np.where(s2, "yes", "no").astype(object)
    drawn["area_index"] = _area_index(places, rng)
    for values in drawn.values():
        values[rng.random(n) < MISSING_SHARE] = None
    return pd.DataFrame({"learner_id": places.learner_ids, **{name: drawn[name] for name in GROUPS}})


def _area_index(places: Places, rng: np.random.Generator) -> NDArray[np.object_]:
    """Draw the band of each learner's home area, around the band of the school's area."""
    schools = sorted({group.school for group in places.groups})
    shares = np.array([AREA_SHARES[schools.index(group.school) % len(AREA_SHARES)] for group in places.groups])
    upto = shares[places.group].cumsum(axis=1)
    band = np.minimum((rng.random(len(places.group))[:, None] >= upto).sum(axis=1), len(AREA_SHARES) - 1)
    index: NDArray[np.object_] = np.array(GROUPS["area_index"], dtype=object)[band]
    return index
