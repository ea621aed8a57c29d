"""A course: a curriculum, learners with a past, the goals of a term, and a clock; nothing here chooses a skill.

The past is lived in the world itself (:class:`polku.simulate.World`): lessons of earlier grades, of which each
learner has missed some, a little of this term's goals, and a few answers that every planner sees. A step is one short
task on a school day: ``ITEMS`` items of one skill. Items, traits and luck belong to the seed, the learner and the
occasion, so that two planners meet the same ones.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.simulate.config import GROUPS, LawName
from polku.simulate.items import prerequisite_table
from polku.simulate.luck import stream
from polku.simulate.planted import BASE_RATES
from polku.simulate.school.people import SHARES
from polku.simulate.world import DAY, World

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Mask = NDArray[np.bool_]
START = 20_000
ITEMS = 3
"""Items of one step."""
CHECK_DAYS = 14
"""Days from the last step to the check."""
LESSONS, REFRESHERS, GLIMPSES = 10, 2, 2
"""Lessons on a skill in its grade, in each grade after it, and on a skill of this term so far (at most)."""
ANSWERED = 3
"""Every so many lessons end with an answer that planners see."""
YEAR, APART = 365, 20
MISSED = 0.25
"""Share of earlier skills whose lessons a typical learner has missed."""
ASKED = 12
"""Answers before the first step."""
AREAS = (0.35, 0.4, 0.25)


@dataclass(frozen=True, eq=False)
class Course:
    """What is taught, and to what end; `S` skills in curriculum order.

    Parameters
    ----------
    name : str
        For tables.
    curriculum : Curriculum
        What planners are told.
    grade : int
        Of the learners.
    goals : int64 array, shape (G,)
        Positions of the skills that the check asks about.
    """

    name: str
    curriculum: Curriculum
    grade: int
    goals: Int
    before: Int = field(init=False)
    grades: Int = field(init=False)
    way: Mask = field(init=False)
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Work out prerequisites, shape (S, P), and the goals with all that they build on, shape (S,)."""
        order = self.curriculum.order
        names = [order[place] for place in self.goals]
        way = set(names).union(*(self.curriculum.ancestors(name) for name in names))
        object.__setattr__(self, "place", {name: place for place, name in enumerate(order)})
        object.__setattr__(self, "before", prerequisite_table(self.curriculum))
        grades = [self.curriculum.skills[name].grade or 0 for name in order]
        object.__setattr__(self, "grades", np.array(grades, dtype=np.int64))
        object.__setattr__(self, "way", np.array([name in way for name in order], dtype=np.bool_))


@dataclass(eq=False)
class Seen:
    """What planners see: the answers so far as columns, shape (L, S) unless said; the built-in estimate's own sums."""

    answers: Int
    success: Float
    weight: Float
    last: Float
    run: Int
    recent: Int
    log: list[tuple[Int, Int, Int, Mask]] = field(default_factory=list)

    @classmethod
    def nothing(cls, learners: int, skills: int) -> Seen:
        """Return what is seen before any answer."""
        whole, sums = np.zeros((2, learners, skills), dtype=np.int64), np.zeros((2, learners, skills))
        return cls(whole[0], sums[0], sums[1], np.full((learners, skills), np.nan), whole[1], np.full(learners, -1))

    def take_in(self, skill: Int, correct: Mask, day: float, who: Int) -> None:
        """Take in one answer of each learner in `who`; newer ones count more, as in ``profiles.Evidence``."""
        fade = 0.5 ** (1 / 8)
        at = (who, skill)
        self.answers[at] += 1
        self.success[at] = fade * self.success[at] + correct
        self.weight[at] = fade * self.weight[at] + 1.0
        self.run[at] = np.where(correct, self.run[at] + 1, 0)
        self.last[at] = day
        self.recent[who] = skill

    @property
    def p(self) -> Float:
        """Return the built-in estimate of every skill."""
        return (2.0 + self.success) / (4.0 + self.weight)


