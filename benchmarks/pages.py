"""How fast the page of a class of thirty is: time of the server, bytes, largest contentful paint, layout shift.

Run: ``python benchmarks/pages.py [--settled]``. The municipality of ``service_town.py`` is served by ``polku serve`` on
one core, sign-in and the record of reads included; Chromium opens the page on loopback with an empty cache. Each figure
stands beside its limit, with the share of it that is used; exits 1 when one is missed. ``--settled`` leaves out a class
whose every learner has answered since the last look: that limit is not reached yet (docs/reference/service-speed.md).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

from service import CHECKOUT, polku
from service_load import closed
from service_town import CLASS, Asking, Town, build

sys.path.append(str(CHECKOUT / "tests"))
from chromium import PHONE, open_browser

ASKED, OPENED = 20, 5
SECONDS, KILOBYTES, PAINT, SHIFT = 0.150, 150.0, 1.0, 0.0
WATCH = """window.paint = 0; window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => { paint = one.startTime; }))
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver(list => list.getEntries().forEach(one => { shift += one.value; }))
  .observe({ type: "layout-shift", buffered: true });"""
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(paint > 0), 0)))"


class Opened(NamedTuple):
    """One visit: seconds to the largest contentful paint, layout shift, kilobytes over the wire, requests."""

    paint: float
    shift: float
    kilobytes: float
    requests: int


class Figures:
    """Prints figures beside their limits and remembers what is over.

    Examples
    --------
    >>> figures = Figures()
    >>> figures.line("paint", 0.5, "s", 1.0)
    paint                                                        0.5 s      limit      1   used  50%
    >>> figures.missed
    []
    """

    def __init__(self) -> None:
        self.missed: list[str] = []

    def line(self, name: str, value: float, unit: str, limit: float) -> None:
        """Print one figure."""
        used = f"used {value / limit:>4.0%}" if limit else "none allowed"
        over = value > limit
        print(f"{name:<56}{value:>8.4g} {unit:<6} limit {limit:>6.4g}   {used}{'  MISSED' if over else ''}", flush=True)
        self.missed += [name] if over else []


def asked(address: str, token: str) -> float:
    """Return the seconds of one answer, from the request to its last byte."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - our own server
    start = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
        answer.read()
    return time.perf_counter() - start


def unchanged(figures: Figures, address: str, token: str) -> None:
    """Measure the class page when nothing is new."""
    asked(address, token)
    seconds = statistics.median(asked(address, token) for _ in range(ASKED))
    figures.line(f"server time, class of {CLASS}, nothing new", 1000 * seconds, "ms", 1000 * SECONDS)


def answered(figures: Figures, town: Town, port: int, address: str, token: str) -> None:
    """Measure the class page when each learner has answered since."""
    asking, last = Asking(town, port), range(len(town.learners) - CLASS, len(town.learners))
    fresh = []
    for _ in range(ASKED):
        closed(port, iter([asking.answers(last)]), 1).refuse_failures()
        fresh.append(asked(address, token))
    figures.line(
        f"server time, class of {CLASS}, each has answered since", 1000 * statistics.median(fresh), "ms", 1000 * SECONDS
    )


def opened(browser: Browser, address: str, token: str, size: tuple[int, int]) -> Opened:
    """Open the page with an empty cache."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, extra_http_headers={"Authorization": f"Bearer {token}"}
    )
    context.add_init_script(WATCH)
    page = context.new_page()
    loaded = _transfer(page)
    page.goto(address, wait_until="networkidle")
    page.wait_for_function(SETTLED)
    paint, shift = page.evaluate("[paint, shift]")
    context.close()
    return Opened(paint / 1000, shift, sum(loaded) / 1024, len(loaded))


def _transfer(page: Page) -> list[float]:
    """Return a list that fills with the bytes of each answer, headers included."""
    loaded: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        loaded.append(float(event["encodedDataLength"]))

    session.on("Network.loadingFinished", finished)
    return loaded


def in_browser(figures: Figures, address: str, token: str) -> None:
    """Measure what people wait for and pay for, on a phone and at a desk."""
    with open_browser() as browser:
        for name, size in (("phone", PHONE), ("desktop", (1280, 800))):
            visits = [opened(browser, address, token, size) for _ in range(OPENED)]
            requests = visits[0].requests
            figures.line(f"{name}: transfer, {requests} requests", visits[0].kilobytes, "KB", KILOBYTES)
            paint = statistics.median(one.paint for one in visits)
            figures.line(f"{name}: largest contentful paint", paint, "s", PAINT)
            figures.line(f"{name}: layout shift, the most of {OPENED}", max(one.shift for one in visits), "", SHIFT)


def main() -> int:
    """Build the municipality, serve it, measure, and compare with the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settled", action="store_true", help="leave out a class with new answers")
    settled, figures = parser.parse_args().settled, Figures()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        town = build(CHECKOUT, folder, None)
        group = town.groups[-1]
        token = town.token("teacher", f"T-{group}")
        with polku(town, folder) as served:
            address = f"http://127.0.0.1:{served.port}/groups/{group}?lang=fi"
            unchanged(figures, address, token)
            if not settled:
                answered(figures, town, served.port, address, token)
            in_browser(figures, address, token)
    if figures.missed:
        print("missed: " + ", ".join(figures.missed))
    return bool(figures.missed)


if __name__ == "__main__":
    sys.exit(main())
