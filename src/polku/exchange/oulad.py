"""Assessment scores of a distance university, dated, with who the students are.

Kuzilek, Hlosta & Zdrahal (2017), *Open University Learning Analytics dataset*, Scientific Data 4, CC BY 4.0. A folder
holds ``studentAssessment.csv``, ``assessments.csv`` and ``studentInfo.csv``.

========== ========================================================================================================
learner    ``s11391``: one student over all modules
item       ``a1752``: one assessment of one presentation
skill      ``AAA.TMA``: module and type of assessment (TMA tutor marked, CMA computer marked, exam); area: the module
score      0 to 100, here 0 to 1; a row without one is refused
time       noon UTC, `date_submitted` days after the presentation's nominal start: 1 February for ``B``, 1 October
           for ``J``
response   ``s11391-a1752``
background ``gender``, ``disability`` (yes or no), ``deprivation`` (index of multiple deprivation, 0-10% the most
           deprived) and ``age``
========== ========================================================================================================

The set gives days since a start whose date it does not tell, only its month. Days between two answers in one
presentation are therefore real; between two presentations they are right to within the month. Scores of one day stand
in the order of their ids.

Traps: the deprivation band 10-20 lacks the percent sign that all others have; a student who registers twice may be in
two age bands (the earlier registration counts); and banked scores (`is_banked`), carried over from an earlier
presentation, are dated the day before the start: they are kept there, since they were known then, and counted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.exchange import headers
from polku.exchange.areas import Place, curriculum_json
from polku.exchange.delimited import read_delimited
from polku.exchange.groups import attributes_of, background, no_background, recoded
from polku.exchange.ids import pair, prefixed
from polku.exchange.raw import RawTable
from polku.exchange.reading import Reading, check
from polku.exchange.scores import scaled
from polku.exchange.several import companion, read_companion, texts
from polku.exchange.text import peek_header
from polku.records import DenyRules, Items

SCORES, ASSESSMENTS, STUDENTS = "studentAssessment.csv", "assessments.csv", "studentInfo.csv"
COLUMNS = ("id_assessment", "id_student", "date_submitted", "score")
ABOUT = ("id_assessment", "code_module", "code_presentation", "assessment_type")
NAMES = {
    "response_id": "id_student",
    "learner_id": "id_student",
    "item_id": "id_assessment",
    "skill_ids": "id_assessment",
    "answered_at": "date_submitted",
    "correct": "score",
}
START_MONTHS = {"B": 2, "J": 10}
TOP_SCORE = 100


class Assessment(NamedTuple):
    """What ``assessments.csv`` says of an assessment."""

    module: str
    presentation: str
    kind: str

    @property
    def skill(self) -> str:
        """Return the skill's id."""
        return f"{self.module}.{self.kind}"


def fits_oulad(path: Path) -> bool:
    """Tell whether a folder or file is of this format."""
    if path.is_dir():
        return (path / SCORES).is_file()
    return set(COLUMNS) <= set(peek_header(path, ","))


