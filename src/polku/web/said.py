"""Who says something and why: the members that every request shares in which a person decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from polku.errors import InputError
from polku.records import DenyRules
from polku.web.access import Viewer
from polku.web.shapes import VISIBLE

HERE = ZoneInfo("Europe/Helsinki")
"""Where a day of a school begins."""
WHY: Final = (
    *("on_paper", "other_topic", "too_early", "other_step", "learner_wishes", "shown_in_class"),
    *("fits_now", "by_mistake"),
    *("too_easy", "too_hard", "done_elsewhere", "another_topic", "not_clear"),
)
"""Why somebody decides about a suggestion; the words of a code are ``page.reason.<code>``."""
Speaker = Literal["learner", "guardian", "teacher", "administrator"]


class Said(BaseModel):
    """Who says it, as what, and why."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    by: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)] | None = None
    """Who: an id of the platform, no name and no personal identity code. Where callers sign in, the token says it."""
    role: Speaker | None = None
    """As what. Where callers sign in, the token says it."""
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] | None = None
    """In their words. Identity codes, health, welfare, absence, behaviour and moods are refused and kept nowhere."""

    def speaker(self, viewer: Viewer, deny: DenyRules) -> tuple[str, str]:
        """Return who speaks and as what; refuse what is kept nowhere.

        Raises
        ------
        InputError
            If nobody is named where callers do not sign in, or a word is one that is kept nowhere.
        """
        if not viewer.signed_in and (self.by is None or self.role is None):
            raise InputError("without sign-in the request says who speaks", hint="give by and role")
        by, role = viewer.speaks_as(self.by, self.role)
        if deny.holds(by):
            raise InputError("a personal identity code is kept nowhere", hint="name the person by the platform's id")
        deny.refuse(self.reason, "the reason")
        return by, role


class Because(Said):
    """Who decides about a suggestion, as what, and why: nothing about a child is written freely."""

    reason: (
        Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$", json_schema_extra={"enum": list(WHY)})] | None
    ) = None
    """Why, by one of these codes. Own words are refused: a child is assessed in free text nowhere."""

    def speaker(self, viewer: Viewer, deny: DenyRules) -> tuple[str, str]:
        """Return who speaks and as what; refuse reasons in own words.

        Raises
        ------
        InputError
            As for what is said elsewhere, and if the reason is none of :data:`WHY`.
        """
        spoken = super().speaker(viewer, deny)
        if self.reason is not None and self.reason not in WHY:
            raise InputError(
                "the reason is one of a few codes: a child is assessed in free text nowhere",
                hint=f"one of {', '.join(WHY)}, or none",
            )
        return spoken


def begins(day: date | None) -> int | None:
    """Return the moment in microseconds UTC at which a day begins in Finland.

    Examples
    --------
    >>> begins(date(2026, 8, 1)) == int(datetime(2026, 7, 31, 21, tzinfo=UTC).timestamp() * 1e6)
    True
    """
    if day is None:
        return None
    return int(datetime.combine(day, time(), HERE).astimezone(UTC).timestamp()) * 1_000_000
