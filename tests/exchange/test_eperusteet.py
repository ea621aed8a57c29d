"""ePerusteet: the real upper-secondary curriculum, the samples, and every quirk the format is known for."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Code
from polku.errors import InputError, NotFoundError
from polku.exchange.curriculum_reading import CurriculumReading, of_subjects
from polku.exchange.eperusteet import fits_eperusteet, of_json, read_eperusteet

LOPS = "lops2019-peruste-6828810.json"
MARKS = [8, 5, 9, 7]


@pytest.fixture(scope="module")
def upper(standards_dir: Path) -> CurriculumReading:
    return read_eperusteet(standards_dir / "eperusteet" / LOPS)


def objective(number: int, text: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"id": number, "tunniste": f"00000000-0000-4000-8000-{number:012}", "tavoite": text, **more}


def criterion(number: int, mark: int | None, fi: str, sv: str) -> dict[str, Any]:
    return {"id": number, "arvosana": mark, "osaamisenKuvaus": {"fi": fi, "sv": sv}, "arvioinninKohde": None}


def basic(**changes: Any) -> dict[str, Any]:
    """Return a curriculum of basic education with one of everything, in the register's own shape."""
    goals = [
        objective(
            740,
            {
                "fi": "<p>T14 ohjata oppilasta ratkaisemaan yhtälöitä</p>",
                "sv": "M14 handleda eleven att lösa ekvationer",
            },
            sisaltoalueet=["471920", "999"],
            laajattavoitteet=["428673", "428670"],
            kohdealueet=["3"],
            arvioinninkohteet=[criterion(mark, mark, f"Osaa {mark}.", f"Kan {mark}.") for mark in MARKS],
        ),
        objective(741, {"fi": "T1 vahvistaa oppilaan motivaatiota"}, kohdealueet=["1"]),
        objective(742, {"fi": "T4 kannustaa työskentelemään"}, kohdealueet=["2"]),
    ]
    part = {
        "id": 710,
        "_vuosiluokkaKokonaisuus": "428782",
        "tavoitteet": goals,
        "sisaltoalueet": [{"id": 471920, "nimi": {"fi": "S3 Algebra ", "sv": "I3 Algebra"}}],
    }
    subject = {
        "id": 466344,
        "koosteinen": False,
        "nimi": {"fi": "Matematiikka", "sv": "Matematik"},
        "koodiUri": "oppiaineetyleissivistava2_ma",
        "koodiArvo": "MA",
        "kohdealueet": [
            {"id": 1, "nimi": {"fi": "Merkitys, arvot ja asenteet"}},
            {"id": 2, "nimi": {"fi": "Työskentelyn taidot"}},
            {"id": 3, "nimi": {"fi": "Käsitteelliset ja tiedonalakohtaiset tavoitteet"}},
        ],
        "vuosiluokkakokonaisuudet": [part],
    }
    held = {
        "laajaalaisetosaamiset": [
            {"id": 428673, "nimi": {"fi": "L4 Monilukutaito", "sv": "K4 Multilitteracitet"}},
            {"id": 428670, "nimi": {"fi": "Ajattelu ja oppimaan oppiminen (L1)", "sv": "Förmåga att tänka (K1)"}},
        ],
        "vuosiluokkakokonaisuudet": [
            {"id": 428782, "vuosiluokat": ["vuosiluokka_9", "vuosiluokka_7", "vuosiluokka_8"]}
        ],
        "oppiaineet": [subject],
    }
    whole = {"id": 419550, "tila": "valmis", "voimassaoloAlkaa": 1420063200000, "perusopetus": held}
    return {**whole, **changes}


