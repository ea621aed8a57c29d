"""Commands asked for what they cannot do: said before anything is printed, with what to try."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polku.cli import COMMANDS
from polku.cli.desk import Desk
from polku.cli.evaluate import fitting_curriculum
from polku.home import Home
from terminal import Terminal

ROWS = [f"r{n},anna,i{n},a,2026-03-01T10:00:0{n}Z,1" for n in range(4)]
OTHER = [row.replace("anna", "bo").replace("r", "s", 1) for row in ROWS]


@pytest.fixture
def terminal(own_home: Home, tmp_path: Path) -> Terminal:
    """Return a terminal on a home of its own, with an empty store and a few files."""
    made = Terminal(own_home, tmp_path)
    made.answers("one.csv", *ROWS)
    made.answers("two.csv", *ROWS, *OTHER)
    made.answers("bad.csv", "r1,anna,i1,a,2026-03-01T10:00:00Z,7")
    made.write("people.csv", "learner_id,region\nanna,north\n")
    made.write("predictions.csv", "learner_id,y_true,y_prob\nanna,1,0.5\n")
    return made


REFUSED = [
    ("plan", "give --learner ID, or --responses FILE"),
    ("plan --learner anna", "no such learner"),
    ("plan --learner anna --curriculum {}/skills.json", "--curriculum goes with --responses"),
    ("plan --responses {}/two.csv", "got: 2 learners\n  try: --learner ID says whose path"),
    ("plan --responses {}/two.csv --learner ana", "got: ana\n  try: did you mean 'anna'?"),
    ("plan --responses {}/one.csv --goal b", "no such skill in the curriculum\n  got: b\n  try: one of: a"),
    ("plan --responses {}/one.csv --curriculum {}/none.json", "none.json is not there"),
    ("plan --responses {}/one.csv --steps 0", "0 is not in the range 1<=x<=50"),
    ("plan --responses {}/one.csv --grade 13", "13 is not in the range 1<=x<=12"),
    ("plan --responses {}/one.csv --language de", "'de' is not one of 'fi', 'sv', 'en'"),
    ("plan --responses {}/none.csv", "none.csv"),
    ("evaluate", "give --train and --test with one --model, or --responses"),
    ("evaluate --train {}/one.csv", "give --train and --test"),
    ("evaluate --responses {}/one.csv --train {}/one.csv", "give --train and --test"),
    ("evaluate --train {}/one.csv --test {}/two.csv --model baseline --model mastery", "got: baseline, mastery"),
    ("evaluate --train {}/one.csv --test {}/two.csv", "share learners"),
    ("evaluate --train {}/bad.csv --test {}/one.csv", "no response could be used\n  got: 1 refused rows in bad.csv"),
    ("evaluate --responses {}/two.csv --folds 3", "3 folds need at least 3 separate learners"),
    ("evaluate --responses {}/two.csv --folds 1", "1 is not in the range 2<=x<=20"),
    ("evaluate --responses {}/two.csv --model magic", "there is no model 'magic'"),
    ("audit --predictions {}/predictions.csv", "plain files come in pairs"),
    ("audit --background {}/people.csv", "plain files come in pairs"),
    ("audit --predictions {}/predictions.csv --background {}/none.csv", "there is no file none.csv"),
    (
        "audit --predictions {}/predictions.csv --background {}/people.csv --gates {}/none.toml",
        "none.toml is not there",
    ),
    ("audit --predictions {}/people.csv --background {}/people.csv", "y_true"),
    ("audit --predictions {}/predictions.csv --background {}/people.csv --threshold 1.5", "not in the range 0<=x<=1"),
    ("audit --provider nobody", "no such candidate\n  got: none trained yet\n  try: polku train makes one"),
    ("audit --provider nobody --bundle ab", "no such candidate\n  got: ab"),
    ("promote --approver Ada --reason why --provider nobody", "no such candidate"),
    ("promote --approver Ada", "Missing option '--reason'"),
    ("promote --reason why", "Missing option '--approver'"),
    ("train", "the store holds no responses\n  got: provider 'demo'\n  try: polku ingest FILE first"),
    ("train --provider town", "got: provider 'town'"),
    ("train --model mastry", "there is no model 'mastry'"),
    ("train --folds 1", "1 is not in the range 2<=x<=20"),
    ("profile", "the store holds no responses"),
    ("check --home {}", "is not a Polku home: no features, models, serve/"),
    ("chek", "no command 'chek'; did you mean 'check'?"),
]


@pytest.mark.parametrize(("command", "says"), REFUSED, ids=[command for command, _ in REFUSED])
def test_what_is_said(terminal: Terminal, tmp_path: Path, command: str, says: str) -> None:
    assert says in terminal.refused(*command.replace("{}", str(tmp_path)).split())


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_an_unknown_option_is_refused_by_every_command(terminal: Terminal, name: str) -> None:
    assert "No such option" in terminal.refused(name, "--nonesuch")


def test_refusing_leaves_no_store_behind_where_none_was_needed(terminal: Terminal, tmp_path: Path) -> None:
    terminal.refused("plan")
    terminal.refused("evaluate")
    terminal.refused("audit", "--predictions", tmp_path / "predictions.csv")
    assert not (tmp_path / "polku.db").exists()


def test_a_plan_for_reading_is_in_one_language_and_a_plan_as_data_in_all(terminal: Terminal, tmp_path: Path) -> None:
    texts = {
        language: terminal.run("plan", "--responses", tmp_path / "one.csv", "--language", language).stdout
        for language in ("fi", "sv", "en")
    }
    assert len(set(texts.values())) == 3
    assert "Options now" in texts["en"]
    assert terminal.run("plan", "--responses", tmp_path / "one.csv").stdout == texts["fi"], "as the settings say"
    answer = terminal.json("plan", "--responses", tmp_path / "one.csv")
    assert answer["learner_id"] == "anna"
    for step in answer["options"] + answer["path"]:
        for reason in step["reasons"]:
            assert all(reason[language] for language in ("fi", "sv", "en"))
    assert all(reason["en"] in texts["en"] for step in answer["options"] for reason in step["reasons"])


def test_steps_and_goal_bound_the_path(terminal: Terminal, tmp_path: Path) -> None:
    chain = [{"id": "a"}, *({"id": new, "prerequisites": [old]} for old, new in ("ab", "bc", "cd", "de"))]
    terminal.write("skills.json", json.dumps({"skills": chain}))
    given = ("plan", "--responses", tmp_path / "one.csv", "--curriculum", tmp_path / "skills.json")
    for steps in (1, 2):
        assert len(terminal.json(*given, "--steps", str(steps))["path"]) <= steps
    path = [step["skill_id"] for step in terminal.json(*given, "--goal", "c", "--steps", "9")["path"]]
    assert "c" in path
    assert not {"d", "e"} & set(path)


def test_a_plan_from_a_file_leaves_no_trace(terminal: Terminal, tmp_path: Path) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    terminal.json("plan", "--responses", tmp_path / "one.csv")
    assert {path.name for path in tmp_path.iterdir()} == before


def test_check_counts_for_people_and_for_machines(terminal: Terminal) -> None:
    counts = terminal.json("check")
    said = terminal.run("check").stderr
    assert "all definitions hold" in said
    assert all(f"{what}: {number}" in said for what, number in counts.items())


@pytest.mark.parametrize(("skills", "own"), [(["MA79.S3.01", "zzz"], True), (["zzz", "b", "b"], False), ([], False)])
def test_a_curriculum_that_fits_is_the_installations_if_it_knows_any_skill(
    own_home: Home, skills: list[str], own: bool
) -> None:
    desk = Desk(own_home, own_home.settings())
    found = fitting_curriculum(desk, skills)
    assert (found is desk.curriculum) == own
    if not own:
        assert found.order == tuple(sorted(set(skills)))
