"""What ``models/<name>/spec.toml`` may say: which features, which estimator, how it is fitted."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition

Fraction = Annotated[float, Field(gt=0.0, le=1.0)]


class TreeParameters(Definition):
    """Boosted trees, in LightGBM's terms."""

    trees: Annotated[int, Field(ge=1, le=5000)] = 400
    """Number of trees; the most there may be where `patience` is given."""
    patience: Annotated[int, Field(ge=0)] = 0
    """Trees without a gain on learners held out after which no more are grown; 0 grows all. Few answers carry few."""
    leaves: Annotated[int, Field(ge=2, le=255)] = 31
    """Leaves per tree."""
    learning_rate: Fraction = 0.05
    """Shrinkage of each tree."""
    min_leaf: Annotated[int, Field(ge=1)] = 100
    """Fewest responses in a leaf."""
    feature_fraction: Fraction = 0.8
    """Share of the columns that each tree may use."""
    row_fraction: Fraction = 1.0
    """Share of the responses that each tree sees."""
    l2: Annotated[float, Field(ge=0.0)] = 1.0
    """Ridge penalty on leaf values."""


class LogisticParameters(Definition):
    """Ridge logistic regression on standardised columns."""

    penalty: Annotated[float, Field(gt=0.0)] = 1.0
    """Ridge penalty on the standardised coefficients; larger means flatter."""
    iterations: Annotated[int, Field(ge=10, le=10_000)] = 500
    """Most iterations of the solver."""


class ModelSpec(Definition):
    """One model: what it looks at, how it is fitted, what it promises."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """Name of the model; the folder under ``models/`` carries the same."""
    kind: Literal["lightgbm", "logistic"]
    """Estimator; the table of the same name holds its parameters."""
    purpose: Annotated[str, Field(min_length=20)]
    """What the model is for and what it is not for, in one or two sentences."""
    features: Literal["all"] | tuple[str, ...]
    """Names of features defined in ``features/``, or "all"."""
    monotone: bool = False
    """Whether a feature that points upwards may never lower the prediction."""
    directions: dict[str, Literal[-1, 1]] = Field(default_factory=dict)
    """Directions a monotone model gives to features that have none of their own: answers do not move those, but
    sense does (practice never lowers, time without practice never raises)."""
    reads: Literal["answers", "skills"] = "answers"
    """What it is fitted to read: "answers", how the next answer to a given item turns out; "skills", how a skill stands
    now, by first attempts at its items soon and later, the item's difficulty taken off as in the Rasch model."""
    calibration: Literal["none", "platt", "beta"] = "none"
    """Largest correction of the score; used only where it lowers the log loss on learners it was not fitted on."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Seed of everything that is drawn while fitting."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    """Folds of learners inside training, for the cross-fitted difficulties."""
    lightgbm: TreeParameters | None = None
    """Parameters of the trees; given exactly when `kind` is "lightgbm"."""
    logistic: LogisticParameters | None = None
    """Parameters of the regression; given exactly when `kind` is "logistic"."""

    @model_validator(mode="after")
    def _table_of_its_kind(self) -> Self:
        given = [kind for kind in ("lightgbm", "logistic") if getattr(self, kind) is not None]
        if given != [self.kind]:
            message = f"kind {self.kind!r} needs exactly the table [{self.kind}], got {given or 'none'}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _directions_of_a_monotone_model(self) -> Self:
        if self.directions and not self.monotone:
            raise ValueError("directions are of a monotone model: say monotone = true, or leave them out")
        return self

    @model_validator(mode="after")
    def _skills_are_read_by_trees(self) -> Self:
        if self.reads == "skills" and self.kind != "lightgbm":
            raise ValueError('reads = "skills" needs kind "lightgbm"')
        return self

    @model_validator(mode="after")
    def _features_not_empty(self) -> Self:
        if not self.features:
            raise ValueError('features is empty: name at least one feature, or say "all"')
        return self
