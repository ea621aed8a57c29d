"""Where a step stands in the curriculum, by the names that each language's curriculum uses."""

from __future__ import annotations

import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import LANGUAGES, SkillState, Texts, load_policy
from polku.paths.board import Board
from polku.paths.links import later_on, leads_to, links_of, opens
from polku.paths.standing import Standing
from polku.paths.terrain import Terrain

HOME = Home.find()
TEXTS = Texts.load(HOME.serve / "text")
MATHEMATICS = Curriculum.load(HOME.serve / "curricula" / "fi-mathematics.json")
CHAIN = Curriculum.from_json(
    '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["b"]}]}'
)


def board(curriculum: Curriculum, grade: int | None = None, blocked: str = "", shown: str = "") -> Board:
    states = dict.fromkeys(shown, SkillState(0.9, 8))
    standing = Standing.of(Terrain.of(curriculum), states, load_policy(HOME.models), grade, None)
    return Board.of(standing, standing.terrain.mask(blocked), answers=20)


def said(skill: str, language: str) -> list[str]:
    where = board(MATHEMATICS)
    return [TEXTS.say(language, one.id, one.values) for one in links_of(where, where.terrain.index[skill], None, None)]


@pytest.mark.parametrize(
    ("language", "links"),
    [
        ("fi", ["Opetussuunnitelman tavoite: T14 Tuntematon ja yhtälönratkaisu", "Sisältöalue: S3 Algebra"]),
        ("sv", ["Mål i läroplanen: M14 Obekant och ekvationslösning", "Innehållsområde: I3 Algebra"]),
        ("en", ["Objective in the curriculum: T14 Unknowns and solving equations", "Content area: S3 Algebra"]),
    ],
)
def test_objective_and_content_area_go_by_their_names_in_each_language(language: str, links: list[str]) -> None:
    assert said("MA79.S3.05", language)[:2] == links


def test_two_objectives_are_both_named() -> None:
    assert "T7 Peruslaskutoimitusten periaatteet; T8 " in said("MA12.S2.02", "fi")[0]


def test_in_upper_secondary_it_is_the_module() -> None:
    assert said("MAA2.01", "sv")[0] == "Modul: MAA2 Funktioner och ekvationer 1"
    assert not [line for line in said("MAA2.01", "fi") if line.startswith(("Opetussuunnitelman", "Sisältöalue"))]


def test_every_skill_of_our_curriculum_says_what_it_serves() -> None:
    where = board(MATHEMATICS)
    for place, skill in enumerate(where.terrain.skills):
        ids = [one.id for one in links_of(where, place, None, None)]
        assert "link.module" in ids or {"link.objective", "link.area"} <= set(ids), skill.id
        for one in links_of(where, place, None, None):
            assert all(TEXTS.say(language, one.id, one.values) for language in LANGUAGES)


def test_a_curriculum_that_names_no_objectives_is_not_made_to() -> None:
    assert [one.id for one in links_of(board(CHAIN), 1, None, 2)] == ["link.builds_on", "link.leads_to"]


def test_what_opens_has_nothing_else_open_before_it() -> None:
    assert opens(board(CHAIN), 0, [0, 2]) == 1
    assert opens(board(CHAIN), 2, []) is None
    assert leads_to(board(CHAIN), 0, [0, 2]) == 2


def test_what_was_put_aside_opens_nothing() -> None:
    assert opens(board(CHAIN, blocked="b"), 0, []) is None


def test_where_it_leads_is_near_the_learner_s_grade() -> None:
    where = board(MATHEMATICS, grade=7)
    place = where.terrain.index["MA79.S2.01"]
    far = later_on(where, place)
    assert far is not None
    assert where.terrain.grade[far] <= 8
    assert later_on(board(MATHEMATICS), place) is None