def parts(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the one grade band of the one subject."""
    found: dict[str, Any] = raw["perusopetus"]["oppiaineet"][0]["vuosiluokkakokonaisuudet"][0]
    return found


def test_the_whole_upper_secondary_curriculum_is_taken(upper: CurriculumReading) -> None:
    counts = upper.counts
    assert (counts["subjects"], counts["modules"], counts["objectives"]) == (22, 362, 1421)
    assert (counts["syllabuses"], counts["contents"], counts["transversals"]) == (44, 1877, 6)
    assert not upper.refused
    assert upper.account()["objectives"] == {"accepted": 1421, "refused": 0, "expected": 1421}
    assert (upper.content.id, upper.content.valid_from) == ("eperusteet-6828810", "2021-08-01")


def test_it_holds_together_and_comes_back_from_its_own_text(upper: CurriculumReading) -> None:
    curriculum = upper.curriculum
    again = type(curriculum).from_json(curriculum.to_json())
    assert again.hash == curriculum.hash
    assert len(curriculum) == upper.counts["skills"] > 1350


def test_upper_secondary_keeps_codes_and_numbers(upper: CurriculumReading) -> None:
    modules = {one.id: one for one in upper.content.modules}
    assert modules["ÄI1"].code == Code("moduulikoodistolops2021", "", "ÄI1")
    assert modules["KE1"].title["fi"] == "Kemia ja minä"  # the register has a space after it
    assert Counter(one.syllabus for one in upper.content.modules) == {"common": 343, "long": 11, "short": 8}
    assert (modules["KE1"].credits, modules["KE1"].compulsory, modules["KE1"].subject) == (1, True, "KE")
    objectives = {one.id: one for one in upper.content.objectives}
    assert objectives["KE1.6833421"].code == Code("eperusteet", "6828810", "6833421")
    assert [code.codeset for code in objectives["KE1.6833421"].also] == ["tunniste"]


def test_two_objectives_are_in_swedish_only_and_say_so(upper: CurriculumReading) -> None:
    alone = {one.id: one for one in upper.content.objectives if one.written == ("sv",)}
    assert set(alone) == {"MO4.6867736", "KE1.6833425"}
    assert alone["MO4.6867736"].title["fi"] == alone["MO4.6867736"].title["sv"]


def test_one_subject_can_be_taken_out(upper: CurriculumReading) -> None:
    chemistry = of_subjects(upper.content, "KE")
    assert {one.subject for one in chemistry.modules} == {"KE"}
    assert len(chemistry.modules) == 6
    assert {one.area.rstrip("0123456789") for one in chemistry.skills} == {"KE"}
    assert len(chemistry.transversals) == 6
    mathematics = of_subjects(upper.content, "MA")
    assert {one.id for one in mathematics.subjects} == {"MA", "MAA", "MAB", "MAY"}
    assert of_subjects(upper.content, "MAB").subjects[0].within == ""
    with pytest.raises(NotFoundError, match="no such subject"):
        of_subjects(upper.content, "KEMIA")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("pops-shape-arvioinninkohteet.json", {"subjects": 1, "objectives": 3, "criteria": 9, "transversals": 1}),
        ("pops-shape-ylops-peruste.json", {"subjects": 2, "syllabuses": 1, "objectives": 10, "areas": 12}),
    ],
)
def test_the_samples_of_basic_education_are_taken(standards_dir: Path, name: str, counts: dict[str, int]) -> None:
    reading = read_eperusteet(standards_dir / "eperusteet" / name)
    assert {kind: reading.counts[kind] for kind in counts} == counts
    assert not reading.refused
    assert len(reading.curriculum) == reading.counts["objectives"]


def test_a_file_without_subjects_is_refused_with_what_it_has(standards_dir: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)no subjects in 'perusopetus'.*_excerpts.*whole curriculum"):
        read_eperusteet(standards_dir / "eperusteet" / "pops2014-excerpts-transcribed.json")


def test_real_objectives_of_the_register_are_read_each_with_its_criteria(standards_dir: Path) -> None:
    excerpts = json.loads((standards_dir / "eperusteet" / "pops2014-excerpts-transcribed.json").read_text())
    raw = basic()
    held = excerpts["perusopetus"]["_excerpts"]
    parts(raw)["tavoitteet"] = held["saamen_kieli_7_9_tavoitteet"] + held["suomi_toisena_kielena_7_9_tavoitteet"]
    reading = of_json(raw, "excerpts")
    sami, finnish = reading.content.objectives
    assert (sami.label["sv"], sami.written, sami.graded) == ("M1", ("fi", "sv"), True)
    assert finnish.written == ("fi",)  # its Swedish is the Finnish text
    rows = [one for one in reading.content.criteria if one.objective == finnish.id]
    assert [one.mark for one in rows] == [5, 7, 8, 9]
    assert all("sv" not in one.text for one in rows)  # one holds the Finnish of another mark's row
    assert [one.mark for one in reading.content.criteria if one.objective == sami.id] == [5, 7, 8, 9]


def test_codes_come_off_the_text_in_both_languages() -> None:
    found = of_json(basic(), "basic").content
    first = found.objectives[0]
    assert (first.id, first.label) == ("MA79.T14", {"fi": "T14", "sv": "M14", "en": "T14"})
    assert first.title["fi"] == "ohjata oppilasta ratkaisemaan yhtälöitä"
    assert [(one.id, one.label["sv"], one.title["fi"]) for one in found.areas] == [("MA79.S3", "I3", "Algebra")]
    assert [(one.id, one.label["sv"], one.title["fi"]) for one in found.transversals] == [
        ("L4", "K4", "Monilukutaito"),
        ("L1", "K1", "Ajattelu ja oppimaan oppiminen"),
    ]


def test_references_are_text_and_what_they_name_are_numbers() -> None:
    first = of_json(basic(), "basic").content.objectives[0]
    assert (first.areas, first.transversal) == (("MA79.S3",), ("L4", "L1"))


def test_only_objectives_of_the_subject_carry_a_skill() -> None:
    reading = of_json(basic(), "basic")
    assert [one.target_area for one in reading.content.objectives] == ["C", "A", "B"]
    assert [one.id for one in reading.content.skills] == ["MA79.T14"]
    assert any("2 objectives of attitudes and working skills" in note for note in reading.notes)
    assert "1 references to content areas that are not there" in reading.notes


def test_criteria_are_text_in_order_of_their_marks() -> None:
    found = of_json(basic(), "basic").content.criteria
    assert [(one.mark, one.text["fi"]) for one in found] == [(mark, f"Osaa {mark}.") for mark in sorted(MARKS)]
    assert {one.objective for one in found} == {"MA79.T14"}


def test_adults_criteria_of_one_and_those_without_a_mark_are_taken() -> None:
    raw = basic()
    row = {"id": 5, "hyvanOsaamisenKuvaus": {"fi": "Osaa hyvin."}, "arvioinninKohde": {"fi": "Yhtälöt"}}
    rows = [criterion(1, 1, "Alku.", "Början."), row, {"id": 6, "arvosana": 8}]
    parts(raw)["tavoitteet"][0]["arvioinninkohteet"] = rows
    reading = of_json(raw, "basic")
    assert [(one.mark, one.target) for one in reading.content.criteria] == [(None, {"fi": "Yhtälöt"}), (1, {})]
    assert [(one.kind, one.id, one.reason) for one in reading.refused] == [("criteria", "6", "it has no text")]


def test_midnight_is_helsinkis() -> None:
    assert of_json(basic(), "basic").content.valid_from == "2015-01-01"
    assert of_json(basic(voimassaoloAlkaa="2016-08-01"), "basic").content.valid_from == "2016-08-01"
    assert of_json(basic(voimassaoloAlkaa=None), "basic").content.valid_from == ""


def test_subjects_within_subjects_are_read_however_deep() -> None:
    raw = basic()
    inner = raw["perusopetus"]["oppiaineet"][0]
    languages = {"id": 11, "nimi": {"fi": "Englanti"}, "koodi": {"arvo": "EN", "uri": "x_en"}, "oppimaarat": [inner]}
    shell = {"id": 10, "koosteinen": True, "nimi": {"fi": "Kielet"}, "koodiArvo": "VK", "oppimaarat": [languages]}
    raw["perusopetus"]["oppiaineet"] = [shell]
    found = of_json(raw, "basic").content
    assert [(one.id, one.within) for one in found.subjects] == [("VK", ""), ("EN", "VK"), ("MA", "EN")]
    assert found.objectives[0].subject == "MA"


def test_a_syllabus_with_its_subjects_code_gets_an_id_of_its_own() -> None:
    raw = basic()
    inner = raw["perusopetus"]["oppiaineet"][0]
    raw["perusopetus"]["oppiaineet"] = [{**copy.deepcopy(inner), "id": 9, "oppimaarat": [inner]}]
    found = of_json(raw, "basic").content
    assert [one.id for one in found.subjects] == ["MA", "MA-466344"]
    assert len({one.id for one in found.objectives}) == 6


def test_a_code_that_repeats_gets_the_number_too() -> None:
    raw = basic()
    parts(raw)["tavoitteet"].append(objective(743, {"fi": "T14 toinen samanniminen"}))
    assert "MA79.T14.743" in {one.id for one in of_json(raw, "basic").content.objectives}


def test_markup_becomes_text_and_blank_is_absent() -> None:
    raw = basic()
    text = "<p>T3 tutkia <abbr data-viite='1'>verrantoa</abbr> &amp; CO<sub>2</sub>:ta</p><p>&nbsp;</p>"
    parts(raw)["tavoitteet"][0]["tavoite"] = {"fi": text, "sv": "<p> </p>", "en": None}
    first = of_json(raw, "basic").content.objectives[0]
    assert (first.title["fi"], first.written) == ("tutkia verrantoa & CO2:ta", ("fi",))


def test_a_swedish_text_in_both_places_is_swedish() -> None:
    raw = basic()
    same = "M1 uppmuntra eleven att utveckla sina färdigheter"
    parts(raw)["tavoitteet"][0]["tavoite"] = {"fi": same, "sv": same}
    first = of_json(raw, "basic").content.objectives[0]
    assert (first.id, first.label["sv"], first.written) == ("MA79.T1", "M1", ("sv",))


def test_adults_phases_share_subjects_and_have_courses() -> None:
    course = {"id": 17301, "nimi": {"fi": "Äidinkielen kurssi"}, "koodi": {"arvo": "äi1"}, "tavoitteet": ["17401", "1"]}
    subject = {
        "id": 17201,
        "nimi": {"fi": "Äidinkieli"},
        "koodi": {"arvo": "AI", "uri": "oppiaineetyleissivistava2_ai"},
        "tavoitteet": [objective(17401, {"fi": "T1 lukea"}, kohdealueet=["9"])],
        "kurssit": [course, {"nimi": {"fi": "?"}}],
    }
    later = {**subject, "id": 18201, "tavoitteet": [objective(18401, {"fi": "T1 lukea lisää"})], "kurssit": []}
    phases = [
        {"id": 1, "nimi": {"fi": "Alkuvaihe"}, "oppiaineet": [subject]},
        {"id": 2, "nimi": {"fi": "Päättövaihe"}, "oppiaineet": [later]},
    ]
    reading = of_json({"id": 2499640, "tila": "valmis", "toteutus": "aipe", "aipe": {"vaiheet": phases}}, "aipe")
    assert [one.id for one in reading.content.subjects] == ["AI"]
    assert [(one.id, one.area) for one in reading.content.skills] == [
        ("AI.alkuvaihe.T1", "äi1"),
        ("AI.paattovaihe.T1", ""),
    ]
    assert [one.reason for one in reading.refused] == ["the course has no number, or neither name nor code"]
    assert "1 references of courses to objectives that are not there" in reading.notes
    assert len(reading.curriculum) == 2


def test_a_local_curriculum_gives_objectives_their_year() -> None:
    goal = objective(31, {"fi": "T14 ratkaista yhtälöitä"}, sisaltoalueet=["51"])
    again = {**goal, "id": 32}
    area = {"id": 51, "nimi": {"fi": "S3 Algebra"}}
    years = [
        {"id": 2, "vuosiluokka": "vuosiluokka_9", "tavoitteet": [again], "sisaltoalueet": [{**area, "id": 52}]},
        {"id": 1, "vuosiluokka": "vuosiluokka_8", "tavoitteet": [goal], "sisaltoalueet": [area]},
    ]
    part = {"_vuosiluokkakokonaisuus": "b7f3", "vuosiluokat": years}
    subject = {"id": 4, "nimi": {"fi": "Matematiikka"}, "koodiArvo": "MA", "vuosiluokkakokonaisuudet": [part]}
    reading = of_json({"id": 77, "tila": "julkaistu", "oppiaineet": [{"oma": True, "oppiaine": subject}]}, "local")
    assert [(one.id, one.grade, one.band) for one in reading.content.skills] == [("MA79.T14", 8, "7-9")]
    assert [one.id for one in reading.content.areas] == ["MA79.S3"]
    assert reading.content.id == "ylops-77"


def test_a_subtree_of_subjects_is_read() -> None:
    subjects = basic()["perusopetus"]["oppiaineet"]
    subjects[0]["vuosiluokkakokonaisuudet"][0]["vuosiluokat"] = ["vuosiluokka_7"]
    for raw in (subjects, subjects[0]):
        reading = of_json(raw, "subtree")
        assert [one.id for one in reading.content.skills] == ["MA79.T14"]
    assert fits_eperusteet(subjects)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (basic(tila="luonnos"), "no published curriculum"),
        (basic(tila="poistettu"), "no published curriculum"),
        (
            {"id": 1, "tila": "valmis", "toteutus": "ammatillinen", "suoritustavat": []},
            "kind of curriculum is not read",
        ),
        ({"data": [], "kokonaismäärä": 0}, "is a list of curricula"),
        ({"content": [], "totalElements": 0}, "is a list of curricula"),
        ({"id": 1, "perusopetus": {"oppiaineet": []}}, "no objectives"),
        ("text", "holds no curriculum"),
        (None, "holds no curriculum"),
    ],
)
def test_what_cannot_be_used_is_refused(raw: object, what: str) -> None:
    with pytest.raises(InputError, match=what):
        of_json(raw, "file")


def test_a_part_may_still_say_draft_and_keys_may_be_new() -> None:
    raw = basic(uusiAvain={"x": 1})
    parts(raw)["perusteenOsa"] = {"tila": "luonnos"}
    assert len(of_json(raw, "basic").content.objectives) == 3


def test_elements_that_cannot_be_used_are_counted_with_their_reason() -> None:
    raw = basic()
    parts(raw)["tavoitteet"] += [{"id": 1, "tavoite": {"fi": "<p> </p>"}}, {"tavoite": {"fi": "T9 x"}}]
    parts(raw)["sisaltoalueet"].append({"id": 2, "nimi": None})
    raw["perusopetus"]["laajaalaisetosaamiset"].append({"id": 3})
    raw["perusopetus"]["oppiaineet"].append({"nimi": {"fi": "?"}})
    reading = of_json(raw, "basic")
    assert Counter(one.kind for one in reading.refused) == {
        "objectives": 2,
        "areas": 1,
        "transversals": 1,
        "subjects": 1,
    }
    assert reading.account()["objectives"] == {"accepted": 3, "refused": 2, "expected": 5}


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(InputError, match="is not there"):
        read_eperusteet(path)
    path.write_bytes(b"\xff{")
    with pytest.raises(InputError, match="not valid JSON"):
        read_eperusteet(path)


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "nimi", "fi"]), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = ["tavoitteet", "sisaltoalueet", "id", "_vuosiluokkaKokonaisuus", "vuosiluokat"]


@settings(max_examples=40)
@given(st.sampled_from(PLACES), junk)
def test_whatever_stands_in_a_field_costs_no_more_than_itself(place: str, value: object) -> None:
    raw = basic()
    parts(raw)[place] = value
    extra = {
        "id": 888,
        "nimi": {"fi": "Toinen"},
        "vuosiluokkakokonaisuudet": [{"id": 1, "tavoitteet": [objective(889, {"fi": "T1 x"})]}],
    }
    raw["perusopetus"]["oppiaineet"].append(extra)
    assert "889" in {one.code.code for one in of_json(raw, "junk").curriculum.objectives.values()}
