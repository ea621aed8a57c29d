"""The page says what the JSON holds, and the JSON holds what the page says: neither more nor less."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.fairness import Audit, Supplement, audit_together
from polku.fairness.tables import PATH_COLUMNS
from polku.home import Home
from polku.schemas.gates import PATH_METRICS, PREDICTION_METRICS, Gates
from polku.schemas.slices import Slices

NAME = re.compile(r"`([a-z_]+)`")
Page = dict[str, list[list[str]]]


def tables(page: str) -> Page:
    """Return the page's tables by the text of their first header: the cells of each line."""
    found: Page = {}
    header = ""
    for line in page.splitlines():
        if not line.startswith("|"):
            header = ""
        elif not header:
            header = line.split("|")[1].strip()
            found[header] = []
        elif not line.startswith("|---"):
            found[header].append([cell.strip() for cell in line.split("|")[1:-1]])
    return found


def first_column(table: list[list[str]]) -> list[str]:
    return [name for line in table for name in NAME.findall(line[0])]


@pytest.fixture(scope="module")
def page(home: Home) -> Page:
    return tables((home.root / "docs" / "reference" / "audit.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def raw(make_world: Any, slices: Slices, gates: Gates) -> dict[str, Any]:
    """Return the JSON of an audit that has everything there is to measure."""
    predictions, background = make_world(1, learners=200)
    rng = np.random.default_rng(0)
    columns = {name: rng.random(200) for name in PATH_COLUMNS}
    paths = pd.DataFrame({"learner_id": background["learner_id"], **columns})
    audit: Audit = audit_together(predictions, paths, background, slices, gates)
    done = audit.about(bundle="b" * 64).beside(Supplement("items", ("item_id",), (("i1",),)))
    found: dict[str, Any] = json.loads(done.to_json())
    return found


def test_the_keys_of_the_json_are_those_of_the_page(page: Page, raw: dict[str, Any]) -> None:
    assert set(first_column(page["key"])) == raw.keys()


@pytest.mark.parametrize(("header", "part"), [("key of a cell", "cells"), ("key of a curve", "curves")])
def test_the_keys_of_its_parts_are_those_of_the_page(page: Page, raw: dict[str, Any], header: str, part: str) -> None:
    assert raw[part]
    assert {frozenset(one) for one in raw[part]} == {frozenset(first_column(page[header]))}


@pytest.mark.parametrize("key", ["supplements", "hashes"])
def test_what_the_rest_holds_is_named_in_its_line(page: Page, raw: dict[str, Any], key: str) -> None:
    said = next(line[1] for line in page["key"] if f"`{key}`" in line[0])
    held = raw[key][0] if key == "supplements" else raw[key]
    assert set(NAME.findall(said)) == held.keys()


def test_the_metrics_of_the_page_are_those_measured(page: Page, raw: dict[str, Any]) -> None:
    of_predictions, of_paths = (first_column(page[f"metric of {kind}"]) for kind in ("predictions", "paths"))
    assert (set(of_predictions), set(of_paths)) == (set(PREDICTION_METRICS), set(PATH_METRICS))
    assert {cell["metric"] for cell in raw["cells"]} == {*of_predictions, *of_paths}
    assert raw["overall"].keys() == {*of_predictions, *of_paths} - {"abroca"}


def test_each_metric_of_paths_is_read_from_the_column_that_the_page_names(page: Page) -> None:
    pairs = [
        pair
        for line in page["metric of paths"]
        for pair in zip(NAME.findall(line[0]), NAME.findall(line[1]), strict=True)
    ]
    assert dict(pairs) == dict(zip(PATH_METRICS, PATH_COLUMNS, strict=True))
