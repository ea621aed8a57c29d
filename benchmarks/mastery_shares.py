"""Do intervals hold on real answers, where nobody knows the truth: shares of the next first attempts.

The interval is about a probability; what can be seen is how many of a learner's next few first attempts on the skill
are right. If the probability is Beta(κp, κ(1 - p)), that number is beta-binomial. It is discrete, so its place in its
distribution is randomised between the steps (Smith 1985; Czado, Gneiting & Held 2009): uniform where intervals hold.
Coverage at level x is the share of places within x / 2 of the middle.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import betabinom

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles.stops import read_at
from polku.records import Responses
from polku.training import FittedModel, fit, learner_folds, load_spec, twin_groups
from polku.training.anchored import difficulty_column
from polku.training.readouts import again
from polku.training.skill_rows import Future

Float = NDArray[np.float64]
QUESTIONS = 10_000
LEVELS = (0.5, 0.8, 0.9)
EVIDENCE = (1, 2, 3, 5, 8, 13, 10_000)


def shares(responses: Responses, home: Home, curriculum: Curriculum, folds: int, seed: int) -> pd.DataFrame:
    """Return coverage by answers on the skill, over learners that the model has not seen."""
    fold = learner_folds(responses, folds, seed, groups=twin_groups(responses))
    parts = []
    for number in range(folds):
        model = fit(load_spec(home, "mastery"), home, responses.of_learners(fold != number), curriculum, seed)
        rng = np.random.default_rng([seed, number])
        parts.append(_places(model, responses.of_learners(fold == number), curriculum, rng))
    found = pd.concat(parts)
    lines = []
    for low, high in pairwise(EVIDENCE):
        group = found[found["answers"].between(low, high, inclusive="left")]
        off = (group["place"] - 0.5).abs()
        inside = {f"{level:.0%}": float((off <= level / 2.0).mean()) for level in LEVELS}
        lines.append({"answers": f"{low}-{high - 1}", "n": len(group), **inside, "kappa": group["kappa"].median()})
    return pd.DataFrame(lines).set_index("answers")


def _places(model: FittedModel, held: Responses, curriculum: Curriculum, rng: np.random.Generator) -> pd.DataFrame:
    """Return where the number of right answers lies in its predicted distribution, a row a reading."""
    if model.spread is None:
        raise SystemExit("the mastery model tells no spread")
    questions = again(held, QUESTIONS, rng, met=True)
    future = Future.of(held, questions, model.item_statistics.rows(held))
    features = read_at(held, questions.stops, model.feature_set, model.item_statistics, curriculum)
    ability = model.estimator.score(features) + features[:, difficulty_column(model.feature_set)]
    asked = ~np.isnan(future.difficulty)
    p = model.calibration((ability[:, None] - np.nan_to_num(future.difficulty)).ravel()).reshape(asked.shape)
    count = asked.sum(axis=1)
    mean, right = (p * asked).sum(axis=1) / np.maximum(count, 1), np.round(np.nansum(future.correct, axis=1))
    kappa = model.spread.precision(future.skill_answers, future.learner_answers, future.days)
    told = betabinom(count, kappa * mean, kappa * (1.0 - mean))
    place = told.cdf(right - 1) + rng.random(len(count)) * told.pmf(right)
    found = pd.DataFrame({"answers": future.skill_answers, "place": place, "kappa": kappa})
    return found.iloc[np.flatnonzero(count > 1)]
