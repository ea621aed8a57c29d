"""How many cases of bad input were tried: counted as they run, added up over workers, said at the end of a run.

A test says ``tried("tokens", 36)`` where it has tried them. The figure travels with the test's own report, so that it
is the same alone and on many workers, and stands in a JUnit file too.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, cast

import pytest

PROPERTY: Final = "tried"
_now: Counter[str] = Counter()
"""What the running test has tried."""


def tried(kind: str, cases: int = 1) -> None:
    """Count cases of one kind for the test that is running.

    Examples
    --------
    >>> tried("tokens", 2)
    >>> taken()
    {'tokens': 2}
    """
    _now[kind] += cases


def taken() -> dict[str, int]:
    """Return what was counted since the last call."""
    found = dict(_now)
    _now.clear()
    return found


class Ledger:
    """Adds up what tests tried; a plugin of pytest."""

    def __init__(self) -> None:
        self.cases: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what was counted outside a test."""
        taken()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Put the figures of a test into its report."""
        item.user_properties += [(PROPERTY, [kind, cases]) for kind, cases in taken().items()]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the figures out of the last report of each test."""
        for name, value in report.user_properties if report.when == "teardown" else ():
            if name == PROPERTY:
                kind, cases = cast("tuple[str, int]", value)
                self.cases[kind] += cases

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say them, where there are any."""
        if self.cases:
            terminalreporter.write_line(self.line())

    def line(self) -> str:
        """Return the figures in one line."""
        return "cases tried: " + ", ".join(f"{kind} {cases:,}" for kind, cases in sorted(self.cases.items()))
