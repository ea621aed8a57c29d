"""``polku simulate``: what is written, and which inequities can be planted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from polku.cli.simulate import PLANTS, planted
from polku.errors import InputError
from polku.home import Home
from polku.simulate import Planted, SimulationConfig
from terminal import Terminal

FILES = {"responses.csv", "roster.csv", "teachers.csv", "items.csv", "background.csv", "grades.csv"}
SMALL = ("--learners", "40", "--responses-per-learner", "5")


@pytest.fixture
def terminal(own_home: Home, tmp_path: Path) -> Terminal:
    """Return a terminal on a home of its own."""
    return Terminal(own_home, tmp_path)


def test_the_files_hold_what_is_counted(terminal: Terminal, tmp_path: Path) -> None:
    counts = terminal.json("simulate", tmp_path / "town", *SMALL, "--seed", "4")
    assert (
        {Path(name).name for name in counts["files"]} == FILES == {path.name for path in (tmp_path / "town").iterdir()}
    )
    assert (counts["learners"], counts["seed"]) == (40, 4)
    for kind, name in (("learners", "roster"), ("responses", "responses"), ("items", "items")):
        assert len(pd.read_csv(tmp_path / "town" / f"{name}.csv")) == counts[kind]


def test_the_same_seed_writes_the_same_bytes_and_another_one_others(terminal: Terminal, tmp_path: Path) -> None:
    for folder, seed in (("a", "4"), ("b", "4"), ("c", "5")):
        terminal.run("simulate", tmp_path / folder, *SMALL, "--seed", seed)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    assert (tmp_path / "a" / "responses.csv").read_bytes() != (tmp_path / "c" / "responses.csv").read_bytes()


def test_what_is_hidden_is_written_only_when_asked_for(terminal: Terminal, tmp_path: Path) -> None:
    plain = terminal.json("simulate", tmp_path / "plain", *SMALL)
    more = terminal.json("simulate", tmp_path / "more", *SMALL, "--with-truth")
    assert {Path(name).name for name in plain["files"]} == FILES
    assert {Path(name).name for name in more["files"]} > FILES


def test_for_reading_it_says_how_much_was_written(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("simulate", tmp_path / "town", *SMALL)
    assert done.stdout == ""
    assert "40 learners, " in done.stderr


def test_nothing_is_answered_after_the_day_of_the_extract(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("simulate", tmp_path / "town", *SMALL, "--until", "2025-10-31")
    times = pd.to_datetime(pd.read_csv(tmp_path / "town" / "responses.csv")["answered_at"], utc=True)
    assert times.max() < pd.Timestamp("2025-11-01", tz="UTC")


@pytest.mark.parametrize("switch", PLANTS)
def test_each_switch_becomes_the_setting_of_the_same_name(switch: str) -> None:
    [(name, found)] = planted((f"{switch}=home_language:other:0.4",)).items()
    assert (name, found) == (switch, Planted("home_language", "other", 0.4))
    settings: dict[str, Any] = {name: found}
    assert getattr(SimulationConfig(**settings), switch) == found


def test_nothing_is_planted_by_itself() -> None:
    assert planted(()) == {}
    assert all(getattr(SimulationConfig(), switch) is None for switch in PLANTS)


def test_different_switches_go_together() -> None:
    texts = tuple(f"{switch}=gender:girl:0.{place}" for place, switch in enumerate(PLANTS, start=1))
    assert [one.size for one in planted(texts).values()] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (
            ("fewer_opportunities_for",),
            r"is SWITCH=ATTRIBUTE:GROUP:SIZE\n  got: fewer_opportunities_for\n  try: harder",
        ),
        (("fewer_opportunities_for=gender:girl",), "is SWITCH=ATTRIBUTE:GROUP:SIZE"),
        (("fewer_opportunities_for=gender:girl:0.4:1",), "is SWITCH=ATTRIBUTE:GROUP:SIZE"),
        (("fewer_opportunities_for=gender:girl:much",), "is SWITCH=ATTRIBUTE:GROUP:SIZE"),
        (("fewer_chances_for=gender:girl:0.4",), r"no such switch\n  got: fewer_chances_for\n  try: one of: harder"),
        (("noisier_answers_for=gender:girl:0.4", "noisier_answers_for=gender:boy:0.4"), "planted twice"),
    ],
)
def test_a_switch_that_is_none_is_refused(texts: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        planted(texts)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--learners", "9"), "learners is at least 10"),
        (("--responses-per-learner", "2"), "responses_per_learner is at least 3"),
        (("--plant", "fewer_opportunities_for=shoe:big:0.4"), "no such background attribute"),
        (("--plant", "fewer_opportunities_for=gender:grl:0.4"), "no such group of gender"),
        (("--law", "magic"), "'magic' is not one of 'strength', 'states'"),
        (("--until", "5.6.2026"), "does not match the format"),
        (("--learners", "many"), "is not a valid integer"),
    ],
)
def test_what_cannot_be_simulated_is_refused_and_nothing_written(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    assert says in terminal.refused("simulate", tmp_path / "town", *arguments)
    assert not (tmp_path / "town").exists()
