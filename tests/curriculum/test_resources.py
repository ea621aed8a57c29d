"""Resources behind a skill: the closest first, in the reader's language, accessible, and no maker preferred."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from polku.curriculum import Curriculum
from polku.curriculum.alignment import OBJECTIVE, SUBJECT
from polku.curriculum.resources import Catalogue, Resource, read_resources, write_resources
from polku.errors import InputError
from polku.exchange.curriculum_reading import of_subjects
from polku.exchange.eperusteet import read_eperusteet

DAY = "2026-11-22"
SKILL = "KE1.6833421"


@pytest.fixture(scope="module")
def chemistry(standards_dir: Path) -> Curriculum:
    content = read_eperusteet(standards_dir / "eperusteet" / "lops2019-peruste-6828810.json").content
    return Curriculum(of_subjects(content, "KE"))


def resource(name: str, *aligned: str, maker: str = "", **more: object) -> Resource:
    return Resource(name, f"https://example.org/{name}", {"fi": name}, maker, aligned=aligned, **more)  # type: ignore[arg-type] # a test's shorthand


def ids(found: list[Resource]) -> list[str]:
    return [one.id for one in found]


def test_the_closest_comes_first(chemistry: Curriculum) -> None:
    subject, module, content, objective = "6832793", "6833236", "6833427", "6833421"
    held = [resource("subject", subject), resource("module", module), resource("objective", objective)]
    found = Catalogue([*held, resource("content", content)], chemistry)
    order = ids(found.resources_for(SKILL, day=DAY, most=9))
    assert (order[0], order[-1], set(order[1:3])) == ("objective", "subject", {"module", "content"})
    assert (len(found), found.aligned()) == (4, 4)
    assert "objective" not in ids(found.resources_for("KE1.6833422", day=DAY, most=9))


def test_a_title_aligns_where_there_is_no_number(chemistry: Curriculum) -> None:
    title = chemistry.objectives[SKILL].title["fi"]
    named = resource("named", named=(f" {title.upper()}. ",))
    assert ids(Catalogue([named], chemistry).resources_for(SKILL, day=DAY)) == ["named"]


@pytest.mark.parametrize("junk", ["", "asd", "qwe", "1", "-1", "6833421x", "https://example.org/6833421", "null", "🧮"])
def test_junk_aligns_to_nothing(chemistry: Curriculum, junk: str) -> None:
    found = Catalogue([resource("a", junk), resource("b", named=(junk, " "))], chemistry)
    assert (len(found), found.aligned()) == (2, 0)


def test_the_readers_language_comes_first_then_what_is_accessible(chemistry: Curriculum) -> None:
    goal = "6833421"
    held = [
        resource("other", goal, languages=("en",)),
        resource("unsaid", goal),
        resource("plain", goal, languages=("sv",)),
        resource("captioned", goal, languages=("sv",), accessibility=("captions",)),
        resource("flashing", goal, languages=("sv",), accessibility=("captions",), hazards=("flashing",)),
    ]
    found = Catalogue(held, chemistry).resources_for(SKILL, day=DAY, language="sv", most=9)
    assert ids(found) == ["captioned", "plain", "flashing", "unsaid", "other"]


def test_what_has_expired_is_left_out(chemistry: Curriculum) -> None:
    held = [resource("old", SKILL[4:], expires="2026-11-21"), resource("today", SKILL[4:], expires=DAY)]
    assert ids(Catalogue(held, chemistry).resources_for(SKILL, day=DAY)) == ["today"]


def test_a_resource_says_what_it_is_aligned_to(chemistry: Curriculum) -> None:
    held = [resource("subject", "6832793"), resource("both", "6832793", "6833421")]
    both, subject = Catalogue(held, chemistry).suited(SKILL, day=DAY)
    assert (both.resource.id, both.level, both.target) == ("both", OBJECTIVE, chemistry.objectives[SKILL].title)
    assert (subject.resource.id, subject.level, subject.target["fi"]) == ("subject", SUBJECT, "Kemia")


def test_makers_take_turns_however_much_they_have(chemistry: Curriculum) -> None:
    large = [resource(f"large{number}", SKILL[4:], maker="large") for number in range(50)]
    held = [*large, resource("small", SKILL[4:], maker="small")]
    found = Catalogue(held, chemistry)
    first = Counter(found.resources_for(SKILL, day=DAY, seed=str(seed), most=1)[0].maker for seed in range(200))
    assert 60 <= first["small"] <= 140
    for seed in range(20):
        shown = found.resources_for(SKILL, day=DAY, seed=str(seed), most=2)
        assert {one.maker for one in shown} == {"large", "small"}


def test_the_same_seed_gives_the_same_order(chemistry: Curriculum) -> None:
    held = [resource(f"r{number}", SKILL[4:], maker=str(number % 3)) for number in range(9)]
    one, other = (Catalogue(order, chemistry) for order in (held, held[::-1]))
    assert one.resources_for(SKILL, day=DAY, seed="7", most=9) == other.resources_for(SKILL, day=DAY, seed="7", most=9)


def test_an_unknown_skill_has_nothing(chemistry: Curriculum) -> None:
    assert Catalogue([resource("a", SKILL[4:])], chemistry).resources_for("nobody", day=DAY) == []


def test_our_own_mathematics_is_found_by_the_registers_numbers(home_curriculum: Curriculum) -> None:
    found = Catalogue([resource("equations", "471920")], home_curriculum)
    assert found.aligned() == 1
    skill = next(one.id for one in home_curriculum.skills.values() if one.area == "MA79.S3")
    assert ids(found.resources_for(skill, day=DAY)) == ["equations"]


@pytest.fixture(scope="module")
def home_curriculum() -> Curriculum:
    return Curriculum.load(Path(__file__).resolve().parents[2] / "serve" / "curricula" / "fi-mathematics.json")


def test_a_catalogue_comes_back_as_it_was(tmp_path: Path) -> None:
    held = (resource("b", "1", languages=("fi",), ages=(7, None), expires=DAY), resource("a", named=("x",)))
    path = tmp_path / "resources" / "catalogue.jsonl"
    write_resources(held, path)
    assert read_resources(path) == (held[1], held[0])


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "a"}', '{"id": "a", "url": "x", "title": {}, "rating": 5}'])
def test_a_line_that_is_no_resource_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "catalogue.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match="no resource"):
        read_resources(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_resources(tmp_path / "absent.jsonl")
