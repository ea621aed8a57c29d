"""The reference of features says what the definitions say, row by row."""

from __future__ import annotations

import pytest

from polku.home import Home
from polku.profiles import Exclusions, FeatureSet
from polku.profiles.extractors import KINDS

SIGN = {1: "up", -1: "down", 0: "none"}


@pytest.fixture(scope="module")
def page(home: Home) -> str:
    return (home.root / "docs" / "reference" / "features.md").read_text(encoding="utf-8")


def test_every_feature_has_its_row(page: str, home: Home, shipped: FeatureSet) -> None:
    off = FeatureSet.load(home.features, ["learner_pace", "skill_pace", "learner_hurry"])
    for feature in (*shipped.features, *off.features):
        known = feature.definition
        columns = ", ".join(f"`{column}`" for column in feature.columns)
        assert f"| {columns} | `{known.kind}` | {known.scope} | {SIGN[known.direction]} | {known.meaning} |" in page


def test_every_kind_has_its_row(page: str) -> None:
    for kind in KINDS:
        parameters = ", ".join(f"`{name}`" for name in kind.parameters.model_fields) or "none"
        assert f"| `{kind.name}` | {', '.join(sorted(kind.scopes))} | {parameters} |" in page


def test_everything_excluded_has_its_row(page: str, home: Home) -> None:
    rules = Exclusions.load(home.features).file
    for excluded in rules.excluded:
        assert f"| {excluded.name.replace('_', ' ')} | {excluded.why} |" in page
    for deny in rules.deny:
        assert f"| {deny.rule} | {deny.why} |" in page


def test_the_page_has_no_row_of_a_feature_that_is_gone(page: str, home: Home, shipped: FeatureSet) -> None:
    section = page[page.index("## The features") : page.index("## The kinds")]
    rows = [line.split("|")[1].split(",")[0].strip(" `") for line in section.splitlines() if line.startswith("| `")]
    assert FeatureSet.load(home.features, rows).columns
    assert {feature.definition.name for feature in shipped.features} <= set(rows)


def test_the_page_says_how_many_there_are(page: str, shipped: FeatureSet) -> None:
    assert f"{len(shipped.features)} features are on" in page
