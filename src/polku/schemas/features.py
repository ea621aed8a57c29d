"""Schema of the files in ``features/``: what is looked at in a learner's answers."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition

Scope = Literal["learner", "area", "skill", "item"]
Family = Literal["learner", "skill", "related", "item", "time", "context"]
"""What a reason speaks of: the learner's answers in general, those on the skill, those on what it builds on or stands
beside, the item at hand, how long ago, and what came just before."""
OF_SCOPE: Final[dict[str, Family]] = {"learner": "learner", "area": "related", "skill": "skill", "item": "item"}
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


class HalfLife(Definition):
    """How fast older answers fade: by days, or by further responses on the same key."""

    days: Annotated[float, Field(gt=0, le=3650)] | None = None
    """Days after which an answer counts half. Needs answers with a clock; without one the feature is missing."""
    responses: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """Further responses on the same key after which an answer counts half."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.days is None) == (self.responses is None):
            raise ValueError("give either days or responses")
        return self


class Prior(Definition):
    """What is assumed before the first answer, as so many imagined answers."""

    mean: Annotated[float, Field(ge=0, le=1)]
    """Assumed success rate."""
    weight: Annotated[float, Field(gt=0, le=1000)]
    """How many answers the assumption is worth."""


class FeatureDefinition(Definition):
    """One feature: what is looked at, at which level, and what it means."""

    name: Name
    """Name of the column, snake_case. The minimum over several skills appends ``_min``."""
    kind: str
    """Kind of extractor: a file in ``src/polku/profiles/extractors``."""
    scope: Scope
    """Whose state is read: the learner's, or that of the area, the skill or the item at hand."""
    direction: Literal[-1, 0, 1]
    """Whether better answers raise (1) or lower (-1) the feature, as a monotone model is told; 0: not told."""
    aggregate: tuple[Literal["mean", "min"], ...] = ()
    """Over the skills (or areas) of one item; mean when not given. Not for features of the learner or the item."""
    family: Family | None = None
    """Under which heading a reason counts it; by its scope when not given."""
    meaning: Annotated[str, Field(min_length=20, max_length=240, pattern=r"\.$")]
    """One sentence that says what the number is, for the card of the model."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Parameters of the kind: priors, half-lives, gains."""


class FeatureFile(Definition):
    """One file in ``features/``."""

    enabled: bool = True
    """Whether these features belong to "all". Those of a file that is off are checked, but are loaded only by name."""
    feature: Annotated[tuple[FeatureDefinition, ...], Field(min_length=1)]
    """The features of one family."""
