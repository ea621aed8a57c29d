"""`polku plan --diagnostic` and `--horizon`: what to ask next, and a path for the steps that are left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polku.cli.desk import Desk
from polku.cli.plan import command
from polku.errors import InputError, NotFoundError
from polku.home import Home
from polku.records import Responses

Run = Callable[..., Result]


@pytest.fixture
def polku_plan(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a runner of the command on a store where pupil1 answered twice and pupil2 often, all right."""
    monkeypatch.setenv("POLKU_HOME", str(own_home.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    who = ["pupil1"] * 2 + ["pupil2"] * 24
    answers = {
        "response_id": [f"r{place}" for place in range(26)],
        "learner_id": who,
        "item_id": ["i"] * 26,
        "skill_ids": ["MA79.S2.01"] * 26,
        "answered_at": list(range(26)),
        "correct": [1.0] * 26,
    }
    with Desk.at(None).store.begin() as tx:
        tx.responses.add(Responses.from_columns(answers, clock=False))

    def run(*arguments: str | Path) -> Result:
        done = CliRunner().invoke(command, [*map(str, arguments)])
        if done.exception is not None:
            raise done.exception
        return done

    return run


def test_the_next_question_for_reading_and_for_programs(polku_plan: Run) -> None:
    asked = ("--learner", "pupil1", "--diagnostic", "--goal", "MA79.S2.03")
    told = json.loads(polku_plan(*asked, "--json").stdout)
    assert (told["learner_id"], told["done"], told["asked"], told["item_id"]) == ("pupil1", False, 2, None)
    assert polku_plan(*asked).stdout == f"After 2 answers, ask next about {told['skill_id']}.\n"


def test_when_enough_is_known_there_is_nothing_to_ask(polku_plan: Run) -> None:
    said = polku_plan("--learner", "pupil2", "--diagnostic").stdout
    assert said == "Enough is known to suggest steps (24 answers): nothing to ask.\n"


def test_with_steps_left_what_was_shown_may_be_met_again(polku_plan: Run) -> None:
    asked = ("--learner", "pupil2", "--goal", "MA79.S2.01", "--json")
    usual, counted = (json.loads(polku_plan(*asked, *more).stdout) for more in ((), ("--horizon", "4")))
    assert "MA79.S2.01" not in [step["skill_id"] for step in usual["path"]]
    assert "MA79.S2.01" in [step["skill_id"] for step in counted["path"]]


def test_a_question_is_about_a_learner_of_the_store(polku_plan: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give --learner ID"):
        polku_plan("--diagnostic")
    with pytest.raises(InputError, match="give --learner ID"):
        polku_plan("--diagnostic", "--responses", tmp_path / "a.csv", "--learner", "pupil1")
    with pytest.raises(NotFoundError, match="no such learner"):
        polku_plan("--diagnostic", "--learner", "nobody")
