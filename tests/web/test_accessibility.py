"""The accessibility statement: whole in three languages, open to anybody, feedback where the settings say."""

from __future__ import annotations

import re
from html import unescape

import pytest

from polku.paths import LANGUAGES
from polku.paths.days import in_words
from polku.web.pages.accessibility import AUTHORITY, KNOWN, PREPARED
from staged import Stage
from village import HERE, TestClient, Village

WRITTEN = {
    "fi": {
        "lang": "fi",
        "day": "22. marraskuuta 2026",
        "act": "306/2019",
        "authority": "Liikenne- ja viestintävirasto Traficom",
    },
    "sv": {
        "lang": "sv",
        "day": "22 november 2026",
        "act": "306/2019",
        "authority": "Transport- och kommunikationsverket Traficom",
    },
    "en": {
        "lang": "en",
        "day": "22 November 2026",
        "act": "306/2019",
        "authority": "Finnish Transport and Communications Agency Traficom",
    },
}


@pytest.fixture(scope="module")
def statements(staged: Stage) -> dict[str, str]:
    client = TestClient(staged.village.app, **HERE)
    return {language: client.get(f"/accessibility?lang={language}").text for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_the_readers_language(statements: dict[str, str], language: str) -> None:
    text = unescape(statements[language])
    said = WRITTEN[language]
    assert f'<html lang="{said["lang"]}"' in text
    assert said["act"] in text
    assert said["authority"] in text
    assert in_words(PREPARED)[language] == said["day"]
    assert said["day"] in text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_one_heading_and_its_five_parts(statements: dict[str, str], language: str) -> None:
    (article,) = re.findall(r'<article class="text">(.*?)</article>', statements[language], re.DOTALL)
    assert article.count("<h1>") == 1
    assert article.count("<h2>") == 5
    assert len(re.findall(r"<li>[^<]{20,}</li>", article)) == len(KNOWN)
    assert not re.search(r"research\.accessibility\.|\{\w+\}", article), "every text is said"


@pytest.mark.parametrize("language", LANGUAGES)
def test_feedback_goes_to_the_address_of_the_settings(statements: dict[str, str], language: str) -> None:
    text = statements[language]
    assert '<a href="mailto:access@city.example">access@city.example</a>' in text
    assert f'<a href="mailto:{AUTHORITY}">{AUTHORITY}</a>' in text
    assert text.count("mailto:") == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_address_it_leads_to_the_school(village: Village, language: str) -> None:
    held = village.app.state.service
    assert held.settings.pages.feedback is None
    text = unescape(village.client.get(f"/accessibility?lang={language}").text)
    assert text.count("mailto:") == 1
    assert held.suggester.texts.say(language, "research.accessibility.feedback_school") in text
    assert held.suggester.texts.say(language, "research.accessibility.feedback_mail") not in text


def test_no_two_languages_say_the_same(statements: dict[str, str]) -> None:
    points = {language: re.findall(r"<li>([^<]{20,})</li>", text) for language, text in statements.items()}
    for one, other in (("fi", "sv"), ("fi", "en"), ("sv", "en")):
        assert not set(points[one]) & set(points[other])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_nothing_of_anybody_else(statements: dict[str, str], language: str) -> None:
    fetched = re.findall(r'(?:src|<link[^>]*href)="(https?:[^"]+)"', statements[language])
    assert fetched == []
