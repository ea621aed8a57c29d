"""Eedi's diagnostic questions with their tree of subjects and who the pupils are.

Wang et al. (2020), *Diagnostic questions: the NeurIPS 2020 education challenge*, in the edition that split its answers
at random. A folder holds ``responses_*.csv`` (``question_id,user_id,is_correct``), ``questions.csv``, ``subjects.csv``
(see :mod:`polku.exchange.eedi_tree`) and ``students.csv``.

The answers have **no order in time**: entries were split at random. They are given the order of question ids, which is
the same however files are split or sorted. It is no order in which anybody answered, so nothing may be concluded from
it about what came first: the set is for audits and for the difficulty of items, not for predicting next responses.

============= =====================================================================================================
learner       ``u488``
item          ``q1525``
skill         ``s33``: the lowest subjects of the question; area: their ancestor of level 1
order         the question's id; there is no clock
response      ``u488-q1525``
background    ``gender`` (the set's codes; 0, unspecified, is a missing value), ``premium_pupil`` (yes or no; most are
              missing, which is not "no") and ``birth_years``, bands of three years
============= =====================================================================================================

Birth years were typed in: some would make a pupil of minus six. Those who were not 5 to 20 years old in 2019 count as
missing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from polku.exchange import headers
from polku.exchange.areas import curriculum_json
from polku.exchange.delimited import read_delimited
from polku.exchange.eedi_tree import Tree, places, skills_of_questions
from polku.exchange.groups import background, no_background, recoded
from polku.exchange.ids import pair, prefixed
from polku.exchange.raw import RawTable
from polku.exchange.reading import Reading, check
from polku.exchange.several import companion, files_of, read_companion, read_several
from polku.exchange.text import peek_header
from polku.records import DenyRules, Items

COLUMNS = ("question_id", "user_id", "is_correct")
QUESTIONS, SUBJECTS, STUDENTS = "questions.csv", "subjects.csv", "students.csv"
NAMES = {
    "response_id": "user_id",
    "learner_id": "user_id",
    "item_id": "question_id",
    "skill_ids": "question_id",
    "answered_at": "question_id",
    "correct": "is_correct",
}
BORN, BAND = (1999, 2014), 3


def fits_eedi(path: Path) -> bool:
    """Tell whether a folder or file is of this format."""
    if path.is_dir():
        return all((path / name).is_file() for name in (QUESTIONS, SUBJECTS))
    return set(COLUMNS) <= set(peek_header(path, ","))


def read_eedi(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read a folder, or one of its files of responses.

    Parameters
    ----------
    path : Path
        Folder or file.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Gives the skills of questions that have none.

    Returns
    -------
    Reading
        Responses without a clock, background, and the subjects that occur as a curriculum.

    Raises
    ------
    InputError
        If a file is missing, columns are, or questions and subjects do not go together.
    """
    files = files_of(path, "responses*.csv", called="responses_*.csv")
    folder = path if path.is_dir() else path.parent
    tree = Tree.read(companion(folder, SUBJECTS, "it names the skills"), deny)
    questions = companion(folder, QUESTIONS, "it gives the skills of questions")
    skills, notes = skills_of_questions(tree, questions, deny)
    raw = _in_order(read_several(files, lambda file: _read(file, deny)))
    question = raw.column("question_id").dictionary_encode()
    named = [
        ";".join(f"s{skill}" for skill in skills.get(word.strip(), ())) for word in question.dictionary.to_pylist()
    ]
    item = prefixed("q", raw.column("question_id"))
    columns = {
        "response_id": pair(raw.column("learner_id"), item),
        "learner_id": raw.column("learner_id"),
        "item_id": item,
        "skill_ids": pa.array(named, pa.string()).take(question.indices),
        "answered_at": raw.column("question_id"),
        "correct": raw.column("is_correct"),
    }
    order = "no times: ordered by question id, which is no order in which anybody answered; not for next responses"
    reading = check(replace(raw, notes=(order, *notes, *raw.notes)), columns, deny, items, NAMES)
    reading = replace(reading, curriculum_json=curriculum_json("eedi", *places(tree, reading.responses.skills)))
    return _with_background(reading, folder / STUDENTS, deny)


def _read(file: Path, deny: DenyRules) -> RawTable:
    """Read one file of responses."""
    raw = read_delimited(file, deny)
    headers.require(file, [*raw.table.column_names, *raw.denied], COLUMNS, deny)
    ignored = headers.ignored_note(raw.table.column_names, COLUMNS, deny)
    return replace(raw.add(learner_id=prefixed("u", raw.column("user_id"))), notes=raw.notes + ignored)


def _in_order(raw: RawTable) -> RawTable:
    """Return the rows in the order that they are given, so that it is not reported as time going backwards."""
    number = pd.to_numeric(pd.Series(raw.column("question_id").to_pylist(), dtype="str"), errors="coerce")
    return raw.take(np.argsort(number.to_numpy(np.float64, na_value=np.inf), kind="stable"))


def _with_background(reading: Reading, file: Path, deny: DenyRules) -> Reading:
    """Add what is known of the pupils."""
    if not file.is_file():
        return replace(reading, notes=(*reading.notes, no_background(file)))
    raw = read_companion(file, ("user_id",), deny)
    groups = {name: recode(raw.column(column)) for column, (name, recode) in ATTRIBUTES.items() if raw.has(column)}
    learner = prefixed("u", raw.column("user_id"))
    note = _odd_years(raw.column("birth_year")) if raw.has("birth_year") else ()
    frame = background(learner, groups, reading.responses, deny)
    return replace(reading, background=frame, notes=reading.notes + note + raw.notes)


def _premium(column: pa.Array) -> pa.Array:
    return recoded(column, {"1": "yes", "1.0": "yes", "0": "no", "0.0": "no"})


def _gender(column: pa.Array) -> pa.Array:
    return recoded(column, {code: code for code in "123"})


def _birth_years(column: pa.Array) -> pa.Array:
    """Return bands of birth years, as ``2005-2007``."""
    first, last = BORN
    starts = {year: year - (year - first) % BAND for year in range(first, last + 1)}
    return recoded(column, {str(year): f"{start}-{start + BAND - 1}" for year, start in starts.items()})


def _odd_years(column: pa.Array) -> tuple[str, ...]:
    """Count the years that no pupil was born in."""
    odd = pc.and_(pc.not_equal(pc.utf8_trim(column, " "), ""), pc.is_null(_birth_years(column)))
    count = pc.sum(odd).as_py() or 0
    return (f"{count} birth years are outside {BORN[0]} to {BORN[1]} and count as missing",) if count else ()


ATTRIBUTES = {
    "gender": ("gender", _gender),
    "premium_pupil": ("premium_pupil", _premium),
    "birth_year": ("birth_years", _birth_years),
}
