"""The door for XML and archives: attacks are refused before anything is unpacked, honest files pass."""

from __future__ import annotations

import io
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange.hardened import MIB, Archive, Limits, local_name, parse_xml

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;"><!ENTITY lol2 "&lol1;&lol1;&lol1;">]>
<lolz>&lol2;</lolz>"""
ATTACKS = {
    "entity expansion": BILLION_LAUGHS,
    "one long entity, often": b'<!DOCTYPE a [<!ENTITY x "' + b"y" * 9999 + b'">]><a>&x;&x;&x;</a>',
    "an external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "an entity from the net": b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://example.org/x">]><a>&x;</a>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]><a/>',
    "a document type elsewhere": b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
    "a document type alone": b"<!DOCTYPE a><a/>",
}


def packed(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of entries."""
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", method) as made:
        for name, data in entries:
            made.writestr(name, data)
    return box.getvalue()


@pytest.mark.parametrize("data", ATTACKS.values(), ids=ATTACKS)
def test_xml_that_declares_what_must_not_be_followed_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.xml declares what a parser must not follow"):
        parse_xml(data, "a.xml")


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"\xff\xfe<", b"{}", b"<a>&unknown;</a>"])
def test_xml_that_is_not_well_formed_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not well-formed"):
        parse_xml(data, "a.xml")


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_an_element_or_an_input_error(data: bytes) -> None:
    with suppress(InputError):
        assert local_name(parse_xml(data, "any")) != ""


def test_xml_deeper_or_larger_than_agreed_is_refused() -> None:
    deep = b"<a>" * 11 + b"</a>" * 11
    assert local_name(parse_xml(deep, "deep", Limits(depth=11))) == "a"
    with pytest.raises(InputError, match="nests too deeply"):
        parse_xml(deep, "deep", Limits(depth=10))
    with pytest.raises(InputError, match="deep is too large"):
        parse_xml(deep, "deep", Limits(xml=20))
    with pytest.raises(InputError, match="nests too deeply"):
        parse_xml(b"<a>" * 200_000, "deep")


def test_siblings_do_not_count_as_depth() -> None:
    root = parse_xml(b"<a>" + b"<b/>" * 500 + b"</a>", "wide", Limits(depth=2))
    assert len(root) == 500


def test_an_honest_archive_is_read() -> None:
    with Archive(packed(("orgs.csv", b"sourcedId"), ("folder/", b""), ("folder/a.xml", b"<a/>")), "x.zip") as archive:
        assert archive.names == ("orgs.csv", "folder/a.xml")
        assert archive.read("orgs.csv") == b"sourcedId"
        assert archive.size("folder/a.xml") == 4
        with archive.open("folder/a.xml") as stream:
            assert stream.read(2) == b"<a"
        with pytest.raises(InputError, match=r"x\.zip has no users\.csv"):
            archive.read("users.csv")


def test_an_archive_may_come_as_a_path(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(packed(("a", b"1")))
    with Archive(path, "x.zip") as archive:
        assert archive.read("a") == b"1"
    with pytest.raises(InputError, match=r"y\.zip is not there"):
        Archive(tmp_path / "y.zip", "y.zip")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../../etc/passwd", "leads out"),
        ("a/../../b", "leads out"),
        ("/etc/passwd", "absolute"),
        ("C:/windows/x", "absolute"),
        ("..\\x", "absolute"),
        ("a\nb", "leads out"),
    ],
)
def test_names_that_lead_out_are_refused(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        Archive(packed((name, b"x")), "x.zip")


def test_links_are_refused() -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as made:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="link or a device"):
        Archive(box.getvalue(), "x.zip")


def test_a_bomb_is_refused_by_its_ratio_and_by_its_total() -> None:
    bomb = packed(("bomb", bytes(8 * MIB)))
    with pytest.raises(InputError, match="unpacks to far more than it is"):
        Archive(bomb, "x.zip")
    with pytest.raises(InputError, match="unpacks to too much"):
        Archive(bomb, "x.zip", Limits(total=MIB))


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(InputError, match="too many entries"):
        Archive(packed(*((str(n), b"") for n in range(11))), "x.zip", Limits(entries=10))


def test_a_name_that_repeats_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = packed(("a", b"1"), ("a", b"2"))
    with pytest.raises(InputError, match="repeats"):
        Archive(twice, "x.zip")


def test_a_locked_entry_is_refused() -> None:
    data = bytearray(packed(("a", b"1")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="locked with a password"):
        Archive(bytes(data), "x.zip")


def test_entries_that_overlap_are_refused() -> None:
    """One body named twice in the directory, as in the archives that unpack without end (Fifield 2019)."""
    data = packed(("a", bytes(range(256)) * 4), ("b", b""), method=zipfile.ZIP_STORED)
    at = data.rindex(b"PK\x01\x02")
    sizes = slice(at + 20, at + 28)
    lying = bytearray(data)
    lying[sizes] = (1024).to_bytes(4, "little") * 2
    with pytest.raises(InputError, match="overlap"):
        Archive(bytes(lying), "x.zip")


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_half_an_archive_is_refused(keep: int) -> None:
    with pytest.raises(InputError, match=r"x\.zip is no zip archive"):
        Archive(packed(("a", b"text" * 50))[:keep], "x.zip")


def test_an_entry_that_is_not_what_the_directory_said_is_refused() -> None:
    data = bytearray(packed(("a", b"some text"), method=zipfile.ZIP_STORED))
    data[data.index(b"some")] = ord("S")
    with Archive(bytes(data), "x.zip") as archive, pytest.raises(InputError, match=r"a in x\.zip is damaged"):
        archive.read("a")
