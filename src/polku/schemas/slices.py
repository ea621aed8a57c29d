"""The schema of ``models/slices.toml``: which groups an audit compares, and when it may say anything."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition

MISSING = "missing"
"""The group of learners of whom an attribute is not known. A group of its own, never "no"."""


class Slice(Definition):
    """One background attribute that errors are compared over."""

    question: Annotated[str, Field(min_length=20, pattern=r"\?$")]
    """The question this slice answers, for the report."""

    groups: tuple[str, ...] | None = None
    """Values that may be kept. Left out only for plain files, where every value found is a group."""

    @model_validator(mode="after")
    def _missing_is_never_declared(self) -> Self:
        if self.groups is not None and (MISSING in self.groups or len(set(self.groups)) != len(self.groups)):
            raise ValueError(f"groups are distinct and never {MISSING!r}: learners without a value form that group")
        return self


class Inference(Definition):
    """When a cell is judged at all, and how hard chance is asked. Not a disclosure rule."""

    learners: Annotated[int, Field(ge=20)] = 100
    """Least number of learners in the group, and in the rest, for a verdict."""

    positives: Annotated[int, Field(ge=5)] = 30
    """Least number of correct answers there."""

    negatives: Annotated[int, Field(ge=5)] = 30
    """Least number of wrong answers there."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Share of audits of a world without gaps that may raise a concern."""

    permutations: Annotated[int, Field(ge=99)] = 4999
    """Permutations of the group label; the smallest p-value is one in so many plus one."""

    resamples: Annotated[int, Field(ge=99)] = 1999
    """Bootstrap samples of learners (or schools) behind the intervals."""

    schools: Annotated[int, Field(ge=10)] = 20
    """From so many schools on, whole schools are resampled instead of learners."""


class Disclosure(Definition):
    """The least number of learners a shown cell may rest on. Not an inference rule."""

    inside: Annotated[int, Field(ge=5)] = 5
    """For auditors inside the enclave."""

    outside: Annotated[int, Field(ge=10)] = 10
    """For everyone else: dashboards, the service, the card."""


class Slices(Definition):
    """The groups of an audit and its two limits on small numbers."""

    depth: Annotated[int, Field(ge=1, le=3)] = 1
    """Crosses up to so many attributes with each other; 1 compares each attribute by itself."""

    attributes: dict[str, Slice]
    """Attributes by column name."""

    denied: dict[str, str] = Field(default_factory=dict)
    """Attributes that are never kept, not even in the enclave, and why."""

    inference: Inference = Inference()
    """Limits on verdicts."""

    disclosure: Disclosure = Disclosure()
    """Limits on what is shown."""

    @model_validator(mode="after")
    def _nothing_both_kept_and_denied(self) -> Self:
        both = sorted(self.attributes.keys() & self.denied.keys())
        if both:
            raise ValueError(f"both an attribute and denied: {', '.join(both)}")
        return self
