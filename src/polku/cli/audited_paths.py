"""The paths that an audit compares: planned for every learner as the service would."""

from __future__ import annotations

import numpy as np
import pandas as pd

from polku.cli.desk import Desk, bar
from polku.paths.facts import facts_of
from polku.paths.proposal import LONG, Wishes, propose, states_of
from polku.paths.suggester import Released
from polku.profiles import profiles_of
from polku.training import Bundle

STRATA = 4
"""Bands of like mastery within which suggestions are compared."""


def paths_of(desk: Desk, bundle: Bundle) -> pd.DataFrame:
    """Plan a path for every learner of the roster, or of the responses where there is no roster.

    Returns
    -------
    DataFrame
        ``learner_id``, the columns of :func:`polku.paths.proposal.facts_of`, and ``mastery_stratum``: the quarter
        of learners, by mean mastery within a grade, that a learner falls into.
    """
    with desk.store.read() as tx:
        responses, roster = tx.responses.all(without=bundle.model.item_statistics.withheld), tx.roster.learners()
    lines = roster.to_dict("records")
    grades = {str(line["learner_id"]): None if pd.isna(line["grade"]) else int(line["grade"]) for line in lines}
    released = Released.of(bundle)
    lens = released.lens
    profiles = dict(profiles_of(responses, lens.feature_set, lens.item_statistics, lens.curriculum))
    learners = sorted(set(grades) | set(profiles))
    now = int(responses.known_at.max()) if responses.clock and len(responses) else None
    rows = []
    with bar("planning paths to audit") as on_step:
        for done, learner_id in enumerate(learners, start=1):
            profile, grade = profiles.get(learner_id) or lens.empty(), grades.get(learner_id)
            states = states_of(profile, lens.curriculum, bundle.model, now)
            path = propose(
                *(profile, states, lens.curriculum, released.policy, Wishes(grade, steps=LONG)),
                learner_id=learner_id,
                modelled=True,
                now=now,
            )
            rows.append({"learner_id": learner_id, "grade": grade, **facts_of(path, states, grade)})
            on_step(done, len(learners))
    return _with_strata(pd.DataFrame(rows))


def _with_strata(paths: pd.DataFrame) -> pd.DataFrame:
    """Add the band of like mastery, within grades: what is offered in grade 2 is not compared with grade 9."""
    grade = paths["grade"].fillna(0).astype(int)
    rank = paths.groupby(grade)["mastery_level"].rank(pct=True, method="first")
    band = np.ceil(rank * STRATA).astype(int)
    return paths.assign(mastery_stratum=[f"grade {g}, quarter {b}" for g, b in zip(grade, band, strict=True)])
