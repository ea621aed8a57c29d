"""Grades of one subject beside what is known of the same learners: the lines of a table of grades."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from polku.fairness.ability import Ability
from polku.fairness.arrays import Floats, Ints, Texts
from polku.fairness.attributes import order_of
from polku.fairness.beside import hidden_groups
from polku.fairness.cell import rounded
from polku.fairness.equal_evidence import Graded
from polku.fairness.evidence_intervals import with_intervals
from polku.fairness.pooling import pooled
from polku.fairness.supplement import Value
from polku.fairness.tables import floats
from polku.schemas.slices import MISSING, Slices

SCHOOL = "school"
MOST_DRAWS = 400
"""Each draw repeats the whole fit."""

Row = tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Marks:
    """Grades of one subject beside what is known of the same learners.

    Parameters
    ----------
    subject : str
        "" where the file names none.
    grade : ndarray of float64, shape (n,)
        Points.
    evidence : Ability
        Of the n learners.
    year : ndarray of int64, shape (n,)
        School year of the learner, numbered; one for everybody where unknown.
    school : ndarray of str, shape (n,), or None
        School of the learner; "missing" where unknown.
    """

    subject: str
    grade: Floats
    evidence: Ability
    year: Ints
    school: Texts | None

    def rows(
        self, groups: Mapping[str, Texts], slices: Slices, seed: int, uncounted: Collection[str] = ()
    ) -> Iterator[tuple[bool, Row]]:
        """Yield lines and whether each may be shown.

        Parameters
        ----------
        groups : mapping of str to ndarray of str, shape (n,)
            Labels of the n learners by attribute.
        slices : Slices
            Order of groups, and the limits on small numbers.
        seed : int
            Of the draws behind the intervals.
        uncounted : collection of str
            Attributes whose lines do not say how many learners stand behind them.
        """
        for attribute, found in groups.items():
            for may, (subject, name, group, n, *figures) in self._rows(attribute, found, slices, seed):
                yield may, (subject, name, group, None if attribute in uncounted else n, *figures)

    def _rows(self, attribute: str, found: Texts, slices: Slices, seed: int) -> Iterator[tuple[bool, Row]]:
        order = order_of(attribute, found, slices.attributes)
        codes = np.searchsorted(np.sort(order), found.astype(str)).astype(np.int64)
        graded = Graded(self.grade, self.evidence, codes, self.year)
        hidden = hidden_groups(found, slices.disclosure.outside)
        names = sorted(order)
        shown = np.array([name not in hidden for name in names])
        draws = min(slices.inference.resamples, MOST_DRAWS)
        gaps = with_intervals(graded, self._unit(attribute, slices), shown, draws, np.random.default_rng((seed, 5)))
        once = np.ones(len(self.grade))
        inside = self._within_schools(attribute, codes)
        columns = [graded.raw_gaps(), gaps.gap, gaps.low, gaps.high, pooled(gaps.gap, gaps.error)]
        columns += [graded.gaps(once, corrected=False), inside]
        for name in order:
            place = names.index(name)
            figures = [rounded(float(column[place])) for column in columns]
            yield bool(shown[place]), (self.subject, attribute, name, int((codes == place).sum()), *figures)

    def _within_schools(self, attribute: str, codes: Ints) -> Floats:
        if self.school is None or attribute == SCHOOL:
            return np.full(int(codes.max()) + 1, np.nan)
        class_of = pd.factorize(pd.Series(self.school, dtype=object) + " " + pd.Series(self.year).astype(str))[0]
        return Graded(self.grade, self.evidence, codes, class_of.astype(np.int64)).gaps(np.ones(len(codes)))

    def _unit(self, attribute: str, slices: Slices) -> Ints:
        """Return what is resampled: schools, unless they are what is compared or are few; else learners."""
        if self.school is None or attribute == SCHOOL or len(set(self.school.tolist())) < slices.inference.schools:
            return np.arange(len(self.grade), dtype=np.int64)
        return pd.factorize(pd.Series(self.school, dtype=object), sort=True)[0].astype(np.int64)


def marks_of(subject: str, known: pd.DataFrame, evidence: Ability, roster: pd.DataFrame | None) -> Marks:
    """Put grades of one subject beside evidence, school year and school.

    Parameters
    ----------
    subject : str
        Name of the subject.
    known : DataFrame
        As :func:`~polku.fairness.grades_file.check_grades` returns it; of learners with evidence, one row a learner.
    evidence : Ability
        Of these learners, and of others.
    roster : DataFrame or None
        ``learner_id, grade, school_id``.
    """
    ids = np.asarray(known["learner_id"], dtype=object)
    year = pd.Series(0, index=ids) if roster is None else roster.set_index("learner_id")["grade"].reindex(ids)
    return Marks(
        subject=subject,
        grade=floats(known["grade"]),
        evidence=evidence.of(ids),
        year=pd.factorize(year.fillna(0).astype(int), sort=True)[0].astype(np.int64),
        school=schools_of(known, roster, ids),
    )


def schools_of(grades: pd.DataFrame, roster: pd.DataFrame | None, learners: Texts) -> Texts | None:
    """Return the school of each learner as the grades name it, else the roster; None where neither names any.

    Examples
    --------
    >>> grades = pd.DataFrame({"learner_id": ["a", "b"], "school_id": ["north", None]})
    >>> roster = pd.DataFrame({"learner_id": ["b"], "school_id": ["south"]})
    >>> schools_of(grades, roster, np.array(["a", "b", "c"], dtype=object)).tolist()
    ['north', 'south', 'missing']
    """
    school = grades.drop_duplicates("learner_id").set_index("learner_id")["school_id"].reindex(learners)
    if roster is not None and "school_id" in roster:
        school = school.where(school.notna(), roster.set_index("learner_id")["school_id"].reindex(learners))
    return np.asarray(school.fillna(MISSING).astype(str), dtype=object) if school.notna().any() else None
