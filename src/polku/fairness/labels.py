"""Teachers' grades set beside item evidence, by group and by school. It is reported and never judged.

Grades are labels: what learns from them, or is checked against them, inherits how they are given. Here they are read
from a file for one table, kept nowhere, fed into nothing, and no figure is of one learner. Schools stand in the order
of their names; the table says how far apart grading lies, not who does it well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from polku.fairness.ability import Ability, ability_of
from polku.fairness.arrays import Texts
from polku.fairness.beside import groups_of, publishable
from polku.fairness.differencing import Fingerprint
from polku.fairness.enclave import load_slices
from polku.fairness.grades_file import check_grades
from polku.fairness.marks import SCHOOL, Row, marks_of, schools_of
from polku.fairness.supplement import Supplement
from polku.home import Home
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices

COLUMNS = (
    *("subject", "attribute", "group", "n", "raw_gap", "gap", "low", "high"),
    *("pooled", "uncorrected", "within_schools"),
)
LEAST_LEARNERS = 50
"""With fewer, the curve from evidence to grades would be drawn by a handful."""


def labels_supplement(
    grades: pd.DataFrame,
    evidence: Ability,
    groups: Mapping[str, Texts],
    slices: Slices,
    *,
    roster: pd.DataFrame | None = None,
    seed: int = 0,
) -> Supplement:
    """Report grades at equal item evidence.

    Parameters
    ----------
    grades : DataFrame
        As :func:`check_grades` takes it.
    evidence : Ability
        As :func:`~polku.fairness.ability.ability_of` returns it.
    groups : mapping of str to ndarray of str, shape (n,)
        Group by attribute of the n learners of `evidence`; "school" for lines of schools.
    slices : Slices
        Order of groups, and the limits on small numbers.
    roster : DataFrame, optional
        ``learner_id, grade, school_id``: the school year (1-12), within which grades are compared, and the school where
        `grades` name none.
    seed : int
        Of the draws behind the intervals.

    Returns
    -------
    Supplement
        Topic "labels". A gap is the group's mean grade minus that of all others with the same evidence and school year.

    Raises
    ------
    InputError
        As :func:`check_grades`.
    """
    table, without = check_grades(grades)
    rows: list[tuple[bool, Row]] = []
    told: list[Fingerprint] = []
    notes, k = [*_notes(evidence, without)], slices.disclosure.outside
    for subject, part in ((str(name), part) for name, part in table.groupby("subject", sort=True)):
        known = part[part["learner_id"].isin(evidence.learners)].sort_values("learner_id")
        if len(known) < LEAST_LEARNERS:
            notes.append(
                f"{subject or 'the grades'}: left out, fewer than {LEAST_LEARNERS} learners have item evidence"
            )
            continue
        marks = marks_of(subject, known, evidence, roster)
        place = np.searchsorted(evidence.learners.astype(str), known["learner_id"].to_numpy(str))
        here = {name: labels[place] for name, labels in groups.items()}
        counted = Fingerprint.of("labels", np.asarray(known["learner_id"], dtype=object), here, "")
        uncounted = counted.close_to(told, k)
        told.append(counted.without(uncounted))
        rows += marks.rows(here, slices, seed, uncounted)
        if uncounted:
            names = ", ".join(sorted(uncounted))
            notes.append(f"{subject}: not counted by {names}, for fewer than {k} learners set it apart from another")
    shown = tuple(row for may, row in rows if may)
    return Supplement("labels", COLUMNS, shown, len(rows) - len(shown), tuple(notes))


def audit_labels(
    home: Home,
    settings: Settings,
    grades: pd.DataFrame,
    answers: pd.DataFrame,
    *,
    roster: pd.DataFrame | None = None,
    purpose: str,
    seed: int = 0,
) -> Supplement:
    """Report grades at equal item evidence over the groups kept in the enclave.

    Parameters
    ----------
    home, settings
        Declare the slices, and where the enclave is.
    grades, roster, seed
        As for :func:`labels_supplement`.
    answers : DataFrame
        ``learner_id, y_true, y_prob``, the last being a typical learner's probability on the item.
    purpose : str
        Why the background is read; logged with the read.

    Returns
    -------
    Supplement
        Nothing of one learner leaves.

    Raises
    ------
    InputError
        If no purpose is given, or a table cannot be used.
    """
    slices = load_slices(home)
    table, _ = check_grades(grades)
    evidence = ability_of(answers)
    evidence = evidence.of(evidence.learners[np.isin(evidence.learners, table["learner_id"])])
    groups = groups_of(settings, slices, evidence.learners, purpose)
    school = schools_of(table, roster, evidence.learners)
    groups |= {} if school is None else {SCHOOL: school}
    left, notes = publishable("labels", evidence.learners, groups, settings, slices.disclosure.outside)
    found = labels_supplement(grades, evidence, left, slices, roster=roster, seed=seed)
    return Supplement(found.topic, found.columns, found.rows, found.suppressed, (*found.notes, *notes))


def _notes(evidence: Ability, without: int) -> Sequence[str]:
    notes = [
        "a gap is no proof of how a teacher grades: grades also honour what no item asks for",
        f"reliability of the item evidence, by halves of the same learners' answers: {evidence.reliability:.2f}",
    ]
    return [*notes, f"{without} rows without a number were left out"] if without else notes
