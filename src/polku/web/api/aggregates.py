"""``/v1/aggregates`` and ``/v1/schools/{id}/aggregates``: many learners together, never one, in no order of merit."""

from __future__ import annotations

from threading import Lock

from fastapi import APIRouter, Request
from pydantic import ConfigDict

from polku.fairness import load_slices
from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.access import Role, SeesAggregates, SeesSchool, Viewer
from polku.web.aggregates import Aggregates, Row, aggregate
from polku.web.service import Held, Reading, Service
from polku.web.shapes import PathId, Shape

router = APIRouter(prefix="/v1", tags=["aggregates"])


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
    """Three tables by grade and school, in order of id: no figure orders anything, and nobody is compared."""

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


@router.get("/schools/{school_id:path}/aggregates")
def of_school(request: Request, _viewer: SeesSchool, held: Held, tx: Reading, school_id: PathId) -> AggregatesShape:
    """Return what one school's learners show together; a school sees its own only, and no teacher or class."""
    return _shape(held, tx, _made(request, held, tx).of_school(school_id))


@router.get("/aggregates")
def of_provider(request: Request, viewer: SeesAggregates, held: Held, tx: Reading) -> AggregatesShape:
    """Return what the learners of all schools show together, schools in order of id."""
    return _shape(held, tx, _made(request, held, tx), viewer if viewer.role is Role.RESEARCHER else None)


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


def _shape(held: Service, tx: Transaction, made: Aggregates, researcher: Viewer | None = None) -> AggregatesShape:
    objectives = held.suggester.released(tx).lens.curriculum.objectives
    schools = {row.school_id: row.school_id for table in made[2:] for row in table}
    if researcher is not None:
        schools = {one: tx.relations.pseudonym(researcher.permit or "", one) for one in schools}

    def place(row: Row) -> dict[str, object]:
        return {"school_id": schools[row.school_id], "grade": row.grade, "learners": row.learners}

    def figures(row: Row, *names: str) -> dict[str, object]:
        return {name: row.figures.get(name) for name in names}

    def ordered(rows: tuple[Row, ...]) -> list[Row]:
        return sorted(rows, key=lambda row: (row.about, schools[row.school_id], row.grade))

    titles = {
        one: dict(objectives[one].title) if one in objectives else {} for one in {row.about for row in made.coverage}
    }
    return AggregatesShape.model_validate(
        {
            "day": made.day.isoformat(),
            "least": made.least,
            "coverage": [
                place(row) | {"objective": row.about, "title": titles[row.about]} | figures(row, "coverage")
                for row in ordered(made.coverage)
            ],
            "growth": [
                place(row) | {"month": row.about} | figures(row, "success", "growth") for row in ordered(made.growth)
            ],
            "suggestions": [
                place(row) | figures(row, "offered", "accept", "edit", "skip", "reject", "pause")
                for row in ordered(made.suggestions)
            ],
        }
    )
