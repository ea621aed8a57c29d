"""Use and coverage by month: who answered, who was offered something, how many objectives answers speak of by then.

What :func:`polku.web.aggregates.cells` makes of it is told by grade and school and never of fewer learners than the
audit's limit: every learner of the roster counts in every month, so that a month in which few answered is not a small
cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.curriculum.values import ESTIMABLE_AREA
from polku.records import Responses

Times = NDArray[np.int64]
COLUMNS = ("learner_id", "about", "answered", "offered", "covered")
STAGES = {"1-2": range(1, 3), "3-6": range(3, 7), "7-9": range(7, 10), "lukio": range(10, 13)}
"""Grades of each stage, by the curriculum's name for it."""


def monthly(
    responses: Responses,
    offered: Iterable[tuple[str, int]],
    grades: Mapping[str, int],
    curriculum: Curriculum,
    most: int,
) -> pd.DataFrame:
    """Return by learner and month whether they answered, whether anything was offered, and what answers cover.

    Parameters
    ----------
    responses : Responses
        Whole histories; without a clock there are no months.
    offered : iterable of (str, int)
        Learner, and when something was offered to them (microseconds UTC).
    grades : mapping of str to int
        Grade by learner, of all who count.
    curriculum : Curriculum
        Says which objectives a skill serves.
    most : int
        How many months, the last ones with answers or offers.

    Returns
    -------
    DataFrame
        ``learner_id``, ``about`` (YYYY-MM), ``answered`` and ``offered`` (0 or 1), ``covered`` (share of the objectives
        of the learner's stage with an answer by the end of the month; missing where the curriculum has none).
    """
    if not responses.clock or not len(responses) or not grades:
        return pd.DataFrame({name: [] for name in COLUMNS})
    learners = np.asarray(responses.learners, dtype=object)[responses.learner]
    answers = pd.DataFrame({"about": _months(responses.answered_at), "learner_id": learners})
    offers = pd.DataFrame(list(offered), columns=["learner_id", "at"])
    offers["about"] = _months(offers["at"].to_numpy(dtype=np.int64))
    months = sorted({*answers["about"], *offers["about"]})
    found = pd.MultiIndex.from_product([months, sorted(grades)], names=["about", "learner_id"])
    frame = found.to_frame(index=False)
    for name, rows in (("answered", answers), ("offered", offers)):
        frame[name] = found.isin(pd.MultiIndex.from_frame(rows[["about", "learner_id"]])).astype(float)
    firsts = _firsts(responses, answers, grades, curriculum)
    frame["covered"] = firsts.reindex(found, fill_value=0.0).groupby(level="learner_id").cumsum().to_numpy()
    whole = frame["learner_id"].map(grades).map(_objectives(curriculum)).astype("float64")
    frame["covered"] /= whole.where(whole > 0)
    return frame[frame["about"].isin(months[-most:])][list(COLUMNS)].reset_index(drop=True)


def stage_of(grade: int) -> str:
    """Return the stage of a grade, as the curriculum calls it; empty for no grade of a school.

    Examples
    --------
    >>> [stage_of(grade) for grade in (1, 6, 9, 10, 13)]
    ['1-2', '3-6', '7-9', 'lukio', '']
    """
    return next((stage for stage, grades in STAGES.items() if grade in grades), "")


def _months(times: Times) -> pd.Index[str]:
    return pd.to_datetime(times, unit="us").strftime("%Y-%m")


def _firsts(
    responses: Responses, answers: pd.DataFrame, grades: Mapping[str, int], curriculum: Curriculum
) -> pd.Series[float]:
    """Return by month and learner how many objectives of the learner's stage were first answered on then."""
    row = np.repeat(np.arange(len(responses)), np.diff(responses.skill_start))
    stages = _stages(curriculum)
    served = {name: [one for one in skill.objectives if one in stages] for name, skill in curriculum.skills.items()}
    spoken = answers.iloc[row].assign(skill=np.asarray(responses.skills, dtype=object)[responses.skill])
    spoken = spoken[spoken["learner_id"].isin(grades)].drop_duplicates()
    spoken["objective"] = spoken["skill"].map(lambda skill: served.get(skill, []))
    spoken = spoken.explode("objective").dropna(subset=["objective"])
    stage = spoken["learner_id"].map(grades).map(stage_of)
    band = spoken["objective"].map(stages)
    first = spoken[stage == band].groupby(["learner_id", "objective"])["about"].min().reset_index()
    return first.groupby(["about", "learner_id"]).size().astype(float)


def _stages(curriculum: Curriculum) -> dict[str, str]:
    """Return the stage of each objective that answers can speak of; modules of upper secondary are chosen, so none."""
    served = {one for skill in curriculum.skills.values() for one in skill.objectives}
    known = (one for name, one in curriculum.objectives.items() if name in served)
    return {one.id: one.band for one in known if one.target_area == ESTIMABLE_AREA}


def _objectives(curriculum: Curriculum) -> dict[int, int]:
    """Return by grade how many objectives of its stage answers can speak of."""
    counts = Counter(_stages(curriculum).values())
    return {grade: counts[stage] for stage, grades in STAGES.items() for grade in grades}
