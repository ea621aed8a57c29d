"""Polku's own models among the peers, and the smoothed difficulty that every model has to beat."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
from scipy.special import expit

from peers.log import Floats, Mask
from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import warm_up
from polku.training import FittedModel, fit_item_statistics, fit_table, load_spec, read_folds, training_table

DIFFICULTY = "difficulty"


class Ours:
    """A model of the home, from the files of the data set to predictions.

    Parameters
    ----------
    name : str
        A model of the home, or "difficulty".
    data : Path
        The data set; reading it is part of the whole run.
    folder : Path
        Where the division of the learners was written.
    """

    def __init__(self, name: str, data: Path, folder: Path) -> None:
        started = time.perf_counter()
        self.responses = read_responses(data).responses
        self.seconds_read = time.perf_counter() - started
        self.fold = read_folds(pd.read_csv(folder / "folds.csv", dtype={"learner_id": str}), self.responses)
        self.curriculum = Curriculum.of_skills(self.responses.skills.tolist())
        self.home = Home.find()
        self.spec = None if name == DIFFICULTY else load_spec(self.home, name)
        self.model: FittedModel | None = None
        warm_up()

    def fit(self, learners: Mask) -> None:
        """Fit on the learners of a mask: features, difficulties, estimator."""
        train = self.responses.of_learners(learners)
        if self.spec is None:
            self.statistics = fit_item_statistics(train, self.curriculum, of_average_learner=False)
            return
        table = training_table(self.spec, self.home, train, self.curriculum, self.spec.seed)
        self.model = fit_table(self.spec, table, self.spec.seed)

    def predict(self, learners: Mask) -> Floats:
        """Return the probability of each response of the learners of a mask."""
        test = self.responses.of_learners(learners)
        if self.model is None:
            return expit(-self.statistics.rows(test))
        return self.model.predict_responses(test, self.curriculum)
