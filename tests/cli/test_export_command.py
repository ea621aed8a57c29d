"""``polku export``: the files, what is printed, and that it is logged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from polku.cli import polku
from polku.home import Home
from polku.records import Responses
from polku.store import Store
from polku.store.buckets import read_buckets
from polku.testing.store import sample


@pytest.fixture
def filled(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a home whose provider "exported" has a few answers."""
    monkeypatch.chdir(tmp_path)
    with Store.open(own_home.settings().store, "exported") as store, store.begin() as tx:
        tx.responses.add(sample())
    return own_home


def run(home: Home, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(polku, ["export", *words, "--home", str(home.root), "--provider", "exported"])
    return done.exit_code, done.stdout


def test_the_answers_are_written_and_the_log_says_so(filled: Home, tmp_path: Path) -> None:
    status, printed = run(filled, "--to", str(tmp_path / "x"), "--buckets", "3", "--json")
    assert (status, json.loads(printed)["rows"], len(json.loads(printed)["files"])) == (0, 12, 3)
    assert Responses.concat(list(read_buckets(tmp_path / "x"))).hash == sample().hash
    with Store.open(filled.settings().store, "exported") as store:
        assert store.seal().seq >= 1
        assert store.verify_log().whole


def test_a_folder_that_holds_something_is_left_alone(filled: Home, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine").write_text("mine")
    status, _ = run(filled, "--to", str(tmp_path / "x"))
    assert status != 0
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["mine"]
