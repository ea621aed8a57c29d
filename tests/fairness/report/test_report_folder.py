"""The folder of an audit: everything that makes the reports again, byte by byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polku.errors import InputError, NotFoundError
from polku.fairness import Audit
from polku.fairness.code import code_hash
from polku.fairness.report import AuditFolder, Wording
from polku.home import Home
from polku.paths import LANGUAGES, Texts

NAMES = {"audit.json", "gates.toml", "slices.toml", *(f"report.{language}.html" for language in LANGUAGES)}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("inside", [False, True])
def test_reports_are_made_again_byte_by_byte(folder: AuditFolder, texts: Texts, tmp_path: Path, inside: bool) -> None:
    reports = folder.write(tmp_path / "first", texts, inside=inside)
    AuditFolder.read(tmp_path / "first" / "audit.json").write(tmp_path / "second", texts, inside=inside)
    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    assert first.keys() == NAMES
    assert [path.name for path in reports] == [f"report.{language}.html" for language in LANGUAGES]


def test_what_leaves_the_enclave_holds_no_small_group(folder: AuditFolder, texts: Texts) -> None:
    files = folder.files(texts)
    told = Audit.from_json(files["audit.json"])
    small = [cell for cell in told.cells if (cell.attribute, cell.group) == ("home_language", "sv")]
    assert small
    assert all(cell.n is None and cell.estimate is None for cell in small)
    assert told == folder.audit.outside()


def test_the_view_inside_says_so_and_shows_more(folder: AuditFolder, texts: Texts) -> None:
    inside, outside = folder.files(texts, inside=True), folder.files(texts)
    assert json.loads(inside["audit.json"])["suppressed"]["cells"] == folder.audit.suppressed["cells"]
    for language in LANGUAGES:
        name = f"report.{language}.html"
        assert texts.say(language, "hidden.inside") in inside[name]
        assert texts.say(language, "hidden.inside") not in outside[name]
        assert texts.say(language, "hidden.outside") in outside[name]


def test_hidden_figures_cannot_be_asked_back(folder: AuditFolder, texts: Texts, tmp_path: Path) -> None:
    folder.write(tmp_path, texts)
    with pytest.raises(InputError, match="limit outside the enclave only"):
        AuditFolder.read(tmp_path / "audit.json").files(texts, inside=True)


def test_other_gates_beside_an_audit_are_refused(folder: AuditFolder, texts: Texts, tmp_path: Path) -> None:
    folder.write(tmp_path, texts)
    gates = tmp_path / "gates.toml"
    gates.write_text(gates.read_text().replace("threshold = 0.5", "threshold = 0.6"))
    with pytest.raises(InputError, match="other gates than those beside it"):
        AuditFolder.read(tmp_path / "audit.json")


@pytest.mark.parametrize("name", ["audit.json", "gates.toml", "slices.toml"])
def test_an_absent_file_is_named(folder: AuditFolder, texts: Texts, tmp_path: Path, name: str) -> None:
    folder.write(tmp_path, texts)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"there is no file {name}"):
        AuditFolder.read(tmp_path / "audit.json")


def test_there_is_no_report_in_a_language_without_texts(texts: Texts) -> None:
    with pytest.raises(NotFoundError, match="no report in this language"):
        Wording(texts, "de")


def test_the_code_has_a_hash_of_its_own(home: Home) -> None:
    assert code_hash() == code_hash()
    assert set(code_hash()) <= set("0123456789abcdef")
    assert len(code_hash()) == 64
    assert home.root
