"""Which format a file or folder is, told from what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange import FILES, FORMATS, detect_format, read_responses
from polku.exchange.formats import FITS, READERS

Write = Callable[..., Path]
SETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "gervet": {"responses.csv": ("user_id\titem_id\ttimestamp\tcorrect\tskill_id", "1\t2\t0\t1\t3")},
    "sequences": {"a_train1.csv": ("1,901", "35,35", "1,0"), "a_test1.csv": ("902", "5,6,7", "8,9,8", "1,0,1")},
    "fsaif": {"a.csv": ("2", "1,1", "1,0"), "conceptname_question_id.csv": ("dataset_question_id,concept_name", "1,x")},
    "eedi": {
        "responses_a.csv": ("question_id,user_id,is_correct", "0,1,1"),
        "questions.csv": ("question_id,subject_id", '0,"[3]"'),
        "subjects.csv": ("SubjectId,Name,ParentId,Level", "3,Maths,NULL,0"),
    },
    "oulad": {
        "studentAssessment.csv": ("id_assessment,id_student,date_submitted,score", "1,7,18,78"),
        "assessments.csv": ("code_module,code_presentation,id_assessment,assessment_type", "AAA,2013J,1,TMA"),
    },
    "uci": {"student-mat.csv": ("school;G1;G2;G3", "GP;1;2;3")},
}


@pytest.mark.parametrize("name", SETS)
def test_a_folder_is_told_and_read(write: Write, tmp_path: Path, name: str) -> None:
    for file, lines in SETS[name].items():
        write(file, *lines)
    assert detect_format(tmp_path) == name
    assert len(read_responses(tmp_path).responses) == len(read_responses(tmp_path, name).responses) > 0


@pytest.mark.parametrize("name", SETS)
def test_its_first_file_is_told_too(write: Write, name: str) -> None:
    files = [write(file, *lines) for file, lines in SETS[name].items()]
    assert detect_format(files[0]) == name
    assert len(read_responses(files[0]).responses) > 0


def test_every_other_file_is_canonical(write: Write) -> None:
    header = "response_id,learner_id,item_id,skill_ids,answered_at,correct"
    for lines in ((header,), ("anything",), ("a,b,c", "1,2,3", "1,2,3"), ("1;2", "3;4", "1;0")):
        assert detect_format(write("responses.csv", *lines)) == "csv"


def test_a_folder_of_canonical_files_is_no_set(write: Write, tmp_path: Path) -> None:
    write("responses.csv", "response_id,learner_id,item_id,skill_ids,answered_at,correct", "r1,a,i,s,5,1")
    write("roster.csv", "learner_id", "a")
    assert detect_format(tmp_path) is None
    with pytest.raises(
        InputError, match=r"no known format is told[\s\S]*got: responses\.csv, roster\.csv[\s\S]*give a"
    ):
        read_responses(tmp_path)


def test_a_long_listing_is_cut(write: Write, tmp_path: Path) -> None:
    for place in range(8):
        write(f"{place}.bin", "x")
    with pytest.raises(InputError, match=r"got: 0\.bin, 1\.bin, 2\.bin, 3\.bin, 4\.bin, 5\.bin and 2 more"):
        read_responses(tmp_path)


def test_two_sets_in_one_folder_must_be_named(write: Write, tmp_path: Path) -> None:
    for name in ("oulad", "uci"):
        for file, lines in SETS[name].items():
            write(file, *lines)
    with pytest.raises(InputError, match=r"could be oulad or uci[\s\S]*try: name the format"):
        read_responses(tmp_path)
    assert len(read_responses(tmp_path, "uci").responses) == 3


@pytest.mark.parametrize("name", sorted(FILES))
def test_some_formats_are_files_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_responses(tmp_path, name)


def test_every_format_has_a_reader_and_all_but_one_a_sign() -> None:
    assert ("auto", *READERS) == FORMATS
    assert set(READERS) - set(FITS) == {"csv"}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("assistments2009", "gervet"),
        ("assistments2015", "sequences"),
        ("fsaif", "fsaif"),
        ("eedi", "eedi"),
        ("oulad", "oulad"),
        ("uci_student", "uci"),
        ("curriculum", None),
        (".", None),
    ],
)
def test_the_public_sets_are_told(data_dir: Path, folder: str, name: str | None) -> None:
    assert detect_format(data_dir / folder) == name
