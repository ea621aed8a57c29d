"""Whole curricula of basic education and of adults: every subject, band and letter, in every form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from polku.errors import InputError
from polku.exchange.eperusteet import of_json
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_texts import coded, day

Json = dict[str, Any]
BANDS = {"1-2": (1, 2), "3-6": (3, 4, 5, 6), "7-9": (7, 8, 9)}
SUBJECTS = ["AI", "TK", "VK", "MA", "YL", "BI", "GE", "FY", "KE", "TE", "KT", "HI", "YH", "MU", "KU", "KS", "LI", "KO"]
TARGETS = ["Merkitys, arvot ja asenteet", "Työskentelyn taidot", "Tiedolliset tavoitteet"]


def objective(number: int, place: int, areas: list[int]) -> Json:
    rows = [
        {"id": number * 10 + mark, "arvosana": mark, "osaamisenKuvaus": {"fi": f"Osaa {mark}.", "sv": f"Kan {mark}."}}
        for mark in (8, 5, 9, 7)
    ]
    return {
        "id": number,
        "tunniste": f"00000000-0000-4000-8000-{number:012}",
        "tavoite": {"_id": "1", "fi": f"<p>T{place} ohjata {number}</p>", "sv": f"M{place} handleda {number}"},
        "sisaltoalueet": [str(one) for one in areas],
        "laajattavoitteet": ["428670", "428676"],
        "kohdealueet": [str(place % 3)],
        "arvioinninkohteet": rows,
    }


def subject(place: int, code: str, *, stated: bool) -> Json:
    parts = []
    for row, band in enumerate(BANDS):
        base = place * 1000 + row * 100
        areas = [{"id": base + 50 + n, "nimi": {"fi": f"S{n} Alue ", "sv": f"I{n} Del"}} for n in (1, 2)]
        goals = [objective(base + n, n, [base + 51, base + 52]) for n in range(1, 7)]
        part: Json = {"id": base, "_vuosiluokkaKokonaisuus": str(9000 + row), "tavoitteet": goals}
        named = {"vuosiluokat": [f"vuosiluokka_{n}" for n in reversed(BANDS[band])]} if stated else {}
        parts.append({**part, **named, "sisaltoalueet": areas, "tehtava": {"teksti": {"fi": "x"}}})
    return {
        "id": place,
        "nimi": {"fi": f"Oppiaine {code}", "sv": f"Ämne {code}"},
        "koodiUri": f"oppiaineetyleissivistava2_{code.lower()}",
        "koodiArvo": code,
        "koosteinen": False,
        "oppimaarat": None,
        "kohdealueet": [{"id": number, "nimi": {"fi": text}} for number, text in enumerate(TARGETS)],
        "vuosiluokkakokonaisuudet": parts,
    }


def whole(*, stated: bool = False) -> Json:
    bands = [
        {"id": 9000 + row, "vuosiluokat": [f"vuosiluokka_{n}" for n in grades]}
        for row, grades in enumerate(BANDS.values())
    ]
    return {
        "id": 419550,
        "tila": "valmis",
        "nimi": {"fi": "Perusopetuksen opetussuunnitelman perusteet 2014"},
        "diaarinumero": "104/011/2014",
        "koulutustyyppi": "koulutustyyppi_16",
        "toteutus": "perusopetus",
        "voimassaoloAlkaa": 1420063200000,
        "voimassaoloLoppuu": None,
        "perusopetus": {
            "laajaalaisetosaamiset": [{"id": 428669 + n, "nimi": {"fi": f"L{n} Taito {n}"}} for n in range(1, 8)],
            "vuosiluokkakokonaisuudet": bands,
            "oppiaineet": [subject(place, code, stated=stated) for place, code in enumerate(SUBJECTS, 1)],
        },
    }


def test_every_subject_band_and_criterion_is_counted() -> None:
    account = of_json(whole(), "pops").account()
    goals = len(SUBJECTS) * len(BANDS) * 6
    expected = {"subjects": len(SUBJECTS), "objectives": goals, "areas": len(SUBJECTS) * 6, "criteria": goals * 4}
    assert {kind: account[kind]["accepted"] for kind in expected} == expected
    assert account["skills"]["accepted"] == goals // 3
    assert account["transversals"]["accepted"] == 7
    assert sum(row["refused"] for row in account.values()) == 0


def test_it_holds_from_its_first_day_in_finland() -> None:
    content = of_json(whole(), "pops").curriculum.content
    assert (content.id, content.valid_from, content.valid_until) == ("eperusteet-419550", "2015-01-01", "")


def test_subtrees_that_state_their_grades_give_the_same() -> None:
    raw = whole(stated=True)
    subjects = raw["perusopetus"]["oppiaineet"]
    wanted = [one.id for one in of_json(raw, "pops").content.objectives]
    assert [one.id for one in of_json(subjects, "list").content.objectives] == wanted
    assert [one.id for one in of_json(raw["perusopetus"], "section").content.objectives] == wanted
    assert [one.id for one in of_json(subjects[3], "one").content.objectives] == wanted[54:72]


@pytest.mark.parametrize(
    ("grades", "prefix", "band"),
    [
        ([1], "MA12", "1-2"),
        ([2, 1], "MA12", "1-2"),
        ([3], "MA36", "3-6"),
        ([6, 4, 3, 5], "MA36", "3-6"),
        ([7], "MA79", "7-9"),
        ([9, 7, 8], "MA79", "7-9"),
        ([2, 3], "MAv710", ""),
        ([6, 7], "MAv710", ""),
        ([1, 9], "MAv710", ""),
        ([0], "MAv710", ""),
        ([10], "MAv710", ""),
        ([], "MAv710", ""),
    ],
)
def test_grades_make_a_band_in_any_order(grades: list[int], prefix: str, band: str) -> None:
    part = {"id": 710, "vuosiluokat": [f"vuosiluokka_{n}" for n in grades], "tavoitteet": [objective(5, 2, [])]}
    raw = {"id": 1, "nimi": {"fi": "M"}, "koodiArvo": "MA", "vuosiluokkakokonaisuudet": [part]}
    (goal,) = of_json(raw, "x").content.objectives
    assert (goal.id, goal.band) == (f"{prefix}.T2", band)


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("Merkitys, arvot ja asenteet", "A"),
        ("Arvot ja asenteet", "A"),
        ("Minäkuva ja motivaatio", "A"),
        ("Betydelse, värderingar och attityder", "A"),
        ("Työskentelyn taidot", "B"),
        ("Työskentelytaidot", "B"),
        ("Oppimaan oppimisen taidot", "B"),
        ("Opiskelutaidot", "B"),
        ("Arbetsfärdigheter", "B"),
        ("Käsitteelliset ja tiedonalakohtaiset tavoitteet", "C"),
        ("Tutkimisen taidot", "C"),
        ("Kemian tiedot ja niiden käyttäminen", "C"),
        ("Arvioinnin taidot", "C"),
        ("Begreppsliga mål", "C"),
        ("", "C"),
    ],
)
def test_a_target_area_says_what_an_objective_is_about(name: str, area: str) -> None:
    into = Gathering("eperusteet", "1")
    into.learn_targets([{"id": 1, "nimi": {"fi": name}}])
    assert into.target(["1"]) == area


@pytest.mark.parametrize(
    ("numbers", "area"),
    [(["1"], "A"), (["2"], "B"), (["3"], "C"), (["1", "2"], "B"), (["1", "3"], "C"), (["9"], "C"), ([], "C")],
)
def test_of_several_target_areas_the_subject_counts_most(numbers: list[str], area: str) -> None:
    into = Gathering("eperusteet", "1")
    into.learn_targets([{"id": n, "nimi": {"fi": text}} for n, text in enumerate(TARGETS, 1)])
    assert into.target(numbers) == area


@pytest.mark.parametrize(
    ("fi", "sv", "letter", "code", "labels"),
    [
        ("T1 ohjata", "M1 handleda", "T", "T1", ("T1", "M1")),
        ("T 14 ohjata", "M 14 handleda", "T", "T14", ("T14", "M14")),
        ("T20. ohjata", "M20. handleda", "T", "T20", ("T20", "M20")),
        ("T3: ohjata", "M3: handleda", "T", "T3", ("T3", "M3")),
        ("T3 \u2013 ohjata", "M3 - handleda", "T", "T3", ("T3", "M3")),
        ("t5 ohjata", "m5 handleda", "T", "T5", ("T5", "M5")),
        ("T7a ohjata", "M7a handleda", "T", "T7A", ("T7A", "M7A")),
        ("T9 ohjata", "T9 handleda", "T", "T9", ("T9", "M9")),
        ("S1 Ajattelu", "I1 Tänkande", "S", "S1", ("S1", "I1")),
        ("L7 Osallistuminen", "K7 Deltagande", "L", "L7", ("L7", "K7")),
        ("Osallistuminen (L7)", "Deltagande (K7)", "L", "L7", ("L7", "K7")),
        ("ohjata T1 mukaan", "handleda", "T", "", ("", "")),
        ("Tavoite 1 ohjata", "Mål 1", "T", "", ("", "")),
        ("T ohjata", "M handleda", "T", "", ("", "")),
    ],
)
def test_letters_differ_by_language_and_numbers_do_not(
    fi: str, sv: str, letter: str, code: str, labels: tuple[str, str]
) -> None:
    found, label, rest = coded({"fi": fi, "sv": sv}, letter)
    assert (found, label.get("fi", ""), label.get("sv", "")) == (code, *labels)
    assert not code or not re.match(rf"{letter}\s?\d", rest["fi"], re.IGNORECASE)


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        (1420063200000, "2015-01-01"),
        (1420063199999, "2014-12-31"),
        (1470000000000, "2016-08-01"),
        (0, "1970-01-01"),
        (-7200001, "1969-12-31"),
        ("2016-08-01", "2016-08-01"),
        ("2016-07-31T21:00:00Z", "2016-08-01"),
        ("2016-07-31T20:59:59Z", "2016-07-31"),
        ("not a day", ""),
        (True, ""),
        (float("nan"), ""),
        (10**20, ""),
        ({}, ""),
    ],
)
def test_days_are_finlands(stated: object, shown: str) -> None:
    assert day(stated) == shown


def adults(name: str, **more: Any) -> Json:
    one = {
        "id": 7,
        "nimi": {"fi": "Kemia"},
        "koodi": {"arvo": "KE", "uri": "o_ke"},
        "tavoitteet": [objective(5, 2, [])],
    }
    phase = {"id": 3, "nimi": {"fi": name}, "opetuksenKohdealueet": [], "oppiaineet": [{**one, **more}]}
    return {"id": 2499640, "tila": "valmis", "koulutustyyppi": "koulutustyyppi_17", "aipe": {"vaiheet": [phase]}}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Päättövaihe", "KE.paattovaihe.T2"),
        ("Alkuvaihe", "KE.alkuvaihe.T2"),
        ("Lukutaitovaihe 1", "KE.lukutaitovaihe.T2"),
        ("Den avslutande fasen", "KE.den.T2"),
        ("", "KE.v3.T2"),
        ("!!!", "KE.v3.T2"),
        ("阶段", "KE.v3.T2"),
    ],
)
def test_a_phase_names_adults_objectives(name: str, wanted: str) -> None:
    (goal,) = of_json(adults(name), "aipe").curriculum.content.objectives
    assert (goal.id, goal.band) == (wanted, "")


@pytest.mark.parametrize(
    ("course", "areas", "refused"),
    [
        ({"id": 1, "nimi": {"fi": "Aine"}, "koodi": {"arvo": "KE1"}, "tavoitteet": ["5"]}, ("KE1",), 0),
        ({"id": 1, "nimi": {"fi": "Aine"}, "koodi": None, "tavoitteet": [5]}, ("1",), 0),
        ({"id": 1, "nimi": None, "koodi": {"arvo": "KE1"}, "tavoitteet": ["5"]}, ("KE1",), 0),
        ({"id": 1, "nimi": {"fi": "Aine"}, "tavoitteet": ["6"]}, (), 0),
        ({"id": 1, "nimi": {"fi": "Aine"}, "tavoitteet": None}, (), 0),
        ({"id": 1, "nimi": None, "koodi": None, "tavoitteet": ["5"]}, (), 1),
        ({"nimi": {"fi": "Aine"}, "tavoitteet": ["5"]}, (), 1),
    ],
)
def test_adults_courses_are_areas_of_their_objectives(course: Json, areas: tuple[str, ...], refused: int) -> None:
    reading = of_json(adults("Päättövaihe", kurssit=[course]), "aipe")
    assert reading.curriculum.content.objectives[0].areas == areas
    assert len(reading.refused) == refused


@pytest.mark.parametrize("state", ["luonnos", "poistettu", "LUONNOS", "", 7])
def test_what_does_not_hold_is_not_read(state: object) -> None:
    with pytest.raises(InputError, match="is no published curriculum"):
        of_json({**whole(), "tila": state}, "pops")
