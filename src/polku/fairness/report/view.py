"""What a page is made of: sections of sentences, tables and figures, ready for the template."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from polku.fairness.audit import Audit
from polku.fairness.report.figures import Figures
from polku.fairness.report.wording import Wording
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices


@dataclass(frozen=True)
class Material:
    """What a report is written from.

    Parameters
    ----------
    audit : Audit
        As shown: by the limit inside or outside the enclave.
    gates : Gates
        Those that the audit was made under.
    slices : Slices
        Questions of the attributes.
    figures : Figures
        Language and units.
    inside : bool
        Whether this is the view for auditors inside the enclave.
    """

    audit: Audit
    gates: Gates
    slices: Slices
    figures: Figures
    inside: bool

    @property
    def wording(self) -> Wording:
        """Return the words."""
        return self.figures.wording


@dataclass(frozen=True)
class Table:
    """A table; its first column names the rows.

    Parameters
    ----------
    caption : str
        What it holds.
    header : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        One a line, as long as the header.
    numeric : frozenset of int
        Columns of figures, set to the right.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A chart, what it says in a sentence, and its data as a table.

    Parameters
    ----------
    title, question, sentence : str
        What it shows, the question it answers, and its figures in words.
    svg : Markup or None
        None where there is nothing to draw; the sentence says so.
    table : Table
        The data.
    """

    title: str
    question: str
    sentence: str
    svg: Markup | None
    table: Table


@dataclass(frozen=True)
class Part:
    """A titled part of a section: an introduction, points, tables and figures; any may be absent."""

    title: str
    text: str = ""
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section with a place in the table of contents.

    Parameters
    ----------
    id_ : str
        Its anchor.
    title, lead : str
        Heading, and the question or sentence below it.
    parts : tuple of Part
        Its content; a part without a title stands directly under the heading.
    language : str
        Language of the content where it is not that of the page, else "".
    """

    id_: str
    title: str
    lead: str
    parts: tuple[Part, ...]
    language: str = ""
