"""Which language a reader gets, and that every page says everything in each."""

from __future__ import annotations

import re

import pytest

from polku.home import Home
from polku.paths import LANGUAGES, Texts
from polku.web.pages.templates import TEMPLATES
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


def test_every_text_of_the_pages_is_used(home: Home) -> None:
    loader = TEMPLATES.loader
    assert loader is not None
    source = "".join(loader.get_source(TEMPLATES, name)[0] for name in TEMPLATES.list_templates(["html"]))
    said = set(re.findall(r'say\("([a-z_.]+)"', source))
    begun = (
        *(key for key in said if key.endswith(".")),
        "page.held.",
    )  # the export's headings go by the store's tables
    texts = Texts.load(home.serve / "text")
    mine = {key for key in texts.keys() if key.startswith("page.")}  # noqa: SIM118 - no mapping
    assert not {key for key in mine - said if not key.startswith(begun)}
    assert {key for key in said if key.startswith("page.") and not key.endswith(".")} <= mine


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_wholly_in_its_language(village: Village, language: str) -> None:
    texts = Texts.load(village.app.state.service.home.serve / "text")
    page = village.client.get(f"/?group={GROUP}&learner={ALICE}&lang={language}").text
    for key in ("page.title", "page.options", "page.path", "page.more", "decision.accept", "decision.reject"):
        assert texts.say(language, key) in page
        for other in set(LANGUAGES) - {language}:
            assert f">{texts.say(other, key)}<" not in page
