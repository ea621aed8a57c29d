"""AOE: records with LRMI and materials as JSON become resources; what is gone goes, and junk harms nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.curriculum.resources import Catalogue
from polku.errors import InputError
from polku.exchange.aoe import read_aoe
from polku.exchange.curriculum_reading import of_subjects
from polku.exchange.eperusteet import read_eperusteet

NAMESPACES = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:lrmi_fi="http://dublincore.org/dcx/lrmi-terms/1.1/"'
)
TITLES = '<dc:title xml:lang="fi">Moolit</dc:title><dc:title xml:lang="sv">Mol</dc:title>'
ADDRESSES = (
    "<dc:identifier>urn:nbn:fi:oerfi-1</dc:identifier><dc:identifier>https://aoe.fi/#/materiaali/1</dc:identifier>"
)
FULL = f"""{TITLES}{ADDRESSES}
<dc:description xml:lang="fi">Kuvaus</dc:description><dc:rights>CCBY4.0</dc:rights>
<dc:publisher>Koulu</dc:publisher><dc:type>teksti</dc:type><dc:valid>2027-01-31T00:00:00Z</dc:valid>
<lrmi_fi:timeRequired>PT45M</lrmi_fi:timeRequired>
<lrmi_fi:author><lrmi_fi:person><lrmi_fi:name>Opettaja, Oili</lrmi_fi:name></lrmi_fi:person></lrmi_fi:author>
<lrmi_fi:material><lrmi_fi:name xml:lang="fi">Tiedosto</lrmi_fi:name><lrmi_fi:url>https://aoe.fi/x.pdf</lrmi_fi:url>
<lrmi_fi:inLanguage>fi</lrmi_fi:inLanguage></lrmi_fi:material>
<lrmi_fi:accessibilityFeature>tekstitys</lrmi_fi:accessibilityFeature>
<lrmi_fi:accessibilityHazard>välkkyminen</lrmi_fi:accessibilityHazard>
<lrmi_fi:inLanguage>fi</lrmi_fi:inLanguage><lrmi_fi:inLanguage>sv</lrmi_fi:inLanguage>
<lrmi_fi:learningResource><lrmi_fi:educationalLevel>lukio</lrmi_fi:educationalLevel>
<lrmi_fi:educationalAlignment><lrmi_fi:educationalSubject>Kemia</lrmi_fi:educationalSubject>
<lrmi_fi:educationalFramework>LOPS 2019</lrmi_fi:educationalFramework></lrmi_fi:educationalAlignment>
<lrmi_fi:teaches>osaa tutkia aineen ominaisuuksia kokeellisesti</lrmi_fi:teaches></lrmi_fi:learningResource>
<lrmi_fi:alignmentObject><lrmi_fi:alignmentType>teaches</lrmi_fi:alignmentType>
<lrmi_fi:targetName>Moolin käsite</lrmi_fi:targetName>
<lrmi_fi:targetUrl>https://virkailija.opintopolku.fi/eperusteet-service/api/perusteet/6828810/oppiaineet/6832793</lrmi_fi:targetUrl>
</lrmi_fi:alignmentObject>"""


def record(inner: str, name: str = "oai:aoe.fi:1", status: str = "") -> str:
    header = f"<header{status}><identifier>{name}</identifier><datestamp>2026-01-01</datestamp></header>"
    return f"<record>{header}<metadata><oai_dc:dc {NAMESPACES}>{inner}</oai_dc:dc></metadata></record>"


def answer(*records: str, following: str = "") -> bytes:
    more = f"<resumptionToken>{following}</resumptionToken>" if following else ""
    return f"<aoe_request><ListRecords>{''.join(records)}{more}</ListRecords></aoe_request>".encode()


def material(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": number, "materialname": [{"language": "fi", "materialname": "Moolit"}], **more}


def aligned(kind: str, **more: Any) -> dict[str, Any]:
    return {"alignmenttype": kind, "targetname": "x", "source": "x", **more}


def test_a_record_gives_what_a_learner_needs_and_no_person() -> None:
    (found,) = read_aoe(answer(record(FULL)), "page").resources
    assert (found.id, found.url) == ("oai:aoe.fi:1", "https://aoe.fi/#/materiaali/1")
    assert found.title == {"fi": "Moolit", "sv": "Mol"}
    assert (found.licence, found.maker, found.expires, found.time_required) == (
        "CCBY4.0",
        "Koulu",
        "2027-01-31",
        "PT45M",
    )
    assert found.kinds == ("teksti",)
    assert (found.languages, found.levels) == (("fi", "sv"), ("lukio",))
    assert (found.accessibility, found.hazards) == (("tekstitys",), ("välkkyminen",))
    assert found.aligned == ("6832793",)
    assert set(found.named) == {"Kemia", "osaa tutkia aineen ominaisuuksia kokeellisesti", "Moolin käsite"}
    assert "Oili" not in str(found)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", 7, None, "https://a b"])
def test_an_address_that_is_none_of_the_web_is_taken_from_nobody(address: object) -> None:
    data = json.dumps([material(3, aoeUrl=address, learningresourcetype=[{"value": "video"}, {"value": None}])])
    (found,) = read_aoe(data.encode(), "materials").resources
    assert (found.url, found.kinds) == ("https://aoe.fi/#/materiaali/3", ("video",))


def test_the_next_page_is_named() -> None:
    assert read_aoe(answer(record(FULL), following="page-2"), "page").following == "page-2"
    assert read_aoe(answer(), "page").following == ""


@pytest.mark.parametrize(
    "gone",
    [
        record(FULL, status=' status="deleted"'),
        record(""),
        '<record><header status="deleted"><identifier>oai:aoe.fi:1</identifier></header></record>',
    ],
)
def test_what_is_gone_is_named(gone: str) -> None:
    reading = read_aoe(answer(gone), "page")
    assert (reading.resources, reading.deleted, reading.refused) == ((), ("oai:aoe.fi:1",), ())


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (record(TITLES), "it has no web address"),
        (record(ADDRESSES), "it has no title"),
        (record(TITLES + "<dc:identifier>javascript:alert(1)</dc:identifier>"), "it has no web address"),
        (record(FULL, name=""), "it has no identifier"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(broken: str, reason: str) -> None:
    reading = read_aoe(answer(broken, record(FULL, name="oai:aoe.fi:2")), "page")
    assert [one.reason for one in reading.refused] == [reason]
    assert len(reading.resources) == 1


def test_json_gives_the_registers_numbers() -> None:
    rows = [
        aligned("teaches", objectkey=6833421),
        aligned("educationalSubject", objectkey="6832793", targetname="Kemia"),
        aligned("educationalFramework", objectkey="LOPS", targetname="LOPS"),
        aligned("requires", objectkey="1"),
    ]
    page = {"results": [material(alignmentobject=rows, agerangemin=-1, agerangemax=18, licensecode="CCBY4.0")]}
    (found,) = read_aoe(json.dumps(page).encode(), "page").resources
    assert (found.aligned, found.named, found.ages) == (("6833421", "6832793"), (), (None, 18))
    assert found.id == "oai:aoe.fi:1"


def test_json_of_one_or_of_many_and_of_what_is_gone() -> None:
    whole = [material(1), material(2, obsoleted=1), material(3, materialname=[]), "no material"]
    reading = read_aoe(json.dumps(whole).encode(), "page")
    assert ([one.id for one in reading.resources], reading.deleted) == (["oai:aoe.fi:1"], ("2",))
    assert [one.reason for one in reading.refused] == ["it has no title"]
    assert len(read_aoe(json.dumps(material()).encode(), "page").resources) == 1
    assert read_aoe(b"[]", "page").resources == ()


def test_objectives_subjects_modules_and_contents_are_joined(standards_dir: Path) -> None:
    content = read_eperusteet(standards_dir / "eperusteet" / "lops2019-peruste-6828810.json").content
    chemistry = Curriculum(of_subjects(content, "KE"))
    keys = {1: "6833421", 2: "6832793", 3: "6833236", 4: "6833427", 5: "asd", 6: "qwe"}
    whole = [material(number, alignmentobject=[aligned("teaches", objectkey=key)]) for number, key in keys.items()]
    found = Catalogue(read_aoe(json.dumps(whole).encode(), "page").resources, chemistry)
    shown = found.resources_for("KE1.6833421", day="2026-11-22", most=9)
    assert {one.id for one in shown} == {f"oai:aoe.fi:{number}" for number in (1, 2, 3, 4)}
    assert (len(found), found.aligned()) == (6, 4)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"<aoe_request>", "not well-formed"),
        (b"{", "not valid JSON"),
        (b"", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><aoe_request>&x;</aoe_request>', "must not follow"),
    ],
)
def test_what_is_no_answer_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read_aoe(data, "page")


junk = st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda i: st.lists(i, max_size=2), max_leaves=4)
FIELDS = [
    "alignmentobject",
    "materials",
    "publisher",
    "expires",
    "agerangemin",
    "educationallevel",
    "aoeUrl",
    "timerequired",
]


@settings(max_examples=40)
@given(st.sampled_from(FIELDS), junk)
def test_whatever_stands_in_a_field_a_material_is_read(name: str, value: object) -> None:
    assert len(read_aoe(json.dumps([material() | {name: value}]).encode(), "page").resources) == 1
