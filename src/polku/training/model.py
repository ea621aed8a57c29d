"""The fitted model: everything needed to predict, as text and JSON, checked by hash."""

from __future__ import annotations

import json
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
from polku.profiles import FeatureSet, ItemStatistics, Profile, build
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training.calibration import Calibration
from polku.training.logistic import Logistic
from polku.training.sealed import canonical_json, sums, verify
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


ESTIMATORS: Final[Mapping[str, type[Estimator]]] = {"lightgbm": Trees, "logistic": Logistic}


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
    """

    spec: ModelSpec
    feature_set: FeatureSet
    item_statistics: ItemStatistics
    estimator: Estimator
    calibration: Calibration

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

    def predict_responses(self, responses: Responses, curriculum: Curriculum) -> Float:
        """Return the probability of success of each response, from strictly earlier ones of the same learner.

        Parameters
        ----------
        responses : Responses
            Whole histories, in fold order.
        curriculum : Curriculum
            Prerequisites and areas of the skills.

        Returns
        -------
        float64[n]
            In the order of `responses`; items and skills never seen fall back to their skill, area or the whole.
        """
        return self.predict(self.features_of(responses, curriculum))

    def features_of(self, responses: Responses, curriculum: Curriculum) -> Float:
        """Return the feature rows of unseen learners, float64[n, n_columns]."""
        statistics = self.item_statistics
        items, skills = statistics.rows(responses), statistics.skill_rows(responses)
        return build(responses, self.feature_set, items, skills, curriculum)

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

    def files(self) -> dict[str, bytes]:
        """Return the model as text and JSON files, with an index that holds the SHA-256 of each."""
        parts = {
            "spec.json": canonical_json(self.spec.model_dump(mode="json")),
            "features.json": self.feature_set.to_json().encode(),
            "item_statistics.json": self.item_statistics.to_json().encode(),
            "calibration.json": self.calibration.to_json().encode(),
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
        return cls(
            spec=spec,
            feature_set=FeatureSet.from_json(parts["features.json"].decode()),
            item_statistics=ItemStatistics.from_json(parts["item_statistics.json"].decode()),
            estimator=ESTIMATORS[spec.kind].from_files(parts),
            calibration=Calibration.from_json(parts["calibration.json"].decode()),
        )

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 over the names and contents of all files."""
        return digest(*(part for name, content in sorted(self.files().items()) for part in (name, content)))
