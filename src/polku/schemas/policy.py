"""Schema of ``models/path/policy.toml``: what a teacher may change about how paths are drawn."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class EvidencePolicy(Definition):
    """When answers say enough."""

    minimum_answers: Annotated[int, Field(ge=0)]
    """Answers in all before estimates order anything; below it the curriculum does, and the answer says so."""

    skill_answers: Annotated[int, Field(ge=1)]
    """Answers on one skill before they say anything about it: neither one lucky answer nor one slip counts."""

    shown_at: Share
    """Estimated success from which a skill counts as shown."""

    gap_below: Share
    """Estimated success below which a skill is worth returning to. Must lie below `shown_at`."""

    sure_sd: Share
    """Standard deviation of an estimate up to which we say "sure"; above it, "fairly sure"."""

    off_by: Annotated[float, Field(ge=0.0)] = 0.6
    """How far a model may be off, all its estimates one way, for one learner: a standard deviation in log-odds. The
    learner's own answers set it right (:func:`polku.paths.agreement.agreed`); 0 takes the model at its word."""

    earlier_grades_met: Annotated[int, Field(ge=1)] | None = None
    """Skills typically met at least this many school years ago are taken as met while no answer speaks
    against them. Absent: only answers count, and a path starts as far down as the graph goes."""

    @model_validator(mode="after")
    def _shown_above_gap(self) -> Self:
        if self.gap_below >= self.shown_at:
            raise ValueError("gap_below must lie below shown_at")
        return self


class OfferPolicy(Definition):
    """How many options are offered, and how steadily."""

    options: Annotated[int, Field(ge=2, le=3)]
    """Options open at a time: the load limit."""

    repair_options: Annotated[int, Field(ge=0, le=2)]
    """How many of the options may return to something earlier."""

    repairs_in_a_row: Annotated[int, Field(ge=1)] = 3
    """Steps back in a row after which the path goes on at the learner's level and asks the teacher."""

    margin: Annotated[float, Field(ge=0.0)]
    """A suggestion made before stays until another one's score is higher by more than this."""

    step_cost: Annotated[float, Field(ge=0.0)]
    """What one more supporting step on the way costs a target when the nearest one is chosen."""

    shortlist: Annotated[int, Field(ge=3)]
    """How many of the best-scored candidates are written to the log beside the offered ones."""

    exploration_share: Share
    """Share of new suggestions that are another step than the best, drawn among those within `regret` of it, to learn
    which steps help. What stands is not drawn again, and a teacher may switch it off for a learner or a group."""

    regret: Annotated[float, Field(ge=0.0)] = 0.1
    """How much lower the score of a step may be that is drawn in place of the best."""

    drift: Annotated[int, Field(ge=0)] | None = None
    """How many prerequisites the next skills of one class may lie from its middle one, as far as own options allow.
    Absent: nobody is bound."""

    rejected_days: Annotated[float, Field(gt=0.0)] = 60.0
    """Days for which what somebody put aside stays away."""

    rejected_answers: Annotated[int, Field(ge=1)] = 3
    """New answers on a skill put aside that bring it back before its days are over: something new is known."""


class DifficultyPolicy(Definition):
    """Where practice is neither too easy nor too hard."""

    aim: Share
    """Expected success at which practice helps most."""


class ReviewPolicy(Definition):
    """When something shown earlier comes up again."""

    after_days: Annotated[float, Field(gt=0.0)]
    """Days without an answer after which a shown skill may be offered for review."""

    half_life_days: Annotated[float, Field(gt=0.0)]
    """Days in which the urge to review rises by half of what is left."""


def _refuse_blind(guess: float, slip: float) -> None:
    """Refuse chances under which a right answer says nothing of knowing."""
    if guess + slip >= 1.0:
        raise ValueError("guess and slip must add up to less than 1, or answers say nothing of knowing")


