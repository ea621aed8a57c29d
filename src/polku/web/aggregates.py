"""Aggregates for those who answer for schools: of many learners together, never of one, and in no order of merit.

Four tables, each by grade and school: how much of an objective has been shown so far, how success grew on each
learner's own month before, what became of suggestions, and use by month (:mod:`polku.web.monthly`). Learners whose
identity is protected, who object to profiling or whose data are restricted are in none of them. Cells of fewer than the
audit's limit are suppressed, and with them those that would give them away
(:func:`polku.fairness.disclosure.suppressed_groups`). What is left is rounded, and stands for a day, so that two looks
cannot be subtracted to find the one learner who came in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from polku.fairness.attributes import CROSS
from polku.fairness.disclosure import suppressed_groups
from polku.paths.days import day_of
from polku.paths.proposal import states_of
from polku.paths.released import Released
from polku.profiles import profiles_of
from polku.records import Responses
from polku.store.transaction import Transaction
from polku.store.values import Decision
from polku.web.monthly import monthly

STEP = 0.05
"""Shares are told in steps of this."""
HEADS = 5
"""Numbers of learners are told in steps of this, rounded down."""
MONTHS = 12
USED = ("accept", "edit", "skip", "reject", "pause")


class Row(NamedTuple):
    """One cell of a table.

    Parameters
    ----------
    about : str
        Objective or month; empty where the table is about neither.
    school_id : str
        Which school.
    grade : int
        Which grade.
    learners : int or None
        How many, in steps of five; None where the cell is suppressed.
    figures : mapping of str to float
        Means over learners; empty where the cell is suppressed.
    """

    about: str
    school_id: str
    grade: int
    learners: int | None
    figures: Mapping[str, float]


class Aggregates(NamedTuple):
    """Four tables of one provider, of one day.

    Parameters
    ----------
    day : date
        When they were made.
    least : int
        Fewest learners of a cell that is told.
    coverage, growth, suggestions, months : tuple of Row
        In order of objective or month, school id and grade.
    """

    day: date
    least: int
    coverage: tuple[Row, ...]
    growth: tuple[Row, ...]
    suggestions: tuple[Row, ...]
    months: tuple[Row, ...]

    def of_school(self, school_id: str) -> Aggregates:
        """Return the rows of one school: the same cells are suppressed as beside the others."""
        tables = ([row for row in table if row.school_id == school_id] for table in self[2:])
        return Aggregates(self.day, self.least, *map(tuple, tables))


def aggregate(tx: Transaction, released: Released, now: int, least: int) -> Aggregates:
    """Return the aggregates of a provider.

    Parameters
    ----------
    tx : Transaction
        One that may read.
    released : Released
        What mastery is estimated by.
    now : int
        Microseconds UTC.
    least : int
        Fewest learners of a cell that is told.
    """
    people = tx.roster.learners().dropna(subset=["grade", "school_id"])
    left_out = tx.relations.protected() | tx.holds.unprofiled()
    people = people[~people["learner_id"].isin(left_out)].set_index("learner_id")[["grade", "school_id"]]
    responses = tx.responses.of(people.index)
    tables = (
        coverage(responses, released, now),
        growth(responses),
        use(tx.figures.offered(), tx.decisions.all()),
        monthly(
            responses,
            tx.figures.offered_on(),
            {str(one): int(grade) for one, grade in people["grade"].items()},
            released.lens.curriculum,
            MONTHS,
        ),
    )
    return Aggregates(day_of(now), least, *(tuple(cells(table, people, least)) for table in tables))


def cells(table: pd.DataFrame, people: pd.DataFrame, least: int) -> Iterator[Row]:
    """Yield the cells of a table, small ones suppressed.

    Parameters
    ----------
    table : DataFrame
        ``learner_id``, ``about`` and the figures, one row a learner and what it is about.
    people : DataFrame
        ``grade`` and ``school_id`` by learner id; nobody else is counted.
    least : int
        Fewest learners of a cell that is told.
    """
    counted = table[table["learner_id"].isin(people.index)]
    if counted.empty:  # columns of nothing have no kind by which they could be joined
        return
    known = counted.join(people, on="learner_id")
    names = [name for name in table.columns if name not in {"learner_id", "about"}]
    for about, part in known.groupby("about", sort=True):
        found = part.groupby(["school_id", "grade"], sort=True)
        means = found[names].mean().to_dict("index")
        sizes = _sizes(found["learner_id"].nunique())
        hidden = _hidden(sizes, least)
        # a figure that few of a cell have, such as growth among newcomers, is theirs alone
        apart = {name: _hidden(_sizes(found[name].count()), least) for name in names}
        for place, size in sizes.items():
            told = place not in hidden
            shown = {name: means[place][name] for name in names if told and place not in apart[name]}
            values = {str(name): _coarse(value) for name, value in shown.items() if not pd.isna(value)}
            yield Row(str(about), *place, size // HEADS * HEADS if told else None, values)


def _sizes(counts: pd.Series[int]) -> dict[tuple[str, int], int]:
    """Return learners by school and grade; cells of nobody are none."""
    rows = counts[counts > 0].rename("size").reset_index().to_dict("records")
    return {(str(one["school_id"]), int(one["grade"])): int(one["size"]) for one in rows}


def _hidden(sizes: Mapping[tuple[str, int], int], least: int) -> set[tuple[str, int]]:
    """Return the cells of a table that are suppressed; what a school or a grade adds up to is known from elsewhere."""
    schools = {school: number for number, school in enumerate(sorted({school for school, _ in sizes}))}
    named = {f"{schools[school]}{CROSS}{grade}": (school, grade) for school, grade in sizes}
    return {named[one] for one in suppressed_groups({name: sizes[place] for name, place in named.items()}, least)}


def coverage(responses: Responses, released: Released, now: int) -> pd.DataFrame:
    """Return by learner and objective the share of the skills with answers that has been shown so far.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    released : Released
        Its model, or its built-in estimate, and the policy's ``shown_at`` say what counts as shown.
    now : int
        Microseconds UTC.

    Returns
    -------
    DataFrame
        ``learner_id``, ``about`` (the objective), ``coverage`` (0 to 1).
    """
    lens, rows = released.lens, []
    at = now if responses.clock else None
    for learner_id, profile in profiles_of(responses, lens.feature_set, lens.item_statistics, lens.curriculum):
        answered, states = profile.evidence(), states_of(profile, lens.curriculum, released.model, at)
        for skill in answered.keys() & states.keys():
            shown = float(states[skill].p >= released.policy.evidence.shown_at)
            rows += [(learner_id, one, shown) for one in lens.curriculum.skills[skill].objectives]
    frame = pd.DataFrame(rows, columns=["learner_id", "about", "coverage"])
    return frame.groupby(["learner_id", "about"], sort=True)[["coverage"]].mean().reset_index()


def growth(responses: Responses) -> pd.DataFrame:
    """Return by learner and month the share of right answers, and its growth on the learner's month before.

    Nobody is compared with anybody else: each difference is a learner's own.

    Parameters
    ----------
    responses : Responses
        Whole histories; without a clock there are no months.

    Returns
    -------
    DataFrame
        ``learner_id``, ``about`` (YYYY-MM, the last twelve), ``success`` (0 to 1), ``growth`` (-1 to 1; missing in a
        learner's first month).
    """
    names = ["learner_id", "about", "success", "growth"]
    if not responses.clock or not len(responses):
        return pd.DataFrame({name: [] for name in names})
    months = pd.to_datetime(responses.answered_at, unit="us").strftime("%Y-%m")
    learners = np.asarray(responses.learners, dtype=object)[responses.learner]
    frame = pd.DataFrame({"learner_id": learners, "about": months, "success": responses.correct})
    frame = frame.groupby(["learner_id", "about"], sort=True)[["success"]].mean().reset_index()
    frame["growth"] = frame.groupby("learner_id")["success"].diff()
    last = sorted(frame["about"].unique())[-MONTHS:]
    return frame[frame["about"].isin(last)][names]


def use(offered: Mapping[str, int], decided: Sequence[Decision]) -> pd.DataFrame:
    """Return by learner how many options were offered, and the share of them that each decision was made on.

    Parameters
    ----------
    offered : mapping of str to int
        Options by learner.
    decided : sequence of Decision
        Of one suggestion the last counts.

    Returns
    -------
    DataFrame
        ``learner_id``, ``about`` (empty), ``offered`` (options a learner) and the share of each decision.
    """
    latest = {one.suggestion_id: (one.learner_id, one.decision) for one in decided}
    counts = pd.Series(list(latest.values()), dtype=object).value_counts().to_dict()
    rows = [
        {
            "learner_id": learner,
            "about": "",
            "offered": float(options),
            **{name: counts.get((learner, name), 0) / options for name in USED},
        }
        for learner, options in offered.items()
    ]
    return pd.DataFrame(rows, columns=["learner_id", "about", "offered", *USED])


def _coarse(value: float) -> float:
    return round(round(float(value) / STEP) * STEP, 2)
