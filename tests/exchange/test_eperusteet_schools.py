"""Local curricula as schools publish them: the national content with a school's own words, subjects and units."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polku.exchange.curricula import read_curriculum
from polku.exchange.curriculum_reading import CurriculumReading
from polku.exchange.eperusteet import fits_eperusteet, of_json
from polku.exchange.eperusteet_texts import refs

URI = "oppiaineetjaoppimaaratlops2021_ke"
Json = dict[str, Any]


def module(number: int, code: str, *goals: str) -> Json:
    texts = [{"_id": str(number * 100 + place), "fi": text} for place, text in enumerate(goals or ("osaa laskea",))]
    return {
        "id": number,
        "koodi": {"arvo": code, "uri": f"moduulikoodistolops2021_{code.lower()}"},
        "nimi": {"fi": code},
        "laajuus": 2,
        "pakollinen": True,
        "tavoitteet": {"kohde": None, "tavoitteet": texts},
        "sisallot": [],
    }


def national(**more: Any) -> Json:
    code = {"arvo": "KE", "uri": URI, "koodisto": "oppiaineetjaoppimaaratlops2021", "versio": 1}
    return {
        "id": 1,
        "koodi": code,
        "nimi": {"fi": "Kemia", "sv": "Kemi"},
        "oppimaarat": [],
        "moduulit": [module(5, "KE1")],
        "opintojaksot": [],
        **more,
    }


def unit(number: int, koodi: str, *goals: str, subject: str = URI, **more: Any) -> Json:
    return {
        "id": number,
        "koodi": koodi,
        "nimi": {"fi": f"Jakso {number}"},
        "oppiaineet": [{"koodi": subject, "laajuus": 2}],
        "moduulit": [{"koodiUri": "moduulikoodistolops2021_ke1", "kuvaus": None}],
        "tavoitteet": [{"id": number * 10 + place, "kuvaus": {"fi": text}} for place, text in enumerate(goals)],
        "keskeisetSisallot": [],
        "paikallisetOpintojaksot": [],
        **more,
    }


def upper(**more: Any) -> Json:
    return {
        "id": 88,
        "tila": "julkaistu",
        "nimi": {"fi": "Lukion opetussuunnitelma", "sv": "Läroplan för gymnasiet"},
        "koulutustyyppi": "koulutustyyppi_2",
        "toteutus": "lops2019",
        "vuosiluokkakokonaisuudet": [],
        "oppiaineet": [],
        "laajaAlaisetOsaamiset": [{"id": 3, "nimi": {"fi": "Eettisyys"}, "koodi": {"arvo": "06", "uri": "laaja_06"}}],
        "opintojaksot": [],
        "valtakunnallisetOppiaineet": [national()],
        "paikallisetOppiaineet": [],
        **more,
    }


def own_subject(**more: Any) -> Json:
    return {"id": 9, "koodi": "ROB", "nimi": {"fi": "Robotiikka"}, "perusteenOppiaineUri": None, **more}


def modules(reading: CurriculumReading) -> list[tuple[str, str, float]]:
    return [(one.id, one.subject, one.credits) for one in reading.curriculum.content.modules]


def test_national_modules_of_a_school_are_taken() -> None:
    raw = upper()
    assert fits_eperusteet(raw)
    reading = of_json(raw, "school")
    assert (reading.content.id, reading.standard) == (
        "ylops-88",
        "ePerusteet, a local curriculum of upper secondary",
    )
    assert modules(reading) == [("KE1", "KE", 2)]
    assert [one.id for one in reading.content.skills] == ["KE1.500"]
    assert [one.id for one in reading.content.transversals] == ["LA06"]
    assert reading.content.title["sv"] == "Läroplan för gymnasiet"


def test_a_study_unit_with_objectives_of_its_own_is_a_module() -> None:
    contents = [{"id": 77, "otsikko": None, "kuvaus": {"fi": "Polymeerit"}}]
    raw = upper(opintojaksot=[unit(6, "KE7", "osaa tutkia muoveja", keskeisetSisallot=contents)])
    reading = of_json(raw, "school")
    assert modules(reading) == [("KE1", "KE", 2), ("KE7", "KE", 2)]
    assert [(one.id, one.area) for one in reading.content.skills] == [("KE1.500", "KE1"), ("KE7.60", "KE7")]
    assert [(one.id, one.within, one.title["fi"]) for one in reading.content.areas] == [
        ("KE7.S77", "KE7", "Polymeerit")
    ]
    assert not next(one for one in reading.content.modules if one.id == "KE7").compulsory


def test_a_study_unit_of_national_modules_alone_is_counted() -> None:
    reading = of_json(upper(opintojaksot=[unit(6, "KE1A"), unit(7, "KE1B")]), "school")
    assert modules(reading) == [("KE1", "KE", 2)]
    assert "2 study units say nothing beyond their national modules" in reading.notes
    assert reading.refused == ()


def test_a_study_unit_called_as_a_module_gets_its_number_too() -> None:
    reading = of_json(upper(opintojaksot=[unit(6, "KE1", "osaa lisää")]), "school")
    assert [one for one, _, _ in modules(reading)] == ["KE1", "KE1.6"]


def test_units_within_units_are_taken() -> None:
    inner = unit(8, "KE9", "osaa syventää")
    reading = of_json(upper(opintojaksot=[unit(6, "KE8", paikallisetOpintojaksot=[inner])]), "school")
    assert [one for one, _, _ in modules(reading)] == ["KE1", "KE9"]


def test_a_schools_own_subject_has_its_units() -> None:
    raw = upper(paikallisetOppiaineet=[own_subject()], opintojaksot=[unit(6, "ROB1", "osaa ohjelmoida", subject="ROB")])
    reading = of_json(raw, "school")
    assert [(one.id, one.code.codeset, one.within) for one in reading.content.subjects] == [
        ("KE", "oppiaineetjaoppimaaratlops2021", ""),
        ("ROB", "paikallinen", ""),
    ]
    assert modules(reading)[-1] == ("ROB1", "ROB", 2)


def test_a_schools_subject_may_stand_within_a_national_one() -> None:
    reading = of_json(upper(paikallisetOppiaineet=[own_subject(perusteenOppiaineUri=URI)]), "school")
    assert [(one.id, one.within) for one in reading.curriculum.content.subjects] == [("KE", ""), ("ROB", "KE")]
    assert (reading.counts["subjects"], reading.counts["syllabuses"]) == (1, 1)


def test_credits_of_a_unit_of_two_subjects_add_up() -> None:
    shared = [{"koodi": URI, "laajuus": 2}, {"koodi": "ROB", "laajuus": 1}, {"koodi": "x", "laajuus": None}]
    raw = upper(paikallisetOppiaineet=[own_subject()], opintojaksot=[unit(6, "YHT", "osaa", oppiaineet=shared)])
    assert modules(of_json(raw, "school"))[-1] == ("YHT", "KE", 3)


@pytest.mark.parametrize("subject", ["oppiaineetjaoppimaaratlops2021_xx", "", "None", "KEMIA"])
def test_a_unit_of_no_known_subject_is_refused(subject: str) -> None:
    reading = of_json(upper(opintojaksot=[unit(6, "X1", "osaa jotain", subject=subject)]), "school")
    assert [(one.kind, one.id, one.reason) for one in reading.refused] == [
        ("modules", "6", "it belongs to no subject of the curriculum")
    ]


def test_a_unit_of_a_syllabus_finds_it() -> None:
    syllabus = {
        "id": 12,
        "nimi": {"fi": "Pitkä"},
        "koodi": {"arvo": "ÄI1", "uri": "oppiaine_ai1"},
        "moduulit": [module(7, "ÄI7")],
    }
    raw = upper(
        valtakunnallisetOppiaineet=[national(oppimaarat=[syllabus])],
        opintojaksot=[unit(6, "X1", "osaa", subject="oppiaine_ai1")],
    )
    assert modules(of_json(raw, "school"))[-1] == ("X1", "ÄI1", 2)


@pytest.mark.parametrize(
    "odd",
    [
        {"opintojaksot": None},
        {"opintojaksot": [None, "x", {}]},
        {"paikallisetOppiaineet": [{}, None]},
        {"laajaAlaisetOsaamiset": None},
        {"opintojaksot": [unit(6, "K", "osaa", oppiaineet=None)]},
        {"opintojaksot": [unit(6, "K", "osaa", keskeisetSisallot=[{"id": 1, "kuvaus": "<p> </p>"}])]},
        {"opintojaksot": [unit(6, "K", tavoitteet=[{"id": 1, "kuvaus": None}])]},
        {"opintojaksot": [unit(6, "K", "osaa", oppiaineet=[{"koodi": URI, "laajuus": True}])]},
        {"paikallisetOppiaineet": [own_subject(koodi=None), own_subject(koodi=7)]},
    ],
)
def test_odd_parts_cost_no_more_than_themselves(odd: Json) -> None:
    reading = of_json(upper(**odd), "school")
    assert "KE1.500" in reading.curriculum.skills
    assert all(row["expected"] == row["accepted"] + row["refused"] for row in reading.account().values())


def test_the_door_tells_it_too(tmp_path: Path) -> None:
    path = tmp_path / "school.json"
    path.write_text(json.dumps(upper()), encoding="utf-8")
    assert read_curriculum(path).content.id == "ylops-88"


AREA = {"id": 51, "tunniste": "11111111-0000-4000-8000-000000000051", "nimi": {"fi": "S3 Algebra"}}


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (["471920"], ["471920"]),
        ([471920], ["471920"]),
        ([{"id": 900, "sisaltoalueet": AREA, "omaKuvaus": None}], ["51"]),
        ([{"id": 51}], []),
        ([{"id": 900, "sisaltoalueet": "51"}], ["51"]),
        ([{"id": 900, "sisaltoalueet": None}], []),
        ([{}], []),
        ([None, 1.5, [], "7"], ["7"]),
        (None, []),
        ("471920", []),
    ],
)
def test_a_reference_is_a_number_or_what_stands_in_its_place(raw: object, found: list[str]) -> None:
    assert refs(raw) == found


def test_a_local_objective_keeps_its_content_area() -> None:
    goal = {
        "id": 31,
        "tunniste": "22222222-0000-4000-8000-000000000031",
        "tavoite": {"fi": "T14 ratkaista yhtälöitä"},
        "sisaltoalueet": [{"id": 900, "sisaltoalueet": AREA, "omaKuvaus": {"fi": "Koulun omaa"}}],
    }
    year = {"id": 2, "vuosiluokka": "vuosiluokka_8", "tavoitteet": [goal], "sisaltoalueet": [AREA]}
    part = {"id": 6, "_vuosiluokkakokonaisuus": "b7f3", "vuosiluokat": [year]}
    subject = {"id": 4, "nimi": {"fi": "Matematiikka"}, "koodiArvo": "MA", "vuosiluokkakokonaisuudet": [part]}
    raw = {"id": 77, "tila": "julkaistu", "oppiaineet": [{"oma": True, "jnro": 1, "oppiaine": subject}]}
    reading = of_json(raw, "school")
    assert [(one.id, one.area, one.grade) for one in reading.curriculum.content.skills] == [("MA79.T14", "MA79.S3", 8)]
    assert not any("that are not there" in note for note in reading.notes)
