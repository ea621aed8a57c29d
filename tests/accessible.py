"""Walks pages in a real browser and asks of each what a program can ask: axe, reflow, requests, shifts, the console."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any, Literal, NamedTuple

from playwright.sync_api import Browser, Page

from chromium import PATIENCE_MS
from polku.paths import LANGUAGES

AXE_SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (320, 1280)
"""CSS pixels: 320 is what is left of 1280 at 400 %, and of 640 at 200 % (WCAG 1.4.10)."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = """async runOnly => (await axe.run(document, { runOnly, resultTypes: ["violations"], preload: false }))
  .violations.map(one => one.id + ": " + one.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(" | "))"""
WATCH = """window.shifts = []; new PerformanceObserver(list => list.getEntries().forEach(one => shifts.push(one.value)))
  .observe({ type: "layout-shift", buffered: true });"""
LOOSE = """() => [...document.querySelectorAll("body *")]
  .filter(one => !one.closest(".scroll, .wide, .skip, svg, pre, [class*=grid], .unseen"))
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 100))"""
UNFOLD = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"

PICTURED: dict[tuple[str, Theme], int] = {**{(language, "light"): 1280 for language in LANGUAGES}, ("fi", "dark"): 320}
"""Languages and themes of which pictures are kept, and how wide."""


class View(NamedTuple):
    """One page as somebody sees it.

    Parameters
    ----------
    name : str
        Of the page and its state, such as "class, nobody yet".
    token : str or None
        Who looks.
    address : str
        Path and query, without a language.
    status : int
        Expected of the answer.
    unfolded : bool
        Whether everything that can be folded out is.
    """

    name: str
    token: str | None
    address: str
    status: int = 200
    unfolded: bool = False


class Setting(NamedTuple):
    """How it is seen."""

    language: str
    theme: Theme
    width: int


EVERY = tuple(Setting(*one) for one in product(LANGUAGES, THEMES, WIDTHS))


def pairwise(place: int) -> tuple[Setting, ...]:
    """Return three settings of the page at a place: each language, theme and width; all pairs over a few pages."""
    return tuple(
        Setting(language, THEMES[(at + place) % 2], WIDTHS[(at + place // 2 + (at == 2)) % 2])
        for at, language in enumerate(LANGUAGES)
    )


def in_turn(place: int) -> tuple[Setting, ...]:
    """Return six settings of the page at a place: each language in each theme, the two widths in turn."""
    return tuple(
        Setting(language, theme, WIDTHS[(at + place) % 2])
        for at, (language, theme) in enumerate(product(LANGUAGES, THEMES))
    )


@dataclass
class Walk:
    """A walk over pages in one browser.

    Parameters
    ----------
    browser : Browser
        In which.
    site : str
        Scheme, name and port; everything that is asked for is asked there.
    cookie : str
        Name of the cookie that holds a token.
    counts : Counter
        What axe found, by page, language and theme; zeros too.
    wrong : list of str
        Everything that should not be.
    """

    browser: Browser
    site: str
    cookie: str
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def over(self, seen: Iterable[tuple[View, Iterable[Setting]]], pictures: Path | None = None) -> None:
        """See each view in each of its settings; keep pictures where a folder is given."""
        context = self.browser.new_context(reduced_motion="reduce", bypass_csp=False)
        context.add_init_script(AXE_SCRIPT)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._said(page, said.type, said.text))
        for view, settings in seen:
            context.clear_cookies()
            if view.token:
                context.add_cookies([{"name": self.cookie, "value": view.token, "url": self.site}])
            for setting, fresh in in_order(settings):
                self._see(page, view, setting, fresh=fresh)
                if pictures is not None and (width := PICTURED.get(setting[:2])) is not None:
                    page.set_viewport_size({"width": width, "height": 900})
                    name = f"{view.name}.{setting.language}.{setting.theme}.{width}.png".replace(", ", "-")
                    page.screenshot(path=pictures / name.replace(" ", "-"), full_page=True)
        context.close()

    def _see(self, page: Page, view: View, setting: Setting, *, fresh: bool) -> None:
        page.set_viewport_size({"width": setting.width, "height": 900})
        page.emulate_media(color_scheme=setting.theme)
        where = f"{view.name} ({', '.join(map(str, setting))})"
        if fresh:
            join = "&" if "?" in view.address else "?"
            answer = page.goto(f"{self.site}{view.address}{join}lang={setting.language}")
            if answer is None or answer.status != view.status:
                self.wrong.append(f"{where}: answered {None if answer is None else answer.status}")
                return
            self.wrong += [f"{where}: shifts by {shift}" for shift in page.evaluate("() => window.shifts") if shift]
            if view.unfolded:
                page.evaluate(UNFOLD)
        self._judge(page, where, view, setting)

    def _judge(self, page: Page, where: str, view: View, setting: Setting) -> None:
        found: list[str] = page.evaluate(AXE, list(RULES))
        self.counts[view.name, setting.language, setting.theme] += len(found)
        self.wrong += [f"{where}: {one}" for one in found]
        wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if wide > room:
            self.wrong.append(f"{where}: {wide} px wide: {page.evaluate(LOOSE)[:2]}")
        if page.locator("html").get_attribute("lang") != setting.language:
            self.wrong.append(f"{where}: in another language")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(self.site + "/"):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def _said(self, page: Page, kind: str, said: str) -> None:
        if "status of 40" not in said:  # the browser notes an error page, which is meant
            self.wrong.append(f"{page.url}: {kind}: {said}")

    def table(self) -> str:
        """Return what axe found, a line a page and a column for each language and theme."""
        columns = list(product(LANGUAGES, THEMES))
        names = dict.fromkeys(name for name, _, _ in self.counts)
        head = f"{'axe findings':<34}" + "".join(f"{language} {theme:<7}" for language, theme in columns)
        rows = (f"{name:<34}" + "".join(f"{self._count(name, *column):<10}" for column in columns) for name in names)
        return "\n".join([head, *rows])

    def _count(self, *key: str) -> str:
        name, language, theme = key
        known = (name, language, theme) in self.counts
        return str(self.counts[name, language, theme]) if known else "."


def in_order(settings: Iterable[Setting]) -> Iterator[tuple[Setting, bool]]:
    """Yield settings language by language, each with whether the page must be asked for anew."""
    before = None
    for one in sorted(settings, key=lambda setting: LANGUAGES.index(setting.language)):
        yield one, one.language != before
        before = one.language
