"""``polku ingest``: which file is read as what, what became of each row, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from polku.home import Home
from polku.store import Store
from terminal import HEADER, Terminal

ROW = "r1,anna,i1,a,2026-03-01T10:00:00Z,1"
ROSTER = "learner_id,grade,group_id,school_id\nanna,7,7A,s1\nbo,13,7A,s1\n"
TEACHERS = "teacher_id,group_id,starts_on,ends_on\nt1,7A,2025-08-01,\n"
ITEMS = "item_id,skill_ids,title\ni1,MA79.S3.01,Kertotaulu\n"
BACKGROUND = "learner_id,gender\nanna,girl\n"


@pytest.fixture
def terminal(own_home: Home, tmp_path: Path) -> Terminal:
    """Return a terminal on a home of its own with an empty store."""
    return Terminal(own_home, tmp_path)


def store_of(terminal: Terminal) -> Store:
    return Store.open(terminal.folder / "polku.db", "demo")


def test_a_folder_is_read_items_first_and_background_last(terminal: Terminal, tmp_path: Path) -> None:
    terminal.write("town/background.csv", BACKGROUND)
    terminal.write("town/roster.csv", ROSTER)
    terminal.write("town/teachers.csv", TEACHERS)
    terminal.write("town/items.csv", ITEMS)
    terminal.write("town/notes.txt", "not read")
    terminal.answers("town/responses.csv", ROW.replace(",a,", ",,"))
    lines = terminal.json("ingest", tmp_path / "town")
    assert [(line["kind"], line["rows"], line["accepted"], line["refused"]) for line in lines] == [
        *(("items", 1, 1, 0), ("roster", 3, 2, 1), ("responses", 1, 1, 0), ("background", 1, 1, 0))
    ]
    with store_of(terminal) as store, store.read() as tx:
        assert tx.responses.all()[0].skill_ids == ("MA79.S3.01",), "the item list was there in time"
        assert tx.roster.learners()["learner_id"].tolist() == ["anna"]
        assert len(tx.roster.teachers()) == 1
        assert [(row.source, row.reason) for row in tx.refused.list()] == [("roster.csv", "out_of_range")]


def test_background_goes_to_the_enclave_and_never_to_the_store(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("ingest", terminal.write("background.csv", BACKGROUND))
    terminal.json("ingest", terminal.answers("responses.csv", ROW))
    assert b"girl" in b"".join(path.read_bytes() for path in tmp_path.glob("background.db*"))
    assert b"girl" not in b"".join(path.read_bytes() for path in tmp_path.glob("polku.db*"))


def test_background_may_come_as_parquet_and_what_is_missing_stays_missing(terminal: Terminal, tmp_path: Path) -> None:
    frame = pd.DataFrame({"learner_id": [1, 2], "gender": ["girl", None]})
    frame.to_parquet(tmp_path / "background.parquet")
    [line] = terminal.json("ingest", tmp_path / "background.parquet")
    assert (line["rows"], line["accepted"]) == (2, 1)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("background.db*"))
    assert b"None" not in held


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("roster.csv", ROSTER, "roster"),
        ("items.csv", ITEMS, "items"),
        ("background.csv", BACKGROUND, "background"),
        ("responses.csv", HEADER + ROW, "responses"),
        ("whatever.csv", HEADER + ROW, "responses"),
    ],
)
def test_a_files_name_says_what_it_holds(terminal: Terminal, name: str, text: str, kind: str) -> None:
    [line] = terminal.json("ingest", terminal.write(name, text))
    assert (line["file"], line["kind"]) == (name, kind)


def test_an_option_goes_before_the_name(terminal: Terminal) -> None:
    [line] = terminal.json("ingest", terminal.write("class-list.csv", ROSTER), "--kind", "roster")
    assert (line["kind"], line["accepted"]) == ("roster", 1)
    assert "no column" in terminal.refused("ingest", terminal.write("roster.csv", ROSTER), "--kind", "responses")


def test_a_roster_alone_keeps_no_teachers_of_an_earlier_one(terminal: Terminal, tmp_path: Path) -> None:
    terminal.write("teachers.csv", TEACHERS)
    terminal.json("ingest", terminal.write("roster.csv", ROSTER))
    (tmp_path / "teachers.csv").unlink()
    terminal.json("ingest", tmp_path / "roster.csv")
    with store_of(terminal) as store, store.read() as tx:
        assert (tx.roster.count(), len(tx.roster.teachers())) == (1, 0)


def test_skills_from_outside_the_curriculum_are_kept_and_counted(terminal: Terminal) -> None:
    known = ROW.replace(",a,", ",MA79.S3.01,")
    [line] = terminal.json("ingest", terminal.answers("a.csv", known, ROW.replace("r1", "r2").replace(",a,", ",a;b,")))
    assert line["accepted"] == 2
    assert any("2 skill(s) are not in curriculum fi-mathematics" in note for note in line["notes"])
    [line] = terminal.json("ingest", terminal.answers("b.csv", known.replace("r1", "r3")))
    assert not any("not in curriculum" in note for note in line["notes"])


def test_for_reading_every_file_has_a_line_and_the_counts_close_the_run(terminal: Terminal) -> None:
    done = terminal.run("ingest", terminal.answers("a.csv", ROW, ROW.replace("r1", "r2").replace(",1", ",7")))
    assert done.stdout == ""
    assert "a.csv" in done.stderr
    assert "note, a.csv: 1 skill(s) are not in curriculum" in done.stderr
    assert done.stderr.rstrip().endswith("accepted 1, refused 1")


def test_what_is_refused_in_one_provider_is_not_seen_by_another(terminal: Terminal) -> None:
    terminal.json("ingest", terminal.answers("a.csv", ROW), "--provider", "town")
    with store_of(terminal) as store:
        with store.read() as tx:
            assert tx.responses.count() == 0
        with store.for_provider("town").read() as tx:
            assert tx.responses.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("background.csv", b"", r"background.csv is empty"),
        ("background.csv", b"learner_id,gender\nanna,\xff\n", "background.csv is not UTF-8"),
        ("background.csv", b"learner_id,gender\nanna,girl\nbo,boy,x,y\n", "background.csv cannot be read as .csv"),
        ("background.parquet", b"PAR1", "background.parquet cannot be read as .parquet"),
        ("background.csv", b"gender\ngirl\n", "the background has no column learner_id"),
        ("roster.csv", b"", "roster.csv is empty"),
        ("items.csv", b"item_id,skill_ids\n", "items.csv has a header but no rows"),
        ("responses.parquet", b"PAR1", "responses.parquet cannot be read as Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_at_all(terminal: Terminal, name: str, content: bytes, says: str) -> None:
    assert says in terminal.refused("ingest", terminal.write(name, content))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([], "the folder holds no file that Polku knows\n  got: no .csv or .parquet\n  try: one of: background.csv"),
        (["notes.txt"], "got: no .csv or .parquet"),
        (["respnses.csv"], "got: respnses\n  try: did you mean 'responses.csv'?"),
        (["items.csv", "items.parquet"], "holds the same in two formats\n  got: items\n  try: keep one file of each"),
    ],
)
def test_a_folder_that_cannot_be_read(terminal: Terminal, tmp_path: Path, names: list[str], says: str) -> None:
    (tmp_path / "town").mkdir()
    for name in names:
        terminal.write(f"town/{name}", ITEMS)
    assert says in terminal.refused("ingest", tmp_path / "town")


def test_nothing_there(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.refused("ingest", tmp_path / "none.csv")
    assert said.startswith("no such file or folder\n  got: none.csv\n")
    assert not (tmp_path / "polku.db").exists(), "a slip of the path makes no store"
