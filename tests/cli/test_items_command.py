"""``polku items``: from answers to a table about content, for reading, for a spreadsheet, for a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from polku.cli.items import command
from polku.errors import InputError
from polku.home import Home
from polku.training.item_table import ALWAYS_RIGHT, ALWAYS_WRONG, TOO_FEW
from terminal import reraise

Run = Callable[..., Result]
COLUMNS = "response_id,learner_id,item_id,skill_ids,answered_at,correct"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write answers of 60 learners to six items: one always right, one always wrong, one met by five learners only."""
    rng = np.random.default_rng(4)
    rows = []
    for learner in range(60):
        for place, item in enumerate(("easy", "hard", "plain1", "plain2", "plain3", "new")):
            if item == "new" and learner >= 5:
                continue
            right = {"easy": 1, "hard": 0}.get(item, int(rng.random() < 0.3 + 0.4 * (learner % 2)))
            rows.append(f"r{learner}-{place},pupil{learner:02d},{item},fractions,{place},{right}")
    path = tmp_path_factory.mktemp("items") / "answers.csv"
    path.write_text("\n".join([COLUMNS, *rows]), encoding="utf-8")
    return path


@pytest.fixture
def polku_items(own_home: Home, tmp_path: Path) -> Run:
    """Return a runner of the command, in a home of its own with an empty store."""
    stores = {"POLKU_HOME": str(own_home.root), "POLKU_STORE": f"sqlite:///{tmp_path / 'polku.db'}"}

    def run(*arguments: str | Path) -> Result:
        return CliRunner(env=stores).invoke(command, [*map(str, arguments)])

    return run


def test_items_as_json_come_with_what_is_worth_a_look_first(polku_items: Run, answers: Path) -> None:
    told = json.loads(polku_items("--responses", answers, "--json").stdout)
    assert told["counts"] == {ALWAYS_WRONG: 1, ALWAYS_RIGHT: 1, "nothing to remark": 3, TOO_FEW: 1}
    assert [item["item_id"] for item in told["items"]][:2] == ["hard", "easy"]
    last = told["items"][-1]
    assert (last["item_id"], last["learners"], last["note"]) == ("new", 5, TOO_FEW)
    assert [last[name] for name in ("share_right", "difficulty", "discrimination")] == [None] * 3
    assert "pupil" not in json.dumps(told)


def test_the_whole_table_goes_to_a_spreadsheet(polku_items: Run, answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "items.csv"
    done = polku_items("--responses", answers, "--out", out)
    with out.open(encoding="utf-8") as file:
        lines = {line["item_id"]: line for line in csv.DictReader(file)}
    assert len(lines) == 6
    assert lines["easy"]["share_right"] == "1.0"
    assert lines["new"]["share_right"] == ""
    assert "6 items written to items.csv" in done.stderr


def test_for_reading_only_what_is_worth_a_look_is_listed(polku_items: Run, answers: Path) -> None:
    printed = polku_items("--responses", answers, "--top", "1").stdout
    assert "hard" in printed
    assert "plain1" not in printed
    assert f"1  {TOO_FEW}" in printed
    assert ALWAYS_WRONG in printed


def test_an_empty_store_has_no_items(polku_items: Run) -> None:
    with pytest.raises(InputError, match="polku ingest FILE first"):
        reraise(polku_items())


def test_a_file_without_answers_is_refused(polku_items: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text(f"{COLUMNS}\nr1,anna,i1,s1,1,maybe\n", encoding="utf-8")
    with pytest.raises(InputError, match="no response could be used"):
        reraise(polku_items("--responses", path))
