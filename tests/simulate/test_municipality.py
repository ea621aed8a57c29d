"""The whole municipality: files as a provider has them, sizes, seeds, and learning that shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from polku.curriculum import Curriculum
from polku.exchange import read_items, read_responses, read_roster
from polku.simulate import Municipality, SimulationConfig, simulate

TABLES = ("responses", "roster", "teachers", "items", "background", "grades")


@pytest.fixture(scope="module")
def written(town: Municipality, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    town.write(folder)
    return folder


def test_the_same_seed_is_the_same_municipality(town: Municipality, mathematics: Curriculum) -> None:
    again = simulate(town.config, mathematics)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(town, name))
    pd.testing.assert_frame_equal(again.truth.mastery, town.truth.mastery)


def test_another_seed_is_another_municipality(town: Municipality, mathematics: Curriculum) -> None:
    other = simulate(replace(town.config, seed=12), mathematics)
    assert len(other.responses) == len(town.responses)
    for name in ("responses", "roster", "background"):
        assert not getattr(other, name).equals(getattr(town, name))


def test_columns_are_canonical(town: Municipality) -> None:
    assert ",".join(town.responses.columns) == (
        "response_id,learner_id,item_id,skill_ids,answered_at,correct,known_at,duration_s,school_id,group_id"
    )
    assert list(town.roster.columns) == ["learner_id", "grade", "group_id", "school_id"]
    assert list(town.teachers.columns) == ["teacher_id", "group_id", "starts_on", "ends_on"]
    assert list(town.items.columns) == ["item_id", "skill_ids", "title"]


def test_the_tables_agree_with_each_other(town: Municipality) -> None:
    roster = town.roster.set_index("learner_id")
    mine = roster.loc[town.responses["learner_id"]]
    assert mine["group_id"].tolist() == town.responses["group_id"].tolist()
    assert mine["school_id"].tolist() == town.responses["school_id"].tolist()
    items = town.items.set_index("item_id")
    assert items.loc[town.responses["item_id"], "skill_ids"].tolist() == town.responses["skill_ids"].tolist()
    assert set(town.teachers["group_id"]) == set(roster["group_id"])
    assert set(town.responses["correct"]) == {0, 1}


def test_every_grade_answers_and_every_skill_is_reached(mathematics: Curriculum) -> None:
    town = simulate(SimulationConfig(seed=3, learners=600, responses_per_learner=100), mathematics)
    answered = town.responses.merge(town.roster[["learner_id", "grade"]], on="learner_id")
    assert set(answered["grade"]) == set(range(1, 13))
    assert set(answered["skill_ids"].str.split(";").explode()) == set(mathematics.order)
    assert set(town.items["skill_ids"].str.split(";").str[0]) == set(mathematics.order)


def test_files_hold_what_a_provider_would_hand_over(town: Municipality, written: Path) -> None:
    assert sorted(path.name for path in written.iterdir()) == sorted(f"{name}.csv" for name in TABLES)
    back = pd.read_csv(written / "responses.csv")
    assert back["correct"].tolist() == town.responses["correct"].tolist()
    assert pd.read_csv(written / "teachers.csv")["starts_on"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_the_readers_take_every_row(town: Municipality, written: Path) -> None:
    reading = read_responses(written / "responses.csv")
    assert len(reading.responses) == len(town.responses)
    assert len(reading.refused) == 0
    assert reading.responses.clock
    roster = read_roster(written / "roster.csv", teachers=written / "teachers.csv")
    assert len(roster.roster.learners) == len(town.roster)
    assert len(read_items(written / "items.csv").items.frame) == len(town.items)


def test_the_truth_is_written_only_when_asked_for(town: Municipality, written: Path, tmp_path: Path) -> None:
    columns = {name: set(pd.read_csv(written / f"{name}.csv", nrows=1).columns) for name in TABLES}
    hidden = {"knowledge", "p_reference", "demand", "guess", "slip", "rate", "level", "gap"}
    assert not hidden & set().union(*columns.values())
    paths = town.write(tmp_path / "new" / "folder", with_truth=True)
    assert {path.parent.name for path in paths} == {"folder", "truth"}
    assert len(pd.read_csv(tmp_path / "new/folder/truth/mastery.csv")) == len(town.truth.mastery)


def test_absence_leaves_no_trace_but_missing_rows(written: Path) -> None:
    headers = " ".join((written / f"{name}.csv").read_text(encoding="utf-8").split("\n", 1)[0] for name in TABLES)
    assert not [word for word in ("absen", "attend", "present", "poissa") if word in headers]


def test_the_truth_covers_everybody_and_everything(town: Municipality, mathematics: Curriculum) -> None:
    mastery = town.truth.mastery
    assert len(mastery) == len(town.roster) * len(mathematics.order)
    assert mastery[["knowledge", "p_reference"]].apply(lambda column: column.between(0, 1).all()).all()
    references = town.truth.items[town.truth.items["reference"]]
    assert len(references) == len(mathematics.order)


@pytest.mark.parametrize("law", ["strength", "states"])
def test_answers_are_neither_too_easy_nor_too_hard(mathematics: Curriculum, law: str) -> None:
    config = SimulationConfig(seed=2, learners=400, responses_per_learner=150, law=law)  # type: ignore[arg-type]  # both are laws
    town = simulate(config, mathematics)
    assert 0.6 < town.responses["correct"].mean() < 0.75
    by_learner = town.responses.groupby("learner_id")["correct"].mean()
    assert by_learner.quantile(0.75) - by_learner.quantile(0.25) > 0.1


def test_learning_and_forgetting_show_in_the_answers(mathematics: Curriculum) -> None:
    town = simulate(SimulationConfig(seed=2, learners=600, responses_per_learner=150), mathematics)
    rows = town.responses.sort_values(["learner_id", "answered_at"])
    skill = rows["skill_ids"].str.split(";").str[0]
    pair = [rows["learner_id"], skill]
    nth = rows.groupby(pair).cumcount()
    rises = [rows["correct"][nth == k].mean() for k in (0, 3, 9)]
    assert rises == sorted(rises)
    assert rises[-1] > rises[0] + 0.1
    seconds = pd.to_datetime(rows["answered_at"], utc=True).astype("datetime64[s, UTC]").astype("int64")
    days = seconds.groupby(pair).diff() / 86_400
    was_right = rows["correct"].groupby(pair).shift(1) == 1
    soon, late = (rows["correct"][was_right & days.between(*gap)] for gap in ((0, 1), (30, 300)))
    assert soon.mean() > late.mean() + 0.02
    assert stats.ttest_ind(soon, late).pvalue < 0.01


def test_answers_speak_of_the_hidden_truth(town: Municipality) -> None:
    shown = town.responses.groupby("learner_id")["correct"].mean()
    hidden = town.truth.mastery.groupby("learner_id")["p_reference"].mean().reindex(shown.index)
    grade = town.roster.set_index("learner_id")["grade"].reindex(shown.index)
    within = [np.corrcoef(shown[grade == g], hidden[grade == g])[0, 1] for g in range(4, 13)]
    assert min(within) > 0.4


def test_steps_are_reported_to_the_end(small: Curriculum) -> None:
    heard: list[tuple[int, int]] = []
    config = SimulationConfig(learners=30, responses_per_learner=5, grades=(1, 2, 3))
    simulate(config, small, on_step=lambda done, total: heard.append((done, total)))
    assert [done for done, _ in heard] == list(range(1, heard[-1][1] + 1))
