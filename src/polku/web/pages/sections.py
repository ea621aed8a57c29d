"""A section of charts: a heading, how to read what follows, the charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from polku.web.pages.charts import Figure
from polku.web.wording import Say


@dataclass(frozen=True)
class Section:
    """One heading with its charts.

    Parameters
    ----------
    id_ : str
        Its anchor.
    title, text : str
        The heading, and how to read what follows.
    figures : tuple of Figure
        Charts, each with its sentence and table.
    """

    id_: str
    title: str
    text: str
    figures: tuple[Figure, ...]

    @classmethod
    def worded(cls, name: str, figures: tuple[Figure, ...], say: Say) -> Self:
        """Return a section of the school's page, its words those of ``research.school``."""
        return cls(name, say("research.school." + name), say("research.school." + name + "_help"), figures)
