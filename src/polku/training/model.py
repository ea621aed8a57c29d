"""The fitted model: everything needed to predict, as text and JSON, checked by hash."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import digest, validate
from polku.profiles import Evidence, FeatureSet, ItemStatistics, Profile
from polku.profiles.events import MICROSECONDS_PER_DAY
from polku.records import Responses
from polku.records.earlier import Earlier
from polku.schemas.model import ModelSpec
from polku.training.anchored import AnchoredTrees
from polku.training.calibration import Calibration
from polku.training.logistic import Logistic
from polku.training.reading import read_with
from polku.training.sealed import canonical_json, sums, verify
from polku.training.spread import Intervals, Spread
from polku.training.trees import Trees

Float = NDArray[np.float64]
INDEX: Final = "model.json"
FORMAT: Final = 1
PARTS: Final = ("spec.json", "features.json", "item_statistics.json", "calibration.json")


class Estimator(Protocol):
    """What turns features into a score; kept as text, never as code."""

    def score(self, features: Float) -> Float:
        """Return the logit of each row, float64[n], from features float64[n, c]."""
        ...

    def files(self) -> dict[str, bytes]:
        """Return the estimator as files."""
        ...

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Self:
        """Read what :meth:`files` wrote."""
        ...


SPREAD: Final = "spread.json"
ESTIMATORS: Final[Mapping[tuple[str, str], type[Estimator]]] = {
    ("lightgbm", "answers"): Trees,
    ("lightgbm", "skills"): AnchoredTrees,
    ("logistic", "answers"): Logistic,
}
"""By kind of estimator, and what the model reads."""


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A model with the features and item statistics it was fitted on.

    Parameters
    ----------
    spec : ModelSpec
        What it was asked to be.
    feature_set : FeatureSet
        What it looks at.
    item_statistics : ItemStatistics
        Difficulties from its training learners.
    estimator : Estimator
        Boosted trees or logistic regression.
    calibration : Calibration
        Monotone correction of the score.
    spread : Spread or None
        How far a readout may be off; None for a model that is not fitted to read skills.
    """

    spec: ModelSpec
    feature_set: FeatureSet
    item_statistics: ItemStatistics
    estimator: Estimator
    calibration: Calibration
    spread: Spread | None = None

    @property
    def name(self) -> str:
        """Return the name of the model, as in its spec."""
        return self.spec.name

    def predict(self, features: Float) -> Float:
        """Return the probability of success of each row.

        Parameters
        ----------
        features : float64[n, n_columns]
            Rows in the columns of :attr:`feature_set`; missing values are NaN.

        Returns
        -------
        float64[n]

        Raises
        ------
        InputError
            If the number of columns differs, or a value is infinite.
        """
        expected = len(self.feature_set.columns)
        if features.ndim != 2 or features.shape[1] != expected:
            raise InputError(f"model {self.name} needs {expected} columns", got=f"an array of shape {features.shape}")
        if np.isinf(features).any():
            raise InputError("a feature is infinite", hint="a value that is not known is NaN")
        return self.calibration(self.estimator.score(features))

    def predict_responses(self, responses: Responses, curriculum: Curriculum, earlier: Earlier | None = None) -> Float:
        """Return the probability of success of each response, from strictly earlier ones of the same learner.

        Parameters
        ----------
        responses : Responses
            Whole histories, in fold order.
        curriculum : Curriculum
            Prerequisites and areas of the skills.
        earlier : Earlier, optional
            Histories before corrections: answers of before one are predicted from what was known then.

        Returns
        -------
        float64[n]
            In the order of `responses`; items and skills never seen fall back to their skill, area or the whole.
        """
        return self.predict(self.features_of(responses, curriculum, earlier))

    def features_of(self, responses: Responses, curriculum: Curriculum, earlier: Earlier | None = None) -> Float:
        """Return the feature rows of unseen learners, float64[n, n_columns]."""
        features = read_with(self.item_statistics, responses, self.feature_set, curriculum)
        if earlier is not None:
            places, then = earlier.places(responses, np.arange(len(responses)))
            features[places] = self.features_of(earlier.responses, curriculum)[then]
        return features

    def mastery(self, profile: Profile, skill_ids: Sequence[str], now: int | None) -> Float:
        """Return the probability that this learner succeeds now on each skill's reference item.

        Parameters
        ----------
        profile : Profile
            Folded with this model's feature set and item statistics.
        skill_ids : sequence of str
            Skills to read.
        now : int or None
            Microseconds UTC; None without a clock.

        Returns
        -------
        float64[n_skills]
        """
        return self.predict(profile.read_skills(skill_ids, now))

    @property
    def tells_spread(self) -> bool:
        """Return whether :meth:`mastery_interval` can be asked: the model is one that reads skills."""
        return self.spread is not None

    def mastery_interval(
        self, profile: Profile, skill_ids: Sequence[str], now: int | None, level: float = 0.8
    ) -> Intervals:
        """Return how likely success is on each skill's reference item, and how far off that may be.

        Parameters
        ----------
        profile, skill_ids, now
            As for :meth:`mastery`, whose probabilities are the mean.
        level : float
            Share of true probabilities that the interval is to hold.

        Returns
        -------
        Intervals
            Narrower with more answers, wider with more days since the skill was last answered.

        Raises
        ------
        InputError
            If the model is not one that reads skills, or the level is not between 0 and 1.
        """
        return self.mastery_intervals([profile], skill_ids, [now], level)

    def mastery_intervals(
        self,
        profiles: Sequence[Profile],
        skill_ids: Sequence[str],
        now: Sequence[int | None],
        level: float = 0.8,
    ) -> Intervals:
        """Return the same of several learners, one after the other: all skills of the first, then of the next.

        Read in one go, which costs a learner of a class a third of what it costs alone.
        """
        if self.spread is None:
            hint = 'a model with reads = "skills" in its spec can'
            raise InputError(f"model {self.name} does not say how far off it may be", got=self.spec.reads, hint=hint)
        if not profiles:
            return Intervals(np.empty(0), np.empty(0), level)
        rows = [profile.read_skills(skill_ids, at) for profile, at in zip(profiles, now, strict=True)]
        size = len(skill_ids)
        answers, days = np.zeros((len(rows), size), dtype=np.int64), np.full((len(rows), size), np.nan)
        place = {skill: number for number, skill in enumerate(skill_ids)}
        for row, (profile, at) in enumerate(zip(profiles, now, strict=True)):
            timed = at if profile.clock is not False else None
            for skill, one in profile.evidence().items():
                if skill in place:
                    answers[row, place[skill]], days[row, place[skill]] = one.answers, _days(one, timed)
        total = np.repeat([profile.answers for profile in profiles], size)
        return self.spread.around(self.predict(np.concatenate(rows)), answers.ravel(), total, days.ravel(), level)

    def files(self) -> dict[str, bytes]:
        """Return the model as text and JSON files, with an index that holds the SHA-256 of each."""
        parts = {
            "spec.json": canonical_json(self.spec.model_dump(mode="json")),
            "features.json": self.feature_set.to_json().encode(),
            "item_statistics.json": self.item_statistics.to_json().encode(),
            "calibration.json": self.calibration.to_json().encode(),
            **({} if self.spread is None else {SPREAD: self.spread.to_json().encode()}),
            **self.estimator.files(),
        }
        index = {"format": FORMAT, "name": self.name, "kind": self.spec.kind, "files": sums(parts)}
        return {**parts, INDEX: canonical_json(index)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> FittedModel:
        """Read what :meth:`files` wrote; predictions are bit-identical.

        Raises
        ------
        InputError
            If a file is missing, unknown or differs from the hash in the index; names the file.
        DefinitionError
            If it was fitted by a Polku whose definitions this one does not know.
        """
        verify(files, INDEX, "model", FORMAT, needed=PARTS)
        parts = dict(files)
        spec = validate(json.loads(parts["spec.json"]), ModelSpec, Path("spec.json"))
        if (SPREAD in parts) != (spec.reads == "skills"):
            raise InputError(
                f"model file {SPREAD} does not go with its spec", got=spec.reads, hint="fit the model again"
            )
        return cls(
            spec=spec,
            feature_set=FeatureSet.from_json(parts["features.json"].decode()),
            item_statistics=ItemStatistics.from_json(parts["item_statistics.json"].decode()),
            estimator=ESTIMATORS[spec.kind, spec.reads].from_files(parts),
            calibration=Calibration.from_json(parts["calibration.json"].decode()),
            spread=Spread.from_json(parts[SPREAD].decode()) if SPREAD in parts else None,
        )

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 over the names and contents of all files."""
        return digest(*(part for name, content in sorted(self.files().items()) for part in (name, content)))


def _days(evidence: Evidence, now: int | None) -> float:
    """Return the days since the last answer on a skill, never negative; NaN without a clock or an answer."""
    if now is None or evidence.last_answered_at is None:
        return math.nan
    return max(now - evidence.last_answered_at, 0) / MICROSECONDS_PER_DAY
