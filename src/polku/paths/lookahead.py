"""Looking ahead: what the goals gain if this skill is practised next and the best is made of the steps after it.

A small model of practice, every part of it in textbooks, every number in ``models/path/policy.toml``:

* *belief*: knowledge of a skill rises with every answer on it, more with a correct one, beside the learner's own
  level (performance factors analysis, Pavlik, Cen and Koedinger 2009), and with it what it builds on, and falls with
  days; a model's estimate, guessing and slips taken off, weighs as much as a few answers on the skill;
* *learning*: one task closes a share of what is missing (exponential learning curve), a smaller one where hardly
  anything is there to build on (the slow start of S-shaped curves, Leibowitz et al. 2010), where the least
  known prerequisite is missing (Gagné 1968), and where the skill was met a day or two ago (spacing effect, Cepeda et
  al. 2006);
* *forgetting*: what is known fades by a power law, what is known well more slowly (Wixted and Ebbesen 1991). A goal
  counts as far as it is still known some days after the last step.

Each skill is tried as the next step and followed by steps that always take the goal with the largest gain: a roll-out
of a simple policy, which is never worse than the policy itself (Bertsekas, Tsitsiklis and Wu 1997). All tries go on
side by side in one batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.paths.agreement import MEMORY
from polku.paths.terrain import Numbers
from polku.profiles.estimate import PRIOR_FAILURE, PRIOR_SUCCESS
from polku.profiles.evidence import FADE
from polku.schemas.policy import LookaheadPolicy

Places = NDArray[np.intp]

PRIOR = PRIOR_SUCCESS + PRIOR_FAILURE
"""Answers that the built-in estimate starts from: :func:`polku.profiles.estimate`."""
EDGE = 0.01
"""Nothing is believed more firmly than this far from certain."""
USUAL = 0.6
"""Share of right answers that says neither one thing nor the other about a learner."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """Learners as the look-ahead sees them; `L` of them, `n` skills, `P` prerequisites at most.

    Parameters
    ----------
    known : float64 array, shape (L, n)
        Belief, 0 to 1, about knowledge now.
    rested : float64 array, shape (L, n)
        Days since each skill was met.
    before : intp array, shape (n, P)
        Positions of hard prerequisites, filled up with `n`.
    goals : intp array, shape (g,)
        Positions of the goals.
    """

    known: Numbers
    rested: Numbers
    before: Places
    goals: Places

    def values(self, tried: Places, steps: int, policy: LookaheadPolicy) -> Numbers:
        """Return the expected knowledge of the goals at a later check, by the skill practised next.

        Parameters
        ----------
        tried : intp array, shape (c,)
            Positions of the skills to try as the next step; `n` stands for a step on which nothing is practised.
        steps : int
            Steps left, this one included.
        policy : LookaheadPolicy
            The model of practice.

        Returns
        -------
        float64 array, shape (L, c)
            Mean over the goals.

        Examples
        --------
        >>> from polku.home import Home
        >>> from polku.paths import load_policy
        >>> policy = load_policy(Home.find().models).lookahead
        >>> unknown, long_ago = np.full((1, 3), 0.1), np.full((1, 3), 60.0)
        >>> chain = np.array([[3], [0], [1]])  # c builds on b, b on a
        >>> outlook = Outlook(unknown, long_ago, chain, goals=np.array([1]))
        >>> outlook.values(np.arange(3), 4, policy)[0].argmax()  # towards b, begin with a
        np.int64(0)
        """
        trial = _Trial.of(self, len(tried), policy)
        trial.practise(np.tile(tried, len(self.known)))
        for _ in range(steps - 1):
            trial.go_on()
        return trial.at_check().reshape(len(self.known), len(tried))


@dataclass(eq=False)
class _Trial:
    """Many tries side by side, one row each; an extra last column stands for "no prerequisite", wholly known."""

    known: Numbers
    rested: Numbers
    before: Places
    goals: Places
    policy: LookaheadPolicy

    @classmethod
    def of(cls, outlook: Outlook, times: int, policy: LookaheadPolicy) -> _Trial:
        """Return so many tries of every learner."""
        none = np.ones((len(outlook.known), 1))
        known = np.repeat(np.hstack([outlook.known, none]), times, axis=0)
        rested = np.repeat(np.hstack([outlook.rested, 0.0 * none]), times, axis=0)
        nothing = np.full((1, outlook.before.shape[1]), len(outlook.before))
        return cls(known, rested, np.concatenate([outlook.before, nothing]), outlook.goals, policy)

    def _gain(self, known: Numbers, rested: Numbers, least: Numbers) -> Numbers:
        policy = self.policy
        ready = policy.unready + (1.0 - policy.unready) * least
        spaced = 1.0 - policy.spacing * np.exp(rested * (-1.0 / policy.spacing_days))
        steep = policy.curve + (1.0 - policy.curve) * known
        gain: Numbers = policy.learning * (1.0 - known) * steep * ready * spaced
        return gain

    def practise(self, places: Places) -> None:
        """Let every row practise its own skill; `places` has shape (rows,)."""
        rows = np.arange(len(places))
        least = self.known[rows[:, None], self.before[places]].min(axis=1)
        gain = self._gain(self.known[rows, places], self.rested[rows, places], least)
        self._move(rows, places, gain)

    def go_on(self) -> None:
        """Let every row practise the goal that gains most."""
        goals = self.goals
        least = self.known[:, self.before[goals]].min(axis=2)
        gain = self._gain(self.known[:, goals], self.rested[:, goals], least)
        rows, best = np.arange(len(gain)), gain.argmax(axis=1)
        self._move(rows, goals[best], gain[rows, best])

    def _move(self, rows: Places, places: Places, gain: Numbers) -> None:
        self.known[rows, places] += gain
        self.rested[rows, places] = 0.0
        self.rested += self.policy.step_days

    def at_check(self) -> Numbers:
        """Return the mean knowledge of the goals when they are checked, shape (rows,)."""
        known = self.known[:, self.goals]
        days = self.rested[:, self.goals] + self.policy.check_days
        kept = known * (1.0 + days) ** (-self.policy.fading / (1.0 + 3.0 * known))
        mean: Numbers = kept.mean(axis=1)
        return mean


def belief(p: Numbers, answers: NDArray[np.int64], days: Numbers, before: Places, policy: LookaheadPolicy) -> Numbers:
    """Return what is believed to be known of each skill from the responses alone, 0 to 1, shape (n,).

    The built-in estimate says how answers went on average, and lags behind what was learnt from them. Successes and
    failures are read back from it and counted as practice, beside how the learner's answers go altogether, how the
    least certain prerequisite stands, and how long ago the skill was met.

    Parameters
    ----------
    p : float64 array, shape (n,)
        Built-in estimate of success, NaN where there are no answers.
    answers : int64 array, shape (n,)
        Answers on each skill.
    days : float64 array, shape (n,)
        Days since each was met.
    before : intp array, shape (n, P)
        Positions of hard prerequisites, filled up with `n`.
    policy : LookaheadPolicy
        The model of practice.
    """
    seen = np.minimum(answers, MEMORY)
    rate = np.where(np.isnan(p), 0.5, p)
    right = np.clip(rate * (PRIOR + seen) - PRIOR_SUCCESS, 0.0, seen)
    level = (PRIOR_SUCCESS + right.sum()) / (PRIOR + seen.sum())
    least = np.append(rate, 1.0)[before].min(axis=1, initial=1.0)
    odds = policy.start + policy.success * right + policy.failure * (seen - right)
    odds += policy.level * (level - USUAL) + policy.beneath * (least - USUAL) - policy.forgetting * np.log1p(days)
    known: Numbers = 1.0 / (1.0 + np.exp(-odds))
    return known


def cleared(p: Numbers, policy: LookaheadPolicy) -> Numbers:
    """Return a model's estimates of success with guessing and slips taken off, 0 to 1; NaN stays."""
    known: Numbers = np.clip((p - policy.guess) / (1.0 - policy.guess - policy.slip), 0.0, 1.0)
    return known


