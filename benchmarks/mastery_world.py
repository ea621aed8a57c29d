"""Readouts beside the truth: simulated learners whose probability of success is known at every moment.

A world of its own rather than a municipality: every learner works through the same skills in an order of their own and
comes back to earlier ones at random, so that what is practised, and when, says nothing about what is known. Memory
fades by a known law (:mod:`polku.simulate.laws.strength`). Half of the learners train, the other half is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import profiles_of
from polku.records import Responses
from polku.simulate.world import DAY, World
from polku.training import FittedModel, fit, load_spec

Float = NDArray[np.float64]
Int = NDArray[np.int64]
START = 20_000 * DAY
LEARNERS, ANSWERS, DAYS = 1200, 150, 200
SKILLS = 40
PACE = 5
"""Answers a session."""
RETURN = 0.5
"""Share of answers on a skill met earlier."""
LATER = (0, 10, 40, 100)
"""Days after the last day at which readouts are made."""
LEVELS = (0.5, 0.8, 0.9)
EVIDENCE = (1, 2, 3, 5, 8, 13, 1000)
TOLD = 3
"""Answers before a path speaks of a skill."""
GAPS = (0, 3, 10, 30, 60, 120, 1000)


@dataclass(frozen=True, eq=False)
class Simulated:
    """A world after its last day, and what its learners answered."""

    world: World
    curriculum: Curriculum
    responses: Responses


def live(seed: int, learners: int = LEARNERS) -> Simulated:
    """Let learners practise; everything is drawn from `seed`."""
    curriculum = Curriculum.of_skills([f"skill-{number:02d}" for number in range(SKILLS)])
    world = World.fresh(curriculum, learners=learners, law="strength", seed=seed)
    rng = np.random.default_rng(seed)
    skill, at = _practice(learners, rng)
    size = np.diff(world.bank.start)[skill]
    item = world.bank.start[skill] + (rng.random(skill.shape) * size).astype(np.int64)
    learner = np.repeat(np.arange(learners), ANSWERS)
    correct = world.run(learner, item.ravel(), at.ravel())
    columns = {
        "response_id": [f"r{row:07d}" for row in range(len(learner))],
        "learner_id": [f"p{one:05d}" for one in learner],
        "item_id": world.bank.ids[item.ravel()],
        "skill_ids": [";".join(world.bank.skill_ids(int(one))) for one in item.ravel()],
        "answered_at": at.ravel(),
        "correct": correct.astype(np.float64),
    }
    return Simulated(world, curriculum, Responses.from_columns(columns, clock=True))


def _practice(learners: int, rng: np.random.Generator) -> tuple[Int, Int]:
    """Return the skill and the time of every answer, each int64[learners, ANSWERS]."""
    order = np.argsort(rng.random((learners, SKILLS)), axis=1)
    sessions = ANSWERS // PACE
    day = np.sort(rng.integers(0, DAYS, (learners, sessions)), axis=1)
    at = START + np.repeat(day * DAY, PACE, axis=1) + np.tile(np.arange(PACE), sessions) * 60_000_000
    at += np.repeat(np.tile(np.arange(sessions), (learners, 1)) * 600_000_000, PACE, axis=1)  # two sessions of one day
    upto = np.arange(ANSWERS) * SKILLS // ANSWERS
    back = (rng.random((learners, ANSWERS)) * (upto + 1)).astype(np.int64)
    place = np.where(rng.random((learners, ANSWERS)) < RETURN, back, upto)
    return np.take_along_axis(order, place, axis=1), at


def read(simulated: Simulated, home: Home, seed: int) -> tuple[FittedModel, pd.DataFrame]:
    """Fit on half of the learners, read every skill of the others at several times.

    Returns
    -------
    FittedModel
        What was fitted.
    DataFrame
        ``answers, days, later, p, truth`` and ``low_x, high_x`` by level x in per cent; skills with answers only.
    """
    responses = simulated.responses
    train = np.arange(len(responses.learners)) % 2 == 0
    model = fit(load_spec(home, "mastery"), home, responses.of_learners(train), simulated.curriculum, seed)
    held = responses.of_learners(~train)
    parts = []
    for learner_id, profile in profiles_of(held, model.feature_set, model.item_statistics, simulated.curriculum):
        shown = profile.evidence()
        skills = list(shown)
        answers = np.array([one.answers for one in shown.values()])
        last = np.array([one.last_answered_at for one in shown.values()], dtype=np.int64)
        for later in LATER:
            now = START + (DAYS + later) * DAY
            truth = _truth(simulated.world, int(learner_id[1:]), skills, now)
            columns = {"answers": answers, "days": (now - last) / DAY, "later": later, "truth": truth}
            for level in LEVELS:
                found = model.mastery_interval(profile, skills, now, level)
                columns |= {"p": found.mean, f"low_{level:.0%}": found.low, f"high_{level:.0%}": found.high}
            parts.append(pd.DataFrame(columns))
    return model, pd.concat(parts, ignore_index=True)


def _truth(world: World, learner: int, skills: list[str], now: int) -> Float:
    """Return the true probability of success on each skill's reference item."""
    place = np.array([world.bank.skills.index(skill) for skill in skills])
    items = world.bank.reference[place]
    return world.success(np.full(len(items), learner), items, np.full(len(items), now), planted=False)


def coverage(readings: pd.DataFrame) -> pd.DataFrame:
    """Return by answers on the skill how often the truth lies inside, and how far off readings are."""
    lines = []
    for (low, high), group in _between(readings, "answers", EVIDENCE):
        inside = {
            f"{level:.0%}": float(group["truth"].between(group[f"low_{level:.0%}"], group[f"high_{level:.0%}"]).mean())
            for level in LEVELS
        }
        width = (group["high_80%"] - group["low_80%"]).mean()
        lines.append({"answers": _name(low, high), "n": len(group), **inside, "width_80%": width, **_off(group)})
    return pd.DataFrame(lines).set_index("answers")


def forgetting(readings: pd.DataFrame) -> pd.DataFrame:
    """Return mean readout and truth by days since the last answer, for skills with as many as paths ask for."""
    told = readings[readings["answers"] >= TOLD]
    lines = [
        {"days": _name(low, high), "n": len(group), "read": group["p"].mean(), "truth": group["truth"].mean()}
        for (low, high), group in _between(told, "days", GAPS)
    ]
    found = pd.DataFrame(lines).set_index("days")
    return found.assign(
        read_fall=found["read"] - found["read"].iloc[0], true_fall=found["truth"] - found["truth"].iloc[0]
    )


def _between(frame: pd.DataFrame, column: str, edges: tuple[int, ...]) -> list[tuple[tuple[int, int], pd.DataFrame]]:
    """Return the rows between each two edges, the upper one left out."""
    pairs = list(pairwise(edges))
    groups = [((low, high), frame[frame[column].between(low, high, inclusive="left")]) for low, high in pairs]
    return [(pair, group) for pair, group in groups if len(group)]


def _off(group: pd.DataFrame) -> dict[str, float]:
    error = group["p"] - group["truth"]
    return {"bias": float(error.mean()), "rmse": float(np.sqrt((error**2).mean()))}


def _name(low: int, high: int) -> str:
    return f"{low}" if high == low + 1 else f"{low}+" if high >= 1000 else f"{low}-{high - 1}"
