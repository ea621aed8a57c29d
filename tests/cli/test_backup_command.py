"""``polku backup`` and ``polku restore``: what they write, print and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polku.cli import polku
from polku.errors import ConflictError, InputError, NotReadyError
from polku.home import Home
from polku.store import Store
from polku.testing.store import sample


@pytest.fixture
def store(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the store of an installation with answers and a sealed log."""
    monkeypatch.setenv("POLKU_HOME", str(own_home.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    made = Store.open(tmp_path / "polku.db", own_home.settings().provider_id)
    with made.begin() as tx:
        tx.responses.add(sample())
        tx.log.append("offered", {"n": 1}, "l0")
    made.seal()
    return made


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(polku, list(map(str, words)), catch_exceptions=False)


def test_there_and_back(store: Store, tmp_path: Path) -> None:
    kept, restored = tmp_path / "deep" / "one.tar.gz", tmp_path / "new" / "restored.db"
    said = run("backup", "--to", kept)
    assert (said.exit_code, "1 sealed logs" in said.output) == (0, True)
    done = json.loads(run("restore", "--from", kept, "--store", f"sqlite:///{restored}", "--json").stdout)
    assert (done["whole"], done["rows"]["responses"], done["rows"]["log"]) == (True, len(sample()), 1)
    with Store.open(restored, store.provider_id) as again, again.read() as tx:
        assert tx.responses.all().hash == sample().hash
        assert again.chain_head() == store.chain_head()


def test_what_is_counted_is_what_is_restored(store: Store, tmp_path: Path) -> None:
    made = json.loads(run("backup", "--to", tmp_path / "one.tar.gz", "--json").stdout)
    with store.read() as tx:
        assert made["rows"]["responses"] == tx.responses.count()
    said = run("restore", "--from", tmp_path / "one.tar.gz", "--store", f"sqlite:///{tmp_path}/other.db").output
    assert f"{sum(made['rows'].values()):,} rows restored and 1 logs verified" in said
    assert f"tables {made['migration']} → {made['migration']}" in said


def test_neither_a_backup_nor_a_store_is_overwritten(store: Store, tmp_path: Path) -> None:
    run("backup", "--to", tmp_path / "one.tar.gz")
    before = (tmp_path / "one.tar.gz").read_bytes()
    with pytest.raises(ConflictError, match="a backup overwrites nothing"):
        run("backup", "--to", tmp_path / "one.tar.gz")
    with pytest.raises(ConflictError, match="holds a store already"):
        run("restore", "--from", tmp_path / "one.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == before
    assert store.verify_log().whole


def test_where_there_is_nothing_to_back_up_or_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="no store to back up"):
        run("backup", "--to", tmp_path / "one.tar.gz", "--store", f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "letter.txt").write_text("not a backup", encoding="utf-8")
    with pytest.raises(InputError, match="this is no backup, or not all of one"):
        run("restore", "--from", tmp_path / "letter.txt", "--store", f"sqlite:///{tmp_path}/new.db")
