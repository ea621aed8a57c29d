"""Schemas of ``serve/text/<language>.toml`` and ``serve/text/page.<language>.toml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

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
    sureness: Messages
    """How sure an estimate is, in words."""
    why: Messages
    """Why a step is suggested."""
    evidence: Messages
    """What answers there are."""
    link: Messages
    """Where a step stands in the curriculum."""
    change: Messages
    """What would change the suggestion."""
    next_step: Messages
    """The step in one sentence to the learner."""
    note: Messages
    """What must be said about the whole answer."""


# From left to right: plural forms also look like a table of messages named "one" and "other".
PageMessage = Annotated[Message | Messages, Field(union_mode="left_to_right")]


class PageTextFile(Definition):
    """What the pages say, in one language."""

    page: dict[str, PageMessage] = Field(default_factory=dict)
    """Messages by name, or by page and name."""
