"""Koski: what is read of a document, what holds of several marks, what is decided, and what is kept nowhere."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from polku.cli import polku
from polku.curriculum import Code, Curriculum
from polku.errors import InputError
from polku.exchange.koski import Background, Course, Decided, read_koski
from polku.exchange.koski_document import SCALE, last_mark
from polku.exchange.koski_goals import goals_of
from polku.home import Home

OID = "1.2.246.562.24.00000000001"
MODULES = "moduulikoodistolops2021"


def coded(value: str, codes: str) -> dict[str, Any]:
    return {"koodiarvo": value, "koodistoUri": codes}


def marked(mark: str, on: str | None = None, scale: str = SCALE, **more: Any) -> dict[str, Any]:
    return {"arvosana": coded(mark, scale), **({"päivä": on} if on else {}), **more}


def sub(name: str, *marks: dict[str, Any], codes: str = "koskioppiaineetyleissivistava", **more: Any) -> dict[str, Any]:
    return {
        "koulutusmoduuli": {"tunniste": coded(name, codes), "pakollinen": True, **more.pop("unit", {})},
        "tyyppi": coded("perusopetuksenoppiaine", "suorituksentyyppi"),
        "arviointi": list(marks),
        **more,
    }


def document(*subs: dict[str, Any], kind: str = "perusopetus", **more: Any) -> dict[str, Any]:
    whole = sub("201101", codes="koulutus", osasuoritukset=list(subs))
    right = {
        "tyyppi": coded(kind, "opiskeluoikeudentyyppi"),
        "tila": {"opiskeluoikeusjaksot": [{"alku": "2023-08-10", "tila": coded("lasna", "koskiopiskeluoikeudentila")}]},
        "suoritukset": [whole],
        **more,
    }
    return {"henkilö": {"oid": OID}, "opiskeluoikeudet": [right]}


def one(made: dict[str, Any]) -> Background:
    reading = read_koski(json.dumps(made, ensure_ascii=False).encode())
    assert reading.refused == []
    return reading.backgrounds[0]


def course(made: dict[str, Any], name: str) -> Course:
    return next(found for found in one(made).courses() if found.code.code == name)


def refusal(made: Any) -> str:
    reading = read_koski(json.dumps(made).encode())
    assert reading.expected == len(reading.backgrounds) + len(reading.refused)
    return reading.refused[0].reason


def test_every_sample_is_accounted_for_and_says_nothing_of_a_person(standards_dir: Path) -> None:
    for path in sorted((standards_dir / "koski").glob("oppija-*.json")):
        reading = read_koski(path.read_bytes())
        assert reading.expected == len(reading.backgrounds) + len(reading.refused) == 1
        assert bool(reading.refused) == ("epaonnistunut" in path.name), path.name
        person = json.loads(path.read_text(encoding="utf-8"))["henkilö"]
        said = repr(reading)
        assert not any(person.get(name, "?") in said for name in ("hetu", "sukunimi"))
        assert reading.dropped["personal identity code"] == ("hetu" in person)


def test_a_sample_of_basic_education(standards_dir: Path) -> None:
    path = standards_dir / "koski" / "oppija-perusopetuksenoppimaara-ysiluokkalainen.json"
    background = read_koski(path.read_bytes()).backgrounds[0]
    (right,) = background.rights
    assert (right.kind, right.state, right.since, right.is_open) == ("perusopetus", "lasna", "2008-08-15", True)
    assert background.learner_id is None, "an identity code names nobody here"
    subjects = {found.code.code: found for found in right.courses if found.kind == "perusopetuksenoppiaine"}
    assert subjects["MA"].within == ("8",)
    assert subjects["AI"].syllabus == Code("oppiaineaidinkielijakirjallisuus", "", "AI1")
    assert subjects["MA"].done
    assert subjects["BI"].decided is Decided.INDIVIDUALISED
    assert not subjects["BI"].comparable
    tongue = next(found for found in right.courses if found.kind == "omanaidinkielenopinnot")
    assert (tongue.within, tongue.credits, tongue.done) == (("201101",), 1.0, True)
    assert "SE" not in repr(tongue), "which tongue it is says who somebody is"


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ({"arvosana": coded("7", SCALE), "arviointipäivä": "2026-05-30"}, True),
        ({"arvosana": coded("4", SCALE), "hyväksytty": True}, False),
        ({"arvosana": coded("O", SCALE)}, False),
        ({"laajuus": {"arvo": 2, "yksikkö": coded("4", "x")}}, False),
    ],
)
def test_studies_of_ones_own_tongue_are_one_course_without_the_tongue(said: dict[str, Any], done: bool) -> None:
    made = document(sub("MA", marked("8")))
    made["opiskeluoikeudet"][0]["suoritukset"][0]["omanÄidinkielenOpinnot"] = said | {"kieli": coded("SO", "kieli")}
    found = course(made, "omanaidinkielenopinnot")
    assert (found.done, found.compulsory, found.comparable) == (done, False, True)
    assert found.mark is None or found.mark.on in {"", "2026-05-30"}
    reading = read_koski(json.dumps(made).encode())
    assert reading.dropped["demographics"] == 1
    assert "SO" not in repr(reading)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_of_fields_are_one_however_their_dots_are_written(form: Any) -> None:
    text = unicodedata.normalize(form, json.dumps(document(sub("MA", marked("8"))), ensure_ascii=False))
    assert read_koski(b"\xef\xbb\xbf" + text.encode()).backgrounds[0].learner_id == OID
    assert read_koski(text.replace("ö", "o").replace("ä", "a").encode()).backgrounds[0].learner_id == OID


@pytest.mark.parametrize(
    ("mark", "passed"),
    [*((str(mark), True) for mark in range(5, 11)), ("4", False), ("S", True), ("H", False), ("O", False)],
)
def test_what_is_a_pass(mark: str, passed: bool) -> None:
    found = course(document(sub("MA", marked(mark, hyväksytty=True))), "MA")
    assert found.done is passed
    assert found.mark is not None
    assert isinstance(found.mark.mark, str), "S, H and O have no number, so none has"


def test_the_mark_of_the_latest_day_holds() -> None:
    early, late = marked("9", "2025-05-30"), marked("4", "2026-05-30")
    for listed in ([early, late], [late, early], [late, early, marked("10")]):
        found = course(document(sub("MA", *listed)), "MA").mark
        assert found is not None
        assert (found.mark, found.on) == ("4", "2026-05-30")
    undated = course(document(sub("MA", marked("7"), marked("8"))), "MA").mark
    assert undated is not None
    assert undated.mark == "8"
    assert last_mark({"arviointi": {"arvosana": coded("H", SCALE)}}) is not None, "one without a list"
    assert course(document(sub("MA")), "MA").mark is None
    assert not course(document(sub("MA")), "MA").done


def test_another_scale_says_itself_whether_it_is_a_pass() -> None:
    assert course(document(sub("X", marked("4", scale="arviointiasteikkoib", hyväksytty=True))), "X").done
    assert not course(document(sub("X", marked("7", scale="arviointiasteikkoib"))), "X").done


def test_parts_lie_as_deep_as_they_like() -> None:
    deep = sub("MA", osasuoritukset=[sub("MAY1", marked("8"), codes=MODULES, unit={"laajuus": {"arvo": 2}})])
    found = course(document(deep, kind="lukiokoulutus"), "MAY1")
    assert found.within == ("201101", "MA")
    assert found.credits == 2.0
    endless: dict[str, Any] = sub("X")
    for _ in range(200):
        endless = sub("X", osasuoritukset=[endless])
    assert len(list(one(document(endless)).courses())) <= 22


@pytest.mark.parametrize(
    ("more", "decided"),
    [
        ({"rajattuOppimäärä": True}, Decided.LIMITED),
        ({"yksilöllistettyOppimäärä": True}, Decided.INDIVIDUALISED),
        ({"yksilollistettyOppimaara": True}, Decided.INDIVIDUALISED),
        ({"mukautettuOppimäärä": True}, Decided.INDIVIDUALISED),
        ({"tyyppi": coded("perusopetuksentoimintaalue", "suorituksentyyppi")}, Decided.BY_ACTIVITY),
        ({"rajattuOppimäärä": False, "yksilöllistettyOppimäärä": None}, None),
    ],
)
def test_a_decided_set_of_goals_is_told(more: dict[str, Any], decided: Decided | None) -> None:
    found = course(document(sub("MA", marked("9"), **more)), "MA")
    assert (found.decided, found.comparable) == (decided, decided is None)


def test_studying_by_activity_areas_is_a_decision_on_everything() -> None:
    old = {"erityisenTuenPäätökset": [{"opiskeleeToimintaAlueittain": True}]}
    for extra in (old, {"toimintaAlueittainOpiskelu": [{"alku": "2025-08-01"}]}):
        assert all(found.decided for found in one(document(sub("MA"), lisätiedot=extra)).courses())
    ended = {"toimintaAlueittainOpiskelu": [{"alku": "2025-08-01", "loppu": "2026-01-31"}]}
    assert not any(found.decided for found in one(document(sub("MA"), lisätiedot=ended)).courses())


def test_what_is_refused_and_why() -> None:
    right = document()["opiskeluoikeudet"][0]
    assert refusal({"opiskeluoikeudet": [right]}) == "no_person"
    assert refusal([7]) == "no_person"
    assert refusal({"henkilö": {"sukunimi": "x"}, "opiskeluoikeudet": [right]}) == "nobody_named"
    assert refusal({"henkilö": {"oid": "1.2.3"}, "opiskeluoikeudet": [right]}) == "person_oid_not_in_form"
    bad = {"henkilö": {"hetu": "epävalidiHetu"}, "opiskeluoikeudet": [right]}
    assert refusal(bad) == "identity_code_not_in_form"
    assert refusal({"henkilö": {"oid": OID}}) == "no_study_right"
    assert refusal({"henkilö": {"oid": OID}, "opiskeluoikeudet": [{}]}) == "study_right_without_kind"
    assert refusal(document(kind="ammatillinenkoulutus")).startswith("no_study_right_of")
    assert refusal(document(tila={})) == "study_right_without_state"
    assert refusal(document(suoritukset=[])) == "study_right_without_attainment"
    days = {"alkamispäivä": "2025-08-01", "päättymispäivä": "2024-08-01"}
    assert refusal(document(**days)) == "study_right_ends_before_it_begins"
    assert refusal(document(päättymispäivä="2026-06-01")) == "study_right_ended_but_its_state_goes_on"


def test_one_refused_document_costs_itself_alone() -> None:
    reading = read_koski(json.dumps([document(sub("MA")), {}, document(kind="luva")]).encode())
    assert (reading.expected, len(reading.backgrounds)) == (3, 1)
    assert [found.number for found in reading.refused] == [2, 3]
    assert reading.other_rights == {"luva": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused_whole(content: bytes) -> None:
    with pytest.raises(InputError, match="no JSON"):
        read_koski(content)


@pytest.fixture(scope="module")
def mathematics(home: Home) -> Curriculum:
    return Curriculum.load(home.curriculum_path("fi-mathematics"))


def test_a_module_that_was_passed_is_done_and_one_of_another_code_set_is_not(mathematics: Curriculum) -> None:
    long = {"oppimäärä": coded("MAA", "oppiainematematiikka")}
    subject = sub(
        "MA",
        unit=long,
        osasuoritukset=[
            sub("MAA2", marked("9"), codes=MODULES),
            sub("MAA3", marked("4"), codes=MODULES),
            sub("MAA4", marked("8"), codes="lukionkurssit"),
            sub("MAA5", marked("O"), codes=MODULES),
        ],
    )
    goals = goals_of(one(document(subject, kind="lukiokoulutus")), mathematics)
    assert goals.done == ("MAA2",)
    assert goals.beyond == ("MAA4",)
    assert goals.syllabus == "long"
    assert set(goals.skills) == {skill.id for skill in mathematics.skills.values() if skill.area == "MAA2"} != set()
    led = [goals.skills[0], "MAA3.01"]
    assert goals.settings(led) == {"goals": ["MAA3.01"], "syllabus": "long"}
    assert goals.settings(led, decision="12/2026")["goals"] == led, "a decided set stays as the decision has it"


def test_a_decided_subject_changes_no_goal_by_itself(mathematics: Curriculum) -> None:
    goals = goals_of(one(document(sub("MA", marked("9"), rajattuOppimäärä=True))), mathematics)
    assert goals.decided == (("MA", Decided.LIMITED),)
    assert goals.settings() == {}


def test_the_command_says_what_it_means_and_keeps_nothing(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "oppija.json"
    made = document(sub("MA", marked("S"), yksilöllistettyOppimäärä=True))
    made["henkilö"] |= {"hetu": "220109-784L", "sukunimi": "Koululainen"}
    path.write_text(json.dumps([made, document(kind="luva")]), encoding="utf-8")
    run = CliRunner().invoke(polku, ["koski", str(path), "--home", str(home.root)])
    assert run.exit_code == 0, run.output
    assert "MA (individualised)" in run.output
    assert "Koululainen" not in run.output + run.stderr
    assert "accepted 1, refused 1" in run.stderr
    said = json.loads(CliRunner().invoke(polku, ["koski", str(path), "--home", str(home.root), "--json"]).stdout)
    assert said["dropped"] == {"personal identity code": 1, "name": 1}
    assert said["learners"][0]["decided"] == [["MA", "individualised"]]
    missing = CliRunner().invoke(polku, ["koski", str(tmp_path / "no.json"), "--home", str(home.root)])
    assert isinstance(missing.exception, InputError)
