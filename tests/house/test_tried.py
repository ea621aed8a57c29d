"""How many cases of bad input were tried is counted from what ran, and the threat model says of which kinds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest

from tried import Ledger, taken, tried

ROOT = Path(__file__).resolve().parents[2]
CALLED = re.compile(r'\btried\("([a-z ]+)"')
LISTED = re.compile(r"^\| `([a-z ]+)` \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)`")


def report(when: Literal["setup", "call", "teardown"], *counted: tuple[str, int]) -> pytest.TestReport:
    """Return a test's report as it comes from a worker: written down and read again."""
    properties = [("other", "thing"), *(("tried", [kind, cases]) for kind, cases in counted)]
    made = pytest.TestReport("t.py::t", ("t.py", 1, "t"), {}, "passed", None, when, user_properties=properties)
    return pytest.TestReport._from_json(made._to_json())


def test_what_is_tried_is_added_up_over_tests_and_said_in_one_line() -> None:
    ledger = Ledger()
    for when in ("setup", "call", "teardown"):
        ledger.pytest_runtest_logreport(report(when, ("tokens", 40), ("nested", 2)))
    ledger.pytest_runtest_logreport(report("teardown", ("tokens", 1_000)))
    ledger.pytest_runtest_logreport(report("teardown"))
    assert ledger.line() == "cases tried: nested 2, tokens 1,040"


def test_each_test_has_its_own_figures(request: pytest.FixtureRequest) -> None:
    kept = taken()
    for kind, cases in (("a", 2), ("b", 1), ("a", 3)):
        tried(kind, cases)
    Ledger().pytest_runtest_teardown(request.node)
    assert request.node.user_properties == [("tried", ["a", 5]), ("tried", ["b", 1])]
    assert taken() == {}
    request.node.user_properties.clear()
    for kind, cases in kept.items():
        tried(kind, cases)


def test_the_threat_model_lists_what_is_tried_and_where() -> None:
    listed = dict(LISTED.findall((ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")))
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for kind in CALLED.findall(text) if "\nfrom tried import tried\n" in text else ():
            found.setdefault(kind, set()).add(path.relative_to(ROOT).as_posix())
    assert len(found) >= 9
    assert {kind: set(NAMED.findall(files)) for kind, files in listed.items()} == found
