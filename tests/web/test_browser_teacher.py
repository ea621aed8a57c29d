"""The teacher's main tasks in a real browser: by mouse, by keyboard alone, on a phone, without scripts, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chromium import CONTRASTS, DESKTOP, NARROW, PATIENCE_MS, PHONE, open_browser
from polku.home import Home
from polku.paths import LANGUAGES
from serving import serving_here
from village import ALICE, GROUP, Village, open_village

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CLASS, LEARNER = f"/groups/{GROUP}", f"/learners/{ALICE}"
PAPER = f"/paper/{GROUP}?name=Test&day=2026-05-20&task=MA79.S2.01&count=3"
TARGETS = """() => {
  const all = [...document.querySelectorAll("a:not(.skip), button, summary, input:not([type=hidden]), select")];
  const size = one => [one.getBoundingClientRect().width, one.getBoundingClientRect().height];
  const text = one => (one.textContent || one.ariaLabel || one.labels?.[0]?.textContent || "").trim();
  return all.filter(one => one.checkVisibility()).map(one => [text(one), ...size(one)]);
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(one => Number(one.tagName[1]))"""
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return [at.tagName, at.textContent.trim(), style.outlineStyle, parseFloat(style.outlineWidth), at.value || ""];
}"""


@dataclass
class Seen:
    """What a browser met on its way: what its console said, and what it asked for."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Open a page of the service."""
        answer = self.page.goto(self.base + address)
        assert answer is not None
        assert answer.ok
        return self.page


Look = Callable[..., Seen]


@pytest.fixture(scope="module")
def place(settled: Path, apart: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    village = open_village(settled, tmp_path_factory.mktemp("browser") / "polku.db", apart)
    yield village
    village.client.close()
    village.store.close()


@pytest.fixture(scope="module")
def site(place: Village) -> Iterator[str]:
    with serving_here(place.app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def look(browser: Browser, site: str) -> Iterator[Look]:
    """Return a maker of fresh visits; at the end of the test none of them may have met an error or a stranger."""
    visits: list[Seen] = []

    def start(size: tuple[int, int] = DESKTOP, **more: Any) -> Seen:
        viewport = {"width": size[0], "height": size[1]}
        seen = Seen(browser.new_context(viewport=viewport, **more).new_page(), site)  # type: ignore[arg-type] # a plain dict does
        seen.page.on("console", lambda said: seen.errors.append(f"{said.type}: {said.text}"))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("request", lambda made: seen.requests.append(made.url))
        seen.page.set_default_timeout(PATIENCE_MS)
        visits.append(seen)
        return seen

    yield start
    for seen in visits:
        seen.page.context.close()
        assert seen.requests
        assert not [address for address in seen.requests if not address.startswith(site + "/")]
        assert not seen.errors


def wait_for(page: Page, address: str) -> None:
    """Wait until a page is whole: a click returns before it is."""
    page.wait_for_url(address)
    page.wait_for_load_state("load")


def unfold(page: Page) -> None:
    """Open everything that can be folded out."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def pair(size: tuple[int, int], language: str, address: str) -> Any:
    return pytest.param(size, language, address, id=f"{size[0]}-{language}-{address.split('?', maxsplit=1)[0]}")


@pytest.mark.parametrize(
    ("size", "language", "address"),
    [
        pair(size, LANGUAGES[(row + column) % 3], address)
        for row, size in enumerate((NARROW, PHONE, DESKTOP))
        for column, address in enumerate((CLASS, LEARNER, PAPER))
    ],
)
def test_every_page_fits_and_is_well_built(look: Look, size: tuple[int, int], language: str, address: str) -> None:
    page = look(size).open(f"{address}{'&' if '?' in address else '?'}lang={language}")
    unfold(page)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room
    assert page.locator("html").get_attribute("lang") == language
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(one.get_attribute("aria-label") for one in page.locator("nav").all())
    targets = page.evaluate(TARGETS)
    assert not [target for target in targets if min(target[1:]) < 24]
    assert all(name for name, *_ in targets)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [CLASS, LEARNER])
def test_every_text_can_be_read(look: Look, scheme: str, address: str) -> None:
    page = look(color_scheme=scheme).open(address)
    unfold(page)
    found = page.evaluate(CONTRASTS)
    assert len(found) > 50
    assert not [(text, round(ratio, 2)) for text, ratio in found if ratio < 4.5]


@pytest.mark.parametrize("scripts", [True, False])
def test_from_class_to_learner_to_reasons_to_a_decision_and_back(look: Look, scripts: bool) -> None:
    page = look(PHONE, java_script_enabled=scripts).open("/?lang=en")
    page.get_by_role("navigation", name="Groups").get_by_role("link", name="8A", exact=True).click()
    page.locator(".line .who a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Learner")
    option = page.locator("article").first
    title = option.get_by_role("heading").inner_text()
    option.get_by_text("More reasons").click()
    expect(option.get_by_text("What the suggestion is made of")).to_be_visible()
    option.get_by_text("Another choice").click()
    option.get_by_label("Because:").select_option("on_paper")
    option.get_by_role("button", name="Put aside").click()
    wait_for(page, "**done=**")
    expect(page.get_by_role("status")).to_contain_text(f"Recorded. Put aside: {title}")
    page.get_by_role("button", name="Undo").click()
    wait_for(page, re.compile(r"/learners/\w+\?lang=en$"))  # type: ignore[arg-type] # a pattern does
    assert title in page.locator("article h3").all_inner_texts()


def test_by_keyboard_alone_with_the_focus_always_to_be_seen(look: Look) -> None:
    page = look().open(f"{CLASS}?lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)[1] == "Skip to content"
    for _ in range(200):
        page.keyboard.press("Tab")
        tag, text, style, width, value = page.evaluate(FOCUS)
        assert tag in {"A", "BUTTON", "SUMMARY"}, "the way to the buttons ends somewhere"
        assert (style, width >= 2) == ("solid", True), f"{tag} {text} does not show that it has the focus"
        if value == "skip":
            break
    page.keyboard.press("Enter")
    wait_for(page, "**done=**")
    expect(page.get_by_role("status")).to_contain_text("Recorded. Skipped: ")
    expect(page.get_by_role("button", name="Skip", pressed=True)).to_have_count(1)


def test_one_letter_accepts_and_one_takes_it_back(look: Look) -> None:
    page = look().open("/groups/9A?lang=en")
    page.keyboard.press("j")
    page.keyboard.press("a")
    wait_for(page, "**done=**")
    expect(page.get_by_role("status")).to_contain_text("Recorded. Accepted: ")
    expect(page.get_by_role("button", name="Accept", pressed=True)).to_have_count(1)
    page.keyboard.press("u")
    wait_for(page, re.compile(r"/groups/9A\?lang=en(#.*)?$"))  # type: ignore[arg-type] # a pattern does
    expect(page.get_by_role("button", name="Accept", pressed=True)).to_have_count(0)


def test_a_paper_test_is_entered_by_keyboard(look: Look) -> None:
    page = look().open(f"/paper/{GROUP}?lang=en")
    page.get_by_label("Name of the test").first.fill("Fractions")
    page.get_by_label("Skill 1").fill("MA79.S2.01")
    page.get_by_label("Number of tasks (1)").fill("3")
    page.get_by_role("button", name="Open the table").click()
    cells = page.locator("[data-cell]")
    cells.first.focus()
    for key in ("1", "0", ",", "5", "Enter", "ArrowLeft", "ArrowUp", " "):
        page.keyboard.press(key)
    values = [cells.nth(place).input_value() for place in range(3)]
    assert values == ["1", "", "0,5"], "the comma begins half a point, the arrows lead back, the space empties"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("2 answers saved.")
    expect(page.locator("td.saved")).to_have_count(2)
    page.get_by_role("link", name="På svenska").click()
    expect(page.locator("[data-cell]").first).to_have_value("1")


def test_the_path_is_edited_by_hand(look: Look) -> None:
    page = look().open(f"{LEARNER}?lang=en")
    page.get_by_text("Open the settings").click()
    page.get_by_label("Goals, line 1").fill("MA79.S3.01")
    page.get_by_label("Options at a time").select_option("2")
    page.get_by_role("button", name="Save", exact=True).click()
    wait_for(page, "**done=settled**")
    expect(page.locator("article.option")).to_have_count(2)
    page.get_by_text("Open the settings").click()
    expect(page.get_by_label("Goals, line 1")).to_have_value(re.compile("^MA79.S3.01 "))


def test_the_drawing_is_looked_at_more_closely(look: Look) -> None:
    page = look().open("/learners/L0020?lang=en")
    drawing = page.locator("#drawing")
    before = float(drawing.get_attribute("width") or 0)
    page.get_by_role("button", name="Larger").click()
    assert float(drawing.get_attribute("width") or 0) > before
    page.get_by_role("button", name="Original size").click()
    assert float(drawing.get_attribute("width") or 0) == before


def test_on_paper_there_is_no_button(look: Look) -> None:
    page = look(color_scheme="dark").open(f"{CLASS}?lang=en")
    page.emulate_media(media="print")
    assert not [one for one in page.locator("button, nav, .skip, footer").all() if one.is_visible()]
    assert page.locator(".line .why").first.is_visible()
    assert not [text for text, ratio in page.evaluate(CONTRASTS) if ratio < 4.5]


def test_the_page_brings_no_script_and_no_style_of_its_own(look: Look) -> None:
    seen = look()
    page = seen.open(LEARNER)
    assert page.locator("style, [style], [onclick], script:not([src])").count() == 0
    assert sorted(address.rsplit("/", 1)[1] for address in seen.requests if "/static/" in address)[:2] == [
        "polku.css", "polku.js"
    ]  # fmt: skip
