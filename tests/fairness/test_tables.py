"""What the tables of an audit may hold, and what each refusal says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.fairness.tables import check_paths, check_predictions

GOOD: dict[str, list[Any]] = {"learner_id": ["a", "b"], "y_true": [1, 0], "y_prob": [0.7, 0.2]}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("y_true", [True, False]),
        ("y_true", ["TRUE", " false"]),
        ("y_true", ["1", "0"]),
        ("y_prob", ["0.7", "0.2"]),
        ("learner_id", ["a", "b"]),
    ],
)
def test_the_same_value_in_another_dress(column: str, values: list[Any]) -> None:
    plain = check_predictions(pd.DataFrame(GOOD)).frame
    dressed = check_predictions(pd.DataFrame({**GOOD, column: values})).frame
    assert np.array_equal(plain[["y_true", "y_prob"]].to_numpy(), dressed[["y_true", "y_prob"]].to_numpy())


@given(bad=st.lists(st.sampled_from(["learner", "truth", "score", "weight", None]), min_size=1, max_size=20))
def test_nothing_is_lost_without_being_counted(bad: list[str | None]) -> None:
    frame = pd.DataFrame(
        {
            "learner_id": [None if one == "learner" else "a" for one in bad] + ["z"],
            "y_true": [np.nan if one == "truth" else 1.0 for one in bad] + [1.0],
            "y_prob": [np.inf if one == "score" else 0.5 for one in bad] + [0.5],
            "weight": [np.nan if one == "weight" else 1.0 for one in bad] + [1.0],
        }
    )
    checked = check_predictions(frame)
    assert len(checked.frame) + sum(checked.refused.values()) == len(frame)
    assert len(checked.frame) == sum(one is None for one in bad) + 1


def test_a_row_with_two_faults_is_counted_once() -> None:
    frame = pd.DataFrame({**GOOD, "y_true": [np.nan, 1], "y_prob": [np.nan, 0.5]})
    assert check_predictions(frame).refused == {"y_true is not a number": 1}


def test_other_columns_are_left_aside_and_schools_kept() -> None:
    frame = pd.DataFrame({**GOOD, "school_id": ["s1", None], "item_id": ["i", "j"], "comment": ["x", "y"]})
    assert list(check_predictions(frame).frame.columns) == ["learner_id", "y_true", "y_prob", "weight", "school_id"]


def test_a_header_alone_and_no_header_at_all() -> None:
    with pytest.raises(InputError, match=r"no row that can be audited\n.*an empty table"):
        check_predictions(pd.DataFrame(columns=list(GOOD)))
    with pytest.raises(InputError, match=r"no column learner_id\n.*no columns\n.*give a header: learner_id, y_true"):
        check_predictions(pd.DataFrame())


def test_paths_keep_the_metrics_there_are() -> None:
    frame = pd.DataFrame({"learner_id": [1, 2], "silent": [True, False], "rung": ["model", "model"]})
    checked = check_paths(frame)
    assert list(checked.frame.columns) == ["learner_id", "silent"]
    assert checked.frame["learner_id"].tolist() == ["1", "2"]


def test_paths_without_a_learner_are_counted() -> None:
    frame = pd.DataFrame({"learner_id": ["a", None], "silent": [0, 1]})
    assert check_paths(frame).refused == {"learner_id is missing": 1}
