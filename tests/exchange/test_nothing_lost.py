"""Nothing that a file holds is lost: every row is taken in, refused with a reason, or a repeat of another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange import Reading, detect_format, read_responses
from polku.records import DenyRules

HEADER = b"response_id,learner_id,item_id,skill_ids,answered_at,correct"
GOOD = b"r1,anna,i7,a;b,2025-03-01T10:00:00+02:00,1"

fields = st.sampled_from(
    [
        b"r1",
        b"r2",
        b"anna",
        b"a;b",
        b"1",
        b"0",
        b"2025-03-01T10:00:00Z",
        b"",
        b'"',
        b'""',
        b'"x"',
        b'"x',
        b'x"',
        b" ",
        b"\xff",
    ]
)
lines = st.one_of(
    st.just(GOOD),
    st.integers(0, 9).map(lambda n: b"q%d,anna,i7,a,2025-03-01T10:00:0%dZ,1" % (n, n)),
    st.lists(fields, min_size=5, max_size=7).map(b",".join),
    st.binary(max_size=20),
)
ends = st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\n"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all examples: hypothesis draws many, and each overwrites the file."""
    return tmp_path_factory.mktemp("fuzz")


def rows_in(body: bytes) -> int:
    """Count the rows by hand: what stands between line ends and is not empty."""
    return sum(1 for line in re.split(rb"[\r\n]", body) if line)


def read(folder: Path, body: bytes, header: bytes = HEADER) -> Reading:
    file = folder / "responses.csv"
    file.write_bytes(header + b"\n" + body)
    return read_responses(file)


