"""``/paper/{group}``: a class's answers of a paper test, entered in a table by keyboard or pasted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.errors import InputError
from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.access import Anyone, GuidesGroup, SeesGroup
from polku.web.access.pages import own
from polku.web.access.rules import hidden_from
from polku.web.api.groups import members_of
from polku.web.pages.forms import TEACHER, Fields, Form
from polku.web.pages.navigation import place_of, with_query
from polku.web.pages.paper_saving import Cell, counts, kept_of, replace, save
from polku.web.pages.paper_table import Cells, PaperTest, Task, read_pasted, tasks_of
from polku.web.pages.templates import page
from polku.web.service import Held, Reading, Service, Writing
from polku.web.shapes import VISIBLE, PathId
from polku.web.viewer import Viewer

router = APIRouter(include_in_schema=False)
LARGEST = 400_000
"""Bytes of a whole class's table."""
MOST_FIELDS = 4000
TASKS = 10
"""Tasks of one line where nobody says how many."""
Said = Annotated[list[str], Query(max_length=60)]


@dataclass(frozen=True)
class PaperPage:
    """What ``paper.html`` shows.

    Parameters
    ----------
    group : str
        Id of the group; empty where the viewer has none.
    groups : tuple of str
        The groups that the viewer may open.
    learners : tuple of str
        The rows.
    test : PaperTest or None
        The test whose table is shown; None where it is still to be said.
    action : str
        Where the table is sent: the address says which test it is, so that it can be opened again.
    cells : mapping of (str, int) to Cell
        What stands in the table, and what became of it.
    counted : mapping of str to int or None
        How many cells are in each state, once something was sent.
    unplaced : tuple of str
        Lines of a pasted table that belong to nobody here.
    name, today : str, date
        What the form offers.
    skills : tuple of (str, mapping of str to str)
        What a task may ask for: id and title by language.
    titles : mapping of str to mapping
        Title of each skill, by language.
    """

    group: str
    groups: tuple[str, ...]
    learners: tuple[str, ...] = ()
    test: PaperTest | None = None
    action: str = ""
    cells: Mapping[tuple[str, int], Cell] | None = None
    counted: Mapping[str, int] | None = None
    unplaced: tuple[str, ...] = ()
    name: str = ""
    today: dt.date | None = None
    skills: tuple[tuple[str, Mapping[str, str]], ...] = ()
    titles: Mapping[str, Mapping[str, str]] | None = None


@router.get("/paper", response_model=None)
def start(request: Request, viewer: Anyone, held: Held, tx: Reading) -> HTMLResponse | RedirectResponse:
    """Lead to the first of the viewer's groups."""
    mine = own(viewer, tx, held.now())
    if not mine.groups:
        return page("paper.html", request, PaperPage("", ()))
    address = with_query(place_of("paper", mine.groups[0]), lang=request.query_params.get("lang"))
    return RedirectResponse(address, status_code=303)


@router.get("/paper/{group_id:path}", response_class=HTMLResponse)
def table(  # noqa: PLR0913, PLR0917 - one for each part of the query, and what every page needs
    request: Request,
    viewer: SeesGroup,
    held: Held,
    tx: Reading,
    group_id: PathId,
    task: Said = [],  # noqa: B006 - FastAPI copies it
    count: Said = [],  # noqa: B006
    name: Annotated[str, Query(max_length=80, pattern=VISIBLE)] = "",
    day: dt.date | None = None,
) -> HTMLResponse:
    """Show the form that says which test it is; or its table, with the answers that are kept already."""
    base = _base(viewer, held, tx, group_id)
    test = _test(held, tx, group_id, name, day, [one for one in task if one.strip()], count)
    kept = kept_of(tx, test, base.learners) if test.tasks else {}
    return _shown(request, held, tx, base, test, {place: Cell(value) for place, value in kept.items()})


@router.post("/paper/{group_id:path}", response_class=HTMLResponse)
def enter(  # noqa: PLR0913, PLR0917 - as above
    request: Request,
    viewer: GuidesGroup,
    held: Held,
    tx: Writing,
    group_id: PathId,
    form: Form,
    task: Said = [],  # noqa: B006
    count: Said = [],  # noqa: B006
    name: Annotated[str, Query(max_length=80, pattern=VISIBLE)] = "",
    day: dt.date | None = None,
) -> HTMLResponse:
    """Take the table in and show what became of each cell; or fill it from a pasted one, for a look before."""
    fields = Fields.of(form, largest=LARGEST, most=MOST_FIELDS)
    base = _base(viewer, held, tx, group_id)
    test = _test(held, tx, group_id, name or fields.get("name"), day or _day(fields), task, count)
    if "table" in fields.said:
        return _pasted(request, held, tx, base, test, fields.get("table"))
    cells = _cells(fields, base.learners, len(test.tasks))
    done = save(tx, test, cells, held.deny, held.now())
    if fields.get("do") == "replace":
        done = replace(tx, test, done, base.learners, held.deny, viewer.speaks_as(TEACHER, "teacher"))
    return _shown(request, held, tx, base, test, done, counted=counts(done))


