"""OneRoster's files: archives, folders, manifests, and rows of every kind of oddity."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange.oneroster_files import BULK, DELTA, opened, rows
from polku.exchange.oneroster_terms import ORDER
from polku.records import Reason

HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
SCHOOL = f"{HEADER}\ns1,,,Koulu,school,,\n"


def manifest(version: str = "1.2", **modes: str) -> str:
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    return "\n".join([*lines, *(f"file.{name},{mode}" for name, mode in modes.items())])


def zipped(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    path = tmp_path / "roster.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(content: str | bytes, kind: str = "orgs") -> list[tuple[int, dict[str, str], Reason | None]]:
    data = content.encode() if isinstance(content, str) else content
    return [(row.line, dict(row.fields), row.fault) for row in rows(io.BytesIO(data), kind)]


def test_an_archive_and_a_folder_read_alike(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"manifest.csv": manifest(orgs="bulk", users="absent"), "orgs.csv": SCHOOL}
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(str(content))
    for path in (zipped(tmp_path, files), folder):
        with opened(path) as package:
            assert (package.version, package.modes, package.notes) == ("1.2", {"orgs": BULK}, ())
            assert [row.fields["sourcedId"] for row in package.rows("orgs")] == ["s1"]


def test_files_are_read_after_those_they_refer_to(tmp_path: Path) -> None:
    kinds = sorted({*ORDER, "demographics"})
    files = {f"{kind}.csv": "sourcedId\n" for kind in kinds}
    path = zipped(tmp_path, {"manifest.csv": manifest(**dict.fromkeys(kinds, "delta")), **files})
    with opened(path) as package:
        assert list(package.modes) == [*ORDER, "demographics"]
        assert set(package.modes.values()) == {DELTA}


def test_what_manifest_and_files_disagree_on_is_said_and_not_read(tmp_path: Path) -> None:
    said = manifest("1.1", orgs="bulk", users="bulk", classes="absent")
    path = zipped(tmp_path, {"manifest.csv": said, "orgs.csv": SCHOOL, "classes.csv": "x", "userprofiles.csv": "y"})
    with opened(path) as package:
        assert list(package.modes) == ["orgs"]
        assert sorted(package.notes) == [
            "classes.csv is there, but the manifest calls it absent: it was not read",
            "userProfiles.csv is there, but the manifest calls it nothing: it was not read",
            "users.csv is bulk in the manifest and not there",
        ]


def test_without_a_manifest_nothing_ends_by_being_left_out(tmp_path: Path) -> None:
    with opened(zipped(tmp_path, {"roster/orgs.csv": SCHOOL, "__MACOSX/users.csv": "x"})) as package:
        assert package.modes == {"orgs": DELTA}
        assert "nothing ends by being left out" in package.notes[0]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"notes.txt": "x"}, "holds no file of OneRoster"),
        ({"manifest.csv": "name,value\na,b", "orgs.csv": SCHOOL}, "has another header"),
        ({"manifest.csv": manifest("2.0"), "orgs.csv": SCHOOL}, "version of OneRoster is not spoken"),
        ({"../orgs.csv": SCHOOL}, "leads out"),
    ],
)
def test_a_delivery_that_is_none_is_refused(tmp_path: Path, files: dict[str, str | bytes], says: str) -> None:
    with pytest.raises(InputError, match=says), opened(zipped(tmp_path, files)):
        pass


def test_headers_in_other_letters_misspelt_and_too_long() -> None:
    header = "SourcedID,Status,dataLastModified,userSourcedId,role,orgSourcedId,prefferedGivenName,,"
    content = f"{header}\nr1,,x,u1,teacher,s1,A\n"
    [(line, fields, fault)] = read(content, "roles")
    assert (line, fault) == (2, None)
    assert fields["dateLastModified"] == "x"
    assert fields["preferredGivenName"] == "A"


def test_byte_order_mark_and_windows_line_ends() -> None:
    assert [row[1]["sourcedId"] for row in read(b"\xef\xbb\xbf" + SCHOOL.replace("\n", "\r\n").encode())] == ["s1"]


def test_a_file_without_a_last_line_end_and_with_blank_lines() -> None:
    assert len(read(f"{HEADER}\n\ns1,,,a,school,,\n\ns2,,,b,school,,")) == 2


def test_other_bytes_cost_only_the_values_that_they_stand_in() -> None:
    content = f"{HEADER}\ns1,,,Hämeen koulu,school,,\n".encode("latin-1")
    [(_, fields, fault)] = read(content)
    assert fault is None
    assert fields["sourcedId"] == "s1"
    assert "\ufffd" in fields["name"]


def test_too_few_and_too_many_fields_cost_their_row() -> None:
    found = read(f"{HEADER}\ns1,,\ns2,,,b,school,,\ns3,,,b,school,,,more\ns4,,,b,school,,,,\n")
    assert [(line, fault) for line, _, fault in found] == [
        (2, Reason.FIELD_COUNT),
        (3, None),
        (4, Reason.FIELD_COUNT),
        (5, None),
    ]


def test_values_over_lines_are_one_row_and_an_open_quote_costs_its_own_line() -> None:
    found = read(
        f'{HEADER}\ns1,,,"two\nlines",school,,\ns2,,,"open,school,,\n'
        + "".join(f"x{place},,,b,school,,\n" for place in range(40))
    )
    assert found[0][1]["name"] == "two\nlines"
    assert found[1][2] is Reason.BROKEN_QUOTES
    assert len(found) == 42
    assert [fault for _, _, fault in found[2:]] == [None] * 40


def test_a_line_without_end_is_cut_and_needs_no_memory() -> None:
    found = read(f"{HEADER}\n{'a' * 300_000}\ns1,,,b,school,,\n")
    assert {fault for *_, fault in found[:-1]} == {Reason.FIELD_COUNT}
    assert found[-1][1]["sourcedId"] == "s1"


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "is empty"), ("name\nx\n", "no column sourcedId"), ("sourcedId,type,type\n", "names a column twice")],
)
def test_a_file_without_a_header_is_refused(content: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(content)


@pytest.mark.parametrize("packed", [True, False])
def test_a_delivery_says_how_much_of_it_is_read(tmp_path: Path, packed: bool) -> None:
    orgs = HEADER + "\n" + "".join(f"s{one:05d},,,Koulu,school,,\n" for one in range(9_000))
    files = {"manifest": manifest(orgs="bulk"), "orgs": orgs, "unnamed": "sourcedId\n"}
    path = tmp_path / ("roster.zip" if packed else "roster")
    if packed:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(f"{name}.csv", content)
    else:
        path.mkdir()
        for name, content in files.items():
            (path / f"{name}.csv").write_text(content)
    with opened(path) as package:
        assert (package.size, package.read) == (len(orgs), 0), "the manifest, and what it does not name, are no part"
        found = package.rows("orgs")
        next(found)
        assert 0 < package.read < package.size
        assert sum(1 for _ in found) == 8_999
        assert package.read == package.size
