"""The policy file, and paths that are stored and read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError, InputError
from polku.home import Home
from polku.paths import Path as LearningPath
from polku.paths import SkillState, Texts, load_policy, plan, policy_hash
from polku.schemas.policy import PathPolicy

MODELS = Home.find().models
POLICY = load_policy(MODELS)
TEXTS = Texts.load(Home.find().serve / "text")


def changed(folder: Path, old: str, new: str) -> Path:
    """Write the shipped policy with one change, and return its room."""
    text = (MODELS / "path" / "policy.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "path").mkdir()
    (folder / "path" / "policy.toml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("margin = 0.03", "margin = 0.03\nmarign = 0.2", r"unknown key offer\.marign(?s:.*)did you mean 'margin'"),
        ('name = "review"', 'name = "reveiw"', "did you mean 'review'"),
        ("gap_below = 0.45", "gap_below = 0.9", "gap_below must lie below shown_at"),
        ("options = 3", "options = 4", r"offer\.options"),
        ("options = 3", "options = 1", r"offer\.options"),
        ("repair_options = 2", "repair_options = 3", r"offer\.repair_options"),
        ("weight = 0.96", "weight = 0", r"rules\.0\.weight"),
        ("regret = 0.1 ", "regret = -1 ", r"offer\.regret"),
        ("off_by = 0.6", "off_by = -0.6", r"evidence\.off_by"),
        ("learning = 0.46", "learning = 0", r"lookahead\.learning"),
        ("curve = 0.7", "curve = 1.7", r"lookahead\.curve"),
        ("[lookahead]", "[lookahead]\nguess = 0.6\nslip = 0.4", "guess and slip must add up to less than 1"),
        ("[lookahead]", "[diagnostic]\nguess = 0.5\nslip = 0.5\n[lookahead]", "guess and slip must add up"),
        ("[lookahead]", "[diagnostic]\nearlier = 1.0\n[lookahead]", r"diagnostic\.earlier"),
        ("[lookahead]", "[diagnostic]\nearlier = 0.0\n[lookahead]", r"diagnostic\.earlier"),
        ("exploration_share = 0.1", "exploration_share = 1.5", r"offer\.exploration_share"),
    ],
)
def test_a_wrong_policy_is_refused_by_name(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        load_policy(changed(tmp_path, old, new))


def test_the_hash_knows_values_not_comments(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    commented = load_policy(changed(tmp_path / "a", "[offer]", "# a remark\n[offer]"))
    lighter = load_policy(changed(tmp_path / "b", "margin = 0.03", "margin = 0.2"))
    assert policy_hash(commented) == policy_hash(POLICY) != policy_hash(lighter)


def test_every_field_says_what_it_is_for() -> None:
    schema = PathPolicy.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        assert all(field.get("description") for field in part["properties"].values()), part["title"]


def test_a_policy_survives_the_bundle() -> None:
    assert PathPolicy.model_validate_json(POLICY.model_dump_json()) == POLICY


def test_an_answer_has_the_agreed_shape() -> None:
    graph = Curriculum.of_skills("abc")
    said = json.loads(json.dumps(plan(graph, {"a": SkillState(0.2, 6)}, POLICY).to_dict(TEXTS)))
    assert said.keys() == {"rung", "stands_on", "band", "rules", "options", "path", "notes"}
    for step in (*said["options"], *said["path"]):
        assert {"skill_id", "title", "kind", "grade_level", "terms", "reasons", "next_step", "what_if"} <= step.keys()
        assert all(reason.keys() == {"id", "fi", "sv", "en"} for reason in step["reasons"])


def test_a_stored_answer_reads_back_as_what_was_offered() -> None:
    answer = plan(Curriculum.of_skills("abcd"), {}, POLICY)
    back = LearningPath.from_dict(json.loads(json.dumps(answer.to_dict(TEXTS))))
    assert back.rung == answer.rung
    for part in ("options", "path"):
        kept = [(step.skill_id, step.kind) for step in getattr(back, part)]
        assert kept == [(step.skill_id, step.kind) for step in getattr(answer, part)]


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)lacks a key.*'path'"):
        LearningPath.from_dict({"rung": "model", "options": []})