@given(table=st.lists(st.tuples(lines, ends), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
@example(table=[(GOOD, b"\n"), (b'r2,"anna,i7,a,2025-03-01T10:00:00Z,1', b"\n"), (GOOD, b"\n"), (b'x"', b"\n")])
@example(table=[(b"\xff\xfe", b"\n"), (GOOD, b"")])
@example(table=[(b"\x00" * 3, b"\n"), (GOOD, b"\x0b")])
def test_every_row_is_accounted_for(table: list[tuple[bytes, bytes]], folder: Path) -> None:
    body = b"".join(line + end for line, end in table)
    if not rows_in(body):
        with pytest.raises(InputError, match="has a header but no rows"):
            read(folder, body)
        return
    reading = read(folder, body)
    assert len(reading.responses) + len(reading.refused) + reading.repeated == rows_in(body)
    assert reading.rows == rows_in(body)
    for row in reading.refused.frame["row"]:
        assert json.loads(row)


@given(body=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_at_all_are_accounted_for(body: bytes, folder: Path) -> None:
    if rows_in(body):
        assert read(folder, body).rows == rows_in(body)


@given(content=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_a_file_that_is_no_table_gives_one_clear_error(content: bytes, folder: Path) -> None:
    file = folder / "responses.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"responses\.csv"):
        read_responses(file, "csv")


SETS = {
    "eedi": ("responses_a.csv", b"question_id,user_id,is_correct", b"10,1,1"),
    "oulad": ("studentAssessment.csv", b"id_assessment,id_student,date_submitted,score", b"1,7,18,78"),
}
COMPANIONS = {
    "questions.csv": 'question_id,subject_id\n10,"[0]"\n',
    "subjects.csv": "SubjectId,Name,ParentId,Level\n3,Maths,NULL,0\n",
    "assessments.csv": "code_module,code_presentation,id_assessment,assessment_type\nAAA,2013J,1,TMA\n",
    "conceptname_question_id.csv": "dataset_question_id,concept_name\n1,x\n",
}


@pytest.mark.parametrize("format_", sorted(SETS))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_row_of_a_research_set_is_accounted_for(format_: str, data: st.DataObject, folder: Path) -> None:
    name, header, good = SETS[format_]
    row = st.one_of(st.just(good), st.lists(fields, min_size=2, max_size=5).map(b",".join), st.binary(max_size=12))
    body = b"".join(line + b"\n" for line in data.draw(st.lists(row, max_size=8)))
    for companion, text in COMPANIONS.items():
        (folder / companion).write_text(text)
    (folder / name).write_bytes(header + b"\n" + good + b"\n" + body)
    assert read_responses(folder / name, format_).rows == 1 + rows_in(body)


@pytest.mark.parametrize("format_", ["gervet", "sequences", "fsaif", "eedi", "oulad", "uci"])
@given(content=st.one_of(st.binary(max_size=120), st.text("01,\n", max_size=60).map(str.encode)))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused_by_every_reader(format_: str, content: bytes, folder: Path) -> None:
    for companion, text in COMPANIONS.items():
        (folder / companion).write_text(text)
    file = folder / "student-mat.csv"
    file.write_bytes(content)
    detect_format(file)
    try:
        reading = read_responses(file, format_)
    except InputError as error:
        assert file.name in str(error)  # noqa: PT017 — most contents are errors, some are readable: both are right
    else:
        assert reading.rows > 0


def test_a_broken_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    body = (
        b'r0,"an,i7,a,2025-03-01T10:00:00Z,1\n' + GOOD + b'\nr2,an"na,i7,a,2025-03-01T10:00:00Z,1\nr3,"anna",i7,a,5,1\n'
    )
    frame = read(tmp_path, body).refused.frame
    assert frame[["line", "reason"]].to_numpy().tolist() == [
        [2, "broken_quotes"],
        [4, "broken_quotes"],
        [5, "mixed_time"],
    ]
    assert json.loads(frame["row"][0]) == {"line": 'r0,"an,i7,a,2025-03-01T10:00:00Z,1'}


def test_lines_are_numbered_as_an_editor_numbers_them(tmp_path: Path) -> None:
    reading = read(tmp_path, GOOD + b"\r\n\r\nr2,,i7,a,2025-03-01T10:00:00Z,1\r\n\rr3,x\n")
    assert reading.refused.frame[["line", "reason"]].to_numpy().tolist() == [[4, "missing"], [6, "field_count"]]


def test_bytes_that_are_not_utf8_cost_the_rows_that_hold_them(tmp_path: Path) -> None:
    reading = read(
        tmp_path, GOOD + b"\nr2,p\xe4ivi,i7,a,2025-03-01T10:00:00Z,1\nr3,p\xc3\xa4ivi,i7,a,2025-03-01T10:00:00Z,1\n"
    )
    assert list(reading.responses.learners) == ["anna", "päivi"]
    refused = reading.refused.frame.iloc[0]
    assert (refused["line"], refused["reason"], refused["column"]) == (3, "undecodable", "learner_id")
    assert json.loads(refused["row"])["learner_id"] == "p\ufffdivi"
    where = f"line 3, byte {len(HEADER) + len(GOOD) + 6}"
    assert reading.notes == (f"not all bytes are UTF-8; the first that are not: {where}",)


def test_denied_columns_reach_neither_responses_nor_quarantine(tmp_path: Path) -> None:
    deny = DenyRules(columns={"hetu": "identity", "absence": "attendance"})
    file = tmp_path / "responses.csv"
    file.write_bytes(
        HEADER + b",Hetu,absence\n" + GOOD + b",SECRET1,SECRET2\n"
        b"r2,,i7,a,2025-03-01T10:00:00Z,1,SECRET1,SECRET2\n"
        b"r3,anna,i7,a,2025-03-01T10:00:00Z,1,SECRET1,SECRET2,\n"
        b'r4,anna,i7,a,2025-03-01T10:00:00Z,1,"SECRET1,SECRET2\n'
    )
    reading = read_responses(file, deny=deny)
    assert len(reading.responses) == 1
    assert reading.refused.counts() == {"missing": 1, "field_count": 1, "broken_quotes": 1}
    kept = reading.refused.frame.to_csv() + repr(reading.notes) + reading.responses.to_frame().to_csv()
    assert "SECRET" not in kept
    assert json.loads(reading.refused.frame["row"][0])["Hetu"] == "[removed: identity]"
    assert json.loads(reading.refused.frame["row"][1]) == {"line": "[removed: attendance] [removed: identity]"}
    assert reading.notes == (
        "column Hetu was not read (rule: identity)",
        "column absence was not read (rule: attendance)",
    )


def test_an_identity_code_is_refused_and_not_kept(tmp_path: Path) -> None:
    reading = read(tmp_path, GOOD + b"\nr2,010190-123A,i7,a,2025-03-01T10:00:00Z,1\nr3,010190-123A\n")
    assert reading.refused.counts() == {"identity_code": 1, "field_count": 1}
    assert "123A" not in reading.refused.frame.to_csv()
    assert "[removed: personal identity code]" in reading.refused.frame["row"][1]
