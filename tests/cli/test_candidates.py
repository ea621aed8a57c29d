"""What training leaves for audit and release."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from polku.cli.candidates import RECORD, Candidate, candidate, forget
from polku.cli.desk import Desk
from polku.errors import InputError, NotFoundError
from polku.fairness.forgetting import PREDICTIONS
from polku.fairness.forgetting import REFERENCES as REFERENCES_FILE
from polku.home import Home

FIRST = Candidate("ab1" + "0" * 61, "run-1", "1", trained_at=100)
SECOND = Candidate("ab2" + "0" * 61, "run-2", "2", trained_at=300)
THIRD = Candidate("cd3" + "0" * 61, "run-3", "3", trained_at=200)
ROWS = pd.DataFrame(
    {
        "learner_id": ["a", "b"],
        "response_id": ["1", "2"],
        "item_id": ["i", "i"],
        "y_true": [1.0, 0.5],
        "y_prob": [0.7, 0.1],
    }
)

REFERENCES = pd.DataFrame({"response_id": ["1", "2"], "difficulty": [0.6, 0.4], "baseline": [0.7, 0.2]})


@pytest.fixture
def desk(home: Home, tmp_path: Path) -> Desk:
    """Return a desk whose run-time state lies in a folder of its own."""
    return Desk(Home(tmp_path), home.settings())


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Return a desk with three candidates, kept in another order than they were trained."""
    for one in (SECOND, FIRST, THIRD):
        one.keep(desk, ROWS.assign(y_prob=one.trained_at / 1000), REFERENCES)
    return desk


def folder(desk: Desk) -> Path:
    return desk.home.var / "candidates" / desk.settings.provider_id


def test_without_an_id_it_is_the_one_trained_last(kept: Desk) -> None:
    assert candidate(kept) == candidate(kept, "") == SECOND


@pytest.mark.parametrize("one", [FIRST, SECOND, THIRD])
def test_any_start_of_an_id_that_fits_one_is_enough(kept: Desk, one: Candidate) -> None:
    assert candidate(kept, one.bundle_id) == candidate(kept, one.bundle_id[:3]) == one


def test_a_start_that_fits_several_is_refused_rather_than_guessed(kept: Desk) -> None:
    with pytest.raises(InputError, match=r"fits several candidates\n  got: ab\n  try: give more of it"):
        candidate(kept, "ab")


@pytest.mark.parametrize("bundle_id", ["zz", "b1", FIRST.bundle_id + "0"])
def test_an_id_of_no_candidate_is_said_to_be_none(kept: Desk, bundle_id: str) -> None:
    with pytest.raises(NotFoundError, match=rf"no such candidate\n  got: {bundle_id}\n  try: polku train makes one"):
        candidate(kept, bundle_id)


def test_before_anything_was_trained(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="got: none trained yet"):
        candidate(desk)


def test_predictions_come_back_as_kept(kept: Desk) -> None:
    pd.testing.assert_frame_equal(candidate(kept, "cd").predictions(kept), ROWS.assign(y_prob=0.2))


def test_training_the_same_bundle_again_replaces_its_record(kept: Desk) -> None:
    replace(FIRST, run_id="run-9", trained_at=900).keep(kept, ROWS, REFERENCES)
    assert candidate(kept).run_id == "run-9"
    assert len(list(folder(kept).iterdir())) == 3


def test_providers_have_candidates_of_their_own(kept: Desk) -> None:
    town = Desk(kept.home, kept.settings.model_copy(update={"provider_id": "town"}))
    with pytest.raises(NotFoundError, match="none trained yet"):
        candidate(town)


def test_what_was_interrupted_before_its_record_does_not_count(kept: Desk) -> None:
    """Predictions are written first, the record whole and last: a killed training leaves no half candidate."""
    half = folder(kept) / ("ef4" + "0" * 61)
    half.mkdir()
    ROWS.to_parquet(half / PREDICTIONS)
    (half / f"{RECORD}.new").write_text('{"bundle_id": "ef4')
    assert candidate(kept) == SECOND
    with pytest.raises(NotFoundError, match="no such candidate"):
        candidate(kept, "ef4")


def test_a_record_is_all_there_is_beside_the_predictions(kept: Desk) -> None:
    place = folder(kept) / FIRST.bundle_id
    assert {path.name for path in place.iterdir()} == {RECORD, PREDICTIONS, REFERENCES_FILE}
    assert json.loads((place / RECORD).read_text()).keys() == {"bundle_id", "run_id", "model_version", "trained_at"}


def test_predictions_of_learners_stay_out_of_what_researchers_share(kept: Desk) -> None:
    assert not kept.home.mlruns.exists()
    assert [path.relative_to(kept.home.root).parts[0] for path in kept.home.root.iterdir()] == ["var"]


def test_a_candidate_kept_without_references_says_what_to_do(kept: Desk) -> None:
    assert candidate(kept).references(kept).equals(REFERENCES)
    (candidate(kept).folder(kept) / REFERENCES_FILE).unlink()
    with pytest.raises(NotFoundError, match=r"no references beside it\n.*parquet\n  try: polku train again"):
        candidate(kept).references(kept)


def test_who_is_forgotten_stands_in_no_candidate_and_everybody_else_stays(kept: Desk) -> None:
    assert forget(kept, "a") == 3, "one row in each of three candidates"
    for one in (FIRST, SECOND, THIRD):
        assert one.predictions(kept)["learner_id"].tolist() == ["b"]
        assert one.predictions(kept)["y_prob"].tolist() == [one.trained_at / 1000]
        assert one.references(kept)["response_id"].tolist() == ["2"]
    assert forget(kept, "a") == forget(kept, "nobody") == 0
    assert not list(folder(kept).rglob("*.new"))
    assert candidate(kept) == SECOND, "a candidate without that learner is one still"


def test_who_is_forgotten_goes_where_there_are_no_references_too(kept: Desk) -> None:
    (folder(kept) / FIRST.bundle_id / REFERENCES_FILE).unlink()
    assert forget(kept, "b") == 3
    assert "b" not in set(FIRST.predictions(kept)["learner_id"])


def test_of_another_providers_candidates_nothing_is_taken(kept: Desk) -> None:
    other = Desk(kept.home, kept.settings.model_copy(update={"provider_id": "elsewhere"}))
    FIRST.keep(other, ROWS, REFERENCES)
    forget(kept, "a")
    assert FIRST.predictions(other)["learner_id"].tolist() == ["a", "b"]
