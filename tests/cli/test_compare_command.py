"""`polku compare`: a table that explains itself, a figure, JSON, and what is refused before anything is fitted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.cli.desk import Desk
from polku.fairness import keep_background
from polku.fairness.background import Background
from polku.home import Home
from polku.records import Responses
from terminal import Terminal

LEARNERS, ANSWERS = 240, 16
SPEC = """
name = "mastery"
kind = "lightgbm"
purpose = "A small model for tests of what is compared."
reads = "skills"
features = ["learner_success", "skill_success", "item_difficulty"]
monotone = true

[lightgbm]
trees = 12
min_leaf = 30

[[experiments]]
name = "even"
method = "reweigh"
attribute = "gender"

[[experiments]]
name = "free"
method = "monotone"
on = false
"""


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return responses and the background of their learners."""
    rng = np.random.default_rng(3)
    learner, item = np.repeat(np.arange(LEARNERS), ANSWERS), rng.integers(0, 20, LEARNERS * ANSWERS)
    able = rng.normal(size=LEARNERS)
    right = rng.random(len(item)) < 1 / (1 + np.exp(item / 10 - 1 - able[learner]))
    names = np.array([f"l{number:04d}" for number in range(LEARNERS)])
    responses = pd.DataFrame(
        {
            "response_id": [f"r{row}" for row in range(len(item))],
            "learner_id": names[learner],
            "item_id": [f"i{one:02d}" for one in item],
            "skill_ids": [f"s{one % 3}" for one in item],
            "answered_at": np.tile(np.arange(ANSWERS), LEARNERS),
            "correct": right.astype(float),
        }
    )
    return responses, pd.DataFrame({"learner_id": names, "gender": np.where(np.arange(LEARNERS) % 2, "girl", "boy")})


@pytest.fixture
def home(own_home: Home, tmp_path: Path) -> Home:
    """Return a home whose mastery model is small and tries two things."""
    root = tmp_path / "home"
    (root / "models" / "mastery").mkdir(parents=True)
    for room in ("features", "serve"):
        (root / room).symlink_to(own_home.root / room)
    for found in own_home.models.iterdir():
        if found.name != "mastery":
            (root / "models" / found.name).symlink_to(found)
    for found in (own_home.models / "mastery").iterdir():
        if found.name != "spec.toml":
            (root / "models" / "mastery" / found.name).symlink_to(found)
    (root / "models" / "mastery" / "spec.toml").write_text(SPEC, encoding="utf-8")
    return Home.find(root)


@pytest.fixture
def terminal(home: Home, tmp_path: Path, tables: tuple[pd.DataFrame, pd.DataFrame]) -> Terminal:
    made = Terminal(home, tmp_path)
    tables[0].to_csv(tmp_path / "answers.csv", index=False)
    tables[1].to_csv(tmp_path / "pupils.csv", index=False)
    return made


def files(terminal: Terminal) -> tuple[str | Path, ...]:
    where = terminal.folder
    return ("--responses", where / "answers.csv", "--background", where / "pupils.csv", "--folds", "2")


def test_the_table_says_what_its_figures_mean(terminal: Terminal) -> None:
    figure = terminal.folder / "front.svg"
    done = terminal.run("compare", *files(terminal), "--figure", figure)
    first, *rest = done.stdout.splitlines()
    assert first.split() == ["none", "even", "free"]
    for said in ("log loss", "held back", "missed need", "gender boy", "largest gap", "on the front"):
        assert any(said in line for line in rest), said
    assert "240 learners, 3,840 answers" in done.stdout
    assert "Nothing fitted here is kept" in done.stdout
    assert figure.read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_json_is_the_result_and_nothing_else(terminal: Terminal) -> None:
    found = terminal.json("compare", *files(terminal), "--learners", "220")
    assert found["learners"] == 220
    assert [one["name"] for one in found["tried"]] == ["none", "even", "free"]
    assert {gap["group"] for gap in found["tried"][0]["gaps"]} == {"boy", "girl"}


def test_the_store_is_compared_over_the_enclave_and_the_read_is_logged(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    for name, value in terminal.environment.items():
        monkeypatch.setenv(name, value)
    desk = Desk.at(None)
    with desk.store.begin() as tx:
        tx.responses.add(Responses.from_frame(tables[0], clock=False))
    keep_background(desk.home, desk.settings, tables[1], source="test")
    found = terminal.json("compare", "--folds", "2")
    assert found["answers"] == LEARNERS * ANSWERS
    with Background.open(desk.settings.background, desk.settings.provider_id) as door:
        assert [read[0] for read in door.reads()] == ["mitigation experiments beside model mastery"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--responses", "answers.csv"), "come in pairs"),
        (("--figure", "front.pdf"), "drawn as .svg or .png"),
        (("--model", "baseline"), "declares no experiments"),
        ((), "the store holds no responses"),
    ],
)
def test_what_cannot_be_done_is_said_first(terminal: Terminal, arguments: tuple[str, ...], says: str) -> None:
    assert says in terminal.refused("compare", *arguments)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('attribute = "gender"', 'attribute = "gendre"', "names no attribute of models/slices.toml"),
        ('method = "reweigh"\nattribute = "gender"', 'method = "relabel"', "method"),
        (
            '"learner_success", "skill',
            '"learner_success", "skill_repetition", "skill',
            "answer may move these columns either way",
        ),
    ],
)
def test_check_knows_the_experiments(terminal: Terminal, home: Home, old: str, new: str, says: str) -> None:
    spec = home.models / "mastery" / "spec.toml"
    changed = SPEC.replace(old, new).replace("on = false", "on = true")
    spec.write_text(changed.replace("monotone = true", "monotone = false"), encoding="utf-8")
    assert says in terminal.refused("check")
