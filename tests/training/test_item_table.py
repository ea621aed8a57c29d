"""The item table: known difficulty and discrimination come back, within their errors; little evidence says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from polku.errors import InputError
from polku.records import Responses
from polku.training.item_slopes import abilities, fit_slopes
from polku.training.item_table import (
    AGAINST,
    ALWAYS_RIGHT,
    ALWAYS_WRONG,
    APART,
    LEAST_SAID,
    LEAST_SHOWN,
    NOTES,
    TOO_FEW,
    UNREMARKABLE,
    item_table,
)

Float = NDArray[np.float64]
LEARNERS, ITEMS, SKILLS, EACH = 400, 60, 4, 30


@dataclass(frozen=True, eq=False)
class Simulated:
    """Answers by a two-parameter model, and what they were drawn from."""

    responses: Responses
    slope: Float
    difficulty: Float
    ability: Float


def simulated(slope: Float, seed: int = 0, learners: int = LEARNERS) -> Simulated:
    """Return learners with 30 answers each to 60 items of four skills; abilities differ by skill too."""
    rng = np.random.default_rng(seed)
    difficulty = rng.normal(size=ITEMS)
    learner = np.repeat(np.arange(learners), EACH)
    item = np.concatenate([rng.choice(ITEMS, EACH, replace=False) for _ in range(learners)])
    ability = rng.normal(size=learners)[learner] + rng.normal(0.0, 0.5, (learners, SKILLS))[learner, item % SKILLS]
    p = 1.0 / (1.0 + np.exp(-slope[item] * (ability - difficulty[item])))
    return Simulated(responses_of(learner, item, rng.random(len(p)) < p), slope, difficulty, ability)


def responses_of(learner: NDArray[np.int64], item: NDArray[np.int64], correct: NDArray[np.bool_]) -> Responses:
    columns = {
        "response_id": [f"r{row:06d}" for row in range(len(learner))],
        "learner_id": [f"learner{one:04d}" for one in learner],
        "item_id": [f"i{one:02d}" for one in item],
        "skill_ids": [f"s{one % SKILLS}" for one in item],
        "answered_at": np.arange(len(learner)),
        "correct": correct.astype(np.float64),
    }
    return Responses.from_columns(columns, clock=False)


def by_item(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("item_id").sort_index()


@pytest.fixture(scope="module")
def equal() -> Simulated:
    return simulated(np.ones(ITEMS))


@pytest.fixture(scope="module")
def unequal() -> Simulated:
    """Return items of which some tell several times as much as others."""
    return simulated(np.exp(np.random.default_rng(9).normal(0.0, 0.4, ITEMS)), seed=1)


def test_difficulty_comes_back_within_its_error(equal: Simulated) -> None:
    table = by_item(item_table(equal.responses))
    assert np.corrcoef(table["difficulty"], equal.difficulty)[0, 1] > 0.96
    gap = table["difficulty"].to_numpy() - equal.difficulty
    inside = np.abs(gap - gap.mean()) < 1.96 * table["difficulty_se"].to_numpy()
    assert inside.mean() > 0.8
    np.testing.assert_allclose(table["average_learner"], 1.0 / (1.0 + np.exp(table["difficulty"])), atol=1e-3)


def test_items_that_tell_equally_much_are_not_told_apart(equal: Simulated) -> None:
    table = by_item(item_table(equal.responses))
    inside = np.abs(table["discrimination"] - 1.0) < 1.96 * table["discrimination_se"]
    assert inside.mean() > 0.85
    assert set(table["note"]) == {UNREMARKABLE}


def test_discrimination_comes_back_within_its_error(unequal: Simulated) -> None:
    table = by_item(item_table(unequal.responses))
    found, error = table["discrimination"].to_numpy(), table["discrimination_se"].to_numpy()
    assert np.corrcoef(found, unequal.slope)[0, 1] > 0.65
    typical = np.average(unequal.slope, weights=error**-2.0)
    assert (np.abs(found - unequal.slope / typical) < 1.96 * error).mean() > 0.8
    assert np.average(found, weights=error**-2.0) == pytest.approx(1.0, abs=0.1)


def test_the_ability_at_an_item_has_not_seen_the_item(unequal: Simulated) -> None:
    """Turning round every answer to one item leaves the abilities at this item bit for bit as they were."""
    responses = unequal.responses
    at = responses.item == 7
    frame = responses.to_frame()
    frame.loc[at, "correct"] = 1.0 - frame.loc[at, "correct"]
    before, after = abilities(responses), abilities(Responses.from_frame(frame, clock=False))
    assert np.array_equal(before[at], after[at])
    assert not np.array_equal(before[~at], after[~at])


def test_the_ability_is_that_of_the_skill_at_hand(unequal: Simulated) -> None:
    order = np.lexsort((np.arange(LEARNERS * EACH), np.repeat(np.arange(LEARNERS), EACH)))
    found = abilities(unequal.responses)
    assert np.corrcoef(found, unequal.ability[order])[0, 1] > 0.7
    assert abs(found.mean()) < 0.1


def test_an_item_with_the_wrong_key_comes_first_and_one_that_is_guessed_after_it() -> None:
    slope = np.ones(ITEMS)
    slope[[11, 23]] = -2.0, 0.0
    table = item_table(simulated(slope, seed=2, learners=1200).responses)
    assert table["item_id"].tolist()[:2] == ["i11", "i23"]
    assert table["note"].tolist()[:3] == [AGAINST, APART, UNREMARKABLE]
    assert table["discrimination"][0] + 1.96 * table["discrimination_se"][0] < 0.0
    loosest = table.loc[table["note"] == UNREMARKABLE, "discrimination"]
    assert loosest.is_monotonic_increasing


@pytest.mark.parametrize(("correct", "note"), [(True, ALWAYS_RIGHT), (False, ALWAYS_WRONG)])
def test_an_item_always_right_or_wrong_says_so_and_no_more(equal: Simulated, correct: bool, note: str) -> None:
    frame = equal.responses.to_frame()
    frame.loc[frame["item_id"] == "i05", "correct"] = float(correct)
    table = item_table(Responses.from_frame(frame, clock=False))
    first = table.iloc[0]
    assert (first["item_id"], first["note"], first["share_right"]) == ("i05", note, float(correct))
    assert np.isfinite(first["difficulty"])
    assert pd.isna(first["discrimination"])
    assert np.sign(first["difficulty"]) == (-1.0 if correct else 1.0)


@pytest.mark.parametrize(
    ("learners", "shown", "said"),
    [
        (LEAST_SHOWN - 1, False, False),
        (LEAST_SHOWN, True, False),
        (LEAST_SAID - 1, True, False),
        (LEAST_SAID, True, True),
    ],
)
def test_little_evidence_says_nothing(equal: Simulated, learners: int, shown: bool, said: bool) -> None:
    frame = equal.responses.to_frame()
    of_item = frame.index[frame["item_id"] == "i00"]
    table = item_table(Responses.from_frame(frame.drop(of_item[learners:]), clock=False))
    line = table[table["item_id"] == "i00"].iloc[0]
    assert line["learners"] == learners
    assert pd.notna(line["share_right"]) == pd.notna(line["difficulty"]) == shown
    assert pd.notna(line["discrimination"]) == (line["note"] != TOO_FEW) == said
    if not said:
        assert table["item_id"].iloc[-1] == "i00"


def test_only_first_answers_count(equal: Simulated) -> None:
    """Everybody answers one item again, right this time: only the number of answers changes."""
    frame = equal.responses.to_frame()
    again = frame[frame["item_id"] == "i09"].assign(correct=1.0)
    again["response_id"] += "-again"
    again["answered_at"] = again["known_at"] = frame["answered_at"].max() + np.arange(len(again)) + 1
    twice = by_item(item_table(Responses.from_frame(pd.concat([frame, again]), clock=False)))
    once = by_item(item_table(equal.responses))
    assert (twice["answers"] / once["answers"]).to_dict() == {item: 1.0 + (item == "i09") for item in once.index}
    pd.testing.assert_frame_equal(twice.drop(columns="answers"), once.drop(columns="answers"))


def test_an_item_of_several_skills_is_one_item(equal: Simulated) -> None:
    frame = equal.responses.to_frame()
    frame.loc[frame["item_id"] == "i01", "skill_ids"] = "s1;s3"
    table = by_item(item_table(Responses.from_frame(frame, clock=False)))
    assert len(table) == ITEMS
    assert table.loc["i01", "skill_ids"] == "s1;s3"


def test_the_table_is_the_same_every_time_and_names_nobody(unequal: Simulated) -> None:
    first, second = item_table(unequal.responses), item_table(unequal.responses)
    pd.testing.assert_frame_equal(first, second)
    assert "learner0" not in first.to_csv()
    assert set(first["note"]) <= set(NOTES)


def test_slopes_of_few_answers_stay_near_the_typical_one() -> None:
    few = responses_of(np.arange(6), np.zeros(6, np.int64), np.array([True, False] * 3))
    slopes = fit_slopes(few, np.linspace(-1.0, 1.0, 6), LEAST_SAID)
    assert abs(slopes.slope[0] - 1.0) < slopes.error[0]
    assert 0.5 < slopes.error[0] <= 1.0


def test_one_item_alone_has_no_rest_to_go_with() -> None:
    rng = np.random.default_rng(0)
    table = item_table(responses_of(np.arange(50), np.zeros(50, np.int64), rng.random(50) < 0.5))
    assert table["note"].tolist() == [UNREMARKABLE]
    assert table["discrimination_se"][0] == pytest.approx(1.0)


def test_no_responses_are_refused(equal: Simulated) -> None:
    with pytest.raises(InputError, match="at least one response"):
        item_table(equal.responses.rows([]))


def test_notes_speak_of_content_and_not_of_people() -> None:
    for note in NOTES:
        assert not re.search(r"learner|pupil|student|child|weak|poor|fail", note)
