"""How a model does where it has seen nobody: trained on all other schools, or municipalities, and asked about one."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training.evaluation import assess
from polku.training.fitting import OnStep

MOST: Final = 12
"""Each place left out costs a fit; more places than this are put together to so many folds of whole places."""

Texts = NDArray[np.object_]


def places_of(responses: Responses, known: dict[str, str] | None = None) -> Texts:
    """Return the school of each learner: the one of most of their answers, else the one that is `known`.

    Parameters
    ----------
    responses : Responses
        Answers, with or without schools.
    known : dict of str to str, optional
        School by learner id, as of a roster, for learners whose answers name none.

    Returns
    -------
    object[L]
        Of ``responses.learners``; None where nothing is known.
    """
    found: Texts = np.array([(known or {}).get(learner) for learner in responses.learners], dtype=object)
    if responses.school_id is not None:
        rows = pd.DataFrame({"learner": responses.learner, "school": responses.school_id}).dropna()
        most = rows.groupby("learner")["school"].agg(lambda schools: schools.mode().iloc[0])
        found[most.index.to_numpy()] = most.to_numpy(dtype=object)
    return found


def folds_of_places(places: Texts, most: int = MOST) -> Texts:
    """Name the fold of each learner: the place itself, or places put together where there are too many.

    Parameters
    ----------
    places : object[L]
        Place of each learner; None where it is not known.
    most : int
        Number of folds at most, at least 2.

    Returns
    -------
    object[L]
        None where the place is not known.

    Raises
    ------
    InputError
        If there are fewer than two places.

    Examples
    --------
    >>> folds_of_places(np.array(["a", "a", "b", None], dtype=object)).tolist()
    ['a', 'a', 'b', None]
    >>> folds_of_places(np.array(["a", "a", "b", "c"], dtype=object), most=2).tolist()
    ['fold 1: 1 school', 'fold 1: 1 school', 'fold 2: 2 schools', 'fold 2: 2 schools']
    """
    sizes = pd.Series(places, dtype=object).value_counts().sort_index()
    if len(sizes) < 2:
        hint = "responses or a roster with school_id"
        raise InputError("leaving a school out takes at least two", got=f"{len(sizes)} school(s)", hint=hint)
    if len(sizes) <= most:
        return places
    members: list[list[str]] = [[] for _ in range(most)]
    learners = np.zeros(most, np.int64)
    for place, size in sizes.sort_values(ascending=False, kind="stable").items():
        smallest = int(np.argmin(learners))
        members[smallest].append(str(place))
        learners[smallest] += size
    names = {
        place: f"fold {number}: {len(fold)} school{'s' if len(fold) > 1 else ''}"
        for number, fold in enumerate(members, start=1)
        for place in fold
    }
    return np.array([names.get(place) for place in places], dtype=object)


def predict_elsewhere(
    responses: Responses,
    folds: Texts,
    spec: ModelSpec,
    home: Home,
    curriculum: Curriculum,
    *,
    on_step: OnStep | None = None,
) -> pd.DataFrame:
    """Predict the learners of each place from a model fitted on all the others.

    Parameters
    ----------
    responses : Responses
        All responses.
    folds : object[L]
        Place of each learner; those without one (None) are in nobody's training and are not predicted.
    spec : ModelSpec
        Which model; its seed is used.
    home : Home
        Where the features are defined.
    curriculum : Curriculum
        Prerequisites and areas of the skills.
    on_step : callable, optional
        Called with (done, total) places.

    Returns
    -------
    DataFrame
        ``place, learner_id, response_id, y_true, y_prob``. Near-twins of a place's learners are left out of its
        training.
    """
    names = sorted({place for place in folds if place is not None})
    known = np.array([place is not None for place in folds])
    parts = []
    for done, name in enumerate(names, start=1):
        here = folds == name
        train, test = responses.of_learners(known & ~here), responses.of_learners(here)
        found = assess(train, test, spec, home, curriculum).predictions
        parts.append(found[["learner_id", "response_id", "y_true", "y_prob"]].assign(place=name))
        if on_step is not None:
            on_step(done, len(names))
    return pd.concat(parts, ignore_index=True)