@dataclass(eq=False)
class Class:
    """Learners on a course at a moment: a world, what was seen, and the day."""

    course: Course
    world: World
    seen: Seen
    luck: Float
    background: pd.DataFrame
    noise: float = 0.0
    steps: int = 0
    first: Float = field(default_factory=lambda: np.empty(0))

    @property
    def day(self) -> float:
        """Return today: one step a school day, five days a week."""
        return START + self.steps + 2 * (self.steps // 5)

    @property
    def everyone(self) -> Int:
        """Return the positions of the learners."""
        return np.arange(len(self.world.occasions))

    def step(self, skill: Int) -> None:
        """Let everyone do a short task on ``skill[i]``."""
        start = self.world.bank.start
        size = start[skill + 1] - start[skill]
        for number in range(ITEMS):
            drawn = self.luck[:, self.steps, number, 0]
            item = start[skill] + (drawn * size).astype(np.int64) % size
            self.ask(self.everyone, item, self.day + number / 1440, self.luck[:, self.steps, number, 1:])
        self.steps += 1

    def ask(self, who: Int, item: Int, day: float, luck: Float) -> None:
        """Let learners `who`, no two equal, answer an item each; `luck`, shape (n, 2), decides on noise."""
        bank = self.world.bank
        at = np.full(len(who), round(day * DAY))
        correct = self.world.attempt(who, item, at)
        correct = np.where(luck[:, 0] < self.noise, luck[:, 1] < 0.5, correct)
        two = np.flatnonzero(bank.second[item] >= 0)
        self.seen.take_in(bank.skill[item], correct, day, who)
        recent = self.seen.recent.copy()
        self.seen.take_in(bank.second[item[two]], correct[two], day, who[two])
        self.seen.recent[:] = recent
        self.seen.log.append((who, item, at, correct))

    def level(self, day: float | None = None) -> Float:
        """Return each learner's mean true success on the goals' reference items, shape (L,)."""
        items = self.world.bank.reference[self.course.goals]
        learners, asked = np.repeat(self.everyone, len(items)), np.tile(items, len(self.everyone))
        at = np.full(len(asked), round((self.day if day is None else day) * DAY))
        found = self.world.success(learners, asked, at)
        level: Float = found.reshape(-1, len(items)).mean(axis=1)
        return level

    def most(self) -> Float:
        """Return the same had everybody full knowledge, shape (L,)."""
        bank, attention = self.world.bank, self.world.law.traits.attention[:, None]
        items = bank.reference[self.course.goals]
        most: Float = (attention * (1 - bank.slip[items]) + (1 - attention) * bank.guess[items]).mean(axis=1)
        return most

    def gain(self) -> Float:
        """Return E_p = (after - before) / (most - before) at a check some days from now, shape (L,).

        The room to gain is the class's mean, so that nobody with hardly any room outweighs the others.
        """
        gain: Float = (self.level(self.day + CHECK_DAYS) - self.first) / (self.most() - self.first).mean()
        return gain

    def copy(self) -> Class:
        """Return a class that goes its own way from here, with the same luck."""
        return replace(self, world=self.world.copy(), seen=copy.deepcopy(self.seen))


def draw_class(course: Course, law: LawName, learners: int, seed: int, *, steps: int = 40, noise: float = 0.0) -> Class:
    """Return learners who have lived their past and answered ``ASKED`` items.

    `noise` is a share of answers that is replaced by a coin.
    """
    world = World.fresh(course.curriculum, learners=learners, law=law, seed=seed)
    rng = stream(seed, "course")
    background = pd.DataFrame(
        {name: rng.choice(GROUPS[name], size=learners, p=SHARES[name]) for name in ("home_language", "support")}
        | {"area_index": rng.choice(GROUPS["area_index"], size=learners, p=AREAS)}
    )
    seen = Seen.nothing(learners, len(course.curriculum))
    found = Class(course, world, seen, rng.random((learners, steps, ITEMS, 3)), background, noise)
    _live(found, rng)
    _ask_around(found, rng)
    found.first = found.level()
    return found


def _missed(learners: Class, rng: np.random.Generator) -> Mask:
    """Draw whose lessons on which skill were missed, shape (L, S): more where a group comes less prepared."""
    background = learners.background
    shift = np.zeros(len(background))
    for (attribute, group), size in BASE_RATES.items():
        if attribute in background:
            shift += size * (background[attribute].to_numpy() == group)
    odds = MISSED / (1 - MISSED) * np.exp(-1.5 * shift + rng.normal(0, 0.7, len(background)))
    drawn: Mask = rng.random((len(background), len(learners.course.curriculum))) < (odds / (1 + odds))[:, None]
    return drawn


def _live(learners: Class, rng: np.random.Generator) -> None:
    """Let everyone attend the lessons of the grades before, less what they missed, and a little of this one."""
    course, missed = learners.course, _missed(learners, rng)
    for grade in range(course.grade):
        begins = START - YEAR * (course.grade - grade)
        own, old = np.flatnonzero(course.grades == grade), np.flatnonzero(course.grades < grade)
        _teach(learners, own, ~missed, begins, LESSONS, rng)
        _teach(learners, own, missed, begins + APART * (LESSONS - 1), 1, rng)
        _teach(learners, old, ~missed, begins + APART * LESSONS, REFRESHERS, rng)
    own = np.flatnonzero(course.grades == course.grade)
    for number in range(GLIMPSES):
        _teach(learners, own, rng.random(missed.shape) < 0.5, START - APART * (GLIMPSES - number), 1)


def _teach(
    learners: Class, places: Int, who: Mask, day: float, rounds: int, rng: np.random.Generator | None = None
) -> None:
    """Give lessons on the skills at `places`, some days apart, to the learners marked in `who`, shape (L, S).

    With `rng` every ``ANSWERED``-th lesson, the last one among them, ends with an answer.
    """
    world, start = learners.world, learners.world.bank.start
    for round_ in range(rounds):
        for number, place in enumerate(places.tolist()):
            some = np.flatnonzero(who[:, place])
            when = day + APART * (round_ + 0.5 * number / len(places))
            if rng is not None and (rounds - 1 - round_) % ANSWERED == 0:
                item = rng.integers(start[place], start[place + 1], size=len(some))
                learners.ask(some, item, when, rng.random((len(some), 2)))
            else:
                world.teach(some, np.full(len(some), place), np.full(len(some), round(when * DAY)))


def _ask_around(learners: Class, rng: np.random.Generator) -> None:
    """Ask ``ASKED`` items on the goals and what they build on, a different draw for each learner."""
    bank, way = learners.world.bank, np.flatnonzero(learners.course.way)
    for number in range(ASKED):
        skill = way[rng.integers(len(way), size=len(learners.everyone))]
        item = bank.start[skill] + (rng.random(len(skill)) * np.diff(bank.start)[skill]).astype(np.int64)
        learners.ask(learners.everyone, item, START - 3 + number / 24, rng.random((len(skill), 2)))