def built_in(right: Numbers, answers: NDArray[np.int64]) -> Numbers:
    """Return the built-in estimate from the share of right answers among the latest, NaN where unknown, shape (n,)."""
    weight = (1.0 - FADE**answers) / (1.0 - FADE)
    estimate: Numbers = (PRIOR_SUCCESS + right * weight) / (PRIOR + weight)
    return estimate


def joined(belief: Numbers, model: Numbers, answers: NDArray[np.int64], policy: LookaheadPolicy) -> Numbers:
    """Return what the answers on each skill and a model say of it together, shape (n,).

    A weighted mean in log-odds: the model weighs as much as so many answers as the policy says, so that where a
    learner has answered more, a model that is off says less.

    Examples
    --------
    >>> from polku.home import Home
    >>> from polku.paths import load_policy
    >>> policy = load_policy(Home.find().models).lookahead
    >>> joined(np.array([0.8, 0.8]), np.array([0.2, 0.2]), np.array([0, 12]), policy).round(2)
    array([0.2 , 0.67])
    """
    weight = policy.model_answers / np.maximum(policy.model_answers + answers, 1e-9)
    odds = (1.0 - weight) * _odds(belief) + weight * _odds(model)
    both: Numbers = 1.0 / (1.0 + np.exp(-odds))
    return both


def _odds(p: Numbers) -> Numbers:
    within = np.clip(p, EDGE, 1.0 - EDGE)
    odds: Numbers = np.log(within) - np.log1p(-within)
    return odds
