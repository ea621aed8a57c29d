"""A learner and somebody at home in a real browser, from the first look to the last click; and a desktop's frame."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chromium import NARROW, PATIENCE_MS, PHONE, open_browser
from families import COOKIE, Families, serve_families
from polku.home import Home

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Open = Callable[..., Page]
TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary")].filter(one => one.checkVisibility())
  .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([_, box]) => Math.min(box.width, box.height) < 24).map(([name]) => name)"""
SPEAKS = """() => {
  const said = [];
  window.said = said;
  const speak = one => said.push([one.lang, one.text]);
  Object.defineProperty(window, "speechSynthesis", { value: { cancel() {}, speak } });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""
DUMB = "delete window.speechSynthesis; delete Window.prototype.speechSynthesis"


class Desktop(BaseHTTPRequestHandler):
    """A platform's desktop: one page with a frame for the address that it is asked with."""

    def do_GET(self) -> None:
        """Answer with a page that frames what the query says."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        address = self.path.partition("?")[2]
        self.wfile.write(f'<!doctype html><title>.</title><iframe src="{address}" title="Polku"></iframe>'.encode())

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def desktop() -> Iterator[int]:
    """Return the port of a desktop, which answers by two names: two sites to a browser."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desktop)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join(PATIENCE_MS / 1000)
    server.server_close()


