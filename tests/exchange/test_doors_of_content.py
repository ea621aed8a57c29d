"""What stands at the doors of content: links, register addresses, ages, kinds of task, names within archives."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange.aoe import read_aoe
from polku.exchange.aoe_terms import ages, date, numbers
from polku.exchange.case_terms import identifier
from polku.exchange.hardened import Archive, Limits, local_name, parse_xml
from polku.exchange.links import Links, tail
from polku.exchange.plain_text import plain
from polku.exchange.qti import item_of

REGISTER = "https://eperusteet.opintopolku.fi/eperusteet-service/api/perusteet/6828810/lops2019/oppiaineet"
OLD = "https://virkailija.opintopolku.fi/eperusteet-service/api/perusteet/419550/perusopetus/oppiaineet"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"{OLD}/466344", ("466344",)),
        (f"{REGISTER}/6832790", ("6832790",)),
        (f"{REGISTER}/6832790/", ("6832790",)),
        (f"{REGISTER}/6832790?lang=fi", ("6832790",)),
        (f"{REGISTER}/6832790#top", ("6832790",)),
        ("https://eperusteet.opintopolku.fi/#/fi/lukio/6828810/tiedot/6834385", ("6834385",)),
        ("https://example.org/6832790", ()),
        ("https://eperusteet.opintopolku.fi/#/fi", ()),
        ("https://www.finto.fi/yso/p1234", ()),
        ("6832790", ()),
        ("asd", ()),
        ("qwe", ()),
        ("", ()),
    ],
)
def test_only_addresses_of_the_register_name_its_numbers(address: str, found: tuple[str, ...]) -> None:
    assert numbers([address]) == found


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (("7", "12"), (7, 12)),
        ((7, 12), (7, 12)),
        ((-1, -1), (None, None)),
        (("-1", "12"), (None, 12)),
        ((None, None), (None, None)),
        (("", "18"), (None, 18)),
        (("7", "1234"), (7, None)),
        (("7",), (None, None)),
        (("7", "9", "12"), (None, None)),
        ((7.5, 9), (None, 9)),
        ((), (None, None)),
    ],
)
def test_an_age_is_a_number_of_years(stated: tuple[object, ...], found: tuple[int | None, int | None]) -> None:
    assert ages(stated) == found


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("2027-01-31", "2027-01-31"),
        ("2027-01-31T00:00:00Z", "2027-01-31"),
        ("31.1.2027", ""),
        ("start=2027-01-31", ""),
        (None, ""),
        (1420063200000, ""),
        ("", ""),
    ],
)
def test_a_day_of_expiry_is_iso(stated: object, found: str) -> None:
    assert date(stated) == found


@pytest.mark.parametrize(
    ("kind", "aligned"),
    [
        ("teaches", ("77",)),
        ("Teaches", ("77",)),
        ("educationalSubject", ("77",)),
        ("requires", ()),
        ("assesses", ()),
        ("readingLevel", ()),
        ("", ()),
        (None, ()),
    ],
)
@pytest.mark.parametrize("key", [77, "77"])
def test_only_what_a_material_teaches_aligns_it(kind: object, key: object, aligned: tuple[str, ...]) -> None:
    row = {"alignmenttype": kind, "objectkey": key, "targetname": "Moolit"}
    one = {"id": 1, "materialname": [{"language": "fi", "materialname": "A"}], "alignmentobject": [row]}
    assert read_aoe(json.dumps([one]).encode(), "x").resources[0].aligned == aligned


@pytest.mark.parametrize(
    ("iri", "last"),
    [
        ("https://x.fi/tasks/i7", "i7"),
        ("https://x.fi/tasks/i7/", "i7"),
        ("https://x.fi/tasks#i7", "i7"),
        ("urn:uuid:5-a", "5-a"),
        ("urn:x:y/z", "z"),
        ("i7", "i7"),
        ("", ""),
        ("///", ""),
        ("https://x.fi/t/%C3%A4", "%C3%A4"),
    ],
)
def test_the_last_part_of_an_iri_is_what_it_names(iri: str, last: str) -> None:
    assert tail(iri) == last


def test_a_skill_is_known_by_its_code_and_by_its_case_identifier() -> None:
    curriculum = Curriculum.from_json('{"id": "small", "skills": [{"id": "a"}, {"id": "b"}]}')
    links = Links.of(curriculum, {"i7"})
    name = identifier("small", "skills", "a")
    for iri in ("a", "https://x.fi/a", name, f"urn:uuid:{name}", f"https://x.fi/ims/case/v1p1/CFItems/{name}"):
        assert links.skill(iri) == "a"
    assert links.skill("c") is None
    assert links.skill(identifier("other", "skills", "a")) is None
    assert [links.item(iri) for iri in ("i7", "x/i7", "x/i8")] == ["i7", "i7", "x/i8"]


KINDS = {
    "associate": "associate",
    "choice": "choice",
    "custom": "custom",
    "drawing": "drawing",
    "end-attempt": "endAttempt",
    "extended-text": "extendedText",
    "gap-match": "gapMatch",
    "graphic-associate": "graphicAssociate",
    "graphic-gap-match": "graphicGapMatch",
    "graphic-order": "graphicOrder",
    "hotspot": "hotspot",
    "hottext": "hottext",
    "inline-choice": "inlineChoice",
    "match": "match",
    "media": "media",
    "order": "order",
    "portable-custom": "portableCustom",
    "position-object": "positionObject",
    "select-point": "selectPoint",
    "slider": "slider",
    "text-entry": "textEntry",
    "upload": "upload",
}


@pytest.mark.parametrize(("third", "second"), KINDS.items())
def test_every_interaction_of_the_standard_is_named_alike_in_both_versions(third: str, second: str) -> None:
    new = f'<qti-assessment-item identifier="i"><qti-{third}-interaction/></qti-assessment-item>'
    old = f'<assessmentItem identifier="i"><itemBody><{second}Interaction/></itemBody></assessmentItem>'
    assert item_of(new.encode(), "x").interactions == item_of(old.encode(), "x").interactions == (second,)


@pytest.mark.parametrize("cardinality", ["single", "multiple", "ordered", "record"])
@pytest.mark.parametrize("base", ["identifier", "string", "float", "integer", "point", "pair", "directedPair", "file"])
def test_declared_responses_are_those_of_the_item(base: str, cardinality: str) -> None:
    row = f'<qti-response-declaration identifier="R" base-type="{base}" cardinality="{cardinality}"/>'
    (found,) = item_of(f'<qti-assessment-item identifier="i">{row}</qti-assessment-item>'.encode(), "x").responses
    assert (found.id, found.base_type, found.cardinality) == ("R", base, cardinality)


@pytest.mark.parametrize(
    "xml",
    [
        "<qti-assessment-item/>",
        '<qti-assessment-item identifier=" "/>',
        '<qti-assessment-test identifier="t"/>',
        '<qti-assessment-section identifier="s"/>',
        '<html identifier="i"/>',
        '<assessmentTest identifier="t"/>',
    ],
)
def test_what_is_no_item_is_refused(xml: str) -> None:
    with pytest.raises(InputError, match="is no QTI item"):
        item_of(xml.encode(), "x")


def packed(name: str, data: bytes = b"x") -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as made:
        made.writestr(zipfile.ZipInfo(name), data)
    return box.getvalue()


@pytest.mark.parametrize("name", ["a.xml", "items/a.xml", "a b.xml", "ä/ö.xml", "..a/b.xml", "a..b", "...", "C/a.xml"])
def test_plain_names_are_taken(name: str) -> None:
    with Archive(packed(name), "x.zip") as archive:
        assert (archive.names, archive.read(name)) == ((name,), b"x")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../a", "leads out"),
        ("a/../../b", "leads out"),
        ("a/..", "leads out"),
        ("a\nb", "leads out"),
        ("a\x07b", "leads out"),
        ("/etc/passwd", "absolute"),
        ("C:/a", "absolute"),
        ("c:a", "absolute"),
        ("a\\b", "absolute"),
        ("..\\a", "absolute"),
        ("\\\\host\\a", "absolute"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        Archive(packed(name), "x.zip")


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(entries=0), "too many entries"),
        (Limits(total=9), "unpacks to too much"),
        (Limits(entries=1, total=10), ""),
    ],
)
def test_limits_are_what_is_still_taken(limits: Limits, why: str) -> None:
    data = packed("a", b"0123456789")
    if not why:
        with Archive(data, "x.zip", limits) as archive:
            assert archive.size("a") == 10
        return
    with pytest.raises(InputError, match=why):
        Archive(data, "x.zip", limits)


@pytest.mark.parametrize(("depth", "taken"), [(1, True), (4, True), (5, True), (6, False), (60, False)])
def test_depth_ends_where_agreed(depth: int, *, taken: bool) -> None:
    data = b"<a>" * depth + b"</a>" * depth
    if taken:
        assert local_name(parse_xml(data, "x", Limits(depth=5))) == "a"
        return
    with pytest.raises(InputError, match="nests too deeply"):
        parse_xml(data, "x", Limits(depth=5))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Geometria ", "Geometria"),
        ("<p> </p>", ""),
        ("<p>a</p><p>b</p>", "a b"),
        ("a<br/>b", "a b"),
        ("H<sub>2</sub>O", "H2O"),
        ('<abbr data-viite="7">verranto</abbr>', "verranto"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("x < y", "x < y"),
        ("ver\u00adrannollisuus", "verrannollisuus"),
        ("<script>alert(1)</script>a", "a"),
        ("<!-- hidden -->a", "a"),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        (None, ""),
        (7, ""),
    ],
)
def test_a_reader_sees_text(text: object, shown: str) -> None:
    assert plain(text) == shown
