"""Which language a reader gets, and that every page says everything in each."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import polku.web
from polku.home import Home
from polku.paths import LANGUAGES, Texts
from polku.schemas.text import PAGE_FILES
from village import ALICE, GROUP, Village


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "fi"),
        ("", "de-DE,de;q=0.9", "fi"),
        ("", "sv-FI,sv;q=0.9,en;q=0.5", "sv"),
        ("", "EN", "en"),
        ("", "de, ,;q=1,en-GB", "en"),
        ("?lang=en", "sv", "en"),
        ("?lang=xx", "sv", "sv"),
    ],
)
def test_the_language_is_asked_for_or_preferred_or_the_installations(
    village: Village, query: str, header: str, language: str
) -> None:
    answer = village.client.get(f"/{query}", headers={"accept-language": header})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"


def sources() -> str:
    """Return the templates and the code of the pages, where texts are named."""
    web = Path(polku.web.__file__).parent
    return "".join(
        path.read_text(encoding="utf-8") for path in sorted(web.rglob("*")) if path.suffix in {".py", ".html"}
    )


@pytest.mark.parametrize("kind", PAGE_FILES)
def test_every_text_of_the_pages_is_there_and_is_used(home: Home, kind: str) -> None:
    """A text is used where its id stands, or the beginning of it with a dot at the end, to which a name is added."""
    named = set(re.findall(rf'"({kind}\.[\w.-]*)"', sources()))
    begun = tuple(key for key in named if key.endswith("."))
    begun += ("page.held.",) * (kind == "page")  # the export's headings go by the store's tables
    said = {key for key in Texts.load(home.serve / "text").keys() if key.startswith(f"{kind}.")}  # noqa: SIM118 - no mapping
    assert not {key for key in said - named if not key.startswith(begun)}, "said in serve/text, and used nowhere"
    told = set(re.findall(rf'\bsay\("({kind}\.[\w.-]*\w)"', sources()))
    reports = tomllib.loads((home.serve / "text" / "audit.en.toml").read_text(encoding="utf-8"))
    audit = {f"page.{name}" for name in reports["page"]}  # the researcher's pages say what the audit's report says
    assert told <= said | audit, "named by a page, and said nowhere"
    for beginning in begun:
        assert any(key.startswith(beginning) for key in said), beginning


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_wholly_in_its_language(village: Village, language: str) -> None:
    texts = Texts.load(village.app.state.service.home.serve / "text")
    page = village.client.get(f"/?group={GROUP}&learner={ALICE}&lang={language}").text
    for key in ("page.options", "page.path", "page.evidence", "page.more", "decision.accept", "decision.reject"):
        assert texts.say(language, key) in page
        for other in set(LANGUAGES) - {language}:
            assert f">{texts.say(other, key)}<" not in page
