"""``polku log``: what it finds, what it says, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from polku.cli import polku
from polku.cli.log import append_head, exported_heads
from polku.errors import InputError
from polku.home import Home
from polku.store import ChainHead, Store
from polku.store.engine import begin
from polku.testing.store import offer


@pytest.fixture
def store(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the store of a home of its own, with four entries that are not sealed."""
    monkeypatch.setenv("POLKU_HOME", str(own_home.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    made = Store.open(tmp_path / "polku.db", own_home.settings().provider_id)
    for place in range(4):
        offer(made, f"l{place}", "a")
    return made


def run(*arguments: str | Path, expect: int = 0) -> Result:
    done = CliRunner().invoke(polku, ["log", *map(str, arguments)])
    assert done.exit_code == expect, done.output
    return done


def tamper(store: Store, statement: str) -> None:
    with begin(store.engine, write=True) as connection:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(statement))


def test_sealing_and_a_whole_log(store: Store) -> None:
    assert "0 sealed entries, 4 not sealed yet" in run("verify").output
    assert run("seal").output.startswith("sealed up to entry 4: ")
    said = run("verify")
    assert "log whole: 4 sealed entries, 0 not sealed yet" in said.output
    assert "no exported head was given" in said.output
    assert store.verify_log().whole


def test_an_altered_entry_is_named_and_the_command_ends_with_one(store: Store) -> None:
    run("seal")
    tamper(store, "UPDATE log SET kind = 'decided' WHERE seq = 3")
    said = run("verify", expect=1).output
    assert "entry 3: altered: its content is not what was sealed" in said
    assert "log not whole, 1 finding(s)" in said


def test_a_cut_off_end_shows_with_a_head_kept_elsewhere(store: Store, tmp_path: Path) -> None:
    heads = tmp_path / "elsewhere" / "heads.jsonl"
    heads.parent.mkdir()
    assert run("heads", "--to", heads).output.startswith("entry 4 written to heads.jsonl: ")
    offer(store, "l9", "a")
    run("heads", "--to", heads)
    assert [head.seq for head in exported_heads(heads, store.provider_id)] == [4, 5]
    assert "log whole" in run("verify", "--head", heads).output
    for table in ("suggestions", "log_payloads", "log"):
        tamper(store, f"DELETE FROM {table} WHERE entry_id IN (SELECT entry_id FROM log WHERE seq = 5)")  # noqa: S608 - names of our own
    assert "log whole" in run("verify").output, "by itself it looks whole"
    assert "entry 5: truncated: entries up to 5 were exported" in run("verify", "--head", heads, expect=1).output


def test_as_data(store: Store) -> None:
    run("seal")
    tamper(store, "UPDATE log SET hash = previous WHERE seq = 4")
    said = json.loads(run("verify", "--json", expect=1).stdout)
    assert (said["whole"], said["sealed"], said["unsealed"], said["exported_heads"]) == (False, 4, 0, 0)
    assert [(one["seq"], one["what"].split(":")[0]) for one in said["problems"]] == [(4, "altered")]


def test_heads_of_other_providers_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    for provider, seq in (("city", 1), ("town", 7), ("city", 3)):
        append_head(path, provider, ChainHead(seq, "f" * 64), 0)
    assert [head.seq for head in exported_heads(path, "city")] == [1, 3]
    with pytest.raises(InputError, match="no head of this provider"):
        exported_heads(path, "village")


@pytest.mark.parametrize("content", ["{", "[]", '{"provider_id": "city"}', "7"])
def test_what_is_no_file_of_heads(tmp_path: Path, content: str) -> None:
    path = tmp_path / "heads.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no file of heads"):
        exported_heads(path, "city")
    with pytest.raises(InputError, match="cannot be read"):
        exported_heads(tmp_path, "city")
