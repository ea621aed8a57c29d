"""Schemas of ``serve/text``: ``<language>.toml``, ``learner.<language>.toml``, and one file for each kind of page.

What pages say is in ``page.`` (what all share, and the teacher's), ``family.`` (the learner's and those at home's) and
``research.<language>.toml`` (the researcher's, the principal's); each holds one table, by its own name.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from polku.schemas.base import Definition


class Plural(Definition):
    """One message in the forms that a language's plural categories (Unicode CLDR) ask for.

    The number stands in the message as ``{count}``. A language has `one` only if CLDR gives it one.
    """

    zero: str | None = None
    """Form for the category zero."""
    one: str | None = None
    """Form for the category one."""
    two: str | None = None
    """Form for the category two."""
    few: str | None = None
    """Form for the category few."""
    many: str | None = None
    """Form for the category many."""
    other: str
    """Form for every other number; every language has it."""


Message = Plural | str
Messages = dict[str, Message]
Band = Literal["7-9", "10-12", "13-15", "16plus"]
"""Reading bands, years of age. The last has no plus sign, which an address would turn into a space."""


class TextFile(Definition):
    """What the planner says, in one language."""

    kind: Messages
    """Names of the kinds of steps."""
    rung: Messages
    """What an answer stands on."""
    decision: Messages
    """What a teacher or learner can do with a suggestion."""
    term: Messages
    """Names of the terms of the score."""
    rule: Messages
    """What each term means: when it adds more, in one sentence."""
    sureness: Messages
    """How sure an estimate is, in words."""
    why: Messages
    """Why a step is suggested."""
    evidence: Messages
    """What answers there are, and when the latest came."""
    right: Messages
    """How many of the latest answers were right."""
    link: Messages
    """Where a step stands in the curriculum."""
    change: Messages
    """What would change the suggestion."""
    note: Messages
    """What must be said about the whole answer."""


class BandTexts(Definition):
    """What learners of one age read."""

    next_step: Messages
    """The step in one or two short sentences."""
    what_if: Messages
    """What comes of choosing it."""


class LearnerTextFile(Definition):
    """What learners read, and those at home with them, in one language."""

    learner: dict[Band, BandTexts]
    """By reading band; all of them, each with the same messages: none falls back on another."""

    @model_validator(mode="after")
    def _every_band_says_everything(self) -> Self:
        if absent := [band for band in get_args(Band) if band not in self.learner]:
            raise ValueError(f"reading band {absent[0]} is not there")
        said = {
            band: {f"{table}.{name}" for table, names in texts for name in names}
            for band, texts in self.learner.items()
        }
        for band, names in said.items():
            if lacking := sorted(set().union(*said.values()) - names):
                raise ValueError(f"reading band {band} lacks {lacking[0]}; another band has it")
        return self


# From left to right: plural forms also look like a table of messages named "one" and "other".
PageMessage = Annotated[Message | Messages, Field(union_mode="left_to_right")]


class PageTextFile(Definition):
    """What all pages and the teacher's say, in one language."""

    page: dict[str, PageMessage] = Field(default_factory=dict)
    """Messages by name, or by page and name."""


class FamilyTextFile(Definition):
    """What the pages of learners and of those at home say, in one language."""

    family: dict[str, PageMessage] = Field(default_factory=dict)
    """Messages by name, or by page and name."""


class ResearchTextFile(Definition):
    """What the pages of researchers, principals and administrators say, in one language."""

    research: dict[str, PageMessage] = Field(default_factory=dict)
    """Messages by name, or by page and name."""


PAGE_FILES: dict[str, type[Definition]] = {
    "page": PageTextFile,
    "family": FamilyTextFile,
    "research": ResearchTextFile,
}
"""What pages say, by the name of the file and of the one table in it."""
