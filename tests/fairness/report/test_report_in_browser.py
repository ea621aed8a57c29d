"""The report in a real browser: narrow and wide, light and dark, keyboard, print, and no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from chromium import CONTRASTS, DESKTOP, NARROW, PATIENCE_MS, open_browser
from polku.fairness.report import AuditFolder
from polku.paths import LANGUAGES, Texts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Scheme = Literal["light", "dark"]
LEAST_CONTRAST = 4.5
WIDER_THAN_THE_PAGE = """() => [...document.querySelectorAll("body *")]
  .filter(one => !one.closest(".scroll, .skip, svg, summary"))
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.outerHTML.slice(0, 80))"""
SVG_CONTRASTS = """() => [...document.querySelectorAll("svg")].slice(0, 6).flatMap(svg => {
  const ground = getComputedStyle(svg.closest("section")).backgroundColor;
  return [...svg.querySelectorAll("text, .whisker, .mark.concern, .mark.pass, .own, .everybody, .block, .axis")]
    .map(one => [one.getAttribute("class"), getComputedStyle(one)[one.tagName === "text" ? "fill" : "stroke"], ground]);
})"""
CUT_IN_PRINT = """() => [...document.querySelectorAll(".scroll")]
  .filter(one => one.checkVisibility() && one.querySelector("table").scrollWidth > one.clientWidth + 1)
  .map(one => one.getAttribute("aria-label"))"""


@dataclass
class Visit:
    """A page, what its console said, and what it asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def written(folder: AuditFolder, texts: Texts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the reports."""
    place = tmp_path_factory.mktemp("report")
    folder.write(place, texts)
    return place


def visit(browser: Browser, file: Path, size: tuple[int, int], scheme: Scheme, *, scripts: bool = True) -> Visit:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled=scripts,
        offline=True,
    )
    seen = Visit(context.new_page())
    seen.page.set_default_timeout(PATIENCE_MS)
    seen.page.on("console", lambda message: seen.said.append(message.text))
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.goto(file.as_uri())
    return seen


def luminance(color: str) -> float:
    channels = [float(part) / 255 for part in color.split("(")[1].rstrip(")").split(",")[:3]]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("fi", NARROW, "dark"), ("sv", NARROW, "light"), ("en", DESKTOP, "dark")]
)
def test_the_page_fits_and_can_be_read(
    browser: Browser, written: Path, language: str, size: tuple[int, int], scheme: Scheme
) -> None:
    file = written / f"report.{language}.html"
    seen = visit(browser, file, size, scheme)
    page = seen.page
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    weak = [(text, ratio) for text, ratio in page.evaluate(CONTRASTS) if ratio < LEAST_CONTRAST]
    assert not weak
    for kind, ink, ground in page.evaluate(SVG_CONTRASTS):
        high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3, (kind, ink, ground)
    assert seen.said == []
    assert seen.asked == [file.as_uri()]
    page.context.close()


def test_the_keyboard_reaches_what_scrolls_and_opens(browser: Browser, written: Path) -> None:
    page = visit(browser, written / "report.fi.html", NARROW, "light").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    region = page.locator("#attribute-1 .scroll").first
    region.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.locator("#attribute-1 summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#attribute-1 details").first.get_attribute("open") is not None
    page.context.close()


def test_all_is_there_without_scripts_and_on_paper(browser: Browser, written: Path) -> None:
    page = visit(browser, written / "report.en.html", DESKTOP, "dark", scripts=False).page
    assert page.locator("figure").count() > 20
    assert page.locator("figure svg[role=img]").first.is_visible()
    page.context.close()
    page = visit(browser, written / "report.en.html", (720, 1000), "dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CUT_IN_PRINT) == []
    assert not page.locator("nav").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_knows_the_language(browser: Browser, written: Path, language: str) -> None:
    page = visit(browser, written / f"report.{language}.html", NARROW, "light").page
    assert page.locator("html").get_attribute("lang") == language
    assert page.title()
    page.context.close()
