"""School grades of Portuguese pupils in mathematics and Portuguese, with who the pupils are.

Cortez & Silva (2008), *Using data mining to predict secondary school student performance*, FUBUTEC, CC BY 4.0. A
folder holds a file a subject, whose name says which: ``student-mat.csv`` and ``student-por.csv``, separated by
semicolons or commas.

========== ====================================================================================================
learner    ``mat-1``: the pupil in the first row below the header of the mathematics file
item       ``mathematics-G1``: the grade of a period; G3, the final one, where the file has it
skill      ``mathematics`` or ``portuguese``
score      0 to 20, here 0 to 1
order      the period, from 1; there is no clock
response   ``mat-1-G1``
school     ``GP`` or ``MS``
background ``sex``, ``home`` (column `address`: U urban, R rural), ``parents`` (`Pstatus`: T together, A apart),
           ``mother_education`` and ``father_education`` (0 none to 4 higher), ``extra_support`` (`schoolsup`)
========== ====================================================================================================

Traps: many pupils are in both files, but no id says who, so they count as two learners; editions that sort pupils into
a ``class`` lack G3, and the class is an outcome made from it, no answer; a grade of 0 may also mean that somebody
did not sit, which is counted and kept. Of the columns about the pupil only those above are taken, into the background;
health, habits, family life and absences are not read at all, not even into the rows that are refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from polku.errors import InputError
from polku.exchange import headers
from polku.exchange.delimited import read_delimited
from polku.exchange.groups import attributes_of, background
from polku.exchange.ids import pair
from polku.exchange.raw import RawTable
from polku.exchange.reading import Reading, check
from polku.exchange.scores import scaled
from polku.exchange.several import files_of, matching, read_several
from polku.exchange.text import peek_header
from polku.records import DenyRules, Items, Responses

SUBJECTS = {"mat": "mathematics", "por": "portuguese"}
GRADES = ("G1", "G2", "G3")
TOP_GRADE = 20
PATTERNS = ("student?mat*.csv", "student?por*.csv")
ATTRIBUTES = {
    "sex": "sex",
    "address": "home",
    "Pstatus": "parents",
    "Medu": "mother_education",
    "Fedu": "father_education",
    "schoolsup": "extra_support",
}
NAMES = {"answered_at": "period", "correct": "grade", "school_id": "school"}


def fits_uci(path: Path) -> bool:
    """Tell whether a folder or file is of this format."""
    files = matching(path, *PATTERNS)
    return bool(files) and all({"school", "G1", "G2"} <= set(peek_header(file, _delimiter(file))) for file in files)


def read_uci(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read a file, or the files of a folder; every grade of a row is a response.

    Parameters
    ----------
    path : Path
        File or folder.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Not needed: every grade has its skill.

    Returns
    -------
    Reading
        Responses without a clock, and background.

    Raises
    ------
    InputError
        If there are no files, columns are missing, or a file's name says no subject.
    """
    files = files_of(path, *PATTERNS, called="student-mat.csv or student-por.csv")
    raw = read_several(files, lambda file: _grades(file, deny))
    columns = {
        "response_id": pair(raw.column("learner_id"), pc.binary_join_element_wise("G", raw.column("period"), "")),
        "learner_id": raw.column("learner_id"),
        "item_id": raw.column("item_id"),
        "skill_ids": raw.column("skill_ids"),
        "answered_at": raw.column("period"),
        "correct": scaled(raw.column("grade"), TOP_GRADE),
    }
    if raw.has("school"):
        columns["school_id"] = raw.column("school")
    notes = (*_zeros(raw), "a pupil in both files counts as two learners: no id says who is who", *raw.notes)
    reading = check(replace(raw, notes=notes), columns, deny, items, NAMES)
    frames = [_background(file, reading.responses, deny) for file in files]
    return replace(reading, background=pd.concat(frames, ignore_index=True))


def _grades(file: Path, deny: DenyRules) -> RawTable:
    """Read the grades of one file, one row a grade; the other columns are left out like denied ones."""
    key = _key(file)
    names = peek_header(file, _delimiter(file))
    others = {name: "not a grade" for name in names if name not in {"school", *GRADES}}
    strict = DenyRules({**others, **deny.columns}, deny.values)
    raw = read_delimited(file, strict, _delimiter(file))
    headers.require(file, names, GRADES[:2], deny)
    grades = [name for name in GRADES if raw.has(name)]
    raw = replace(raw, table=raw.table.select([name for name in ("school", *grades) if raw.has(name)]), denied=())
    rows, periods = raw.table.num_rows, np.array([int(name[1]) for name in grades])
    marks = np.array([raw.column(name).to_pylist() for name in grades], object).T.ravel()
    learner = [f"{key}-{line - 1}" for line in raw.line.tolist()]
    period = pa.array(np.tile(periods, rows)).cast(pa.string())
    long = raw.take(np.repeat(np.arange(rows), len(grades))).add(
        learner_id=pa.array(np.repeat(np.array(learner, object), len(grades)), pa.string()),
        period=period,
        grade=pa.array(marks, pa.string()),
        item_id=pc.binary_join_element_wise(f"{SUBJECTS[key]}-G", period, ""),
        skill_ids=pa.array([SUBJECTS[key]] * len(period), pa.string()),
    )
    return replace(long, notes=_notes(file, names, deny))


def _notes(file: Path, names: list[str], deny: DenyRules) -> tuple[str, ...]:
    """Say which columns were not read, and that the final grade is not there when it is not."""
    taken = [name for name in names if name in ATTRIBUTES and deny.rule(name) is None]
    left = [name for name in names if name not in {"school", *GRADES, *taken}]
    notes = (f"columns not read: {', '.join(left)}",) if left else ()
    return notes if "G3" in names else (*notes, f"{file.name}: no G3, so a pupil has two grades")


def _zeros(raw: RawTable) -> tuple[str, ...]:
    """Count the grades of 0."""
    count = raw.column("grade").to_pylist().count("0")
    return (f"{count} grades are 0, which may also mean that somebody did not sit; they are kept",) if count else ()


def _background(file: Path, responses: Responses, deny: DenyRules) -> pd.DataFrame:
    """Return what one file says of its pupils."""
    raw = read_delimited(file, deny, _delimiter(file))
    learner = pa.array([f"{_key(file)}-{line - 1}" for line in raw.line.tolist()], pa.string())
    return background(learner, attributes_of(raw, ATTRIBUTES), responses, deny)


def _key(file: Path) -> str:
    """Return which subject a file's name says."""
    found = re.search("(?<![a-z])(mat|por)(?![a-z])", file.stem.lower())
    if not found:
        raise InputError(f"the name of {file.name} says no subject", hint="call it student-mat.csv or student-por.csv")
    return found[1]


def _delimiter(file: Path) -> str:
    return ";" if len(peek_header(file, ";")) > 1 else ","
