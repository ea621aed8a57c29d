"""The main tasks of principals, administrators and researchers in a real browser, with scripts and without."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chromium import DESKTOP, PATIENCE_MS, PHONE, open_browser
from polku.web.access.sign_in import COOKIE
from polku.web.viewer import Role
from serving import serving_here
from staged import SCHOOL, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
INKS = """() => [...document.querySelectorAll(".chart svg")].slice(0, 8).flatMap(svg => {
  const ground = getComputedStyle(svg.closest("section")).backgroundColor;
  const cells = [...svg.querySelectorAll(".cell")].slice(0, 40).map(one => {
    const under = [...svg.querySelectorAll("rect.heat")].find(rect => rect.nextElementSibling === one);
    const fill = getComputedStyle(under).fill;
    return [getComputedStyle(one).fill, fill === "none" ? ground : fill];
  });
  const words = [...svg.querySelectorAll(".tick, .label, .figure")].map(one => [getComputedStyle(one).fill, ground]);
  return [...cells, ...words];
})"""
As = Callable[..., Page]


@pytest.fixture(scope="module")
def site(staged: Stage) -> Iterator[str]:
    with serving_here(staged.village.app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def as_role(staged: Stage, site: str, browser: Browser) -> Iterator[As]:
    """Return a maker of pages, each opened by somebody of a role; none of them may have met an error."""
    opened: list[Page] = []
    errors: list[str] = []

    def start(role: Role, address: str, size: tuple[int, int] = DESKTOP, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        context.add_cookies([{"name": COOKIE, "value": staged.token(role), "url": site}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(site + address)
        opened.append(page)
        return page

    yield start
    for page in opened:
        page.context.close()
    assert not errors


def luminance(color: str) -> float:
    channels = [float(part) / 255 for part in re.findall(r"[\d.]+", color)[:3]]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, ground: str) -> float:
    low, high = sorted(map(luminance, (ink, ground)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_researcher_goes_from_versions_to_a_slice_to_its_figures(as_role: As, scripts: bool) -> None:
    page = as_role(Role.RESEARCHER, "/research?lang=en", java_script_enabled=scripts)
    page.get_by_role("link", name="1" * 12).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version " + "1" * 12)
    page.get_by_role("navigation", name="Parts of the audit").get_by_role("link", name="Gender").click()
    figure = page.locator("figure", has=page.get_by_role("heading", name="Held back"))
    expect(figure.get_by_role("img")).to_be_visible()
    table = figure.get_by_role("table")
    expect(table).not_to_be_visible()
    figure.get_by_text("The figures as a table").click()
    expect(table).to_be_visible()
    expect(table.get_by_role("rowheader", name="girls")).to_be_visible()
    expect(page.get_by_text("concern", exact=False).first).to_be_visible()


def test_a_researcher_takes_the_cells_along(as_role: As, tmp_path: Path) -> None:
    page = as_role(Role.RESEARCHER, "/research?lang=en")
    page.get_by_role("link", name="2" * 12).click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="Cells (CSV)").click()
    path = tmp_path / caught.value.suggested_filename
    caught.value.save_as(path)
    assert path.name == "audit-222222222222-cells.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {row["attribute"] for row in rows} >= {"gender", "home_language"}


def test_a_researcher_compares_two_versions_by_keyboard(as_role: As, staged: Stage) -> None:
    page = as_role(Role.RESEARCHER, "/research?lang=en")
    page.get_by_role("link", name="Compare two versions").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two versions")
    expect(page.locator("#a")).to_have_value(staged.audits[0])
    page.locator("#b").focus()
    page.locator("#b").select_option(staged.audits[0])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The verdict of every cell is the same in both.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Held back, girls: concern → pass")).to_be_visible()


def test_what_is_not_shown_has_a_page_of_its_own(as_role: As) -> None:
    page = as_role(Role.AUDITOR, "/research?lang=en", PHONE)
    page.get_by_role("link", name="1" * 12).click()
    page.get_by_role("link", name="What is not shown").click()
    expect(page.get_by_role("cell", name="Swedish")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_principal_reads_the_heat_map_and_its_table(as_role: As, scripts: bool) -> None:
    page = as_role(Role.PRINCIPAL, "/school?lang=en", PHONE, java_script_enabled=scripts)
    expect(page.get_by_role("heading", level=1)).to_have_text(SCHOOL)
    page.get_by_role("link", name="Shown so far, by objective").click()
    section = page.locator("#coverage")
    figure = section.locator("figure").first
    expect(figure.get_by_role("img")).to_be_visible()
    figure.get_by_text("The figures as a table").click()
    expect(figure.get_by_role("columnheader", name="Objective")).to_be_visible()
    expect(figure.get_by_role("cell", name="too few learners").first).to_be_visible()


def test_an_administrator_goes_from_school_to_school(as_role: As) -> None:
    page = as_role(Role.ADMINISTRATOR, "/school?lang=sv")
    page.get_by_role("link", name=SCHOOL).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SCHOOL)
    page.get_by_text("Välj skola").click()
    links = page.locator(".choose a")
    other = links.nth(0) if links.nth(0).inner_text() != SCHOOL else links.nth(1)
    name = other.inner_text()
    other.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="In English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert "lang=en" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("role", "address"), [(Role.PRINCIPAL, "/school"), (Role.RESEARCHER, "/patterns")])
def test_every_word_in_a_drawing_can_be_read(as_role: As, scheme: str, role: Role, address: str) -> None:
    """Text in a drawing is no business of axe; 4.5 to 1 on the cell or the sheet that it stands on."""
    page = as_role(role, address, color_scheme=scheme)
    found = page.evaluate(INKS)
    assert len(found) > 20
    assert not [(ink, ground) for ink, ground in found if contrast(ink, ground) < 4.5]


@pytest.mark.parametrize("address", [f"/school/{SCHOOL}", "/research", "/research/compare"])
def test_at_two_hundred_percent_nothing_is_cut_off(as_role: As, address: str) -> None:
    page = as_role(Role.ADMINISTRATOR, address, (640, 400), device_scale_factor=2)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room


def test_tables_that_are_too_wide_scroll_by_keyboard(as_role: As) -> None:
    page = as_role(Role.RESEARCHER, "/research/compare?lang=en", PHONE)
    page.locator("summary").first.click()
    region = page.locator("figure .scroll").first
    region.focus()
    before = region.evaluate("one => one.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("one => document.activeElement.scrollLeft > one", arg=before)
