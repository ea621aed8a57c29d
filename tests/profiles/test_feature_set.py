"""Definitions are checked against the kinds and against each other."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from polku.errors import DefinitionError, InputError
from polku.home import Home
from polku.profiles import FeatureSet
from strategies import PRIOR, definition, feature_set

ENTRY = """
[[feature]]
name = "{name}"
kind = "{kind}"
scope = "{scope}"
direction = {direction}
meaning = "A feature that is here to be tested."
parameters = {{ {parameters} }}
"""
GOOD = {"name": "my_count", "kind": "count", "scope": "skill", "direction": 0, "parameters": ""}


@pytest.fixture
def room(home: Home, tmp_path: Path) -> Path:
    shutil.copy(home.features / "excluded.toml", tmp_path)
    return tmp_path


def write(room: Path, file: str = "own.toml", **changes: Any) -> None:
    (room / file).write_text(ENTRY.format(**{**GOOD, **changes}))


def test_the_shipped_ones_load(shipped: FeatureSet) -> None:
    assert len(shipped.columns) == len(shipped.directions) == len(set(shipped.columns))
    assert {feature.kind.name for feature in shipped.features} >= {"rate", "ability", "since", "prerequisite"}


def test_a_subset_keeps_the_order_of_definition(home: Home) -> None:
    one = FeatureSet.load(home.features, ["skill_run", "item_difficulty"])
    other = FeatureSet.load(home.features, ["item_difficulty", "skill_run"])
    assert one.columns == ("item_difficulty", "skill_run")
    assert one.hash == other.hash


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "rat"}, r"no such kind\n  got: rat\n  try: did you mean 'rate'"),
        ({"kind": "difficulty", "scope": "learner"}, "difficulty has no such scope"),
        ({"scope": "skil"}, "scope"),
        ({"parameters": 'of = "failures"', "direction": 1}, r"wrong way round[\s\S]*by -1"),
        ({"kind": "repetition", "direction": 1}, r"wrong way round[\s\S]*either way; write 0"),
        ({"direction": 2}, "direction"),
        ({"name": "My-Count"}, "name"),
        ({"name": "gender_count"}, r"gender_count is never a feature: Who the learner is[\s\S]*got: gender"),
        ({"name": "answers_by_hour"}, "never a feature"),
        ({"parameters": "off = 1"}, r"my_count: unknown key off[\s\S]*did you mean 'of'"),
    ],
)
def test_what_does_not_hold_is_refused(room: Path, changes: dict[str, Any], message: str) -> None:
    write(room, **changes)
    with pytest.raises(DefinitionError, match=message) as caught:
        FeatureSet.load(room)
    assert "own.toml" in str(caught.value)


def test_a_name_stands_once(room: Path) -> None:
    write(room)
    write(room, "second.toml")
    with pytest.raises(DefinitionError, match=r"second.toml: feature defined twice\n  got: my_count"):
        FeatureSet.load(room)


def test_columns_stand_once() -> None:
    twice = [definition("x", "count", "skill", {}), definition("x_min", "count", "learner", {})]
    with pytest.raises(DefinitionError, match=r"two features give the same column\n  got: x_min"):
        feature_set(*twice)


@pytest.mark.parametrize(
    ("names", "message"),
    [(["my_cuont"], "did you mean 'my_count'"), (["my_count", "my_count"], "a feature is named twice")],
)
def test_names_are_checked(room: Path, names: list[str], message: str) -> None:
    write(room)
    with pytest.raises(DefinitionError, match=message):
        FeatureSet.load(room, names)


def test_a_room_without_exclusions_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(DefinitionError, match=r"excluded.toml is not there"):
        FeatureSet.load(tmp_path)


def test_only_areas_and_skills_are_aggregated() -> None:
    with pytest.raises(DefinitionError, match="nothing to aggregate"):
        feature_set({**definition("x", "count", "learner", {}), "aggregate": ["min"]})


def test_without_an_aggregate_it_is_the_mean() -> None:
    plain = feature_set({**definition("x", "count", "skill", {}), "aggregate": []})
    assert plain.columns == ("x",)
    least = feature_set({**definition("x", "count", "skill", {}), "aggregate": ["min"]})
    assert least.columns == ("x_min",)


def test_json_round_trip(shipped: FeatureSet) -> None:
    again = FeatureSet.from_json(shipped.to_json())
    assert (again, again.hash, again.to_json()) == (shipped, shipped.hash, shipped.to_json())
    assert len({shipped, again}) == 1


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{", InputError, "this is not a feature set"),
        ('{"feature": []}', DefinitionError, "feature set: feature"),
        ('{"features": []}', DefinitionError, "did you mean 'feature'"),
    ],
)
def test_a_damaged_feature_set_is_refused(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        FeatureSet.from_json(text)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"meaning": "Another sentence about the same number."}, True),
        ({"aggregate": ["mean"]}, False),
        ({"direction": 1}, False),
        ({"name": "other"}, False),
        ({"scope": "area"}, False),
        ({"parameters": {"prior": {**PRIOR, "weight": 3}}}, False),
        ({"parameters": {"prior": PRIOR, "half_life": None}}, True),
    ],
)
def test_the_hash_is_of_what_makes_the_numbers(change: dict[str, Any], same: bool) -> None:
    plain = definition("x", "rate", "skill", {"prior": PRIOR})
    assert (feature_set(plain).hash == feature_set({**plain, **change}).hash) is same


def test_undirected_columns_are_named() -> None:
    loose = definition("x", "rate", "skill", {"prior": PRIOR})
    steady = definition("y", "count", "skill", {})
    told = definition("z", "rate", "learner", {"prior": PRIOR}, direction=1)
    assert feature_set(loose, steady, told).undirected == ("x", "x_min")


QUIET = "enabled = false\n"
PACE = ("learner_pace", "skill_pace", "learner_hurry")


def test_a_file_that_is_off_is_loaded_by_name_only(room: Path) -> None:
    write(room)
    (room / "quiet.toml").write_text(QUIET + ENTRY.format(**{**GOOD, "name": "my_quiet"}))
    assert FeatureSet.load(room).columns == ("my_count",)
    assert FeatureSet.load(room, ["my_quiet"]).columns == ("my_quiet",)
    assert FeatureSet.load(room, ["my_quiet", "my_count"]).columns == ("my_count", "my_quiet")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "cuont"}, "did you mean 'count'"),
        ({"name": "school_count"}, "never a feature"),
        ({"name": "my_count"}, "feature defined twice"),
        ({"parameters": "off = 1"}, "unknown key off"),
    ],
)
def test_a_file_that_is_off_is_checked_all_the_same(room: Path, changes: dict[str, Any], message: str) -> None:
    write(room)
    (room / "quiet.toml").write_text(QUIET + ENTRY.format(**{**GOOD, "name": "my_quiet", **changes}))
    with pytest.raises(DefinitionError, match=message):
        FeatureSet.load(room)


def test_a_slip_in_a_name_that_is_off_is_helped_too(home: Home) -> None:
    with pytest.raises(
        DefinitionError, match=r"no such feature\n  got: lerner_pace\n  try: did you mean 'learner_pace'"
    ):
        FeatureSet.load(home.features, ["lerner_pace"])


@pytest.mark.parametrize("text", ["enabled = 1.5\n", "enabeld = false\n"])
def test_the_switch_is_checked(room: Path, text: str) -> None:
    (room / "quiet.toml").write_text(text + ENTRY.format(**GOOD))
    with pytest.raises(DefinitionError, match="enabled"):
        FeatureSet.load(room)


def test_a_bundle_keeps_features_that_are_off(home: Home) -> None:
    chosen = FeatureSet.load(home.features, ["learner_pace", "skill_success"])
    again = FeatureSet.from_json(chosen.to_json())
    assert (again.columns, again.hash) == (chosen.columns, chosen.hash)


def test_pace_is_off_as_shipped_and_says_why(home: Home, shipped: FeatureSet) -> None:
    assert "pace" not in {feature.kind.name for feature in shipped.features}
    chosen = FeatureSet.load(home.features, PACE)
    assert {feature.kind.name for feature in chosen.features} == {"pace"}
    assert set(chosen.directions) == {0}
    text = (home.features / "pace.toml").read_text(encoding="utf-8").replace("\n# ", " ")
    assert "proxy of disability and of language" in text


def test_no_shipped_model_looks_at_pace(home: Home) -> None:
    for path in home.models.glob("*/spec.toml"):
        assert not any(name in path.read_text(encoding="utf-8") for name in PACE)


def test_there_is_something_of_every_family(home: Home, shipped: FeatureSet) -> None:
    families = {path.stem for path in home.features.glob("*.toml")} - {"excluded"}
    assert families == {"practice", "memory", "curriculum", "context", "pace"}
    assert len(shipped.features) >= 20
    assert {feature.definition.scope for feature in shipped.features} == {"learner", "area", "skill", "item"}


def test_success_on_a_skill_fades_at_several_half_lives(shipped: FeatureSet) -> None:
    rates = [each for each in shipped.features if (each.kind.name, each.definition.scope) == ("rate", "skill")]
    half_lives = {str(each.definition.parameters["half_life"]) for each in rates}
    assert len(rates) == len(half_lives) >= 3


def test_meanings_are_single_sentences(home: Home, shipped: FeatureSet) -> None:
    for feature in (*shipped.features, *FeatureSet.load(home.features, PACE).features):
        meaning = feature.definition.meaning
        assert meaning[0].isupper() or meaning[0].isdigit()
        assert ". " not in meaning


def test_every_half_life_reaches_the_kernels(shipped: FeatureSet) -> None:
    for feature in shipped.features:
        half_life = feature.definition.parameters.get("half_life")
        if half_life:
            ((unit, length),) = half_life.items()
            moved = feature.definition.model_dump(mode="json")
            moved["parameters"] = {**moved["parameters"], "half_life": {unit: length + 1}}
            other = feature_set(moved)
            assert other.features[0].parameters.values() != feature.parameters.values()
            assert other.hash != FeatureSet((feature,)).hash


def test_every_column_stands_under_a_heading_of_reasons(home: Home) -> None:
    chosen = FeatureSet.load(home.features, ["learner_success", "skill_success", "skill_days", "area_surplus"])
    of = dict(zip(chosen.columns, chosen.families, strict=True))
    assert of["skill_success"] == of["skill_success_min"] == "skill"
    assert (of["learner_success"], of["skill_days"], of["area_surplus"]) == ("learner", "time", "related")
