"""LOPS 2019 piece by piece: where modules hang, what their objectives are called, what stands on them."""

from __future__ import annotations

from typing import Any

import pytest

from polku.exchange.curriculum_reading import CurriculumReading
from polku.exchange.eperusteet import of_json

UUID = "8fc03694-801c-4dab-99a7-2f2ec0cea99d"


def module(number: int, code: str | None = "KE1", *goals: dict[str, Any], **more: Any) -> dict[str, Any]:
    held = goals or ({"_id": "901", "_tunniste": UUID, "fi": "osaa laskea", "sv": "kunna räkna"},)
    own: dict[str, Any] = {"id": number, "nimi": {"fi": "Moduuli ", "sv": "Modul"}, "laajuus": 2, "pakollinen": True}
    named = {"koodi": {"arvo": code, "koodisto": "moduulikoodistolops2021"}} if code else {"koodi": None}
    return own | named | {"tavoitteet": {"kohde": {"fi": "opiskelija"}, "tavoitteet": list(held)}} | more


def subject(number: int, code: str, *modules: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = {
        "id": number,
        "nimi": {"fi": code.title()},
        "koodi": {"arvo": code, "koodisto": "oppiaineetjaoppimaaratlops2021"},
    }
    return own | {"moduulit": list(modules), "oppimaarat": []} | more


def read(*subjects: dict[str, Any], **more: Any) -> CurriculumReading:
    held = {"oppiaineet": list(subjects), **more}
    return of_json({"id": 6828810, "tila": "valmis", "toteutus": "lops2019", "lops2019": held}, "lops")


def test_modules_hang_on_subjects_and_on_syllabuses() -> None:
    inner = subject(2, "MAB", module(21, "MAB2"))
    reading = read(subject(1, "MA", module(11, "MAY1"), oppimaarat=[inner]), subject(3, "KE", module(31)))
    assert [(one.id, one.subject, one.syllabus) for one in reading.content.modules] == [
        ("MAY1", "MA", "common"),
        ("MAB2", "MAB", "short"),
        ("KE1", "KE", "common"),
    ]
    assert [(one.id, one.within) for one in reading.content.subjects] == [("MA", ""), ("MAB", "MA"), ("KE", "")]


def test_an_objective_is_called_by_its_module_and_its_number() -> None:
    content = read(subject(1, "KE", module(11))).content
    (goal,), (skill,) = content.objectives, content.skills
    assert (goal.id, goal.code.code, goal.label["fi"], goal.areas) == ("KE1.901", "901", "KE1 1", ("KE1",))
    assert [code.code for code in goal.also] == [UUID]
    assert (skill.id, skill.objectives, skill.area, skill.band) == ("KE1.901", ("KE1.901", "KE1"), "KE1", "lukio")
    assert (skill.grade, skill.syllabus, skill.written) == (None, "common", ("fi", "sv"))


def test_an_objective_without_a_number_is_called_by_its_place() -> None:
    content = read(subject(1, "KE", module(11, "KE1", {"fi": "osaa"}, {"fi": "ymmärtää"}))).content
    assert [one.id for one in content.objectives] == ["KE1.t1", "KE1.t2"]


@pytest.mark.parametrize(
    ("text", "carries"),
    [
        ("osaa tutkia aineen ominaisuuksia", True),
        ("saa valmiuksia osallistua keskusteluun", True),
        ("rohkaistuu kirjoittajana ja hallitsee prosessin", True),
        ("arvostaa ja ymmärtää eri kulttuureja", True),
        ("saa kokemuksia, jotka herättävät kiinnostusta", False),
        ("innostuu tutkimaan luontoa", False),
        ("rohkaistuu käyttämään ruotsia", False),
        ("vahvistaa luottamusta itseensä", False),
        ("arvostaa luontoa", False),
    ],
)
def test_attitudes_carry_no_skill(text: str, carries: bool) -> None:
    reading = read(subject(1, "KE", module(11, "KE1", {"_id": "1", "fi": text}), module(12, "KE2")))
    goal = reading.content.objectives[0]
    assert goal.title["fi"] == text
    assert goal.estimable is carries
    assert ("KE1.1" in {one.id for one in reading.content.skills}) is carries


@pytest.mark.parametrize(
    ("stated", "taken"),
    [(1, 1), (2.0, 2), (1.5, 1.5), (None, 0), ("2", 0), (0, 0), (-1, 0), (True, 0), (10**9, 0)],
)
def test_credits_are_those_stated(stated: object, taken: float) -> None:
    found = read(subject(1, "KE", module(11, laajuus=stated))).content.modules[0].credits
    assert found == taken
    assert isinstance(found, int) == (taken == int(taken))


def test_contents_are_areas_within_their_module() -> None:
    groups = [
        {"kohde": None, "sisallot": [{"_id": "71", "fi": "alkuaineet"}, {"_id": "72", "fi": "<p> </p>"}]},
        {"kohde": {"fi": "esimerkiksi"}, "sisallot": []},
        None,
    ]
    reading = read(subject(1, "KE", module(11, sisallot=groups)))
    assert [(one.id, one.within, one.title["fi"]) for one in reading.content.areas] == [
        ("KE1.S71", "KE1", "alkuaineet")
    ]
    assert [(one.kind, one.reason) for one in reading.refused] == [("contents", "it has no text or no number")]
    assert (reading.counts["contents"], reading.counts["areas"]) == (1, 0)


def test_a_module_without_a_code_is_called_by_its_number() -> None:
    content = read(subject(1, "KE", module(11, None))).content
    assert content.modules[0].id == "KE.11"
    assert content.modules[0].code.codeset == "eperusteet"


def test_a_code_that_repeats_gets_the_number_too() -> None:
    content = read(subject(1, "KE", module(11), module(12)), subject(2, "FY", module(13))).content
    assert [one.id for one in content.modules] == ["KE1", "KE1.12", "KE1.13"]
    assert len(content.skills) == 3


def test_a_module_that_is_nothing_is_refused() -> None:
    reading = read(subject(1, "KE", module(11), {"id": 12}, {"nimi": {"fi": "x"}}))
    assert [(one.kind, one.id) for one in reading.refused] == [("modules", "12"), ("modules", "?")]
    assert reading.account()["modules"] == {"accepted": 1, "refused": 2, "expected": 3}


def test_an_objective_that_says_nothing_is_refused() -> None:
    reading = read(subject(1, "KE", module(11, "KE1", {"_id": "1", "fi": " "}, {"_id": "2", "sv": "kunna"})))
    assert [(one.kind, one.id, one.reason) for one in reading.refused] == [("objectives", "1", "it has no text")]
    assert reading.content.objectives[0].written == ("sv",)


def test_the_six_competences_are_a_set_of_their_own() -> None:
    shared = {
        "laajaAlaisetOsaamiset": [
            {
                "id": 1,
                "nimi": {"fi": "Hyvinvointiosaaminen"},
                "koodi": {"arvo": "01", "koodisto": "laajaalainenosaaminenlops2021"},
            },
            {"id": 2, "nimi": {"fi": "Vuorovaikutusosaaminen"}},
        ]
    }
    content = read(subject(1, "KE", module(11)), laajaAlainenOsaaminen=shared).content
    assert [(one.id, one.code.codeset) for one in content.transversals] == [
        ("LA01", "laajaalainenosaaminenlops2021"),
        ("L.2", "eperusteet"),
    ]


@pytest.mark.parametrize("odd", [None, [], "x", 5, {"tavoitteet": None}, {"tavoitteet": ["x", None]}])
def test_whatever_holds_the_objectives_a_module_is_a_module(odd: object) -> None:
    reading = read(subject(1, "KE", module(11), module(12, "KE2", tavoitteet=odd, sisallot=odd)))
    assert [one.id for one in reading.content.modules] == ["KE1", "KE2"]