def _base(viewer: Viewer, held: Service, tx: Transaction, group_id: str) -> PaperPage:
    hidden, mine = hidden_from(viewer, tx), own(viewer, tx, held.now())
    learners = tuple(one.learner_id for one in members_of(tx, group_id) if one.learner_id not in hidden)
    return PaperPage(group_id, tuple(mine.groups), learners)


def _test(
    held: Service, tx: Transaction, group_id: str, name: str, day: dt.date | None, tasks: list[str], count: list[str]
) -> PaperTest:
    today, curriculum = day_of(held.now()), held.suggester.released(tx).lens.curriculum
    numbers = [int(one) if one.isascii() and one.isdecimal() and len(one) < 3 else TASKS for one in count]
    bank = {} if all(one.split(" ", 1)[0] in curriculum for one in tasks) else tx.items.all().skills
    return PaperTest(group_id, name.strip(), min(day or today, today), tasks_of(tasks, numbers, curriculum, bank))


def _day(fields: Fields) -> dt.date | None:
    try:
        return dt.date.fromisoformat(fields.get("day"))
    except ValueError:
        return None


def _cells(fields: Fields, learners: tuple[str, ...], tasks: int) -> Cells:
    """Return the cells that hold something; their names are ``c.<task>.<learner>``."""
    return {
        (learner, place): value
        for learner in learners
        for place in range(tasks)
        if (value := fields.get(f"c.{place}.{learner}"))
    }


def _pasted(
    request: Request, held: Service, tx: Transaction, base: PaperPage, test: PaperTest, text: str
) -> HTMLResponse:
    """Show a pasted table for a look; nothing of it is taken in yet."""
    pasted, curriculum = read_pasted(text, frozenset(base.learners)), held.suggester.released(tx).lens.curriculum
    if not test.tasks:
        known = tx.items.all().skills
        named = [one for one in pasted.heading if one.split(" ", 1)[0] in curriculum or one in known]
        if len(named) < pasted.columns:
            raise InputError(
                "above each column stands a skill or an item", got=f"{len(named)} of {pasted.columns}",
                hint="say first which skills the test asks for, then paste",
            )  # fmt: skip
        test = test._replace(tasks=tasks_of(named, [], curriculum, known))
    elif pasted.columns > len(test.tasks):
        raise InputError(
            "the table has more columns than the test has tasks", got=f"{pasted.columns} for {len(test.tasks)}",
            hint="leave the other columns out, or start a test with as many tasks",
        )  # fmt: skip
    cells = {place: Cell(value) for place, value in pasted.cells.items() if place[1] < len(test.tasks)}
    return _shown(request, held, tx, base, test, cells, unplaced=pasted.unplaced)


def _shown(  # noqa: PLR0913 - what the page is made of
    request: Request,
    held: Service,
    tx: Transaction,
    base: PaperPage,
    test: PaperTest,
    cells: Mapping[tuple[str, int], Cell],
    *,
    counted: Mapping[str, int] | None = None,
    unplaced: tuple[str, ...] = (),
) -> HTMLResponse:
    skills = held.suggester.released(tx).lens.curriculum.skills
    context = PaperPage(
        group=base.group,
        groups=base.groups,
        learners=base.learners,
        test=test if test.tasks else None,
        action=_address(test),
        cells={place: cells.get(place, Cell("")) for place in _places(base.learners, test.tasks)},
        counted=counted,
        unplaced=unplaced,
        name=test.name,
        today=day_of(held.now()),
        skills=() if test.tasks else tuple((name, skill.title) for name, skill in skills.items()),
        titles={name: skill.title for name, skill in skills.items()},
    )
    return page("paper.html", request, context)


def _places(learners: tuple[str, ...], tasks: tuple[Task, ...]) -> list[tuple[str, int]]:
    return [(learner, place) for learner in learners for place in range(len(tasks))]


def _address(test: PaperTest) -> str:
    """Return where the table of a test stands."""
    query = "&".join(with_query("", task=one.name)[1:] for one in test.tasks)
    return with_query(place_of("paper", test.group), name=test.name, day=test.day.isoformat()) + (query and f"&{query}")
