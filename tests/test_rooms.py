"""A room seen through another: the own file where there is one, the common one else."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.rooms import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Return a common folder behind an own one that holds two of its files, and one that the common one lacks."""
    for place, text in {
        "common/a.toml": "common",
        "common/path/policy.toml": "common",
        "common/path/other.toml": "common",
        "own/path/policy.toml": "own",
        "own/only.toml": "own",
        "own/a.toml/x": "a folder in the place of a file",
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    return Room.over(tmp_path / "common", tmp_path / "own")


@pytest.mark.parametrize(
    ("place", "whose"),
    [
        ("path/policy.toml", "own"),
        ("path/other.toml", "common"),
        ("only.toml", "own"),
        ("a.toml", "common"),
    ],
)
def test_each_file_is_the_own_one_where_there_is_one(room: Room, place: str, whose: str) -> None:
    assert (room / place).read_text() == whose
    step: Path = room
    for part in place.split("/"):
        step = step / part
    assert step.read_text() == whose, "step by step it is the same"


def test_a_file_that_neither_has_is_looked_for_in_the_common_place(room: Room) -> None:
    missing = room / "path" / "nonesuch.toml"
    assert not missing.exists()
    assert missing == room.parent / "common" / "path" / "nonesuch.toml"


def test_everything_else_concerns_the_common_folder(room: Room) -> None:
    assert sorted(path.name for path in room.glob("**/*.toml")) == ["a.toml", "other.toml", "policy.toml"]
    assert room.is_dir()
    assert str(room) == str(room.parent / "common")
    assert (room.parent / "own" / "only.toml").read_text() == "own"


def test_what_comes_after_the_own_file_has_nothing_of_the_room(room: Room) -> None:
    own = room / "path" / "policy.toml"
    assert (own.parent / "other.toml").exists() is False, "beside the own file stands what is own"
    assert own.with_suffix(".new").name == "policy.new"


def test_an_own_folder_need_not_be_there(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "a").write_text("common")
    assert (Room.over(tmp_path / "common", tmp_path / "own") / "a").read_text() == "common"