@pytest.fixture(scope="module")
def served(
    home: Home, settled: Path, desktop: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Families, str]]:
    with serve_families(home, settled, tmp_path_factory.mktemp("browsed"), f"http://localhost:{desktop}") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def visit(browser: Browser, served: tuple[Families, str]) -> Iterator[Open]:
    """Return a maker of visits, signed in by the desktop's cookie; at the end nothing may have gone wrong in any."""
    families, site = served
    pages: list[Page] = []
    wrong: list[str] = []

    def start(who: str, address: str, size: tuple[int, int] = PHONE, before: str = "", **more: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        context.add_cookies([{"name": COOKIE, "value": families.token(who), "url": site}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda made: wrong.append(made.url) if not made.url.startswith(site) else None)
        if before:
            page.add_init_script(before)
        page.goto(f"{site}{address}")
        pages.append(page)
        return page

    yield start
    for page in pages:
        page.context.close()
    assert not wrong


def is_sound(page: Page) -> None:
    """Check what holds of every page: it fits, and what is pressed is large enough."""
    for fold in page.locator("summary").all():
        fold.click()
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room
    assert page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize(
    ("learner", "scripts"), [("L0017", False), pytest.param("L0010", True, marks=pytest.mark.long)]
)
def test_a_learner_looks_chooses_and_asks(
    visit: Open, served: tuple[Families, str], learner: str, scripts: bool
) -> None:
    page = visit(f"learner:{learner}", "/me?lang=en", java_script_enabled=scripts)
    first = page.locator("article").first.get_by_role("heading").inner_text()
    page.get_by_role("button", name="I want something else").click()
    expect(page.get_by_role("status")).to_contain_text("Here is another one.")
    expect(page.locator("article").first.get_by_role("heading")).not_to_have_text(first)
    page.locator("article").first.get_by_role("button", name="I choose this").click()
    expect(page.get_by_role("status")).to_contain_text("You chose this.")
    expect(page.locator("article").first).to_contain_text("This is chosen")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Your choice was undone.")
    page.locator("article").first.get_by_role("button", name="I already know this").click()
    expect(page.locator(".check li").first).to_be_visible()
    page.locator("article").nth(1).get_by_text("What do you think of this?").click()
    page.locator("article").nth(1).get_by_role("button", name="This is too hard").click()
    expect(page.get_by_role("status")).to_contain_text("Your teacher can see what you think.")
    page.get_by_text("More steps").click()
    page.locator(".more button").first.click()
    expect(page.get_by_role("status")).to_contain_text("You chose a step of your own.")
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_role("status")).to_contain_text("Your teacher can see that you want help.")
    page.locator("li", has_text="You asked for help").get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status")).to_contain_text("You took it back.")
    families, _ = served
    assert [one.kind for one in families.asked(learner) if one.open] == ["check", "comment"]
    assert [one.decision for one in families.decisions(learner)] == ["skip", "edit"]


def test_the_path_is_kept_from_language_to_language(visit: Open) -> None:
    page = visit("learner:L0029", "/me?lang=fi&band=10-12")
    page.get_by_role("link", name="På svenska").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Min stig")
    expect(page.locator(".ages [aria-current]")).to_have_text("10\u201312")
    page.get_by_role("button", name="Jag väljer det här").first.click()
    expect(page.get_by_role("status")).to_contain_text("Du valde det här.")
    expect(page.locator(".ages [aria-current]")).to_have_text("10\u201312")


def test_by_keyboard_alone(visit: Open) -> None:
    page = visit("learner:L0048", "/me?lang=en")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "accept":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You chose this.")


def test_the_browser_reads_a_step_aloud_in_its_language(visit: Open) -> None:
    page = visit("learner:L0010", "/me?lang=sv", before=f"({SPEAKS})()")
    step = page.locator("#read1").inner_text()
    page.get_by_role("button", name="Läs upp").first.click()
    assert page.evaluate("window.said") == [["sv", step]]


def test_without_speech_there_is_no_button_and_all_the_rest(visit: Open) -> None:
    page = visit("learner:L0010", "/me?lang=en", before=DUMB)
    expect(page.get_by_role("button", name="Read aloud")).to_have_count(0)
    expect(page.get_by_role("button", name="I choose this").first).to_be_visible()


def test_somebody_at_home_looks_asks_and_objects(visit: Open, served: tuple[Families, str]) -> None:
    page = visit("guardian:home/L0021", "/family?lang=fi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lapsen polku")
    expect(page.get_by_role("button", name="Valitsen tämän")).to_have_count(0)
    page.get_by_role("button", name="Pyydän käymään").click()
    expect(page.get_by_role("status")).to_have_text("Opettaja näkee pyyntösi.")
    page.get_by_text("Profiloinnin vastustaminen").click()
    page.get_by_role("button", name="Vastustan profilointia").click()
    expect(page.get_by_role("status")).to_have_text("Vastustus on kirjattu.")
    page.get_by_role("button", name="Perun vastustuksen").click()
    expect(page.get_by_role("status")).to_have_text("Vastustus on peruttu.")
    families, _ = served
    assert [(one.kind, one.role) for one in families.asked("L0021")] == [("review", "guardian")]


@pytest.mark.parametrize(
    ("who", "address", "size", "scheme"),
    [
        ("learner:L0012", "/me?lang=fi", NARROW, "light"),
        pytest.param("learner:L0020", "/me?lang=sv", PHONE, "dark", marks=pytest.mark.long),
        ("guardian:home/L0024", "/family?lang=sv", NARROW, "light"),
        pytest.param("teacher:teacher/7A", "/embed/teacher?lang=fi", NARROW, "dark", marks=pytest.mark.long),
        pytest.param("learner:L0046", "/embed/learner?lang=fi", NARROW, "light", marks=pytest.mark.long),
    ],
)
def test_every_page_is_sound(visit: Open, who: str, address: str, size: tuple[int, int], scheme: str) -> None:
    is_sound(visit(who, address, size, color_scheme=scheme))


@pytest.mark.parametrize(("name", "shown"), [("localhost", True), ("127.0.0.1", False)])
def test_a_fragment_stands_in_the_frame_of_the_desktop_alone(
    browser: Browser, served: tuple[Families, str], desktop: int, name: str, shown: bool
) -> None:
    families, site = served
    token = families.token("learner:L0046")
    context = browser.new_context(extra_http_headers={"authorization": f"Bearer {token}"})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"http://{name}:{desktop}/?{site}/embed/learner?lang=en")
    inside = page.frame_locator("iframe").locator("body")
    expect(inside).to_contain_text("Next step" if shown else "127.0.0.1")
    expect(inside.get_by_role("heading", name="Next step")).to_have_count(1 if shown else 0)
    context.close()
