"""The schema of ``models/*/validation.toml``: what a model must show on a provider's own answers before it suggests."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from polku.errors import nearest
from polku.schemas.base import Definition
from polku.schemas.gates import Outcome

OUT_OF_FOLD: Final = ("baseline", "difficulty", "ece", "level", "slope", "first_answer", "first_five")
BY_GROUP: Final = ("school", "teaching_group", "grade", "area", "frequency", "evidence", "month")
REFITTED: Final = ("unseen_items", "unseen_items_ece", "newest_month", "newest_month_ece", "newest_month_items")
BACKGROUND: Final = "background"
CHECKS: Final = (*OUT_OF_FOLD, *BY_GROUP, *REFITTED, BACKGROUND)
"""Every check there is; each needs its limit, so that none can be dropped in silence."""


class Limit(Definition):
    """One check: its question, its limit, and what a concern leads to."""

    question: Annotated[str, Field(min_length=15, pattern=r"\?$")]
    """The question in one sentence, for report and card."""

    limit: Annotated[float, Field(ge=0, lt=1)]
    """What is still no concern: of a difference in log loss the nats by which the model may be worse, of a level or an
    error the distance from what was predicted, of a slope the distance from 1."""

    slope_limit: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Of checks by group: how far the calibration slope of a group may lie from 1."""

    outcome: Outcome
    """What a concern leads to: block, warn or report."""

    required: bool = False
    """Whether "not enough evidence" blocks too."""

    overridable: bool = False
    """Whether an approver may release over a concern that blocks, with a written reason."""


class EvidenceNeeded(Definition):
    """How much a judgement needs; with less the answer is "not enough evidence"."""

    learners: Annotated[int, Field(ge=10)] = 30
    """Fewest learners behind a figure."""
    responses: Annotated[int, Field(ge=50)] = 200
    """Fewest responses behind a figure."""
    each_class: Annotated[int, Field(ge=5)] = 30
    """Fewest right and fewest wrong answers behind a figure."""
    confidence: Annotated[float, Field(ge=0.8, lt=1)] = 0.95
    """Confidence of the intervals; over the groups of one check together."""


class Refits(Definition):
    """What is fitted anew to judge items and days that training has not seen."""

    item_share: Annotated[float, Field(gt=0, le=0.5)] = 0.2
    """Share of the items that training does not see."""
    newest_days: Annotated[int, Field(ge=1)] = 30
    """Days at the end of the data that training does not see."""


class ValidationLimits(Definition):
    """What a model must show on the provider's own answers before it may suggest."""

    evidence: EvidenceNeeded = EvidenceNeeded()
    """How much a judgement needs."""

    refits: Refits = Refits()
    """What is held back for the checks that fit anew."""

    checks: dict[str, Limit]
    """Limits by check; every check has one."""

    @model_validator(mode="after")
    def _every_check_has_its_limit(self) -> Self:
        for name in self.checks:
            if name not in CHECKS:
                raise ValueError(f"there is no check {name!r}; {nearest(name, CHECKS)}")
        for name in CHECKS:
            if name not in self.checks:
                raise ValueError(f'the check {name!r} has no limit: say outcome = "report" rather than leave it out')
            if (name in BY_GROUP) != (self.checks[name].slope_limit is not None):
                raise ValueError(f"slope_limit belongs to checks by group, all of them: {name}")
        return self
