"""What is never a feature, and what no door lets in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polku.errors import DefinitionError
from polku.profiles import Exclusions
from polku.records.exclusions import FILE


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("vendor_success", "vendor"),
        ("skill_support", "support"),
        ("time_of_day", "time_of_day"),
        ("school", "school"),
        ("average_home_language_score", "language"),
        ("skill_success", None),
        ("schooling", None),
        ("supported", None),
    ],
)
def test_words_in_a_name(shipped_exclusions: Exclusions, name: str, by: str | None) -> None:
    assert shipped_exclusions.excluded_by(name) == by


def test_what_the_architecture_excludes_is_excluded(shipped_exclusions: Exclusions) -> None:
    named = {excluded.name for excluded in shipped_exclusions.file.excluded}
    assert named >= {"gender", "language", "support", "vendor", "school", "postcode", "time_of_day"}
    assert named >= {"attendance", "behaviour"}


@pytest.mark.parametrize("column", ["hetu", "HETU", " Emotion ", "poissaolot", "diagnosis", "religion", "kaytos"])
def test_columns_are_denied(shipped_exclusions: Exclusions, column: str) -> None:
    assert shipped_exclusions.deny_rules().rule(column)


@pytest.mark.parametrize("column", ["learner_id", "correct", "answered_at", "gender", "duration_s", "group_id"])
def test_columns_that_have_a_door_of_their_own_are_not_denied(shipped_exclusions: Exclusions, column: str) -> None:
    assert shipped_exclusions.deny_rules().rule(column) is None


@pytest.mark.parametrize("century", "+-YXWVUABCDEF")
def test_identity_codes_of_every_century(shipped_exclusions: Exclusions, century: str) -> None:
    ((rule, pattern),) = shipped_exclusions.deny_rules().values
    assert rule == "personal identity code"
    assert re.search(pattern, f"pupil 131052{century}308T, class 3")
    assert re.search(pattern, f"131052{century.lower()}308t")


@pytest.mark.parametrize(
    "harmless",
    [
        "131052-308G",
        "321052-308T",
        "131352-308T",
        "131052G308T",
        "2024-05-13",
        "0131052-308T",
        "131052-3088T",
        "i131052",
    ],
)
def test_what_only_looks_like_an_identity_code(shipped_exclusions: Exclusions, harmless: str) -> None:
    ((_, pattern),) = shipped_exclusions.deny_rules().values
    assert not re.search(pattern, harmless)


EXCLUDED = '[[excluded]]\nname = "gender"\nwhy = "Who the learner is shapes nothing."\n'
DENY = '[[deny]]\nrule = "health"\nwhy = "Health is nobody\'s business here."\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EXCLUDED + DENY, "give columns or values"),
        (EXCLUDED + DENY + 'values = ["("]\n', "is no regular expression"),
        (EXCLUDED + DENY + 'columns = ["a", "A"]\n', "a is named twice"),
        (EXCLUDED + DENY + 'column = ["a"]\n', "did you mean 'columns'"),
        (EXCLUDED + EXCLUDED + DENY + 'columns = ["a"]\n', "gender is named twice"),
        (DENY + 'columns = ["a"]\n', "excluded"),
    ],
)
def test_the_file_is_checked(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DefinitionError, match=message):
        Exclusions.load(tmp_path)
