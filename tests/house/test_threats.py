"""The threat model is no promise: each threat has a mitigation and tests, and each test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of its tables, heads left out."""
    lines = [line for line in text.splitlines() if re.match(r"\| [A-Z] \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def gone(text: str) -> list[str]:
    """Return the tests that a text names and that are not there."""
    return [
        f"{file}::{name}"
        for file, name in NAMED.findall(text)
        if not (ROOT / file).is_file() or f"\ndef {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]


@pytest.fixture
def model() -> str:
    return (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def test_every_named_test_exists(model: str) -> None:
    assert len(NAMED.findall(model)) >= 50
    assert not gone(model)


def test_a_test_that_is_not_there_would_be_seen() -> None:
    assert gone("`tests/house/test_threats.py::test_nothing_of_the_kind`")
    assert gone("`tests/house/nowhere.py::test_every_named_test_exists`")


def test_every_threat_has_a_mitigation_and_a_test(model: str) -> None:
    found = rows(model)
    assert len(found) >= 25
    for kind, threat, mitigation, tests in found:
        assert kind in "STRIDE"
        assert threat
        assert mitigation
        assert NAMED.search(tests), threat


def test_each_kind_of_threat_was_thought_of(model: str) -> None:
    assert {kind for kind, *_ in rows(model)} == set("STRIDE")


def test_the_runbook_knows_every_figure_that_warrants_a_look() -> None:
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    source = (ROOT / "src" / "polku" / "web" / "observe" / "metrics.py").read_text(encoding="utf-8")
    figures = set(re.findall(r'"(polku_\w+)"', source)) - {
        "polku_build_info",
        "polku_champion_info",
        "polku_champion_faults",
    }
    assert len(figures) >= 8
    assert not {figure for figure in figures if figure not in text}
    assert "72 hours" in text
    assert "art. 33" in text
