"""The page of pieces, open in a demonstration and on one's own machine only; the accessibility statement."""

from __future__ import annotations

import re

import pytest

from polku.paths import LANGUAGES
from polku.web.pages import pattern_pages
from polku.web.pages.accessibility import AUTHORITY, KNOWN
from staged import Stage
from village import HERE, TestClient, Village


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_every_piece_is_there(staged: Stage, language: str) -> None:
    found = TestClient(staged.village.app, **HERE).get(f"/patterns?lang={language}").text
    for state in ("empty", "one", "many", "long"):
        assert f'id="of-{state}"' in found
    assert found.count('role="img"') == 7 * 3
    assert found.count("<figure") == 7 * 4
    ids = re.findall(r' id="([^"]+)"', found)
    assert len(ids) == len(set(ids)), "an id names one thing"


@pytest.mark.parametrize("kind", ["class", "me"])
@pytest.mark.parametrize("state", pattern_pages.STATES)
def test_a_whole_page_is_shown_in_each_state(staged: Stage, kind: str, state: str) -> None:
    answer = TestClient(staged.village.app, **HERE).get(f"/patterns/{kind}/{state}?lang=fi")
    assert answer.status_code == 200
    assert "<h1>" in answer.text
    if (kind, state) == ("class", "many"):
        assert len(set(re.findall(r'id="who-(L\d{4})"', answer.text))) == 35
    if state == "long":
        assert pattern_pages.LONG in answer.text


@pytest.mark.parametrize("address", ["class/nonesuch", "nonesuch/one", "me/error"])
def test_a_state_that_is_not_there_is_not_found(staged: Stage, address: str) -> None:
    assert TestClient(staged.village.app, **HERE).get(f"/patterns/{address}").status_code == 404


def test_it_is_open_where_nobody_signs_in(village: Village) -> None:
    assert village.client.get("/patterns").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement_says_what_the_law_asks(staged: Stage, language: str) -> None:
    """306/2019, 9 §, and (EU) 2018/1523: state, what does not work, how assessed, feedback, authority, day."""
    found = TestClient(staged.village.app, **HERE).get(f"/accessibility?lang={language}").text
    for said in (
        "306/2019",
        "WCAG 2.1",
        "axe-core",
        "14",
        "2026",
        "mailto:access@city.example",
        "Traficom",
        *AUTHORITY,
    ):
        assert said in found
    assert len(re.findall(r"<li>", found)) == len(KNOWN)
