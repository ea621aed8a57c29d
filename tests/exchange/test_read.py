"""Which reader reads a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange import FORMATS, read_items, read_responses, read_roster
from polku.records import Response, Responses

HEADER = "response_id,learner_id,item_id,skill_ids,answered_at,correct"
Write = Callable[..., Path]


def test_formats_are_told_from_the_file_and_not_from_its_name(tmp_path: Path) -> None:
    table = Responses.from_responses([Response("r1", "anna", "i1", ("a",), 5, 5, 1.0, clock=False)])
    table.write_csv(tmp_path / "one.parquet")
    table.write_parquet(tmp_path / "one.csv")
    assert {read_responses(tmp_path / name).responses.hash for name in ("one.csv", "one.parquet")} == {table.hash}


def test_a_named_format_is_used(write: Write) -> None:
    file = write("r.csv", HEADER, "r1,anna,i1,a,5,1")
    assert len(read_responses(str(file), "csv").responses) == 1
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_responses(file, "parquet")
    with pytest.raises(InputError, match=r"no column user_id[\s\S]*separated by commas"):
        read_responses(file, "gervet")


def test_an_unknown_format_names_the_nearest(write: Write) -> None:
    with pytest.raises(InputError, match=r"unknown format[\s\S]*got: parket[\s\S]*did you mean 'parquet'"):
        read_responses(write("r.csv", HEADER), "parket")
    assert FORMATS == ("auto", "csv", "parquet", "gervet", "sequences", "fsaif", "eedi", "oulad", "uci")


@pytest.mark.parametrize("reader", [read_responses, read_roster, read_items])
def test_a_file_that_is_not_there_names_the_nearest(write: Write, reader: Callable[[Path], object]) -> None:
    file = write("responses.csv", HEADER)
    with pytest.raises(InputError, match=r"no such file[\s\S]*did you mean 'responses.csv'"):
        reader(file.with_name("response.csv"))
    with pytest.raises(InputError, match=r"no such file[\s\S]*check the path"):
        reader(file.parent / "nowhere" / "responses.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_responses(tmp_path, "csv")
    with pytest.raises(
        InputError, match=r"no known format is told by[\s\S]*an empty folder[\s\S]*csv, parquet, gervet"
    ):
        read_responses(tmp_path)
    for reader in (read_roster, read_items):
        with pytest.raises(InputError, match="is a folder"):
            reader(tmp_path)
