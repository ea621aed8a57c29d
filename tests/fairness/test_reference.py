"""The reference page names every key, metric and limit that there is."""

from __future__ import annotations

from dataclasses import fields

import pytest

from polku.fairness import Audit, Cell
from polku.home import Home
from polku.schemas.gates import PATH_METRICS, PREDICTION_METRICS
from polku.schemas.slices import Slices


@pytest.fixture(scope="module")
def page(home: Home) -> str:
    return (home.root / "docs" / "reference" / "audit.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [Audit, Cell])
def test_every_key_is_documented(page: str, kind: type[Audit | Cell]) -> None:
    assert [field.name for field in fields(kind) if f"`{field.name}`" not in page] == []


def test_every_metric_is_documented(page: str) -> None:
    assert [name for name in (*PREDICTION_METRICS, *PATH_METRICS) if f"`{name}`" not in page] == []


def test_the_limits_on_the_page_are_those_declared(page: str, declared: Slices) -> None:
    inference, disclosure = declared.inference, declared.disclosure
    assert f"under {inference.learners} learners, {inference.positives} correct or {inference.negatives} wrong" in page
    assert f"cells under {disclosure.inside} learners, {disclosure.outside} outside the enclave" in page
    assert f"from {inference.schools} schools on" in page
    assert f"1/{inference.permutations + 1}" in page
    assert f"`p_adjusted` < {inference.alpha}" in page


def test_hashes_and_method_hold_what_the_page_says(page: str, fair: Audit) -> None:
    assert {"version", "resampled", "priority"} <= fair.method.keys()
    assert [name for name in fair.hashes if f"`{name}`" not in page] == []
