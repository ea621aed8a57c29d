"""``polku curriculum``: what the answers say about edges, and a teacher's word on one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge_world import WRONG, answers, graph
from polku.cli.curriculum import command
from polku.curriculum import Overlay
from polku.errors import InputError
from polku.home import Home
from terminal import reraise

Run = Callable[..., Result]


@pytest.fixture
def here(tmp_path: Path, home: Home) -> Home:
    """Return a home with a curriculum of eight skills, four of its edges made up."""
    for room in ("features", "models"):
        (tmp_path / room).symlink_to(home.root / room)
    (tmp_path / "serve" / "curricula").mkdir(parents=True)
    (tmp_path / "serve" / "settings.toml").write_bytes((home.serve / "settings.toml").read_bytes())
    name = home.settings().curriculum
    (tmp_path / "serve" / "curricula" / f"{name}.json").write_text(graph(wrong=True).to_json(), encoding="utf-8")
    return Home(tmp_path)


@pytest.fixture
def ask(here: Home) -> Run:
    def run(*arguments: str | Path) -> Result:
        stores = {"POLKU_STORE": f"sqlite:///{here.root / 'polku.db'}"}
        return CliRunner(env=stores).invoke(command, [*map(str, arguments), "--home", str(here.root)])

    return run


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("edges") / "answers.csv"
    answers(250, "states", seed=2).write_csv(path)
    return path


def test_edges_as_json(ask: Run, file: Path) -> None:
    told = json.loads(ask("evidence", "--responses", file, "--json").stdout)
    assert sum(told["counts"].values()) == len(told["edges"]) == 9
    assert told["curriculum"] == graph(wrong=True).hash
    assert {(one["before"], one["after"]) for one in told["edges"] if one["says"] == "for"}.isdisjoint(WRONG)
    assert "l000" not in json.dumps(told)


def test_for_reading(ask: Run, file: Path) -> None:
    printed = ask("evidence", "--responses", file, "--top", "3", "--language", "en").stdout
    assert "comes first" in printed
    assert "An edge is for teachers to dispute" in printed
    assert "Nothing is said of an edge with fewer than 30 learners" in printed


def test_the_background_is_read_for_a_purpose_only(ask: Run, file: Path) -> None:
    with pytest.raises(InputError, match="read for a purpose"):
        reraise(ask("evidence", "--responses", file, "--by", "gender"))


def test_an_edge_is_softened_by_name_and_reason_and_put_back(ask: Run, here: Home) -> None:
    who = ("--by", "M. Aalto", "--reason", "taught side by side")
    told = json.loads(ask("soften", "a", "e", *who, "--json").stdout)
    assert told["curriculum"] != told["curriculum_before"] == graph(wrong=True).hash
    assert [one.by for one in Overlay.load(here).rulings] == ["M. Aalto"]
    printed = ask("harden", "a", "e", *who).stdout
    assert "a before e is hard" in printed
    assert "train, audit and promote" in printed
    assert not Overlay.load(here).softened(here.settings().provider_id)


def test_a_softened_edge_is_a_soft_one_in_the_evidence(ask: Run, here: Home, file: Path) -> None:
    assert ask("soften", "a", "e", "--by", "M", "--reason", "r").exit_code == 0
    answers(60, "states", seed=2, each=10).write_csv(here.root / "few.csv")
    told = json.loads(ask("evidence", "--responses", here.root / "few.csv", "--json").stdout)
    kinds = {(one["before"], one["after"]): one["kind"] for one in told["edges"]}
    assert kinds["a", "e"] == "soft"
    assert kinds["a", "b"] == "hard"
    assert file.is_file()
