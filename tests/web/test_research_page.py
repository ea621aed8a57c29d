"""The audit browser: versions, slices, what is not shown, downloads, the run, two versions side by side."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from sqlalchemy import event

from polku.fairness import Audit
from polku.paths import LANGUAGES
from polku.web.pages.audit_sections import BESIDE, HIDDEN, METHOD, PATHS
from polku.web.pages.audit_shelf import one_of
from polku.web.pages.research import attributes
from polku.web.pages.research_compare import Pairing
from polku.web.viewer import Role
from staged import RUN, Stage, altered, audits, store_audits
from village import TestClient, Village

PARTS = ("all", "gender", "home_language", PATHS, BESIDE, HIDDEN, METHOD)


@pytest.fixture(scope="module")
def researcher(staged: Stage) -> TestClient:
    return staged.caller(Role.RESEARCHER)


def text(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def test_releases_are_read_once_for_all_versions(staged: Stage, researcher: TestClient) -> None:
    heard: list[str] = []

    def hear(*given: object) -> None:
        heard.append(str(given[2]))

    event.listen(staged.village.store.engine, "before_cursor_execute", hear)
    try:
        text(researcher, "/research")
    finally:
        event.remove(staged.village.store.engine, "before_cursor_execute", hear)
    assert sum("FROM releases" in one for one in heard) == 1


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_see_audits_sees_the_versions(staged: Stage, role: Role) -> None:
    found = text(staged.caller(role), "/research?lang=en")
    rows = re.findall(r'audits/([0-9a-f]+)\?lang=en">(\d{12})</a>', found)
    assert rows == [(staged.audits[1], "2" * 12), (staged.audits[0], "1" * 12)]
    assert "Gaps over versions" in found
    assert "girls: 1111111" in found


@pytest.mark.parametrize("role", [Role.LEARNER, Role.GUARDIAN, Role.TEACHER, Role.PRINCIPAL])
def test_nobody_else_does(staged: Stage, role: Role) -> None:
    for address in ("/research", f"/research/audits/{staged.audits[0]}", "/research/compare"):
        assert staged.caller(role).get(address).status_code == 403


def test_another_attribute_is_followed_over_the_versions(researcher: TestClient) -> None:
    assert "Finnish: 1111111" in text(researcher, "/research?lang=en&by=home_language")
    assert researcher.get("/research?by=shoe_size").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_an_audit_is_shown(staged: Stage, researcher: TestClient, part: str, language: str) -> None:
    found = text(researcher, f"/research/audits/{staged.audits[0]}?by={part}&lang={language}")
    assert re.search(rf'by={part}[^"]*" aria-current="true"', found)
    assert found.count('role="img"') == found.count("<svg") - found.count('aria-hidden="true"><rect')
    assert "<section" in found
    assert RUN in found


def test_an_attribute_brings_gaps_reliability_and_roc(staged: Stage, researcher: TestClient) -> None:
    found = text(researcher, f"/research/audits/{staged.audits[0]}?by=gender&lang=en")
    for said in ("Gaps in predictions", "Gaps in suggestions and paths", "Does 70% mean 70%?", "ROC curve, girls"):
        assert said in found
    assert "ROC curve, Finnish" not in found


def test_paths_are_shown_by_every_attribute_and_without_predictions(staged: Stage, researcher: TestClient) -> None:
    found = text(researcher, f"/research/audits/{staged.audits[0]}?by={PATHS}&lang=en")
    assert "A stretch among the options" in found
    assert "Language at home" in found
    assert "Held back</h" not in found


def test_what_is_not_shown_is_said(staged: Stage, researcher: TestClient) -> None:
    found = text(researcher, f"/research/audits/{staged.audits[0]}?by={HIDDEN}&lang=en")
    assert re.search(r"\d+ cells are not shown", found)
    assert "Swedish" in found


def test_the_run_is_linked_where_the_installation_says_where_mlflow_is(staged: Stage, researcher: TestClient) -> None:
    found = text(researcher, f"/research/audits/{staged.audits[0]}")
    assert f'href="http://127.0.0.1:5000/#/runs/{RUN}"' in found


def test_downloads_hold_what_may_leave_the_enclave(staged: Stage, researcher: TestClient) -> None:
    here = f"/research/audits/{staged.audits[0]}"
    answer = researcher.get(f"{here}/audit.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-111111111111-audit.json"'
    audit = Audit.from_json(answer.text)
    assert audit == audit.outside()
    rows = list(csv.DictReader(io.StringIO(researcher.get(f"{here}/cells.csv").text)))
    assert len(rows) == len(audit.cells)
    told = [cell for cell in audit.cells if cell.interval]
    assert [float(row["low"]) for row in rows if row["low"]] == [cell.interval[0] for cell in told if cell.interval]
    assert {row["n"] for row in rows if row["group"] == "sv"} == {""}
    assert researcher.get(f"{here}/cells.xls").status_code == 422
    assert researcher.get("/research/audits/none/cells.csv").status_code == 404


@pytest.mark.parametrize("address", ["/research/audits/none", "/research/compare?a=none&b=none"])
def test_an_audit_that_is_not_there_is_not_found(researcher: TestClient, address: str) -> None:
    assert researcher.get(address).status_code == 404


def test_two_versions_stand_side_by_side(staged: Stage, researcher: TestClient) -> None:
    first, second = staged.audits
    found = text(researcher, f"/research/compare?a={first}&b={second}&by=gender&lang=en")
    assert "Held back, girls: concern → pass" in found
    assert re.search(r"girls: A \S[\d.]+\spp; B \S[\d.]+\spp", found)
    assert found.count("A: girls") == found.count("B: girls")
    same = text(researcher, f"/research/compare?a={first}&b={first}&lang=en")
    assert "The verdict of every cell is the same in both." in same


def test_without_any_named_the_last_two_are_compared(staged: Stage, researcher: TestClient) -> None:
    found = text(researcher, "/research/compare?lang=en")
    chosen = re.findall(r'<option value="(\w+)" selected>', found)
    assert chosen == staged.audits


def test_a_pair_knows_the_cells_of_both(staged: Stage) -> None:
    with staged.village.store.read() as tx:
        one, other = (one_of(tx, audit_id) for audit_id in staged.audits)
    assert attributes([one, other]) == ["gender", "home_language"]
    metrics = dict(Pairing(one, other, "gender").metrics())
    assert set(metrics["held_back"]) == {"girl", "boy"}
    assert all(a is not None and b is not None for groups in metrics.values() for a, b in groups.values())
    assert dict(Pairing(one, other, "shoe_size").metrics()) == {}


def test_before_any_audit_the_page_says_so_and_one_alone_is_followed_nowhere(village: Village) -> None:
    assert "Nothing has been audited yet." in text(village.client, "/research?lang=en")
    assert "There is one version so far." in text(village.client, "/research/compare?lang=en")
    home = village.app.state.service.home
    with village.store.begin() as tx:
        store_audits(tx, home, most=1)
        tx.bundles.add("3" * 64, {"gates.toml": b"x"}, {"format": 1, "number": 3})
        tx.audits.add(altered(audits(home)[0]), "3" * 64)
    found = text(village.client, "/research?lang=en")
    assert "There is one version so far." in found
    assert "One audit of an earlier form cannot be shown." in found
    assert found.count("<tr>") == 2
