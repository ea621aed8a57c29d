"""The page in a real browser: phone and desktop, light and dark, three languages, keyboard, no scripts."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from chromium import CONTRASTS, DESKTOP, NARROW, PATIENCE_MS, PHONE, open_browser
from polku.home import Home
from polku.paths import LANGUAGES
from village import ALICE, GROUP, Village, open_village

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SCHEMES = ("light", "dark")
LEARNER = f"/?group={GROUP}&learner={ALICE}"
TARGETS = """() => {
  const all = [...document.querySelectorAll("a:not(.skip), button, summary")].filter(one => one.checkVisibility());
  const size = one => [one.getBoundingClientRect().width, one.getBoundingClientRect().height];
  return all.map(one => [one.textContent.trim(), ...size(one)]);
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(one => Number(one.tagName[1]))"""
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return [at.tagName, at.textContent.trim(), style.outlineStyle, parseFloat(style.outlineWidth), at.value || ""];
}"""


def wait_until_recorded(page: Page) -> None:
    """Wait until a decision is recorded and the page that says so is whole: a click returns before it is."""
    page.wait_for_url("**recorded=**")
    page.wait_for_load_state("load")


def open_all(page: Page) -> None:
    """Open everything that can be folded out."""
    for summary in page.locator("summary").all():
        summary.click()


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
        assert answer.status < 500
        return self.page


Look = Callable[..., Seen]


@pytest.fixture(scope="module")
def place(settled: Path, home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    village = open_village(settled, tmp_path_factory.mktemp("browser") / "polku.db", home)
    yield village
    village.client.close()
    village.store.close()


@pytest.fixture(scope="module")
def site(place: Village) -> Iterator[str]:
    """Serve the village on a free port of loopback, as `polku serve` does."""
    server = uvicorn.Server(uvicorn.Config(place.app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


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


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fits_speaks_and_is_well_built(look: Look, size: tuple[int, int], language: str) -> None:
    page = look(size).open(f"{LEARNER}&lang={language}")
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.title().endswith("Polku")
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert page.locator(landmark).count() >= 1
    assert all(one.get_attribute("aria-label") for one in page.locator("nav").all())
    small = [target for target in page.evaluate(TARGETS) if min(target[1:]) < 24]
    assert not small
    assert all(name for name, *_ in page.evaluate(TARGETS))
    for image in page.locator("img").all():
        assert image.get_attribute("alt") is not None


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("address", [LEARNER, "/docs", "/?group=none"])
def test_every_text_can_be_read(look: Look, scheme: str, address: str) -> None:
    seen = look(color_scheme=scheme)
    page = seen.open(address)
    if address == LEARNER:
        open_all(page)
        assert page.locator(".terms").first.is_visible()
        assert page.locator(".said").first.is_visible()
        assert not [text for text, ratio in page.evaluate(CONTRASTS) if ratio < 4.5]
        page.locator("button[value=accept]").first.click()
        wait_until_recorded(page)
    found = page.evaluate(CONTRASTS)
    assert len(found) > 5
    assert not [(text, round(ratio, 2)) for text, ratio in found if ratio < 4.5]
    if address == "/?group=none":
        seen.errors.clear()  # the browser notes the 404, which is meant


@pytest.mark.parametrize("scripts", [True, False])
def test_from_group_to_learner_to_reasons_to_a_decision(look: Look, scripts: bool) -> None:
    page = look(PHONE, java_script_enabled=scripts).open("/?lang=en")
    page.get_by_role("navigation", name="Groups").get_by_role("link", name="8A", exact=True).click()
    page.locator(".skills a").first.click()
    expect(page.get_by_role("heading", name="Learner")).to_be_visible()
    option = page.locator("article").first
    expect(option.get_by_text("answer").first).to_be_visible()
    more = option.get_by_text("What the suggestion is made of")
    expect(more).not_to_be_visible()
    option.get_by_text("More reasons").click()
    expect(more).to_be_visible()
    to_learner = option.get_by_text("If you choose this")
    expect(to_learner).not_to_be_visible()
    option.get_by_text("To the learner and those at home").click()
    expect(to_learner.first).to_be_visible()
    title = option.get_by_role("heading").inner_text()
    option.get_by_role("button", name="Put aside").click()
    expect(page.get_by_role("status")).to_have_text(f"Recorded. Put aside: {title}")
    page.wait_for_load_state("load")
    assert title not in page.locator("article h4").all_inner_texts()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status")).to_have_text(f"Recorded. Accepted: {title}")
    page.wait_for_load_state("load")
    assert title in page.locator("article h4").all_inner_texts()


def test_by_keyboard_alone_with_the_focus_always_to_be_seen(look: Look) -> None:
    page = look().open(f"/?group={GROUP}&learner=L0020&lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)[1] == "Skip to content"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index] # it is on the page
    for _ in range(200):
        page.keyboard.press("Tab")
        tag, text, style, width, value = page.evaluate(FOCUS)
        assert tag in {"A", "BUTTON", "SUMMARY"}, "the way to the buttons ends somewhere"
        assert (style, width >= 2) == ("solid", True), f"{tag} {text} does not show that it has the focus"
        if value == "accept":
            break
    page.keyboard.press("Enter")
    wait_until_recorded(page)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^Recorded\. Accepted: "))
    expect(page.get_by_role("button", name="Accept", pressed=True)).to_have_count(1)


@pytest.mark.parametrize("address", ["/", "/docs", f"{LEARNER}&lang=sv"])
def test_other_pages_fit_a_phone(look: Look, address: str) -> None:
    page = look(PHONE).open(address)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP])
def test_the_reasons_unfold_within_the_page(look: Look, size: tuple[int, int]) -> None:
    page = look(size).open(f"{LEARNER}&lang=fi&band=7-9")
    open_all(page)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room
    assert not [target for target in page.evaluate(TARGETS) if min(target[1:]) < 24]
    for name in page.locator(".terms li span").all():
        box = name.bounding_box()
        assert box is not None
        assert box["width"] > 40


def test_each_bar_begins_where_the_last_one_ended(look: Look) -> None:
    page = look().open(LEARNER)
    open_all(page)
    bars = [[bar.bounding_box() for bar in terms.locator("rect").all()] for terms in page.locator(".terms").all()]
    assert bars
    for *parts, whole in bars:
        assert whole is not None
        ends = [(box["x"], box["x"] + box["width"]) for box in parts if box]
        assert all(abs(start - end) < 1 for (_, end), (start, _) in pairwise(ends))
        assert abs(ends[0][0] - whole["x"]) < 1
        assert abs(ends[-1][1] - whole["x"] - whole["width"]) < 1


def test_the_age_of_the_reader_is_chosen_and_kept(look: Look) -> None:
    page = look().open(f"{LEARNER}&lang=en")
    ages = page.get_by_role("navigation", name="Age of the reader")
    expect(ages.locator("[aria-current]")).to_have_text("13\u201315")
    ages.get_by_role("link", name="7\u20139").click()
    expect(ages.locator("[aria-current]")).to_have_text("7\u20139")
    open_all(page)
    expect(page.locator(".said").first).to_contain_text("tasks.")
    page.get_by_role("link", name="På svenska").click()
    expect(page.locator(".ages [aria-current]")).to_have_text("7\u20139")
    page.locator("button[value=accept]").first.click()
    wait_until_recorded(page)
    expect(page.locator(".ages [aria-current]")).to_have_text("7\u20139")


def test_the_path_winds_from_stop_to_stop(look: Look) -> None:
    page = look().open(LEARNER)
    boxes = [stop.bounding_box() for stop in page.locator(".path li").all()]
    assert len(boxes) >= 3
    lefts, tops = ([box[side] for box in boxes if box] for side in ("x", "y"))
    assert tops == sorted(tops)
    assert lefts[0] == lefts[2] < lefts[1]


def test_the_page_brings_no_script_and_no_style_of_its_own(look: Look, site: str) -> None:
    page = look().open(LEARNER)
    assert site in page.url
    assert page.locator("script, style, [style], [onclick]").count() == 0
