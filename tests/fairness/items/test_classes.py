"""The published classes, at their borders."""

from __future__ import annotations

import pytest

from polku.fairness.items.classes import JODOIN_GIERL, ZUMBO_THOMAS, by_gain, crossing, ets


@pytest.mark.parametrize(
    ("d_dif", "error", "p", "expected"),
    [
        (0.99, 0.01, 0.001, "A"),
        (1.0, 0.01, 0.001, "B"),
        (-1.2, 0.3, 0.049, "B"),
        (-1.2, 0.3, 0.05, "A"),
        (1.49, 0.01, 0.001, "B"),
        (1.5, 0.30, 0.001, "C"),
        (-1.5, 0.31, 0.001, "B"),
        (2.5, 1.0, 0.01, "B"),
        (3.0, 1.0, 0.20, "A"),
        (float("nan"), 1.0, 0.01, "A"),
    ],
)
def test_ets_classes(d_dif: float, error: float, p: float, expected: str) -> None:
    assert ets(d_dif, error, p) == expected


@pytest.mark.parametrize(
    ("unsigned", "p", "expected"), [(0.049, 0.01, "A"), (0.05, 0.01, "B"), (0.10, 0.01, "C"), (0.3, 0.05, "A")]
)
def test_classes_of_turned_curves(unsigned: float, p: float, expected: str) -> None:
    assert crossing(unsigned, p) == expected


def test_classes_by_gain_are_those_published() -> None:
    gains = (0.034, 0.035, 0.069, 0.070, 0.129, 0.130, 0.260)
    assert "".join(by_gain(gain, 0.01, JODOIN_GIERL) for gain in gains) == "ABBCCCC"
    assert "".join(by_gain(gain, 0.01, ZUMBO_THOMAS) for gain in gains) == "AAAAABC"
    assert by_gain(0.5, 0.05) == "A", "nothing is large that chance explains"
