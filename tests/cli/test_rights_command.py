"""``polku rights``: each right by its command, on a store of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from polku.cli import polku
from polku.errors import ConflictError, InputError, NotFoundError
from polku.fairness import keep_background
from polku.home import Home
from polku.records import Roster
from polku.store import Store
from polku.testing.store import offer, sample

BY = ("--by", "A01")
NOBODY = pd.DataFrame({"teacher_id": [], "group_id": [], "starts_on": [], "ends_on": []})
Open = Callable[[str], Store]


@pytest.fixture
def open_store(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a maker of stores in a home of its own; the first is the settings' own provider's."""
    monkeypatch.setenv("POLKU_HOME", str(own_home.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    monkeypatch.setenv("POLKU_BACKGROUND", f"sqlite:///{tmp_path / 'background.db'}")
    return lambda provider: Store.open(tmp_path / "polku.db", provider)


@pytest.fixture
def store(open_store: Open) -> Store:
    """Return a store with answers, a roster, an offer and background of one learner."""
    home = Home.find()
    made = open_store(home.settings().provider_id)
    lines = {"learner_id": ["l0", "l1"], "grade": [8, 9], "group_id": ["8A", "9A"], "school_id": ["S1", "S1"]}
    with made.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(Roster(pd.DataFrame(lines), NOBODY))
    offer(made, "l0", "a")
    keep_background(home, home.settings(), pd.DataFrame({"learner_id": ["l0"], "gender": ["girl"]}), source="b.csv")
    return made


def run(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(polku, ["rights", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def test_an_export_holds_the_enclave_too_and_says_how_much(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "l0.json"
    assert "rows of" in run("export", "l0", *BY, "--to", path).output
    said = json.loads(path.read_text(encoding="utf-8"))
    assert [(one["attribute"], one["value"]) for one in said["background"]] == [("gender", "girl")]
    assert len(said["evidence"]) == len(said["tables"]["responses"]) == 4
    assert json.loads(run("export", "l0", *BY).stdout)["learner_id"] == "l0"
    store.seal()
    assert store.verify_log().whole


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_page_to_read(store: Store, tmp_path: Path, language: str) -> None:
    assert store.provider_id
    path = tmp_path / "l0.html"
    run("export", "l0", *BY, "--to", path, "--language", language)
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert (f'<html lang="{language}">' in page, "girl" in page) == (True, True)
    assert re.search(r"(?<![\w+/=-])l1(?![\w+/=-])", page) is None, "nobody else; a salt may hold the letters by chance"


def test_nothing_is_held_about_nobody(store: Store) -> None:
    assert store.provider_id
    with pytest.raises(NotFoundError, match="nothing is held"):
        run("export", "nobody", *BY)


def test_erasing_asks_first_and_takes_the_enclave_s_values(store: Store, tmp_path: Path) -> None:
    refused = CliRunner().invoke(polku, ["rights", "erase", "l0", *BY], input="n\n")
    assert refused.exit_code == 1
    said = json.loads(run("erase", "l0", "--yes", *BY, "--json").stdout)
    assert (said["rows"]["responses"], said["entries"], said["background"]) == (4, 1, 1)
    assert "0 rows" in run("erase", "l0", "--yes", *BY).output
    with store.read() as tx:
        assert {one["by"] for one in tx.rights.said("erased")} == {BY[1]}
    with pytest.raises(InputError, match="kept nowhere"):
        run("erase", "l0", "--yes", "--by", "010190-123A")
    assert store.verify_log().whole
    with pytest.raises(NotFoundError, match="nothing is held"):
        run("export", "l0", *BY, "--to", tmp_path / "again.json")


def test_expiring_says_its_terms_and_deletes_only_when_told(store: Store) -> None:
    said = run("expire").output
    assert "quarantine" in said
    assert "nothing was deleted" in said
    done = json.loads(run("expire", "--now", "--json").stdout)
    assert not any(done["rows"].values())
    assert "0 learners who left erased" in run("expire", "--now").output
    assert store.chain_head().seq == 0, "what did not happen is not logged"


def test_a_move_and_a_new_school_year(store: Store) -> None:
    assert "group 8B, school S2" in run("move", "l0", "--group", "8B", "--school", "S2", *BY).output
    said = run("rollover", *BY).output
    assert "1 learners a grade up, 1 left the roster, 2 groups" in said
    with pytest.raises(ConflictError, match="begun already"):
        run("rollover", *BY, "--json")
    with store.read() as tx:
        moved = tx.roster.learner("l0")
    assert moved is not None
    assert (moved.grade, moved.group_id) == (9, None)


@pytest.mark.parametrize("kind", ["objection", "restriction"])
def test_holding_and_lifting(store: Store, kind: str) -> None:
    assert f"{kind} of l0 holds" in run(kind, "l0", *BY, "--reason", "own wish").output
    with store.read() as tx:
        assert tx.holds.unprofiled() == {"l0"}
    assert f"{kind} of l0 lifted" in run(kind, "l0", *BY, "--lift").output
    for said in (("--by", "010190-123A"), (*BY, "--reason", "poissaolot")):
        with pytest.raises(InputError, match="kept nowhere"):
            run(kind, "l0", *said)


def test_from_one_provider_to_another(store: Store, open_store: Open, tmp_path: Path) -> None:
    path, town = tmp_path / "l0.json", open_store("town")
    run("export", "l0", *BY, "--to", path)
    assert "4 answers accepted, 0 repeated" in run("import", path, *BY, "--provider", "town").output
    again = json.loads(run("import", path, *BY, "--provider", "town", "--json").stdout)
    assert (again["new"], again["accepted"], again["repeated"]) == (False, 0, 4)
    run("erase", "l0", "--yes", *BY)
    with town.read() as tx, store.read() as left:
        assert list(tx.responses.of(["l0"])) == list(sample().of_learners(["l0"]))
        assert left.responses.count("l0") == 0
        taken = tx.roster.learner("l0")
    assert taken is not None
    assert (taken.grade, taken.group_id, taken.school_id) == (8, None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "no export of a learner"),
        ({"learner_id": "010190-123A"}, "cannot be taken in"),
        ({"learner_id": "l1"}, "answers of others"),
        ({"evidence": None}, "no export of a learner"),
    ],
)
def test_what_is_no_learner_s_file(store: Store, tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "l0.json"
    run("export", "l0", *BY, "--to", path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        run("import", path, *BY, "--provider", "town")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as JSON"):
        run("import", path, *BY)
    assert store.provider_id
