"""The limits and agreements inside one definition, on both sides of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polku.errors import DefinitionError
from polku.home import Home, load_toml, validate
from polku.schemas.base import Definition
from polku.schemas.excluded import Deny, Excluded, ExcludedFile
from polku.schemas.features import FeatureDefinition, FeatureFile, HalfLife, Prior
from polku.schemas.gates import INVARIANTS, PATH_METRICS, PREDICTION_METRICS, Gate, Gates, Priority
from polku.schemas.model import LogisticParameters, ModelSpec, TreeParameters
from polku.schemas.policy import EvidencePolicy, OfferPolicy, PathPolicy, ReviewPolicy, RuleChoice
from polku.schemas.settings import EnclaveSettings, ServiceSettings, Settings
from polku.schemas.slices import MISSING, Disclosure, Inference, Slice, Slices
from polku.schemas.text import PageTextFile, Plural, TextFile

WHY = "Because it says something that is no skill."
QUESTION = "Does it differ between groups?"
FEATURE = {"name": "a_b", "kind": "rate", "scope": "skill", "direction": 1, "meaning": WHY}
SPEC = {"name": "own", "kind": "logistic", "purpose": WHY, "features": "all", "logistic": {}}
EVIDENCE = {"minimum_answers": 5, "skill_answers": 3, "shown_at": 0.7, "gap_below": 0.4, "sure_sd": 0.1}
OFFER = {
    "options": 3,
    "repair_options": 2,
    "margin": 0.1,
    "step_cost": 0.05,
    "shortlist": 12,
    "exploration_share": 0.0,
}
GATE = {"question": QUESTION, "limit": 0.1, "outcome": "warn"}
PRIORITY = {"first": "calibration", "why": WHY}
SETTINGS = {"provider_id": "p", "store": "s", "background": "b", "curriculum": "c", "model": "m"}
SHOES = {"rule": "shoes", "why": WHY}
FILE = Path("x.toml")

# Schema, the rest of a good definition, key, values just inside, values just outside.
LIMITS: list[tuple[type[Definition], dict[str, Any], str, list[Any], list[Any]]] = [
    (HalfLife, {}, "days", [0.01, 3650], [0, -1, 3650.1]),
    (HalfLife, {}, "responses", [0.01, 10_000], [0, 10_001]),
    (Prior, {"weight": 1}, "mean", [0, 1], [-0.01, 1.01]),
    (Prior, {"mean": 0.5}, "weight", [0.01, 1000], [0, 1001]),
    (FeatureDefinition, FEATURE, "name", ["a", "a1_b2"], ["A", "1a", "a__b", "_a", "a_", "a-b", "ä", ""]),
    (FeatureDefinition, FEATURE, "scope", ["learner", "area", "skill", "item"], ["group", "school", ""]),
    (FeatureDefinition, FEATURE, "direction", [-1, 0, 1], [2, 0.5, "up"]),
    (FeatureDefinition, FEATURE, "aggregate", [[], ["min"], ["mean", "min"]], [["max"], "mean"]),
    (
        FeatureDefinition,
        FEATURE,
        "meaning",
        ["a" * 19 + ".", "a" * 239 + "."],
        ["a" * 18 + ".", "a" * 240 + ".", "a" * 30],
    ),
    (FeatureFile, {}, "feature", [[FEATURE]], [[], "all"]),
    (Excluded, {"name": "shoe"}, "why", ["a" * 19 + ".", "a" * 399 + "."], ["a" * 18 + ".", "a" * 400 + ".", "a" * 30]),
    (Excluded, {"name": "shoe", "why": WHY}, "aliases", [[], ["shoe_size"]], [["Shoe"], "shoe"]),
    (Deny, {"why": WHY, "columns": ["x"]}, "rule", ["abc", "a" * 60], ["ab", "a" * 61, "a[b", "a]b"]),
    (Deny, SHOES | {"columns": ["x"]}, "values", [[], [r"\d{4}"]], [["("], ["a", "[z-a]"]]),
    (Gate, GATE, "question", ["a" * 14 + "?"], ["a" * 13 + "?", "a" * 20]),
    (Gate, GATE, "limit", [0, 0.999], [-0.01, 1]),
    (Gate, GATE, "block_at", [0.1, 0.999], [0.099, 1, 0]),
    (Gate, GATE, "scale", ["difference", "ratio"], ["log"]),
    (Gate, GATE, "outcome", ["block", "warn", "report"], ["ignore", ""]),
    (Priority, {"why": WHY}, "first", ["calibration", "error_rates"], ["parity"]),
    (Priority, {"first": "calibration"}, "why", ["a" * 40], ["a" * 39]),
    (Gates, {"priority": PRIORITY, "metrics": {}}, "threshold", [0.01, 0.99], [0, 1]),
    (TreeParameters, {}, "trees", [1, 5000], [0, 5001]),
    (TreeParameters, {}, "leaves", [2, 255], [1, 256]),
    (TreeParameters, {}, "learning_rate", [0.001, 1], [0, 1.01]),
    (TreeParameters, {}, "min_leaf", [1], [0]),
    (TreeParameters, {}, "feature_fraction", [0.01, 1], [0, 1.01]),
    (TreeParameters, {}, "row_fraction", [0.01, 1], [0, 1.01]),
    (TreeParameters, {}, "l2", [0], [-0.1]),
    (LogisticParameters, {}, "penalty", [0.001], [0]),
    (LogisticParameters, {}, "iterations", [10, 10_000], [9, 10_001]),
    (ModelSpec, SPEC, "name", ["a", "a_1"], ["A", "1", "", "a b"]),
    (ModelSpec, SPEC, "purpose", ["a" * 20], ["a" * 19]),
    (ModelSpec, SPEC, "features", ["all", ["a"]], ["some", []]),
    (ModelSpec, SPEC, "calibration", ["none", "platt", "beta"], ["isotonic"]),
    (ModelSpec, SPEC, "seed", [0], [-1]),
    (ModelSpec, SPEC, "folds", [2, 20], [1, 21]),
    (ModelSpec, SPEC | {"monotone": True}, "directions", [{}, {"a": -1, "b": 1}], [{"a": 0}, {"a": 2}]),
    (EvidencePolicy, EVIDENCE, "minimum_answers", [0], [-1]),
    (EvidencePolicy, EVIDENCE, "skill_answers", [1], [0]),
    (EvidencePolicy, EVIDENCE, "shown_at", [0.41, 1], [1.01, 0.4, 0.3]),
    (EvidencePolicy, EVIDENCE, "gap_below", [0, 0.69], [-0.01, 0.7, 0.8]),
    (EvidencePolicy, EVIDENCE, "sure_sd", [0, 1], [-0.01, 1.01]),
    (EvidencePolicy, EVIDENCE, "earlier_grades_met", [None, 1], [0]),
    (OfferPolicy, OFFER, "options", [2, 3], [1, 4]),
    (OfferPolicy, OFFER, "repair_options", [0, 2], [-1, 3]),
    (OfferPolicy, OFFER, "margin", [0], [-0.1]),
    (OfferPolicy, OFFER, "step_cost", [0], [-0.1]),
    (OfferPolicy, OFFER, "shortlist", [3], [2]),
    (OfferPolicy, OFFER, "exploration_share", [0, 1], [-0.1, 1.1]),
    (ReviewPolicy, {"half_life_days": 1}, "after_days", [0.1], [0]),
    (ReviewPolicy, {"after_days": 1}, "half_life_days", [0.1], [0]),
    (RuleChoice, {"name": "review"}, "weight", [0.01, 1], [0, 1.01]),
    (ServiceSettings, {}, "port", [1, 65535], [0, 65536, "http"]),
    (ServiceSettings, {}, "max_responses", [1], [0]),
    (EnclaveSettings, {}, "values_days", [1, 3650], [0, 3651]),
    (EnclaveSettings, {"values_days": 30}, "fingerprints_days", [30, 36500], [29]),
    (Settings, SETTINGS, "provider_id", ["a"], [""]),
    (Settings, SETTINGS, "language", ["fi", "sv", "en"], ["de", "", "fin"]),
    (Slice, {}, "question", ["a" * 19 + "?"], ["a" * 18 + "?", "a" * 30]),
    (Slice, {"question": QUESTION}, "groups", [None, ["a", "b"]], [["a", "a"], ["a", MISSING], "a"]),
    (Inference, {}, "learners", [20], [19]),
    (Inference, {}, "positives", [5], [4]),
    (Inference, {}, "negatives", [5], [4]),
    (Inference, {}, "alpha", [0.001, 0.49], [0, 0.5]),
    (Inference, {}, "permutations", [99], [98]),
    (Inference, {}, "resamples", [99], [98]),
    (Inference, {}, "schools", [10], [9]),
    (Disclosure, {}, "inside", [5], [4]),
    (Disclosure, {}, "outside", [10], [9]),
    (Slices, {"attributes": {}}, "depth", [1, 3], [0, 4]),
]


@pytest.mark.parametrize(
    ("schema", "rest", "key", "inside", "outside"), LIMITS, ids=[f"{one[0].__name__}.{one[2]}" for one in LIMITS]
)
def test_both_sides_of_every_limit(
    schema: type[Definition], rest: dict[str, Any], key: str, inside: list[Any], outside: list[Any]
) -> None:
    for value in inside:
        dumped = validate(rest | {key: value}, schema, FILE).model_dump(mode="json", exclude_unset=True)
        assert dumped[key] == value
    for value in outside:
        with pytest.raises(DefinitionError, match=r"^x\.toml(: \w|$)"):
            validate(rest | {key: value}, schema, FILE)


# Schema, a definition in which two keys disagree, what is said.
DISAGREE: list[tuple[type[Definition], dict[str, Any], str]] = [
    (HalfLife, {}, "give either days or responses"),
    (HalfLife, {"days": 1, "responses": 1}, "give either days or responses"),
    (Deny, SHOES, "give columns or values"),
    (Deny, SHOES | {"values": ["(?P<a"]}, r"values: '\(\?P<a' is no regular expression: "),
    (Gate, GATE | {"block_at": 0.05}, "block_at may not lie below limit"),
    (EvidencePolicy, EVIDENCE | {"gap_below": 0.7}, "gap_below must lie below shown_at"),
    (ModelSpec, SPEC | {"kind": "lightgbm"}, r"exactly the table \[lightgbm\], got \['logistic'\]"),
    (ModelSpec, SPEC | {"lightgbm": {}}, r"exactly the table \[logistic\], got \['lightgbm', 'logistic'\]"),
    (ModelSpec, {key: value for key, value in SPEC.items() if key != "logistic"}, r"the table \[logistic\], got none"),
    (ModelSpec, SPEC | {"directions": {"a": 1}}, "directions are of a monotone model: say monotone = true"),
    (ModelSpec, SPEC | {"features": []}, "features is empty: name at least one feature"),
    (Slice, {"question": QUESTION, "groups": ["a", "missing"]}, "groups are distinct and never 'missing'"),
    (
        Slices,
        {"attributes": {"b": {"question": QUESTION}, "a": {"question": QUESTION}}, "denied": {"a": "x", "b": "y"}},
        "both an attribute and denied: a, b",
    ),
]


@pytest.mark.parametrize(("schema", "raw", "says"), DISAGREE)
def test_keys_that_disagree_are_refused(schema: type[Definition], raw: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        validate(raw, schema, FILE)


def excluded_file(names: list[str], columns: list[str], aliases: list[str] | None = None) -> dict[str, Any]:
    return {
        "excluded": [{"name": name, "why": WHY, "aliases": aliases or []} for name in names],
        "deny": [{"rule": f"rule {place}", "why": WHY, "columns": [one]} for place, one in enumerate(columns)],
    }


@pytest.mark.parametrize(
    ("raw", "twice"),
    [
        (excluded_file(["shoe", "shoe"], ["x"]), "shoe"),
        (excluded_file(["shoe"], ["x"], ["shoe"]), "shoe"),
        (excluded_file(["shoe", "sock"], ["x"], ["foot"]), "foot"),
        (excluded_file(["shoe"], ["Hetu", "hetu"]), "hetu"),
    ],
)
def test_nothing_is_excluded_or_denied_twice(raw: dict[str, Any], twice: str) -> None:
    with pytest.raises(DefinitionError, match=f"{twice} is named twice"):
        validate(raw, ExcludedFile, FILE)


def test_the_same_word_may_be_excluded_as_a_feature_and_denied_as_a_column() -> None:
    assert validate(excluded_file(["postcode"], ["postcode"]), ExcludedFile, FILE).deny[0].columns == ("postcode",)


@pytest.mark.parametrize("part", ["excluded", "deny"])
def test_a_file_of_exclusions_is_never_empty(part: str) -> None:
    with pytest.raises(DefinitionError, match=f"{part}: .*at least 1 item"):
        validate(excluded_file(["shoe"], ["x"]) | {part: []}, ExcludedFile, FILE)


@pytest.mark.parametrize("metric", [*PREDICTION_METRICS, *PATH_METRICS])
@pytest.mark.parametrize("outcome", ["block", "warn", "report"])
def test_an_invariant_blocks_and_every_other_metric_may_do_as_it_says(metric: str, outcome: str) -> None:
    raw = {"priority": PRIORITY, "metrics": {metric: GATE | {"outcome": outcome}}}
    if metric in INVARIANTS and outcome != "block":
        with pytest.raises(DefinitionError, match=f"{metric} is an invariant: its outcome is block"):
            validate(raw, Gates, FILE)
        return
    gates = validate(raw, Gates, FILE)
    assert (gates.metrics[metric].outcome, gates.threshold, gates.metrics[metric].required) == (outcome, 0.5, False)


def test_a_metric_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(DefinitionError, match="there is no metric 'calibraton'; did you mean 'calibration'"):
        validate({"priority": PRIORITY, "metrics": {"calibraton": GATE}}, Gates, FILE)


def test_a_feature_file_is_on_unless_it_says_otherwise() -> None:
    assert validate({"feature": [FEATURE]}, FeatureFile, FILE).enabled
    assert not validate({"enabled": False, "feature": [FEATURE]}, FeatureFile, FILE).enabled


def test_an_installation_listens_on_loopback_and_speaks_finnish_unless_told() -> None:
    settings = validate(SETTINGS, Settings, FILE)
    assert (settings.service.host, settings.service.port, settings.service.max_responses) == ("127.0.0.1", 8000, 1000)
    assert settings.language == "fi"


def test_an_audit_judges_only_on_enough_learners_unless_told() -> None:
    slices = validate({"attributes": {"a": {"question": QUESTION}}}, Slices, FILE)
    assert (slices.inference.learners, slices.inference.positives, slices.inference.negatives) == (100, 30, 30)
    assert (slices.inference.alpha, slices.disclosure.inside, slices.disclosure.outside) == (0.05, 5, 10)
    assert (slices.depth, slices.denied, slices.attributes["a"].groups) == (1, {}, None)


def test_a_model_corrects_nothing_and_is_free_unless_told() -> None:
    spec = validate(SPEC, ModelSpec, FILE)
    assert (spec.monotone, spec.calibration, spec.seed, spec.folds, spec.directions) == (False, "none", 0, 5, {})


def test_a_policy_chooses_at_least_one_rule(home: Home) -> None:
    policy = load_toml(home.models / "path" / "policy.toml", PathPolicy)
    with pytest.raises(DefinitionError, match=r"rules: .*at least 1 item"):
        validate(policy.model_dump() | {"rules": []}, PathPolicy, FILE)


def test_a_message_is_text_or_the_forms_of_a_number() -> None:
    raw: dict[str, Any] = {name: {} for name in TextFile.model_fields}
    raw["evidence"] = {"answers": {"one": "one answer", "other": "{count} answers"}, "none": "no answers"}
    evidence = validate(raw, TextFile, FILE).evidence
    assert evidence == {"answers": Plural(one="one answer", other="{count} answers"), "none": "no answers"}
    for wrong in ({"one": "x"}, {"other": "x", "most": "y"}, 3, ["x"]):
        with pytest.raises(DefinitionError, match=r"^x\.toml: "):
            validate(raw | {"evidence": {"answers": wrong}}, TextFile, FILE)


def test_a_page_message_may_lie_one_table_deeper_and_plurals_stay_plurals() -> None:
    page = validate(
        {"page": {"title": "T", "days": {"one": "a day", "other": "days"}, "health": {"one": "up", "two": "down"}}},
        PageTextFile,
        FILE,
    ).page
    assert page["title"] == "T"
    assert page["days"] == Plural(one="a day", other="days")
    assert page["health"] == {"one": "up", "two": "down"}
    with pytest.raises(DefinitionError, match=r"^x\.toml: unknown key page\.a"):
        validate({"page": {"a": {"b": {"c": {"d": "too deep"}}}}}, PageTextFile, FILE)
