"""The table of a paper test: its tasks, what a pasted table says, and the id under which each answer is kept."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.web.said import HERE

MOST_TASKS: Final = 60
MORNING: Final = dt.time(8)
"""When answers on paper count as given: the log of a day knows no lesson."""
Cells = dict[tuple[str, int], str]
"""What stands in the table: by learner and task, from 0."""


class Task(NamedTuple):
    """One task of a paper test.

    Parameters
    ----------
    name : str
        A skill, or an item of the item bank.
    skills : tuple of str
        What it asks for.
    """

    name: str
    skills: tuple[str, ...]


class PaperTest(NamedTuple):
    """A paper test of one group.

    Parameters
    ----------
    group : str
        Id of the group.
    name : str
        What the teacher calls it; together with group, day and task it tells answers apart.
    day : date
        When it was written.
    tasks : tuple of Task
        In the order on paper.
    """

    group: str
    name: str
    day: dt.date
    tasks: tuple[Task, ...]

    def response_id(self, learner_id: str, place: int) -> str:
        """Return the id of one answer: the same whenever the same table is sent again.

        Examples
        --------
        >>> test = PaperTest("7A", "Bråk 1", dt.date(2026, 5, 20), (Task("a", ("a",)),))
        >>> test.response_id("L0001", 0) == test.response_id("L0001", 0) != test.response_id("L0002", 0)
        True
        """
        said = "\x1f".join((self.group, self.name, self.day.isoformat(), learner_id, str(place)))
        return f"paper-{hashlib.sha256(said.encode()).hexdigest()[:40]}"

    def row(self, learner_id: str, place: int, value: str) -> dict[str, object]:
        """Return one answer as the interface takes it; the value is checked there."""
        task = self.tasks[place]
        own = f"paper:{hashlib.sha256(self.name.encode()).hexdigest()[:12]}:{place + 1}"
        return {
            "response_id": self.response_id(learner_id, place),
            "learner_id": learner_id,
            "item_id": own if task.name in task.skills else task.name,
            "skill_ids": list(task.skills),
            "answered_at": dt.datetime.combine(self.day, MORNING, HERE).isoformat(),
            "correct": value.replace(",", "."),
            "group_id": self.group,
        }


def tasks_of(
    names: Iterable[str], counts: Sequence[int], curriculum: Curriculum, bank: Mapping[str, tuple[str, ...]]
) -> tuple[Task, ...]:
    """Return the tasks that some lines name: a skill as many times as its count says, an item once.

    Raises
    ------
    InputError
        If a line names neither, or there are too many.

    Examples
    --------
    >>> [one.name for one in tasks_of(["a", "i1"], [2], Curriculum.of_skills("ab"), {"i1": ("b",)})]
    ['a', 'a', 'i1']
    """
    found: list[Task] = []
    for place, said in enumerate(names):
        name = said.strip().split(" ", 1)[0]
        if name in curriculum:
            found += [Task(name, (name,))] * (counts[place] if place < len(counts) else 1)
        elif name in bank:
            found.append(Task(name, bank[name]))
        else:
            raise InputError("a task is named by a skill or an item", got=name, hint="choose from the list")
    if len(found) > MOST_TASKS:
        raise InputError("a test has too many tasks", got=len(found), hint=f"{MOST_TASKS} at most")
    return tuple(found)


class Pasted(NamedTuple):
    """What a pasted table says.

    Parameters
    ----------
    heading : tuple of str
        What stands above the answers; empty where the first line is a learner's.
    cells : dict
        Answers of learners of the group.
    unplaced : tuple of str
        Lines that belong to nobody of the group, or to somebody named already: shown again, and not taken in.
    columns : int
        Most answers on a line.
    """

    heading: tuple[str, ...]
    cells: Cells
    unplaced: tuple[str, ...]
    columns: int


def read_pasted(text: str, learners: Collection[str]) -> Pasted:
    r"""Read a table that was copied from a spreadsheet: a learner on each line, then the answers.

    Columns are set apart by tabs, else semicolons, else commas.

    Examples
    --------
    >>> read_pasted("pupil;t1;t2\nL1;1;0,5\nL9;1;1", {"L1"})
    Pasted(heading=('t1', 't2'), cells={('L1', 0): '1', ('L1', 1): '0,5'}, unplaced=('L9;1;1',), columns=2)
    """
    separator = next((one for one in "\t;," if one in text), "\t")
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    table = [_row(line, separator) for line in lines]
    heading: tuple[str, ...] = ()
    if len(table) > 1 and any(table[0][1:]) and table[0][0] not in learners and not _answers(table[0][1:]):
        heading, table, lines = tuple(filter(None, table[0][1:])), table[1:], lines[1:]
    cells: Cells = {}
    unplaced, columns, seen = [], len(heading), set[str]()
    for row, line in zip(table, lines, strict=False):
        if not row or row[0] not in learners or row[0] in seen:
            unplaced.append(line)
            continue
        seen.add(row[0])
        columns = max(columns, len(row) - 1)
        cells |= {(row[0], place): value for place, value in enumerate(row[1:]) if value}
    return Pasted(heading, cells, tuple(unplaced), columns)


def _row(line: str, separator: str) -> list[str]:
    """Return the cells of one line: read by itself, so that a stray quotation mark takes no other learner's answers."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    except csv.Error:  # a cell longer than any answer is: the line is shown again
        return []


def _answers(cells: Sequence[str]) -> bool:
    """Return whether cells look like answers rather than like what stands above them."""
    said = [one.replace(",", ".", 1) for one in cells if one]
    return bool(said) and all(one.replace(".", "", 1).isdecimal() for one in said)
