"""What a simulation hands over: the files of a provider and, kept apart from them, the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from polku.simulate.config import SimulationConfig


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What only the simulation knows, for proofs; never an input of anything that is proved.

    Parameters
    ----------
    mastery : DataFrame
        ``learner_id, skill_id, knowledge, p_reference`` at the end of the year: knowledge in 0-1 by the law,
        and the probability of success on the skill's reference item without anything planted.
    items : DataFrame
        ``item_id, demand, guess, slip, word_problem, uneven, reference``.
    learners : DataFrame
        ``learner_id, rate, forgetting, attention, level, gap, silent, newcomer``.
    schools : DataFrame
        ``school_id, leniency``: points that a school's teachers add to the grade.
    """

    mastery: pd.DataFrame
    items: pd.DataFrame
    learners: pd.DataFrame
    schools: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Municipality:
    """One simulated municipality after its school year.

    Parameters
    ----------
    config : SimulationConfig
        What it was made from.
    responses : DataFrame
        Canonical columns ``response_id, learner_id, item_id, skill_ids, answered_at, correct, known_at,
        duration_s, school_id, group_id``; times are ISO 8601 text with zone, skills joined by ``;``; rows in
        the order in which they became known.
    roster : DataFrame
        ``learner_id, grade, group_id, school_id``.
    teachers : DataFrame
        ``teacher_id, group_id, starts_on, ends_on``; an empty end means the relation goes on.
    items : DataFrame
        ``item_id, skill_ids, title``.
    background : DataFrame
        ``learner_id`` and one column per attribute of ``config.GROUPS``; an empty cell is a missing value.
    grades : DataFrame
        ``learner_id, subject, grade, school_id``: teachers' grades (4-10) at the end of the year.
    truth : Truth
        Hidden values, never written unless asked for.
    """

    config: SimulationConfig
    responses: pd.DataFrame
    roster: pd.DataFrame
    teachers: pd.DataFrame
    items: pd.DataFrame
    background: pd.DataFrame
    grades: pd.DataFrame
    truth: Truth

    def write(self, folder: Path, *, with_truth: bool = False) -> tuple[Path, ...]:
        """Write the provider's files into `folder`, which is made if absent.

        Parameters
        ----------
        folder : Path
            Where ``responses.csv, roster.csv, teachers.csv, items.csv, background.csv, grades.csv`` go.
        with_truth : bool
            Also write ``mastery.csv, items.csv, learners.csv, schools.csv`` into ``truth/``.

        Returns
        -------
        tuple of Path
            The files written.
        """
        names = ("responses", "roster", "teachers", "items", "background", "grades")
        tables: dict[str, pd.DataFrame] = {f"{name}.csv": getattr(self, name) for name in names}
        if with_truth:
            hidden = ("mastery", "items", "learners", "schools")
            tables |= {f"truth/{name}.csv": getattr(self.truth, name) for name in hidden}
        paths = tuple(folder / name for name in tables)
        for path, table in zip(paths, tables.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, index=False, lineterminator="\n")
        return paths
