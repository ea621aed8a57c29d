"""``/v1/aggregates`` and ``/v1/schools/{id}/aggregates``: many learners together, never one, in no order of merit."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Annotated, Final, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict

from polku.fairness import load_slices
from polku.home import digest
from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.access import Role, SeesAggregates, SeesSchool, Viewer
from polku.web.aggregates import Aggregates, Row, aggregate
from polku.web.paging import PAGE, After, Limit, paged
from polku.web.service import Held, Reading, Service
from polku.web.shapes import PathId, Shape

router = APIRouter(prefix="/v1", tags=["aggregates"])
Name = Literal["coverage", "growth", "suggestions"]
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "coverage": ("coverage",),
    "growth": ("success", "growth"),
    "suggestions": ("offered", "accept", "edit", "skip", "reject", "pause"),
}
"""Tables in their order, and their figures."""
ABOUT: Final[Mapping[str, tuple[str, ...]]] = {"coverage": ("objective",), "growth": ("month",), "suggestions": ()}
"""What their rows are about."""


class AggregateRow(Shape):
    """One school's learners of one grade together."""

    school_id: str
    """Which school; a researcher reads a pseudonym that holds under their permit alone."""
    grade: int
    """From the roster."""
    learners: int | None
    """How many, in steps of five; null, with every figure, where there are too few to be told."""


class CoverageRow(AggregateRow):
    """How much of one objective has been shown so far."""

    objective: str
    """The objective."""
    title: dict[str, str]
    """Its title by language; empty where the curriculum lacks it."""
    coverage: float | None
    """Mean share of the objective's skills with answers that have been shown so far."""


class GrowthRow(AggregateRow):
    """Success in one month, each learner beside their own month before."""

    month: str
    """YYYY-MM."""
    success: float | None
    """Mean share of right answers."""
    growth: float | None
    """Mean difference from the learner's own month before; null where it was everybody's first."""


class UseRow(AggregateRow):
    """What became of suggestions."""

    offered: float | None
    """Options offered, a learner."""
    accept: float | None
    """Share of them accepted."""
    edit: float | None
    """Share changed for another skill."""
    skip: float | None
    """Share skipped."""
    reject: float | None
    """Share put aside."""
    pause: float | None
    """Share paused."""


class AggregatesShape(Shape):
    """Three tables by grade and school, in order of id: no figure orders anything, nobody is compared. One page."""

    model_config = ConfigDict(json_schema_extra={"description": "Tables of many learners together."})

    day: str
    """When they were made; they stand for the day."""
    least: int
    """Fewest learners of a cell that is told."""
    coverage: list[CoverageRow]
    """By objective."""
    growth: list[GrowthRow]
    """By month, the last twelve with answers."""
    suggestions: list[UseRow]
    """In all."""
    next: str | None
    """`after` of the next page, the tables one under the other; null on the last."""


class Page(NamedTuple):
    """Which rows are asked for: of which table, after which row, how many."""

    table: Name | None
    after: str | None
    limit: int


def page_of(
    table: Annotated[Name | None, Query(description="Only this table")] = None,
    limit: Limit = PAGE,
    after: After = None,
) -> Page:
    """Return which rows a request asks for."""
    return Page(table, after, limit)


Asked = Annotated[Page, Depends(page_of)]


@router.get("/schools/{school_id:path}/aggregates")
def of_school(
    request: Request, _viewer: SeesSchool, held: Held, tx: Reading, school_id: PathId, page: Asked
) -> AggregatesShape:
    """Return what one school's learners show together; a school sees its own only, and no teacher or class."""
    return _shape(held, tx, _made(request, held, tx).of_school(school_id), page)


@router.get("/aggregates")
def of_provider(request: Request, viewer: SeesAggregates, held: Held, tx: Reading, page: Asked) -> AggregatesShape:
    """Return what the learners of all schools show together, schools in order of id."""
    researcher = viewer if viewer.role is Role.RESEARCHER else None
    return _shape(held, tx, _made(request, held, tx), page, researcher)


class Kept:
    """The aggregates of each provider's day: made once, by the first who asks."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, Aggregates]] = {}
        self._lock = Lock()

    def of(self, held: Service, tx: Transaction) -> Aggregates:
        """Return a provider's aggregates of today."""
        released, day = held.suggester.released(tx), day_of(held.now())
        provider, key = tx.provider_id, (day, released.bundle_id)
        with self._lock:
            known, made = self._made.get(provider, (None, None))
            if made is None or known != key:
                least = load_slices(held.home).disclosure.outside
                made = aggregate(tx, released, held.now(), least)
                self._made[provider] = (key, made)
            return made


def _made(request: Request, held: Service, tx: Transaction) -> Aggregates:
    kept: Kept = request.app.state.aggregates
    return kept.of(held, tx)


def _shape(
    held: Service, tx: Transaction, made: Aggregates, page: Page, researcher: Viewer | None = None
) -> AggregatesShape:
    """Return one page of the tables, as if they stood one under the other."""
    known = {row.school_id for table in made[2:] for row in table}
    schools = {one: tx.relations.pseudonym(researcher.permit or "", one) if researcher else one for one in known}
    objectives = held.suggester.released(tx).lens.curriculum.objectives
    wanted = [page.table] if page.table else list(TABLES)
    listed = [(name, row) for name in wanted for row in sorted(getattr(made, name), key=lambda row: _key(row, schools))]
    shown, following = paged(listed, lambda one: _place(one[0], _key(one[1], schools)), page.after, page.limit)
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for name, row in shown:
        told = {"school_id": schools[row.school_id], "grade": row.grade, "learners": row.learners}
        about: dict[str, object] = dict.fromkeys(ABOUT[name], row.about)
        if name == "coverage":
            about["title"] = dict(objectives[row.about].title) if row.about in objectives else {}
        tables[name].append(told | about | {figure: row.figures.get(figure) for figure in TABLES[name]})
    return AggregatesShape.model_validate(
        {"day": made.day.isoformat(), "least": made.least, **tables, "next": following}
    )


def _key(row: Row, schools: Mapping[str, str]) -> tuple[str, str, int]:
    """Return what a table is in order of: what a row is about, the school's id as it is told, the grade."""
    return row.about, schools[row.school_id], row.grade


def _place(table: str, key: tuple[str, str, int]) -> str:
    """Return the id of a row's place in the tables; ids of schools may be as long as they like."""
    return digest(table, *map(str, key))[:32]
