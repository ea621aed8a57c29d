"""A world that keeps a log of suggestions, and knows what another policy would have led to.

Learners of :class:`polku.simulate.World` practise three suggested skills in a row, a week apart. The policy that
suggests scores every skill by what it sees, and draws a declared share among those within a margin of the best. The
check a week later asks for one item of every skill and teaches nothing, so that it can be put to the truth as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.paths.evaluation import Alternative, Decision
from polku.simulate import World
from polku.simulate.config import LawName

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
DAY = 86_400_000_000
WEEK = 7 * DAY
DECISIONS, ATTEMPTS, PRETEST = 3, 6, 2
MARGIN, AIM, SHOWN = 0.2, 0.6, 0.55
WEIGHTS = {"difficulty": 0.5, "readiness": 0.4, "order": 0.1}
GRAPH = {"a": "", "b": "a", "c": "b", "d": "a", "e": "d c", "f": "", "g": "f", "h": "g d"}
Chances = Callable[[Floats, Mask], Floats]
"""From scores and what is acceptable, float64[n, s] and bool[n, s], to the probability of each skill, float64[n, s]."""


def curriculum() -> Curriculum:
    """Return eight skills on two strands that meet."""
    skills = [f'{{"id": "{name}", "prerequisites": {before.split()}}}' for name, before in GRAPH.items()]
    return Curriculum.from_json(f'{{"skills": [{", ".join(skills)}]}}'.replace("'", '"'))


def drawing(share: float) -> Chances:
    """Return the policy that suggests the best, and now and then another acceptable skill."""

    def chances(score: Floats, acceptable: Mask) -> Floats:
        return share * uniform(score, acceptable) + (1.0 - share) * best(score, acceptable)

    return chances


def uniform(score: Floats, acceptable: Mask) -> Floats:
    """Return equal chances for what is acceptable."""
    del score
    found: Floats = acceptable / acceptable.sum(axis=1, keepdims=True)
    return found


def best(score: Floats, acceptable: Mask) -> Floats:
    """Return certainty for the best score."""
    del acceptable
    found: Floats = np.eye(score.shape[1])[score.argmax(axis=1)]
    return found


def in_order(score: Floats, acceptable: Mask) -> Floats:
    """Return certainty for the acceptable skill that comes first in the curriculum."""
    del score
    found: Floats = np.eye(acceptable.shape[1])[acceptable.argmax(axis=1)]
    return found


TARGETS: dict[str, Chances] = {"best": best, "uniform": uniform, "curriculum_order": in_order}


@dataclass
class Course:
    """Learners on their way, and what has been seen of them."""

    world: World
    graph: Curriculum
    rng: np.random.Generator
    right: Floats
    asked: Floats
    now: int = 0

    @classmethod
    def begin(cls, learners: int, law: LawName, seed: int) -> Course:
        """Let everybody take a short test, so that standings differ."""
        graph = curriculum()
        world = World.fresh(graph, learners=learners, law=law, seed=seed)
        nothing = np.zeros((learners, len(graph)))
        course = cls(world, graph, np.random.default_rng(seed), nothing, nothing.copy())
        for skill in range(len(graph)):
            for _ in range(PRETEST):
                course.practise(np.full(learners, skill), times=1)
        return course

    @property
    def everybody(self) -> NDArray[np.int64]:
        """Return all positions."""
        return np.arange(len(self.right))

    @property
    def p(self) -> Floats:
        """Return the estimate from the answers alone, float64[n, s]."""
        return (2.0 + self.right) / (4.0 + self.asked)

    def practise(self, skill: NDArray[np.int64], times: int = ATTEMPTS) -> None:
        """Let everybody answer items of a skill of their own."""
        bank = self.world.bank
        for _ in range(times):
            items = bank.start[skill] + self.rng.integers(0, 3, len(skill))
            self.now += DAY // 24
            correct = self.world.attempt(self.everybody, items, np.full(len(skill), self.now))
            self.right[self.everybody, skill] += correct
            self.asked[self.everybody, skill] += 1.0
        self.now += WEEK

    def terms(self) -> dict[str, Floats]:
        """Return what the score adds up from, float64[n, s] each."""
        p, place = self.p, np.arange(len(self.graph))
        shown = p >= SHOWN
        ready = np.ones_like(p)
        for skill, name in enumerate(self.graph.order):
            before = [self.graph.index(other) for other in self.graph.prerequisites(name)]
            if before:
                ready[:, skill] = shown[:, before].mean(axis=1)
        points = {
            "difficulty": 1.0 - np.abs(p - AIM) / AIM,
            "readiness": ready,
            "order": 1.0 - place / len(place) + 0 * p,
        }
        return {name: WEIGHTS[name] * value for name, value in points.items()}

    def check(self) -> Floats:
        """Return the share of right answers in a check a week from now, of one item a skill that is never practised."""
        n, skills = self.right.shape
        items = np.tile(self.world.bank.start[:-1] + 4, n)
        chance = self.world.success(np.repeat(self.everybody, skills), items, np.full(n * skills, self.now + WEEK))
        found: Floats = (self.rng.random(n * skills) < chance).reshape(n, skills).mean(axis=1)
        return found

    def step(self, chances: Chances) -> tuple[NDArray[np.int64], Floats, dict[str, Floats]]:
        """Suggest once; return what was suggested, the chances, and the terms."""
        terms = self.terms()
        score = np.add.reduce(list(terms.values()))
        probability = chances(score, score >= score.max(axis=1, keepdims=True) - MARGIN)
        edges = probability.cumsum(axis=1)
        skill = (self.rng.random((len(score), 1)) * edges[:, -1:] >= edges).sum(axis=1)
        return skill, probability, terms


def logged(learners: int, share: float, seed: int, law: LawName = "strength") -> list[list[Decision]]:
    """Return what a policy that draws a share has logged: one list of decisions a learner."""
    course = Course.begin(learners, law, seed)
    rounds, checks, before = [], [], []
    for _ in range(DECISIONS):
        before.append(course.check())
        p = course.p
        skill, probability, terms = course.step(drawing(share))
        rounds.append((course.now, p, skill, probability, terms))
        course.practise(skill)
        checks.append(course.check())
    return [
        [
            _decision(course.graph, learner, one, [(check - before[place])[learner] for check in checks[place:]])
            for place, one in enumerate(rounds)
        ]
        for learner in range(learners)
    ]


def _decision(
    graph: Curriculum,
    learner: int,
    one: tuple[int, Floats, NDArray[np.int64], Floats, dict[str, Floats]],
    gains: list[float],
) -> Decision:
    now, p, skill, probability, terms = one
    alternatives = tuple(
        Alternative(
            name,
            float(probability[learner, place]),
            float(sum(points[learner, place] for points in terms.values())),
            {term: float(points[learner, place]) for term, points in terms.items()},
            float(p[learner, place]),
        )
        for place, name in enumerate(graph.order)
    )
    return Decision(f"L{learner:06d}", now, graph.order[skill[learner]], alternatives, gains=tuple(map(float, gains)))


def truth(learners: int, share: float, target: Chances, horizon: int, seed: int, law: LawName = "strength") -> float:
    """Return what following `target` for some decisions leads to, from every moment at which the log has a decision."""
    found = []
    for start in range(DECISIONS - horizon + 1):
        course = Course.begin(learners, law, seed)
        for _ in range(start):
            course.practise(course.step(drawing(share))[0])
        before = course.check()
        for _ in range(horizon):
            course.practise(course.step(target)[0])
        found.append(float(np.mean(course.check() - before)))
    return float(np.mean(found))
