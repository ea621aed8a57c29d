"""The limits of a validation: every check has one, none can be dropped, and what does not fit is named."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polku.errors import DefinitionError
from polku.home import Home, validate
from polku.schemas.validation import BY_GROUP, CHECKS, ValidationLimits

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def raw(home: Home) -> dict[str, Any]:
    """Return the shipped limits as written."""
    return tomllib.loads((home.models / "mastery" / "validation.toml").read_text(encoding="utf-8"))


def read(raw: dict[str, Any]) -> ValidationLimits:
    return validate(raw, ValidationLimits, Path("validation.toml"))


def test_the_shipped_limits_name_every_check_in_order(raw: dict[str, Any]) -> None:
    limits = read(raw)
    assert tuple(limits.checks) == CHECKS
    assert all((limits.checks[name].slope_limit is not None) == (name in BY_GROUP) for name in CHECKS)


def test_what_must_be_shown_cannot_be_overridden(raw: dict[str, Any]) -> None:
    """Better than a table of difficulties, and right on the whole: without these a model has nothing to say."""
    limits = read(raw)
    assert {name for name in CHECKS if limits.checks[name].required} == {"difficulty", "level"}
    assert not any(limit.overridable for limit in limits.checks.values() if limit.required)


def test_what_is_not_said_has_its_usual_value(raw: dict[str, Any]) -> None:
    limits = read({"checks": raw["checks"]})
    assert limits == read(raw), "the file spells the usual values out for its readers"


@pytest.mark.parametrize("name", CHECKS)
def test_no_check_is_dropped_in_silence(raw: dict[str, Any], name: str) -> None:
    del raw["checks"][name]
    with pytest.raises(DefinitionError, match=rf"the check '{name}' has no limit: say outcome = \"report\""):
        read(raw)


CHANGES: dict[str, tuple[Change, str]] = {
    "a slope limit where there is no group": (
        lambda raw: raw["checks"]["ece"].update(slope_limit=0.5),
        "slope_limit belongs to checks by group, all of them: ece",
    ),
    "no slope limit of a group": (
        lambda raw: raw["checks"]["school"].pop("slope_limit"),
        "slope_limit belongs to checks by group, all of them: school",
    ),
    "no question": (lambda raw: raw["checks"]["ece"].update(question="ECE"), r"checks\.ece\.question: String"),
    "a limit out of range": (lambda raw: raw["checks"]["ece"].update(limit=1.5), r"checks\.ece\.limit: Input"),
    "an outcome that is none": (lambda raw: raw["checks"]["ece"].update(outcome="stop"), r"checks\.ece\.outcome"),
    "a slip of a key": (lambda raw: raw["checks"]["ece"].update(overidable=True), "did you mean 'overridable'"),
    "evidence of nobody": (lambda raw: raw["evidence"].update(learners=3), r"evidence\.learners"),
    "half of the items and more": (lambda raw: raw["refits"].update(item_share=0.9), r"refits\.item_share"),
}


@pytest.mark.parametrize(("change", "says"), CHANGES.values(), ids=CHANGES)
def test_what_does_not_fit_is_named(raw: dict[str, Any], change: Change, says: str) -> None:
    change(raw)
    with pytest.raises(DefinitionError, match=says):
        read(raw)
