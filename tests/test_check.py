"""The cross-check: one thing broken at a time, and the error that names file, key and nearest right name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.check import check
from polku.errors import DefinitionError, PolkuError
from polku.home import OVERRIDES, Home

Break = Callable[[Path], object]
SPEC, POLICY, SLICES = "models/mastery/spec.toml", "models/path/policy.toml", "models/slices.toml"
GATES, SETTINGS = "models/mastery/gates.toml", "serve/settings.toml"
LIMITS = "models/mastery/validation.toml"
PRODUCTION = "serve/settings.production.toml"
"""Not read where it stands: it is copied over the settings."""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLKU_HOME", *OVERRIDES.values()):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def root(home: Home, tmp_path: Path) -> Path:
    """Return a copy of the root rooms, to be broken."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def put(file: str, old: str, new: str) -> Break:
    """Return a change that replaces the first `old` in a file, which must be there."""

    def change(root: Path) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has changed: write this test anew"
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def new(file: str, text: str = "") -> Break:
    """Return a change that adds a file."""

    def change(root: Path) -> None:
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")

    return change


def test_the_copy_holds_and_counts_what_is_there(root: Path) -> None:
    found = check(Home.find(root))
    counts = found.counts()
    assert counts["models"] == len(list((root / "models").glob("*/spec.toml"))) == len(found.models)
    assert counts["curricula"] == len(list((root / "serve" / "curricula").glob("*.json")))
    assert counts["skills"] == sum(map(len, found.curricula.values()))
    assert counts["slices"] == len(found.slices.attributes)
    assert counts["gates"] == len(found.gates.metrics)
    assert counts["path rules"] == len(found.policy.rules)
    assert counts["features"] == len(found.features.features)


EVERY_FILE = [
    *(f"features/{name}.toml" for name in ("context", "curriculum", "excluded", "memory", "pace", "practice")),
    *(f"models/{name}/spec.toml" for name in ("baseline", "mastery", "response")),
    *(GATES, LIMITS, POLICY, SLICES, SETTINGS),
    *(
        f"serve/text/{page}{language}.toml"
        for page in ("", "page.", "family.", "research.", "learner.", "audit.", "leaving.")
        for language in ("fi", "sv", "en")
    ),
]


@pytest.mark.parametrize("file", EVERY_FILE)
def test_an_unknown_key_in_any_file_names_the_file_and_the_key(root: Path, file: str) -> None:
    path = root / file
    path.write_text("nonesuch = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(
        DefinitionError, match=rf"{path.name}: unknown key nonesuch\n  got: nonesuch\n  try: "
    ) as caught:
        check(Home.find(root))
    assert str(path) in caught.value.what


def test_every_toml_file_of_the_home_is_among_those(home: Home) -> None:
    shipped = {
        path.relative_to(home.root).as_posix()
        for room in (home.features, home.models, home.serve)
        for path in room.rglob("*.toml")
    }
    assert shipped - {PRODUCTION} == set(EVERY_FILE)


def test_the_settings_for_production_hold_in_the_place_of_the_others(root: Path) -> None:
    shutil.copy(root / PRODUCTION, root / SETTINGS)
    assert Home.find(root).settings().production
    assert check(Home.find(root)).counts()["models"] > 0


