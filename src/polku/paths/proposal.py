"""From a learner's profile to a path: the one composition that service, command line and audit share.

What is audited is thus exactly what is served. A model, where one is released, says how likely success is on
each skill now; without one the built-in estimate speaks for the skills that have answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.home import digest
from polku.paths.planner import plan
from polku.paths.policy import policy_hash
from polku.paths.readings import Readings
from polku.paths.values import Path, SkillState
from polku.profiles import Evidence, Profile, estimate
from polku.schemas.policy import PathPolicy

LONG = 50
"""Steps of a path that is planned to be audited rather than shown."""


class Spreads(Protocol):
    """How likely success is on each skill, and how far off that may be: :class:`polku.training.spread.Intervals`."""

    @property
    def mean(self) -> NDArray[np.float64]:
        """Return the probability of success on each skill's reference item, float64[n_skills]."""

    @property
    def sd(self) -> NDArray[np.float64]:
        """Return its standard deviation, float64[n_skills]."""


class ReadsMastery(Protocol):
    """What says how likely success is: :class:`polku.training.FittedModel`."""

    @property
    def tells_spread(self) -> bool:
        """Return whether :meth:`mastery_intervals` can be asked."""

    def mastery(self, profile: Profile, skill_ids: tuple[str, ...], now: int | None) -> NDArray[np.float64]:
        """Return the probability of success on each skill's reference item, float64[n_skills]."""

    def mastery_intervals(
        self, profiles: Sequence[Profile], skill_ids: tuple[str, ...], now: Sequence[int | None]
    ) -> Spreads:
        """Return the same of several learners, one after the other, with its spread."""


@dataclass(frozen=True)
class Wishes:
    """What people have settled for one learner; nothing here is estimated.

    Parameters
    ----------
    grade : int or None
        From the roster, or asked for.
    goal : str or None
        Skill to lead to, asked for now.
    goals, pins : tuple of str
        Skills that the teacher leads to, and wants first.
    locked : collection of str
        Skills that the teacher keeps away.
    syllabus : {"long", "short"} or None
        Upper-secondary syllabus, where somebody said so.
    decided : tuple of str or None
        Skills of a decided adapted syllabus; None where there is no decision.
    horizon : int or None
        Steps left until the goals are looked at, where a teacher says how many.
    repairs : int
        Steps taken last, in a row, that returned to something earlier.
    explore : bool
        Whether the policy's declared share may be drawn; a teacher may switch it off.
    steps : int
        Longest path.
    rejected : collection of str
        Skills put aside by teacher or learner.
    previous : Path or None
        What was offered before; steadiness asks for it.
    """

    grade: int | None = None
    goal: str | None = None
    goals: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    locked: Collection[str] = field(default_factory=frozenset)
    syllabus: str | None = None
    decided: tuple[str, ...] | None = None
    horizon: int | None = None
    repairs: int = 0
    explore: bool = True
    steps: int = 5
    rejected: Collection[str] = field(default_factory=frozenset)
    previous: Path | None = None


def states_of(
    profile: Profile, curriculum: Curriculum, model: ReadsMastery | None, now: int | None
) -> Mapping[str, SkillState]:
    """Return what the answers say about each skill.

    Parameters
    ----------
    profile : Profile
        Up to date.
    curriculum : Curriculum
        Whose skills to read.
    model : FittedModel or None
        Reads every skill; None reads only skills with answers, by :func:`polku.profiles.estimate`.
    now : int or None
        Microseconds UTC; None without a clock.

    Returns
    -------
    mapping of str to SkillState
        The standard deviation is the built-in estimate's, a measure of how much there is to go on, or the model's own
        where that is larger: what other skills lend may move an estimate, but makes nobody sure of this one.
    """
    return states_of_all([profile], curriculum, model, [now])[0]


def states_of_all(
    profiles: Sequence[Profile], curriculum: Curriculum, model: ReadsMastery | None, now: Sequence[int | None]
) -> list[Mapping[str, SkillState]]:
    """Return the same of several learners, each at a time of their own; the model reads all of them in one go."""
    if model is None:
        return [_by_answers(profile, curriculum) for profile in profiles]
    if not model.tells_spread:
        means = [model.mastery(*one) for one in zip(profiles, repeat(curriculum.order), now)]
        return [Readings.of(profile, curriculum, mean, None) for profile, mean in zip(profiles, means, strict=True)]
    found = model.mastery_intervals(profiles, curriculum.order, now)
    size = len(curriculum.order)
    parts = [slice(first, first + size) for first in range(0, size * len(profiles), size)]
    return [
        Readings.of(profile, curriculum, found.mean[part], found.sd[part])
        for profile, part in zip(profiles, parts, strict=True)
    ]


def _by_answers(profile: Profile, curriculum: Curriculum) -> Mapping[str, SkillState]:
    evidence = profile.evidence()
    return {
        skill: _state(*estimate(evidence[skill]), evidence[skill]) for skill in curriculum.order if skill in evidence
    }


def _state(p: float, sd: float, evidence: Evidence) -> SkillState:
    right = evidence.recent_success / evidence.weight if evidence.answers else None
    return SkillState(p, evidence.answers, sd, evidence.last_answered_at, right)


def propose(  # noqa: PLR0913 - everything a proposal stands on is named
    profile: Profile,
    states: Mapping[str, SkillState],
    curriculum: Curriculum,
    policy: PathPolicy,
    wishes: Wishes,
    *,
    learner_id: str,
    modelled: bool,
    now: int | None = None,
) -> Path:
    """Suggest a path for one learner.

    Parameters
    ----------
    profile : Profile
        The learner's, up to date.
    states : mapping of str to SkillState
        What it says of each skill; from :func:`states_of`.
    curriculum, policy
        What orders paths, and how.
    wishes : Wishes
        What people have settled.
    learner_id : str
        Seeds what little is drawn, with the last event and the policy; nothing else depends on it.
    modelled : bool
        Whether `states` come from a model; else the path stands on the prerequisite rule.
    now : int, optional
        Microseconds UTC.

    Returns
    -------
    Path
    """
    return plan(
        curriculum,
        states,
        policy,
        grade=wishes.grade,
        goal=wishes.goal,
        goals=wishes.goals,
        pins=wishes.pins,
        locked=wishes.locked,
        syllabus=wishes.syllabus,
        decided=wishes.decided,
        horizon=wishes.horizon,
        repairs=wishes.repairs,
        explore=wishes.explore,
        steps=wishes.steps,
        rejected=wishes.rejected,
        previous=wishes.previous,
        rung="model" if modelled else "prerequisite_rule",
        seed=seed_of(learner_id, profile, policy),
        answers_total=profile.answers,
        now=now,
    )


def seed_of(learner_id: str, profile: Profile, policy: PathPolicy) -> int:
    """Return the seed of a learner's path: the same until a new answer or another policy comes."""
    return int(digest(learner_id, repr(profile.last_key), policy_hash(policy))[:15], 16)