class LookaheadPolicy(Definition):
    """The model of practice that the look-ahead stands on, see :mod:`polku.paths.lookahead`."""

    steps: Annotated[int, Field(ge=1, le=40)] = 12
    """Steps looked ahead, where nobody says how many are left."""

    tried: Annotated[int, Field(ge=4)] = 40
    """How many skills are tried as the next step, the most promising first."""

    goals: Annotated[int, Field(ge=1)] = 30
    """How many goals are looked ahead to, the nearest first."""

    start: float = -0.4
    """Log-odds of knowing a skill met just now, without any answers on it."""

    success: Annotated[float, Field(ge=0.0)] = 0.7
    """What a correct answer adds to them."""

    failure: Annotated[float, Field(ge=0.0)] = 0.05
    """What a wrong one adds: it, too, was practice. Less than a correct one."""

    level: Annotated[float, Field(ge=0.0)] = 4.3
    """What the learner's share of right answers adds, times its distance from 0.6."""

    beneath: Annotated[float, Field(ge=0.0)] = 2.0
    """What the least certain prerequisite adds, times its distance from 0.6."""

    forgetting: Annotated[float, Field(ge=0.0)] = 0.22
    """What is taken off, times the logarithm of the days since the skill was met."""

    model_answers: Annotated[float, Field(ge=0.0)] = 4.0
    """How many answers on the skill itself a model's estimate weighs as much as; 0 reads the answers alone."""

    guess: Share = 0.1
    """Chance of success without knowledge, taken off a model's estimate."""

    slip: Share = 0.1
    """Chance of failure with full knowledge."""

    learning: Annotated[float, Field(gt=0.0, le=1.0)] = 0.46
    """Share of what is missing that one task closes when everything it builds on is known."""

    curve: Share = 0.7
    """Share of that speed at the very beginning of a skill; 1 makes the curve exponential, less of it S-shaped."""

    unready: Share = 0.28
    """Share of that speed which is left when a prerequisite is wholly unknown."""

    spacing: Share = 0.35
    """Share of it that is lost on a skill met just now."""

    spacing_days: Annotated[float, Field(gt=0.0)] = 5.0
    """Days after which that loss has shrunk to a third."""

    fading: Annotated[float, Field(ge=0.0)] = 0.14
    """Exponent of the power law of forgetting, for what is hardly known."""

    check_days: Annotated[float, Field(ge=0.0)] = 14.0
    """Days after the last step for which the goals should still be known."""

    step_days: Annotated[float, Field(gt=0.0)] = 1.4
    """Days from one step to the next."""

    hold_below: Share = 0.3
    """A skill whose own answers lie below this holds back what builds on it."""

    hold_unmet: bool = False
    """Whether a skill that nobody has answered on holds back what builds on it, too. The path is strict in any case."""

    hold_days: Annotated[float, Field(ge=0.0)] = 4.0
    """And for so many days after the last of them: the look-ahead need not take it up again, and what builds on it
    would wait for ever."""

    hold_answers: Annotated[int, Field(ge=1)] = 6
    """Answers on a skill after which it no longer holds anything back: people look at it then."""

    @model_validator(mode="after")
    def _knowing_shows(self) -> Self:
        _refuse_blind(self.guess, self.slip)
        return self


class DiagnosticPolicy(Definition):
    """The short diagnostic: :func:`polku.paths.diagnose`."""

    least: Annotated[int, Field(ge=1)] = 5
    """Questions before it may stop."""

    most: Annotated[int, Field(ge=1)] = 12
    """Questions after which it stops in any case."""

    enough: Annotated[float, Field(ge=0.0)] = 0.35
    """Bits: it stops when no question is expected to tell more."""

    speaks: Share = 0.7
    """How strongly a known skill speaks for what it builds on, and an unknown one against what builds on it."""

    earlier: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.7
    """How likely a skill of an earlier grade is known before any answer."""

    guess: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.1
    """Chance of a right answer without knowledge."""

    slip: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.1
    """Chance of a wrong one with it."""

    edge: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.02
    """Nothing is believed more firmly than this far from certain."""

    twice: bool = True
    """Whether a skill may be asked about more than once."""

    @model_validator(mode="after")
    def _knowing_shows(self) -> Self:
        _refuse_blind(self.guess, self.slip)
        return self


class RuleChoice(Definition):
    """One rule that adds a term to the score."""

    name: str
    """File name of the rule in ``polku/paths/rules``."""

    weight: Annotated[float, Field(gt=0.0, le=1.0)]
    """Largest number of points that the rule can add."""


class PathPolicy(Definition):
    """How options and paths are chosen: read by :func:`polku.paths.load_policy`."""

    purpose: str
    """What this policy is for, in one sentence."""

    evidence: EvidencePolicy
    """How many answers are enough, and for what."""

    offer: OfferPolicy
    """How many options, how steadily."""

    difficulty: DifficultyPolicy
    """Settings of the rule `difficulty`."""

    review: ReviewPolicy
    """Settings of the rule `review` and of what may be reviewed."""

    lookahead: LookaheadPolicy = LookaheadPolicy()
    """The model of practice that values steps by where they lead."""

    diagnostic: DiagnosticPolicy = DiagnosticPolicy()
    """What a short diagnostic asks, and when it stops."""

    rules: Annotated[tuple[RuleChoice, ...], Field(min_length=1)]
    """The rules, in the order in which their terms are shown."""
