"""The schema of ``models/*/gates.toml``: which gaps stop a release, which warn, which are only reported."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from polku.errors import nearest
from polku.schemas.base import Definition
from polku.schemas.item_limits import ItemLimits

Outcome = Literal["block", "warn", "report"]
When = Literal["always", "champion", "logged"]
PREDICTION_METRICS: Final = (
    "auc",
    "abroca",
    "missed_need",
    "held_back",
    "calibration",
    "calibration_intercept",
    "calibration_slope",
    "ece",
)
PATH_METRICS: Final = (
    "grade_level",
    "flip",
    "stretch",
    "repair",
    "path_length",
    "silent",
    "fallback",
    "churn",
    "reached",
    "accepted",
    "overridden",
)
INVARIANTS: Final = frozenset({"grade_level", "flip"})
"""What holds for every learner or blocks; no gate and no approver overrides it."""


class Gate(Definition):
    """One metric: the question it answers and what becomes of a gap in it."""

    question: Annotated[str, Field(min_length=15, pattern=r"\?$")]
    """The question in one sentence, for report and card."""

    scale: Literal["difference", "ratio"] = "difference"
    """How the group is set against the rest: group minus rest, or group over rest, minus one."""

    limit: Annotated[float, Field(ge=0, lt=1)]
    """A gap smaller than this is no concern. On the ratio scale 0.2 means a ratio under 0.8 or over 1.25."""

    block_at: Annotated[float, Field(gt=0, lt=1)] | None = None
    """A concern blocks, whatever `outcome` says, when its gap reaches this, or its whole interval lies beyond `limit`;
    in both cases also with the explained part of the gap taken off."""

    most: Annotated[float, Field(gt=0, lt=1)] | None = None
    """The metric over all learners may not be shown to lie above this, whatever the groups."""

    outcome: Outcome
    """What a concern leads to."""

    required: bool = False
    """Whether "not enough evidence" blocks too."""

    when: When = "always"
    """Whether a release demands the metric. Judged where it was measured, but not demanded: "champion", which needs a
    released model beside it, and "logged", which needs people who were offered suggestions or decided on them."""

    @model_validator(mode="after")
    def _blocks_beyond_the_limit(self) -> Self:
        if self.block_at is not None and self.block_at < self.limit:
            raise ValueError("block_at may not lie below limit")
        return self


class Priority(Definition):
    """What is put first where two wishes exclude each other."""

    first: Literal["calibration", "error_rates"]
    """Calibration within groups and equal error rates cannot both hold when base rates differ."""

    why: Annotated[str, Field(min_length=40)]
    """The reason, printed in every report."""


class Gates(Definition):
    """What a model promises before it may serve."""

    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """From this probability on a skill counts as shown; error rates are taken here."""

    priority: Priority
    """What comes first where calibration and error rates exclude each other."""

    metrics: dict[str, Gate]
    """Gates by metric. A metric without a gate is not measured."""

    items: ItemLimits = ItemLimits()
    """How large a difference in an item is large."""

    @model_validator(mode="after")
    def _metrics_are_known(self) -> Self:
        known = (*PREDICTION_METRICS, *PATH_METRICS)
        for name in self.metrics:
            if name not in known:
                raise ValueError(f"there is no metric {name!r}; {nearest(name, known)}")
        return self

    @model_validator(mode="after")
    def _invariants_block(self) -> Self:
        for name in INVARIANTS & self.metrics.keys():
            if self.metrics[name].outcome != "block":
                raise ValueError(f"{name} is an invariant: its outcome is block")
        return self