def read_oulad(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read a folder, or its ``studentAssessment.csv``.

    Parameters
    ----------
    path : Path
        Folder or file.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Gives the skills of assessments that are not listed; without it, their scores are refused.

    Returns
    -------
    Reading
        Responses with a clock, background, and the modules as areas of a curriculum.

    Raises
    ------
    InputError
        If a file is missing, or columns are.
    """
    folder = path if path.is_dir() else path.parent
    file = companion(path, SCORES, "it holds the scores") if path.is_dir() else path
    about = read_companion(companion(folder, ASSESSMENTS, "it gives modules and starts"), ABOUT, deny)
    ids, *fields = (texts(about, name) for name in ABOUT)
    listed = dict(zip(ids, map(Assessment, *fields), strict=True))
    raw = read_delimited(file, deny)
    found = [*raw.table.column_names, *raw.denied]
    headers.require(file, found, COLUMNS, deny)
    raw = raw.add(learner_id=prefixed("s", raw.column("id_student")))
    notes = ("days are counted from the nominal start, 1 February (B) or 1 October (J)", *_banked(raw))
    notes += about.notes + raw.notes + headers.ignored_note(found, (*COLUMNS, "is_banked"), deny)
    reading = check(replace(raw, notes=notes), _columns(raw, listed), deny, items, NAMES)
    reading = replace(reading, curriculum_json=_areas(reading, listed))
    return _with_background(reading, folder / STUDENTS, deny)


def _columns(raw: RawTable, listed: Mapping[str, Assessment]) -> dict[str, pa.Array]:
    """Return the canonical columns of scores."""
    item = prefixed("a", raw.column("id_assessment"))
    return {
        "response_id": pair(raw.column("learner_id"), item),
        "learner_id": raw.column("learner_id"),
        "item_id": item,
        "skill_ids": _mapped(raw.column("id_assessment"), {word: one.skill for word, one in listed.items()}),
        "answered_at": _moments(raw, listed),
        "correct": scaled(raw.column("score"), TOP_SCORE),
    }


def _areas(reading: Reading, listed: Mapping[str, Assessment]) -> str | None:
    """Return the modules of the skills that occur, as areas."""
    module = {one.skill: one.module for one in listed.values()}
    skills = {skill: Place(skill, module[skill]) for skill in reading.responses.skills if skill in module}
    return curriculum_json("oulad", skills, {name: name for name in module.values()})


def _mapped(column: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Return what each text stands for, empty where it stands for nothing."""
    return recoded(column, words).fill_null("")


def _moments(raw: RawTable, listed: Mapping[str, Assessment]) -> pa.Array:
    """Return each row's time in ISO 8601; what cannot be dated stays a text that is no time."""
    presentation = _mapped(raw.column("id_assessment"), {word: one.presentation for word, one in listed.items()})
    days = pc.binary_join_element_wise(presentation, pc.utf8_trim(raw.column("date_submitted"), " "), " ")
    encoded = days.dictionary_encode()
    return pa.array(list(map(_moment, encoded.dictionary.to_pylist())), pa.string()).take(encoded.indices)


def _moment(text: str) -> str:
    """Return noon of a day of a presentation.

    Examples
    --------
    >>> _moment("2013J -3"), _moment("2013J ")
    ('2013-09-28T12:00:00Z', '')
    """
    found = re.fullmatch("([0-9]{4})([BJ]) (-?[0-9]{1,5})", text)
    if not found:
        return text.partition(" ")[2] and f"day {text}"
    start = dt.date(int(found[1]), START_MONTHS[found[2]], 1)
    return f"{start + dt.timedelta(int(found[3]))}T12:00:00Z"


def _banked(raw: RawTable) -> tuple[str, ...]:
    """Count the scores that were carried over."""
    count = raw.column("is_banked").to_pylist().count("True") if raw.has("is_banked") else 0
    return (f"{count} scores are banked, from an earlier presentation; they stand before the start",) if count else ()


def _with_background(reading: Reading, file: Path, deny: DenyRules) -> Reading:
    """Add what is known of the students."""
    if not file.is_file():
        return replace(reading, notes=(*reading.notes, no_background(file)))
    raw = read_companion(file, ("id_student", "code_presentation"), deny)
    # Earlier registrations first: 2013B is before 2013J.
    raw = raw.take(np.argsort(raw.column("code_presentation").to_numpy(zero_copy_only=False), kind="stable"))
    learner = prefixed("s", raw.column("id_student"))
    groups = attributes_of(raw, {"gender": "gender", "age_band": "age"})
    if raw.has("disability"):
        groups["disability"] = recoded(raw.column("disability"), {"True": "yes", "False": "no", "Y": "yes", "N": "no"})
    if raw.has("imd_band"):
        groups["deprivation"] = pc.replace_substring_regex(raw.column("imd_band"), "^([0-9]+-[0-9]+)$", r"\1%")
    frame = background(learner, groups, reading.responses, deny)
    note = f"{len(learner)} registrations of {len(learner.unique())} students, {len(frame)} of them with scores"
    return replace(reading, background=frame, notes=(*reading.notes, note, *raw.notes))
