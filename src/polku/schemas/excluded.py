"""Schema of ``features/excluded.toml``: what is never a feature, and what no door lets in."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from polku.schemas.base import Definition
from polku.schemas.features import Name

Sentence = Annotated[str, Field(min_length=20, max_length=400, pattern=r"\.$")]


class Excluded(Definition):
    """Something that is known of a learner or an answer and is never a feature."""

    name: Name
    """What it is."""
    aliases: tuple[Name, ...] = ()
    """Other words for it; a feature whose name holds one of them is refused."""
    why: Sentence
    """One sentence that says why."""


class Deny(Definition):
    """Something that is refused at every door: it is not even kept."""

    rule: Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[^\[\]]+$")]
    """Name of the rule; it stands in place of what was removed."""
    why: Sentence
    """One sentence that says why."""
    columns: tuple[str, ...] = ()
    """Column names, compared without case."""
    values: tuple[str, ...] = ()
    """Regular expressions of values, in the syntax that Python and RE2 share."""
    words: tuple[str, ...] = ()
    """The same for what people write in their own words, a reason for instance; in small letters."""

    @field_validator("values", "words")
    @classmethod
    def _compiles(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                message = f"{pattern!r} is no regular expression: {error}"
                raise ValueError(message) from error
        return patterns

    @model_validator(mode="after")
    def _denies_something(self) -> Self:
        if not self.columns and not self.values and not self.words:
            raise ValueError("give columns or values")
        return self


class ExcludedFile(Definition):
    """``features/excluded.toml``."""

    excluded: Annotated[tuple[Excluded, ...], Field(min_length=1)]
    """Never a feature."""
    deny: Annotated[tuple[Deny, ...], Field(min_length=1)]
    """Never let in."""

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        columns = [column.casefold() for deny in self.deny for column in deny.columns]
        names = [name for excluded in self.excluded for name in (excluded.name, *excluded.aliases)]
        for name in (*names, *columns):
            if names.count(name) > 1 or columns.count(name) > 1:
                message = f"{name} is named twice"
                raise ValueError(message)
        return self
