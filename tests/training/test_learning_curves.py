"""Learning curves: counted right, few learners never shown, those who stop early told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.records import Responses
from polku.training.learning_curves import LEAST_LEARNERS, learning_curves


def columns(answers: dict[str, list[float]], skills: str = "s") -> dict[str, Any]:
    """Return canonical columns of learners who answer one skill in the order given."""
    rows = [(learner, place, score) for learner, scores in answers.items() for place, score in enumerate(scores)]
    return {
        "response_id": [f"{learner}-{place}" for learner, place, _ in rows],
        "learner_id": [learner for learner, _, _ in rows],
        "item_id": [f"i{place}" for _, place, _ in rows],
        "skill_ids": [skills] * len(rows),
        "answered_at": [place for _, place, _ in rows],
        "correct": [score for *_, score in rows],
    }


def curves(answers: dict[str, list[float]], skills: str = "s", **options: int) -> pd.DataFrame:
    responses = Responses.from_columns(columns(answers, skills), clock=False)
    return learning_curves(responses, np.linspace(0.2, 0.8, len(responses)), **options)


def test_points_are_means_over_the_learners_who_met_the_skill_that_often() -> None:
    found = curves({"a": [0.0, 1.0, 1.0], "b": [0.0, 0.0], "c": [1.0]}, least_learners=1)
    assert found["opportunity"].tolist() == [1, 2, 3]
    assert found["learners"].tolist() == [3, 2, 1]
    np.testing.assert_allclose(found["observed"], [1 / 3, 0.5, 1.0])
    np.testing.assert_allclose(found["predicted"], [(0.2 + 0.56 + 0.8) / 3, (0.32 + 0.68) / 2, 0.44])


def test_a_response_counts_for_each_of_its_skills() -> None:
    both = curves({"a": [0.0, 1.0], "b": [1.0, 1.0]}, "s;t", least_learners=2)
    assert both["skill_id"].tolist() == ["s", "s", "t", "t"]
    assert both[["learners", "observed"]].to_numpy().tolist() == [[2, 0.5], [2, 1.0]] * 2


def test_opportunities_are_counted_per_skill() -> None:
    mixed = columns({"a": [0.0, 1.0, 1.0, 0.0]})
    mixed["skill_ids"] = ["s", "t", "s", "t"]
    found = learning_curves(Responses.from_columns(mixed, clock=False), np.full(4, 0.5), least_learners=1)
    assert found[["skill_id", "opportunity", "observed"]].to_numpy().tolist() == [
        ["s", 1, 0.0],
        ["s", 2, 1.0],
        ["t", 1, 1.0],
        ["t", 2, 0.0],
    ]


def test_points_of_fewer_than_ten_learners_are_not_shown() -> None:
    answers = {f"l{one}": [1.0] * (2 if one < 9 else 1) for one in range(10)}
    found = curves(answers)
    assert LEAST_LEARNERS == 10
    assert found["opportunity"].tolist() == [1]
    assert curves({"a": [1.0]}).empty


def test_nothing_beyond_the_longest_is_shown() -> None:
    answers = {f"l{one}": [1.0] * 8 for one in range(12)}
    assert curves(answers, longest=5)["opportunity"].max() == 5


def test_those_who_stop_once_they_have_shown_it_bend_the_curve_and_not_that_of_those_who_stay() -> None:
    """Thirty learners leave after three right answers; forty go on and learn: everybody's mean falls all the same."""
    early = {f"e{one}": [1.0] * 3 for one in range(30)}
    late = {f"l{one}": [float(place > 1 + one % 4) for place in range(6)] for one in range(40)}
    found = curves(early | late).set_index("opportunity")
    assert found["k"].tolist() == [6] * 6
    everybody = found["observed"].to_dict()
    assert everybody[3] > everybody[4]
    assert everybody[1] > found["stayed_observed"].to_dict()[1]
    assert found["stayed_learners"].tolist() == [40] * 6
    rising = found["stayed_observed"].astype(float).to_numpy()
    np.testing.assert_allclose(rising, np.mean([late[name] for name in late], axis=0))
    assert np.all(np.diff(rising) >= 0.0)


@pytest.mark.parametrize(("leavers", "told"), [(0, True), (4, False), (10, True)])
def test_those_who_left_cannot_be_told_by_subtraction(leavers: int, told: bool) -> None:
    answers = {f"s{one}": [1.0] * 5 for one in range(20)} | {f"q{one}": [0.0] for one in range(leavers)}
    first = curves(answers).iloc[0]
    assert first["learners"] == 20 + leavers
    assert pd.notna(first["stayed_observed"]) == told
    assert pd.notna(first["stayed_learners"]) == told


def test_no_column_names_anybody() -> None:
    found = curves({f"learner-{one}": [1.0, 0.0] for one in range(12)})
    assert list(found.columns) == [
        "skill_id",
        "opportunity",
        "learners",
        "observed",
        "predicted",
        "k",
        "stayed_learners",
        "stayed_observed",
        "stayed_predicted",
    ]
    assert "learner-" not in found.to_csv()
