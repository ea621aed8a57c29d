"""Research logs in Gervet's preprocessing: a small one made here, and the public one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import DenyRules, Items

HEADER = "user_id\titem_id\ttimestamp\tcorrect\tskill_id"
Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    write("responses.csv", HEADER, "7\t0\t0\t1\t5", "3\t2\t0\t0\t6", "7\t2\t0\t1\t6", "7\t1\t0\t0.5\t5")
    matrix = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1], [0, 0, 0]])
    scipy.sparse.save_npz(tmp_path / "q_mat.npz", scipy.sparse.csr_matrix(matrix))
    return tmp_path


def test_skills_come_from_the_matrix_and_order_from_the_rows(folder: Path) -> None:
    reading = read_responses(folder)
    responses = reading.responses
    assert not responses.clock
    assert responses.response_id.tolist() == ["u3-0", "u7-0", "u7-1", "u7-2"]
    assert [one.skill_ids for one in responses] == [("kc2",), ("kc0", "kc2"), ("kc2",), ("kc1",)]
    assert [one.item_id for one in responses] == ["i2", "i0", "i2", "i1"]
    assert responses.answered_at.tolist() == [0, 0, 1, 2]
    assert responses.correct.tolist() == [0.0, 1.0, 1.0, 0.5]
    assert reading.notes[0] == "skills come from q_mat.npz"


@pytest.mark.parametrize("format_", ["auto", "gervet"])
def test_the_file_itself_may_be_named(folder: Path, format_: str) -> None:
    assert read_responses(folder / "responses.csv", format_).responses.hash == read_responses(folder).responses.hash


def test_without_a_matrix_combinations_stand_for_skills(folder: Path) -> None:
    (folder / "q_mat.npz").unlink()
    reading = read_responses(folder)
    assert reading.responses.skills.tolist() == ["combo5", "combo6"]
    assert reading.notes[0] == "no q_mat.npz: skill_id, one per combination, is used"


def test_refused_rows_name_the_columns_of_the_file_and_keep_the_places_of_others(folder: Path, write: Write) -> None:
    rows = [
        "7\t0\t0\t2\t5",
        "nan\t0\t0\t1\t5",
        "7\t3\t0\t1\t5",
        "7\t99\t0\t1\t5",
        "7\tx\t0\t1\t5",
        "7\t1\t0\t1",
        "7\t1\t0\t1\t5",
    ]
    write("responses.csv", HEADER, *rows)
    reading = read_responses(folder)
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [2, "out_of_range", "correct"],
        [3, "missing", "user_id"],
        [4, "no_skills", "skill_id"],
        [5, "no_skills", "skill_id"],
        [6, "no_skills", "skill_id"],
        [7, "field_count", ""],
    ]
    assert reading.responses.response_id.tolist() == ["u7-4"]
    kept = json.loads(reading.refused.frame["row"][0])
    assert (kept["user_id"], kept["learner_id"]) == ("7", "u7")


def test_items_give_skills_that_the_matrix_lacks(folder: Path, write: Write) -> None:
    write("responses.csv", HEADER, "7\t3\t0\t1\t5")
    items = Items.of([{"item_id": "i3", "skill_ids": ("kc9",), "title": ""}])
    assert read_responses(folder, items=items).responses[0].skill_ids == ("kc9",)


def test_an_identity_code_for_a_user_is_refused_and_not_kept(folder: Path, write: Write) -> None:
    write("responses.csv", HEADER + "\thetu", "010190-123A\t0\t0\t1\t5\tSECRET", "7\t0\t0\t1\t5\tSECRET")
    reading = read_responses(folder, deny=DenyRules(columns={"hetu": "identity"}))
    assert reading.refused.frame[["reason", "column"]].to_numpy().tolist() == [["identity_code", "user_id"]]
    assert "123A" not in reading.refused.frame.to_csv()
    assert "SECRET" not in reading.refused.frame.to_csv()


def test_what_is_missing_is_named(folder: Path, write: Write) -> None:
    write("responses.csv", "user_id\titem_id\tscore\tskill_id", "1\t2\t1\t3")
    with pytest.raises(InputError, match=r"no column correct[\s\S]*did you mean correct by 'score'"):
        read_responses(folder)
    (folder / "responses.csv").unlink()
    with pytest.raises(InputError, match=r"holds no responses\.csv"):
        read_responses(folder, "gervet")


@pytest.mark.parametrize("content", [b"", b"not a matrix", b"PK\x03\x04"])
def test_a_broken_matrix_is_an_error(folder: Path, content: bytes) -> None:
    (folder / "q_mat.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"q_mat\.npz cannot be read as a matrix"):
        read_responses(folder)


def test_a_matrix_of_another_kind_is_an_error(folder: Path) -> None:
    np.savez(folder / "q_mat.npz", skills=np.eye(3))
    with pytest.raises(InputError, match=r"q_mat\.npz cannot be read as a matrix"):
        read_responses(folder)


def test_the_public_log_is_read_whole(data_dir: Path) -> None:
    reading = read_responses(data_dir / "assistments2009")
    responses = reading.responses
    assert len(responses) == reading.rows == 220_070
    assert (len(responses.learners), len(responses.items), len(responses.skills)) == (2491, 17_339, 123)
    assert round(float(responses.correct.mean()), 3) == 0.658
    assert (np.diff(responses.learner) >= 0).all()
    for start, end in zip(responses.learner_start[:50], responses.learner_start[1:51], strict=True):
        assert responses.answered_at[start:end].tolist() == list(range(end - start))
    assert np.diff(responses.skill_start).max() == 4