def test_an_unknown_key_in_them_is_named_there(root: Path) -> None:
    text = (root / PRODUCTION).read_text(encoding="utf-8")
    (root / SETTINGS).write_text(text.replace("[trail]", "[trail]\nundo_dayz = 3"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"settings\.toml: unknown key trail\.undo_dayz(?s:.)*undo_days"):
        check(Home.find(root))


@pytest.mark.parametrize(
    "file", [GATES, LIMITS, POLICY, SLICES, SETTINGS, "features/excluded.toml", "serve/text/sv.toml"]
)
def test_what_every_home_needs_is_said_to_be_absent(root: Path, file: str) -> None:
    (root / file).unlink()
    with pytest.raises(DefinitionError, match=rf"{Path(file).name} is not there"):
        check(Home.find(root))


BROKEN: dict[str, tuple[Break, str]] = {
    "a feature that is not there": (
        put(SPEC, '"skill_success"', '"skill_sucess"'),
        r"mastery/spec\.toml: no such feature\n  got: skill_sucess\n  try: did you mean 'skill_success'\?",
    ),
    "a feature named twice": (
        put(SPEC, '"skill_success"', '"skill_success", "skill_success"'),
        r"mastery/spec\.toml: a feature is named twice\n  got: skill_success",
    ),
    "a direction of a feature that is not used": (
        put(SPEC, "skill_days = -1", "skill_day = -1"),
        r"mastery/spec\.toml: direction of a feature it has not\n  got: skill_day\n  try: did you mean 'skill_days'\?",
    ),
    "a direction against the feature's own": (
        put(SPEC, "[directions]", "[directions]\nskill_success = -1"),
        r"mastery/spec\.toml: skill_success has another direction\n  got: -1\n  try: it is \+1",
    ),
    "a model that is not called as its folder": (
        put(SPEC, 'name = "mastery"', 'name = "mastry"'),
        r"mastery/spec\.toml: name is 'mastry'\n  got: mastry\n  try: the folder says 'mastery'",
    ),
    "settings that name no model": (
        put(SETTINGS, 'model = "mastery"', 'model = "mastry"'),
        r"settings\.toml: model names no folder of models/\n  got: mastry\n  try: did you mean 'mastery'\?",
    ),
    "settings that name a model without gates": (
        put(SETTINGS, 'model = "mastery"', 'model = "response"'),
        r"response/gates\.toml is not there",
    ),
    "settings that name no curriculum": (
        put(SETTINGS, '"fi-mathematics"', '"fi-mathematic"'),
        r"no curriculum 'fi-mathematic' in .*curricula\n  got: fi-mathematic\n  try: did you mean 'fi-mathematics'\?",
    ),
    "background in the store": (
        put(SETTINGS, "var/background.db", "var/../var/polku.db"),
        r"in the store itself\n  got: store = background = ",
    ),
    "a rule that is not there": (
        put(POLICY, 'name = "readiness"', 'name = "readines"'),
        r"policy\.toml: the path policy chooses an unknown rule\n  got: readines\n  try: did you mean 'readiness'\?",
    ),
    "a rule chosen twice": (
        put(POLICY, 'name = "review"', 'name = "readiness"'),
        r"path/policy\.toml: the path policy chooses a rule twice\n  got: readiness",
    ),
    "a metric that is not there": (
        put(GATES, "[metrics.auc]", "[metrics.acu]"),
        r"gates\.toml: there is no metric 'acu'; did you mean 'auc'\?\n  try: see the text of Gates",
    ),
    "an invariant that only warns": (
        put(GATES, 'limit = 0.0\noutcome = "block"', 'limit = 0.0\noutcome = "warn"'),
        r"gates\.toml: grade_level is an invariant: its outcome is block",
    ),
    "a check that is not there": (
        put(LIMITS, "[checks.slope]", "[checks.slop]"),
        r"validation\.toml: there is no check 'slop'; did you mean 'slope'\?",
    ),
    "a group without a limit for its slope": (
        put(LIMITS, "limit = 0.10\nslope_limit = 0.6\n", "limit = 0.10\n"),
        r"validation\.toml: slope_limit belongs to checks by group, all of them: teaching_group",
    ),
    "gates of a model that is not released": (
        new("models/response/gates.toml", "treshold = 0.4\n"),
        r"response/gates\.toml: unknown key treshold \(and 2 more\)\n.*\n  try: did you mean 'threshold'\?",
    ),
    "an attribute both kept and denied": (
        put(SLICES, "[attributes.gender]", "[attributes.religion]"),
        r"slices\.toml: both an attribute and denied: religion",
    ),
    "a feature of who the learner is": (
        put("features/practice.toml", 'name = "learner_success"', 'name = "gender_success"'),
        r"practice\.toml: gender_success is never a feature: .*\n  got: gender\n  try: see excluded\.toml",
    ),
    "a feature defined twice": (
        put("features/memory.toml", 'name = "skill_run"', 'name = "skill_success"'),
        r"practice\.toml: feature defined twice\n  got: skill_success",
    ),
    "a kind of feature that is not there": (
        put("features/memory.toml", 'kind = "since"', 'kind = "sinse"'),
        r"memory\.toml.*\n  got: sinse\n  try: did you mean 'since'\?",
    ),
    "a feature of a family that is off": (
        put("features/pace.toml", 'kind = "pace"', 'kind = "pase"'),
        r"pace\.toml.*\n  got: pase\n  try: did you mean 'pace'\?",
    ),
    "a pattern that is none": (
        put("features/excluded.toml", "values = ['", "values = ['("),
        r"excluded\.toml: deny\.0\.values: .* is no regular expression",
    ),
    "a message missing in one language": (
        put("serve/text/en.toml", 'review = "Revisit"', ""),
        r"texts are incomplete: kind\.review is missing in en\n  try: say it in every language",
    ),
    "a text that is no TOML": (
        put("serve/text/sv.toml", "[kind]", "[kind"),
        r"sv\.toml is not valid TOML\n  got: .*line",
    ),
    "a curriculum with a slip": (
        new("serve/curricula/own.json", '{"skills": [{"id": "a", "grad": 7}]}'),
        r"own\.json: unknown keys\n  got: skills\[a\]\.grad\n  try: for 'grad': did you mean 'grade'\?",
    ),
    "a curriculum with a circle": (
        new(
            "serve/curricula/own.json",
            '{"skills": [{"id": "a", "prerequisites": ["b"]}, {"id": "b", "prerequisites": ["a"]}]}',
        ),
        r"own\.json: prerequisites run in a circle\n  got: a → b → a",
    ),
    "a curriculum that is no JSON": (new("serve/curricula/own.json", "{"), r"own\.json is not valid JSON"),
}


@pytest.mark.parametrize(("change", "says"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_fit_is_named(root: Path, change: Break, says: str) -> None:
    change(root)
    with pytest.raises(PolkuError, match=says):
        check(Home.find(root))


def test_a_feature_that_no_model_looks_at_is_refused(root: Path) -> None:
    for name in ("baseline", "response"):
        shutil.rmtree(root / "models" / name)
    spec = (root / SPEC).read_text(encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"feature \w+ is used by no model\n  got: \w+\n  try: name it in a spec"):
        check(Home.find(root))
    (root / SPEC).write_text(spec.replace('"learner_success"', '"learner_succes"', 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"no such feature\n  got: learner_succes\n"):
        check(Home.find(root))


def test_a_home_of_one_model_that_looks_at_all_features_holds(root: Path) -> None:
    (root / LIMITS).rename(root / "models" / "baseline" / "validation.toml")
    for name in ("mastery", "response"):
        shutil.rmtree(root / "models" / name)
    (root / "models" / "baseline" / "gates.toml").write_text(
        '[priority]\nfirst = "calibration"\nwhy = "said where it is read, at some length, once"\n[metrics]\n',
        encoding="utf-8",
    )
    put(SETTINGS, 'model = "mastery"', 'model = "baseline"')(root)
    assert check(Home.find(root)).counts() | {"models": 1, "gates": 0} == check(Home.find(root)).counts()


STRAY = {
    "models/path/policies.toml": r"did you mean 'policy\.toml'\?",
    "models/mastery/gate.toml": r"did you mean 'gates\.toml'\?",
    "models/masterly/spce.toml": r"did you mean 'mastery'\?",
    "models/slices.tml": r"did you mean 'slices\.toml'\?",
    "serve/text/page.de.toml": r"did you mean 'page\.en\.toml'\?",
    "serve/text/se.toml": r"did you mean 's[ev]\.toml'\?",
    "serve/curricula/fi-mathematics.jsn": r"did you mean 'fi-mathematics\.json'\?",
    "features/practise.tml": r"did you mean 'practice\.toml'\?",
}


@pytest.mark.parametrize(("file", "hint"), STRAY.items())
def test_a_file_that_nothing_reads_is_refused(root: Path, file: str, hint: str) -> None:
    new(file)(root)
    with pytest.raises(DefinitionError, match=rf"nothing reads this file\n  got: .*\n  try: {hint}"):
        check(Home.find(root))


def test_a_path_rule_without_a_name_for_its_term_is_refused(root: Path) -> None:
    for language in ("fi", "sv", "en"):
        file = root / "serve" / "text" / f"{language}.toml"
        lines = file.read_text(encoding="utf-8").splitlines()
        start = lines.index("[term]")
        place = next(at for at in range(start, len(lines)) if lines[at].startswith("readiness = "))
        file.write_text("\n".join(lines[:place] + lines[place + 1 :]) + "\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"no text term\.readiness for a rule"):
        check(Home.find(root))
