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

    margin: Annotated[float, Field(ge=0.0)]
    """A suggestion made before stays until another one's score is higher by more than this."""

    step_cost: Annotated[float, Field(ge=0.0)]
    """What one more supporting step on the way costs a target when the nearest one is chosen."""

    shortlist: Annotated[int, Field(ge=3)]
    """How many of the best-scored candidates are written to the log beside the offered ones."""

    exploration_share: Share
    """Share of choices drawn among candidates within `margin` of the best, to learn which steps help."""


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

    rules: Annotated[tuple[RuleChoice, ...], Field(min_length=1)]
    """The rules, in the order in which their terms are shown."""
