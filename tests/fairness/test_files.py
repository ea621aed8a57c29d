"""Plain files of any model: what is read, and what each bad file is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.errors import InputError
from polku.fairness import Audit, audit_files
from polku.fairness.attributes import long_form, plain
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


@pytest.fixture
def files(tmp_path: Path, make_world: MakeWorld) -> tuple[Path, Path]:
    """Write a world as two CSV files."""
    predictions, background = make_world(1, learners=300, rows=3)
    paths = tmp_path / "predictions.csv", tmp_path / "background.csv"
    predictions.to_csv(paths[0], index=False)
    background.to_csv(paths[1], index=False)
    return paths


@pytest.fixture
def audited(files: tuple[Path, Path], declared: Slices, gates: Gates) -> Callable[[], Audit]:
    return lambda: audit_files(*files, declared, gates)


def test_undeclared_attributes_are_compared(audited: Callable[[], Audit]) -> None:
    assert {cell.attribute for cell in audited().cells} == {"group", "other"}


def test_parquet_long_form_and_other_separators_give_the_same(
    files: tuple[Path, Path], tmp_path: Path, declared: Slices, gates: Gates
) -> None:
    predictions, background = (pd.read_csv(file) for file in files)
    others = tmp_path / "predictions.parquet", tmp_path / "long.csv"
    predictions.to_parquet(others[0])
    background.melt(id_vars="learner_id", var_name="attribute").to_csv(others[1], index=False, sep=";")
    assert audit_files(*others, declared, gates).to_json() == audit_files(*files, declared, gates).to_json()


def test_numbers_as_ids_meet_whatever_their_type(tmp_path: Path, declared: Slices, gates: Gates) -> None:
    ids = np.arange(200)
    pd.DataFrame({"learner_id": ids, "y_true": ids % 2, "y_prob": 0.5}).to_parquet(tmp_path / "p.parquet")
    (tmp_path / "b.csv").write_text("learner_id,premium\n" + "".join(f"{n},{n % 3 == 0:d}.0\n" for n in ids))
    audit = audit_files(tmp_path / "p.parquet", tmp_path / "b.csv", declared, gates)
    assert {cell.group for cell in audit.cells} == {"0", "1"}


def test_denied_attributes_stay_out(files: tuple[Path, Path], declared: Slices, gates: Gates) -> None:
    background = pd.read_csv(files[1]).assign(religion="secret")
    background.to_csv(files[1], index=False)
    done = audit_files(*files, declared, gates)
    assert "secret" not in done.to_json()
    assert {cell.attribute for cell in done.cells} == {"group", "other"}
    assert [note for note in done.notes if note.startswith("attribute 'religion' was not compared: ")]


def test_a_background_of_nothing_but_denied_attributes_is_told_why(
    files: tuple[Path, Path], declared: Slices, gates: Gates
) -> None:
    pd.read_csv(files[1])[["learner_id"]].assign(religion="secret").to_csv(files[1], index=False)
    with pytest.raises(InputError, match=r"no attribute to compare\n.*'religion' was not compared.*belief"):
        audit_files(*files, declared, gates)


def test_a_column_that_tells_learners_apart_is_refused(files: tuple[Path, Path], audited: Callable[[], Audit]) -> None:
    background = pd.read_csv(files[1])
    background.assign(born=[f"day {number}" for number in range(len(background))]).to_csv(files[1], index=False)
    with pytest.raises(InputError, match=r"'born' tells learners apart\D+300 values of 300 learners"):
        audited()


def test_many_groups_are_compared_where_each_can_be_shown(declared: Slices) -> None:
    ids = np.arange(600)
    table = long_form(pd.DataFrame({"learner_id": ids, "town": ids % 60, "class": ids // 12}))
    assert plain(table, declared).attributes.keys() == {"town", "class"}
    with pytest.raises(InputError, match="'town' tells learners apart"):
        plain(table[table["learner_id"] != "1"], declared)


def test_scores_that_are_no_numbers_are_left_out_and_counted(
    files: tuple[Path, Path], audited: Callable[[], Audit]
) -> None:
    predictions = pd.read_csv(files[0]).astype({"y_prob": object})
    predictions.loc[:4, "y_prob"] = np.nan
    predictions.loc[5:6, "y_prob"] = "broken"
    predictions.loc[8, "learner_id"] = None
    predictions.to_csv(files[0], index=False)
    assert audited().refused == {
        "predictions: learner_id is missing": 1,
        "predictions: y_prob is not a number": 7,
    }


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("learner,y_true,y_prob", "a,1,0.5", r"no column learner_id\n.*\n.*did you mean 'learner'"),
        ("learner_id,y_true,prob", "a,1,0.5", r"no column y_prob\n.*\n.*did you mean 'prob'"),
        ("learner_id,y_true", "a,1", r"no column y_prob\n.*\n.*give a header: learner_id, y_true, y_prob"),
        ("learner_id,y_true,y_prob", "a,1,0.5,0.7", r"predictions.csv has rows longer than its header"),
        ("learner_id,y_true,y_prob", "a,1,0.5,", r"predictions.csv has rows longer than its header"),
        ("learner_id,y_true,y_prob", "a,1,55", r"y_prob lies outside 0 to 1\n.*1 rows, such as 55"),
        ("learner_id,y_true,y_prob", "a,2,0.5", "y_true lies outside"),
        ("learner_id,y_true,y_prob", "a,1,nan", r"no row that can be audited\n.*1 rows: y_prob is not a number"),
        ("learner_id,y_true,y_prob,weight", "a,1,0.5,-1", "a weight is a positive number"),
        ("learner_id,y_true,y_prob", "", "no row that can be audited"),
        ("", "", "predictions.csv is empty"),
    ],
)
def test_bad_predictions_are_told_why(
    files: tuple[Path, Path], audited: Callable[[], Audit], header: str, row: str, message: str
) -> None:
    files[0].write_text(f"{header}\n{row}\n" if header else "")
    with pytest.raises(InputError, match=message):
        audited()


def test_bytes_that_are_no_text_are_told(files: tuple[Path, Path], audited: Callable[[], Audit]) -> None:
    files[0].write_bytes(b"learner_id,y_true,y_prob\n\xff\xfe,1,0.5\n")
    with pytest.raises(InputError, match=r"predictions.csv is not UTF-8"):
        audited()


def test_a_parquet_that_is_none_is_told(files: tuple[Path, Path], declared: Slices, gates: Gates) -> None:
    fake = files[0].rename(files[0].with_suffix(".parquet"))
    with pytest.raises(InputError, match=r"predictions.parquet cannot be read as .parquet"):
        audit_files(fake, files[1], declared, gates)


def test_an_absent_file_is_told(files: tuple[Path, Path], declared: Slices, gates: Gates) -> None:
    with pytest.raises(InputError, match=r"there is no file nowhere.csv"):
        audit_files(files[0].with_name("nowhere.csv"), files[1], declared, gates)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pupil,group\na,b\n", r"no column learner_id"),
        ("learner_id,group\nl1,b\nl1,a\n", r"two values of one attribute\n.*1 such pairs"),
        ("learner_id\nl1\n", "no attribute to compare"),
    ],
)
def test_bad_background_is_told_why(
    files: tuple[Path, Path], audited: Callable[[], Audit], text: str, message: str
) -> None:
    files[1].write_text(text)
    with pytest.raises(InputError, match=message):
        audited()
