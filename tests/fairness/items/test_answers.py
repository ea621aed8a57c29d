"""First answers only, whichever way a table is laid out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from polku.errors import InputError
from polku.fairness.items import Answers
from polku.records import Responses

LONG = pd.DataFrame(
    {
        "learner_id": ["b", "a", "a", "a", "b"],
        "item_id": ["i", "i", "j", "i", "j"],
        "correct": [1.0, 0.0, 0.5, 1.0, 0.4],
        "school_id": ["s", None, None, "t", "s"],
    }
)


def test_only_the_first_answer_to_an_item_counts() -> None:
    answers = Answers.from_frame(LONG)
    assert answers.learners.tolist() == ["a", "b"]
    assert list(zip(answers.learner.tolist(), answers.item.tolist(), answers.right.tolist(), strict=True)) == [
        (0, 0, 0.0),
        (0, 1, 1.0),
        (1, 0, 1.0),
        (1, 1, 0.0),
    ]
    assert answers.repeated == 1
    assert answers.schools == 2
    assert answers.school[0] != answers.school[1]


def test_responses_are_taken_in_fold_order() -> None:
    columns = {
        "response_id": ["late", "early"],
        "learner_id": ["a", "a"],
        "item_id": ["i", "i"],
        "skill_ids": ["s", "s"],
        "answered_at": [9, 4],
        "correct": [1.0, 0.0],
    }
    answers = Answers.from_responses(Responses.from_columns(columns, clock=False))
    assert answers.right.tolist() == [0.0]
    assert answers.schools == 0


def test_a_matrix_and_its_long_form_are_the_same_answers() -> None:
    matrix = pd.DataFrame({"learner_id": ["a", "b"], "i": [1, 0], "j": [np.nan, 1]})
    long = pd.DataFrame({"learner_id": ["b", "a", "b"], "item_id": ["j", "i", "i"], "correct": [1, 1, 0]})
    assert Answers.from_matrix(matrix).hash == Answers.from_frame(long).hash


def test_rows_are_found_by_item() -> None:
    answers = Answers.from_frame(LONG)
    assert [sorted(answers.learner[rows].tolist()) for rows in answers.rows] == [[0, 1], [0, 1]]
    assert all((answers.item[rows] == item).all() for item, rows in enumerate(answers.rows))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (LONG.drop(columns="correct"), "have no column correct"),
        (LONG.assign(correct=7), "outside 0 to 1"),
        (LONG.assign(correct="x"), "no answer can be used"),
    ],
)
def test_what_is_no_table_of_answers_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Answers.from_frame(frame)
