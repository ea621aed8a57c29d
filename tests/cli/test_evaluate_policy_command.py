"""``polku evaluate-policy``: from a log to what can be said of another policy, and to what cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from logged_world import logged
from polku.cli import polku
from polku.cli.evaluate_policy import command
from polku.errors import InputError
from polku.home import Home
from polku.paths.evaluation import write_decisions
from terminal import reraise

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the decisions of 200 learners, every other one drawn."""
    path = tmp_path_factory.mktemp("log") / "decisions.jsonl"
    write_decisions([one for learner in logged(200, 0.5, seed=3) for one in learner], path)
    return path


@pytest.fixture
def judge(own_home: Home, tmp_path: Path) -> Run:
    """Return a runner of the command, in a home of its own with an empty store."""
    stores = {"POLKU_HOME": str(own_home.root), "POLKU_STORE": f"sqlite:///{tmp_path / 'polku.db'}"}

    def run(*arguments: str | Path) -> Result:
        return CliRunner(env=stores).invoke(command, [*map(str, arguments)])

    return run


def test_estimates_as_json(judge: Run, log: Path) -> None:
    told = json.loads(judge("--log", log, "--line", "uniform", "--line", "best", "--json").stdout)
    assert told["log"]["decisions"] == 600
    assert told["log"]["learners"] == 200
    assert [(one["target"], one["horizon"]) for one in told["estimates"]] == [
        (name, horizon) for name in ("uniform", "best") for horizon in (1, 2, 3)
    ]
    first = told["estimates"][0]
    assert first["snips"]["low"] < first["snips"]["value"] < first["snips"]["high"]
    assert first["doubly_robust"].keys() == {"value", "low", "high"}
    assert first["refusal"] is None
    assert "L0000" not in json.dumps(told)


def test_what_is_refused_says_why_in_three_beats(judge: Run, log: Path) -> None:
    printed = judge("--log", log, "--line", "curriculum_order", "--decisions", "1", "--decisions", "3").stdout
    assert "curriculum_order, 3 in a row: too few effective samples over 3 decisions" in printed
    assert "\n  got: " in printed
    assert "\n  try: " in printed
    assert "Gain on the later check" in printed


def test_a_log_without_situations_carries_no_other_policy(judge: Run, log: Path, home: Home) -> None:
    policy = home.models / "path" / "policy.toml"
    with pytest.raises(InputError, match="holds no situations"):
        reraise(judge("--log", log, "--policy", policy))


def test_a_policy_file_that_is_not_there(judge: Run, log: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such policy file"):
        reraise(judge("--log", log, "--policy", tmp_path / "none.toml"))


def test_decisions_are_written_for_others(judge: Run, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = judge("--log", log, "--line", "best", "--decisions", "1", "--out", out)
    assert out.read_text() == log.read_text()
    assert "it names learners" in done.stderr


def test_an_empty_store_has_nothing_to_judge_by(judge: Run) -> None:
    with pytest.raises(InputError, match="no suggestion is logged"):
        reraise(judge())


def test_a_file_of_check_items_must_be_there(judge: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file of items"):
        reraise(judge("--check-items", tmp_path / "none.txt"))


def test_the_command_is_found_under_its_name_with_a_dash() -> None:
    assert CliRunner().invoke(polku, ["evaluate-policy", "--help"]).exit_code == 0
