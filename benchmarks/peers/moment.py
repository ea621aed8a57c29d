"""How long one answer takes: the next response, and the mastery of many skills, of one learner, warm."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from peers.bars import Bar
from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.training import FittedModel, fit, load_spec

LIMIT_MS = 1.0
SKILLS = 150
REPEATS = 200
LEARNERS = 500
"""Training learners: how long reading takes does not depend on how many there were."""


def median_ms(action: Callable[[], object]) -> float:
    """Return the median milliseconds of an action."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        times.append(1000.0 * (time.perf_counter() - started))
    return float(np.median(times))


def moments(data: Path) -> list[Bar]:
    """Return the milliseconds of one next-response prediction and of the mastery of 150 skills."""
    responses = read_responses(data).responses
    responses = responses.of_learners(responses.learners[:LEARNERS].tolist())
    curriculum = Curriculum.of_skills(responses.skills.tolist())
    home = Home.find()
    found = []
    for name, what in (("response", "one next response"), ("mastery", f"mastery of {SKILLS} skills")):
        model = fit(load_spec(home, name), home, responses, curriculum)
        profile = profile_of_the_longest(model, responses, curriculum)
        ask = next_response(model, profile, responses) if name == "response" else mastery(model, profile, responses)
        took = median_ms(ask)
        found.append(Bar(f"{what}, ms", took, took <= LIMIT_MS))
    return found


def profile_of_the_longest(model: FittedModel, responses: Responses, curriculum: Curriculum) -> Profile:
    """Return the profile of the learner with most answers."""
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    longest = int(np.argmax(np.diff(responses.learner_start)))
    profile.fold(responses.of_learners([str(responses.learners[longest])]))
    return profile


def next_response(model: FittedModel, profile: Profile, responses: Responses) -> Callable[[], object]:
    """Return the question how the learner would do on one item."""
    item, skills = responses[0].item_id, list(responses[0].skill_ids)
    return lambda: model.predict(np.atleast_2d(profile.read(item, skills, None)))


def mastery(model: FittedModel, profile: Profile, responses: Responses) -> Callable[[], object]:
    """Return the question how the learner would do on many skills."""
    skills = [*responses.skills.tolist(), *(f"new{number}" for number in range(SKILLS))][:SKILLS]
    return lambda: model.mastery(profile, skills, None)
