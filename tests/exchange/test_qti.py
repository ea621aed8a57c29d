"""QTI: what a task is for the catalogue; a package is opened with care, and one broken item costs itself alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange.qti import Declared, item_of, read_qti

QTI3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"


def item(name: str = "moles-1", *interactions: str, title: str = "Moolit &amp; massat") -> bytes:
    body = "".join(f'<qti-{one}-interaction response-identifier="RESPONSE"/>' for one in interactions or ("choice",))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="{QTI3}" identifier="{name}" title="{title}" adaptive="false" time-dependent="false">
 <qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
  <qti-correct-response><qti-value>A</qti-value></qti-correct-response>
 </qti-response-declaration>
 <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
 <qti-item-body><p>Salainen kysymys</p>{body}</qti-item-body>
</qti-assessment-item>""".encode()


def manifest(*files: str, kind: str = "imsqti_item_xmlv3p0") -> bytes:
    rows = "".join(
        f'<resource identifier="{one}" type="{kind}" href="{one}"><file href="{one}"/></resource>' for one in files
    )
    extra = '<resource identifier="css" type="webcontent" href="a.css"/>'
    return f'<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"><resources>{rows}{extra}</resources></manifest>'.encode()


def package(tmp_path: Path, **files: bytes) -> Path:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return path


def test_an_item_gives_what_it_is_and_nothing_of_what_it_asks(tmp_path: Path) -> None:
    path = tmp_path / "item.xml"
    path.write_bytes(item())
    (found,) = read_qti(path).items
    assert (found.id, found.title, found.interactions, found.scored) == (
        "moles-1",
        "Moolit & massat",
        ("choice",),
        True,
    )
    assert found.responses == (Declared("RESPONSE", "identifier", "single"),)
    assert "Salainen" not in str(found)


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("choice", "choice"),
        ("text-entry", "textEntry"),
        ("graphic-gap-match", "graphicGapMatch"),
        ("portable-custom", "portableCustom"),
    ],
)
def test_types_of_interaction_are_named_as_in_version_two(given: str, called: str) -> None:
    assert item_of(item("a", given), "a.xml").interactions == (called,)


def test_a_composite_item_has_several_interactions_in_order() -> None:
    assert item_of(item("a", "choice", "text-entry"), "a.xml").interactions == ("choice", "textEntry")


def test_version_two_is_read_as_far_as_it_is_the_same() -> None:
    old = b"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="old" title="">
    <responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"/>
    <itemBody><choiceInteraction responseIdentifier="R"/></itemBody></assessmentItem>"""
    found = item_of(old, "old.xml")
    assert (found.title, found.interactions, found.scored) == ("old", ("choice",), False)
    assert found.responses == (Declared("R", "identifier", "multiple"),)


def test_a_package_is_read_by_its_manifest(tmp_path: Path) -> None:
    files = {"imsmanifest_xml": manifest("items/a.xml", "b.xml"), "items__a_xml": item("a"), "b_xml": item("b")}
    reading = read_qti(package(tmp_path, **files, unlisted_xml=item("c")))
    assert [(one.id, one.file) for one in reading.items] == [("a", "items/a.xml"), ("b", "b.xml")]
    assert reading.refused == ()


def test_one_broken_item_costs_itself_alone(tmp_path: Path) -> None:
    files = {
        "imsmanifest_xml": manifest("a.xml", "b.xml", "c.xml", "d.xml", "e.xml"),
        "a_xml": item("a"),
        "b_xml": b"<broken",
        "c_xml": item("a"),
        "d_xml": b"<html/>",
    }
    reading = read_qti(package(tmp_path, **files))
    assert [one.id for one in reading.items] == ["a"]
    assert [(one.id, one.reason) for one in reading.refused] == [
        ("b.xml", "b.xml is not well-formed XML"),
        ("c.xml", "its identifier 'a' repeats"),
        ("d.xml", "d.xml is no QTI item"),
        ("e.xml", "package.zip has no e.xml"),
    ]


def test_what_is_no_package_of_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no imsmanifest\.xml"):
        read_qti(package(tmp_path, a_xml=item("a")))
    with pytest.raises(InputError, match="holds no item"):
        read_qti(package(tmp_path, imsmanifest_xml=manifest()))
    with pytest.raises(InputError, match="cannot be read"):
        read_qti(tmp_path / "absent.xml")
    with pytest.raises(InputError, match="is no QTI item"):
        item_of(b'<qti-assessment-item title="no identifier"/>', "x.xml")


def test_attacks_are_refused_at_the_door(tmp_path: Path) -> None:
    entity = item().replace(
        b"<qti-assessment-item", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><qti-assessment-item', 1
    )
    with pytest.raises(InputError, match="must not follow"):
        item_of(entity, "x.xml")
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("imsmanifest.xml", manifest("a.xml"))
        made.writestr("../a.xml", item())
    path = tmp_path / "slip.zip"
    path.write_bytes(box.getvalue())
    with pytest.raises(InputError, match="leads out of the archive"):
        read_qti(path)
