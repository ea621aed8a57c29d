"""What a national curriculum states besides skills: kept in the file, checked, and absent where there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polku.curriculum import LANGUAGES, Criterion, Curriculum, Subject, Transversal
from polku.errors import DefinitionError

SAME = dict.fromkeys(LANGUAGES, "x")
CODE = ["s", "1", "x"]


def document(**changes: Any) -> dict[str, Any]:
    """Return a curriculum with one of everything."""
    objective = {
        "id": "T1",
        "code": CODE,
        "label": SAME,
        "band": "7-9",
        "target_area": "C",
        "graded": True,
        "title": SAME,
    }
    module = {"id": "KE1", "code": CODE, "syllabus": "common", "credits": 1.5, "compulsory": True, "title": SAME}
    whole = {
        "subjects": [
            {"id": "KE", "code": CODE, "title": SAME},
            {"id": "KE-2", "code": CODE, "title": SAME, "within": "KE"},
        ],
        "transversals": [{"id": "L4", "code": CODE, "label": {**SAME, "sv": "K4"}, "title": SAME}],
        "modules": [{**module, "subject": "KE"}],
        "areas": [{"id": "KE1.S1", "code": CODE, "label": SAME, "title": SAME, "within": "KE1", "written": ["sv"]}],
        "objectives": [{**objective, "subject": "KE", "transversal": ["L4"], "written": ["fi", "sv"]}],
        "criteria": [{"id": "T1.8", "objective": "T1", "mark": 8, "text": {"sv": "Kan."}}],
        "skills": [{"id": "a", "objectives": ["T1"]}],
        "valid_from": "2016-08-01",
    }
    return {**whole, **changes}


def read(**changes: Any) -> Curriculum:
    return Curriculum.from_json(json.dumps(document(**changes)))


def test_everything_is_kept() -> None:
    curriculum = read()
    assert isinstance(curriculum.subjects["KE-2"], Subject)
    assert curriculum.subjects["KE-2"].within == "KE"
    assert isinstance(curriculum.transversals["L4"], Transversal)
    assert curriculum.content.criteria == (Criterion("T1.8", "T1", 8, {"sv": "Kan."}),)
    assert curriculum.modules["KE1"].credits == 1.5
    assert curriculum.areas["KE1.S1"].written == ("sv",)
    again = Curriculum.from_json(curriculum.to_json())
    assert again.hash == curriculum.hash


def test_what_is_absent_leaves_no_key() -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}]}').to_dict()
    assert not {"subjects", "transversals", "criteria", "valid_from", "valid_until"} & set(plain)
    assert "written" not in plain["skills"][0]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"subjects": []}, "subjects are not there"),
        ({"transversals": []}, "transversal competences are not there"),
        ({"modules": []}, "modules of contents are not there"),
        ({"criteria": [{"id": "c", "objective": "T9", "text": {"fi": "x"}}]}, "objectives of criteria are not there"),
        ({"subjects": [{"id": "KE", "code": CODE, "title": SAME}] * 2}, "subject ids repeat"),
        ({"criteria": [{"id": "c", "objective": "T1", "text": {"fi": " "}}]}, "this is blank"),
        ({"criteria": [{"id": "c", "objective": "T1", "text": {"de": "x"}}]}, "criteria"),
    ],
)
def test_what_does_not_hold_together_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(DefinitionError, match=what):
        read(**changes)
