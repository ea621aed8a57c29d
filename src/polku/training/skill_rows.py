"""Training rows of a model that reads skills: readings of learners, with difficulties that have not seen them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.profiles import FeatureSet, ItemStatistics
from polku.profiles.stops import Stops, read_at
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.training.anchored import difficulty_column
from polku.training.difficulty import fit_item_statistics
from polku.training.readouts import READINGS, Outlook, Questions, draw

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Future:
    """What came of some readings of single skills, and how much each had to go on; q readings.

    Parameters
    ----------
    skill_answers, learner_answers : int64[q]
        Answers before the reading, on the skill and in all.
    days : float64[q]
        Days since the skill was last answered, NaN where not known.
    difficulty, correct : float64[q, FUTURE]
        Difficulty of the items of the next first attempts, and their scores; NaN where there are no more. All are NaN
        for a reading of several skills.
    """

    skill_answers: NDArray[np.int64]
    learner_answers: NDArray[np.int64]
    days: Float
    difficulty: Float
    correct: Float

    @classmethod
    def of(cls, responses: Responses, questions: Questions, difficulty: Float) -> Self:
        """Look up what came of some questions; `difficulty` is float64[n], of each response's item."""
        outlook = Outlook.of(responses, questions.stops)
        single = np.diff(questions.stops.skill_start) == 1
        known = (outlook.rows >= 0) & single[:, None]
        return cls(
            outlook.skill_answers,
            outlook.learner_answers,
            outlook.days,
            np.where(known, difficulty[outlook.rows], np.nan),
            np.where(known, responses.correct[outlook.rows], np.nan),
        )

    def rows(self, mask: NDArray[np.bool_]) -> Self:
        """Return the readings of a mask."""
        return replace(self, **{entry.name: getattr(self, entry.name)[mask] for entry in fields(self)})


@dataclass(frozen=True, eq=False)
class SkillRows:
    """Readings as training rows, q of them.

    Parameters
    ----------
    features : float64[q, n_columns]
        Read with the skills' reference items, but with the difficulty of the item of the answer.
    answer : int64[q]
        Row of the response that each is judged by.
    future : Future
        What came after.
    """

    features: Float
    answer: NDArray[np.int64]
    future: Future

    @classmethod
    def build(
        cls,
        responses: Responses,
        feature_set: FeatureSet,
        curriculum: Curriculum,
        folds: NDArray[np.int32],
        seed: int,
        earlier: Earlier | None = None,
    ) -> Self:
        """Draw readings and read them, with item statistics of the other folds.

        Parameters
        ----------
        responses : Responses
            Whole histories of training learners.
        feature_set : FeatureSet
            What is read.
        curriculum : Curriculum
            Prerequisites and areas.
        folds : int32[L]
            Fold of each learner.
        seed : int
            Seed of the draws.
        earlier : Earlier, optional
            Histories before corrections: what is read before one goes by what was known then.

        Returns
        -------
        SkillRows

        Raises
        ------
        DefinitionError
            If the features do not suit a model that reads skills.
        """
        column = difficulty_column(feature_set)
        parts = []
        for fold in np.unique(folds):
            inside = folds == fold
            mine = np.flatnonzero(inside[responses.learner])
            held, statistics = responses.rows(mine), fit_item_statistics(responses.of_learners(~inside), curriculum)
            readings = int(np.ceil(READINGS * len(mine) / len(responses)))
            questions = draw(held, readings, np.random.default_rng([seed, fold]))
            part = _read(held, questions, feature_set, statistics, curriculum, column, earlier)
            parts.append(replace(part, answer=mine[part.answer]))
        return cls(
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.answer for part in parts]),
            Future(*(np.concatenate([getattr(part.future, entry.name) for part in parts]) for entry in fields(Future))),
        )


def _stops_then(responses: Responses, stops: Stops, earlier: Earlier) -> tuple[NDArray[np.int64], Responses, Stops]:
    """Return which readings came before a correction, and the same readings in the histories as they were then."""
    places, then = earlier.places(responses, stops.row)
    both = earlier.joined(responses)
    row_of = {name: row for row, name in enumerate(both.response_id)}
    code_of = {name: code for code, name in enumerate(both.skills)}
    skills = [[code_of[responses.skills[skill]] for skill in stops.skills_of(place)] for place in places]
    return (
        places,
        both,
        Stops(
            row=np.array([row_of[earlier.responses.response_id[row]] for row in then], np.int64),
            skill_start=np.concatenate([[0], np.cumsum([len(one) for one in skills], dtype=np.int64)]),
            skill=np.array([code for one in skills for code in one], np.int32),
            now=stops.now[places],
        ),
    )


def _read(
    responses: Responses,
    questions: Questions,
    feature_set: FeatureSet,
    statistics: ItemStatistics,
    curriculum: Curriculum,
    column: int,
    earlier: Earlier | None,
) -> SkillRows:
    """Read the questions of one fold."""
    features = read_at(responses, questions.stops, feature_set, statistics, curriculum)
    if earlier is not None:
        places, both, stops = _stops_then(responses, questions.stops, earlier)
        if len(places):
            features[places] = read_at(both, stops, feature_set, statistics, curriculum)
    difficulty = statistics.rows(responses)
    features[:, column] = difficulty[questions.answer]
    return SkillRows(features, questions.answer, Future.of(responses, questions, difficulty))
