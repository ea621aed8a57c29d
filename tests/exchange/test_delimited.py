"""Text files split into rows: against the standard library where it agrees, by hand where it does not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange.delimited import BLOCK, read_delimited
from polku.exchange.raw import RawTable
from polku.exchange.text import header_names, peek_header, read_text
from polku.records import DenyRules

Write = Callable[..., Path]
DENY = DenyRules(columns={"secret": "secrets"})
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=6)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delimited") / "rows.csv"


def split(file: Path, body: str, delimiter: str = ",") -> RawTable:
    file.write_text("a,b,c\n".replace(",", delimiter) + body, encoding="utf-8", newline="")
    return read_delimited(file, DENY, delimiter)


@given(rows=st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=6), mark=st.sampled_from(",\t"))
@settings(deadline=None, max_examples=150)
@example(rows=[["\ufeff", '"', '""']], mark=",")
@example(rows=[["\x00", "\x0b\x0c\x1c\u2028", " x "]], mark="\t")
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["minimal", "all"])
def test_what_the_standard_library_writes_is_read_as_it_was(
    quoting: Literal[0, 1], rows: list[list[str]], mark: str, file: Path
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\n", quoting=quoting).writerows(rows)
    raw = split(file, text.getvalue(), mark)
    assert [list(row.values()) for row in raw.table.to_pylist()] == rows
    assert raw.line.tolist() == list(range(2, len(rows) + 2))
    assert raw.broken == ()


@pytest.mark.parametrize(
    "line",
    ['"x,1,2', 'x",1,2', 'x,"1,2', 'x,1,2"', 'x,"1"2,3', 'x,1"1,2', '"x""",1,""2', '"', '"""', 'x, "1",2'],
)
def test_quotes_that_do_not_pair_cost_their_line(file: Path, line: str) -> None:
    raw = split(file, f"1,2,3\n{line}\n4,5,6\n")
    assert [tuple(row.values()) for row in raw.table.to_pylist()] == [("1", "2", "3"), ("4", "5", "6")]
    assert raw.line.tolist() == [2, 4]
    assert [(one.line, one.reason.value, json.loads(one.row)) for one in raw.broken] == [
        (3, "broken_quotes", {"line": line})
    ]


@pytest.mark.parametrize("line", ["1", "1,2", "1,2,3,4", ",", '"1,2",3', "   "])
def test_lines_with_more_or_fewer_fields_are_kept_as_they_are(file: Path, line: str) -> None:
    raw = split(file, f"{line}\n1,2,3\n{line}")
    assert [(one.line, one.reason.value, json.loads(one.row)) for one in raw.broken] == [
        (2, "field_count", {"line": line}),
        (4, "field_count", {"line": line}),
    ]
    assert raw.line.tolist() == [3]


def test_a_file_in_which_every_line_is_broken_has_no_rows_and_all_refusals(file: Path) -> None:
    raw = split(file, 'x"\n"y\n')
    assert raw.table.num_rows == 0
    assert raw.table.column_names == ["a", "b", "c"]
    assert [one.line for one in raw.broken] == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(file: Path, end: str) -> None:
    raw = split(file, end.join(["1,2,3", "", "4,5,6", "7"]))
    assert raw.line.tolist() == [2, 4]
    assert [one.line for one in raw.broken] == [5]


def test_lines_are_numbered_across_blocks(file: Path) -> None:
    wide = "x" * (BLOCK // 3)
    raw = split(file, "".join(f"{place},{wide},3\n" if place % 2 else "1,2\n" for place in range(8)))
    assert raw.line.tolist() == [3, 5, 7, 9]
    assert [one.line for one in raw.broken] == [2, 4, 6, 8]
    assert raw.column("a").to_pylist() == ["1", "3", "5", "7"]


def test_denied_columns_are_left_out_and_broken_lines_of_such_a_file_are_not_kept(file: Path) -> None:
    file.write_text('a,Secret,b\n1,hush,2\n1,hush\n1,"hush,2\n')
    raw = read_delimited(file, DENY)
    assert raw.table.column_names == ["a", "b"]
    assert raw.denied == ("Secret",)
    assert raw.notes == ("column Secret was not read (rule: secrets)",)
    assert [json.loads(one.row) for one in raw.broken] == [{"line": "[removed: secrets]"}] * 2
    assert list(raw.row_json(raw.line - 2, DENY)) == ['{"a": "1", "b": "2", "Secret": "[removed: secrets]"}']


def test_rows_come_back_in_batches_in_the_order_asked_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polku.exchange.raw.BATCH", 2)
    raw = split(file, "".join(f"{place},x,y\n" for place in range(7)))
    assert [row["a"] for row in raw.rows([6, 0, 3, 3, 1])] == ["6", "0", "3", "3", "1"]
    assert list(raw.rows([])) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a,b\r\n1,2\r\n", b"a,b\n1,2\n"),
        (b"a,b\r1,2\n\r", b"a,b\n1,2\n\n"),
        (b"\xef\xbb\xbfa,b\n", b"a,b\n"),
        ("ä,b\n".encode(), "ä,b\n".encode()),
        (b"a\n\xe4\xff", "a\n\ufffd\ufffd".encode()),
    ],
)
def test_text_is_utf8_with_one_kind_of_line_end(file: Path, content: bytes, text: bytes) -> None:
    file.write_bytes(content)
    assert read_text(file)[0] == text


@pytest.mark.parametrize(
    ("content", "where"),
    [(b"a\n1\n\xe4", "line 3, byte 4"), (b"a\r\n1\r\n\xe4", "line 3, byte 6"), (b"a\r1\r\r\xe4", "line 4, byte 5")],
)
def test_the_first_byte_that_is_not_utf8_is_located(file: Path, content: bytes, where: str) -> None:
    file.write_bytes(content)
    assert read_text(file)[1] == (f"not all bytes are UTF-8; the first that are not: {where}",)


def test_names_of_columns_are_trimmed_and_nameless_ones_numbered(file: Path) -> None:
    assert header_names(file, ' a ,"b,c",', ",") == ["a", "b,c", "column 3"]
    assert header_names(file, "a\tb", "\t") == ["a", "b"]


@pytest.mark.parametrize("head", ["", ",,", "a\x00,b", f'"{"x" * 200_000}"'])
def test_a_line_without_names_is_no_header(file: Path, head: str) -> None:
    with pytest.raises(InputError, match="has no header in its first line"):
        header_names(file, head, ",")


def test_a_header_can_be_looked_at_without_reading_the_file(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfuser_id\titem_id\r\n\xff\xff")
    assert peek_header(file, "\t") == ["user_id", "item_id"]
    file.write_bytes(b"")
    assert peek_header(file, "\t") == []
