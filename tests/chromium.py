"""What the tests in a real browser share: how it is started, the sizes of page, and how contrast is measured."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
NARROW, PHONE, DESKTOP = (320, 640), (390, 844), (1280, 800)
PATIENCE_MS = 60_000
"""Long enough for a machine that does other work beside; a test that passes never waits for it."""
CONTRASTS = """() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    const ink = parse(getComputedStyle(element).color);
    if (own) found.push([element.textContent.trim().slice(0, 40), ratio(ink, ground(element))]);
    const before = getComputedStyle(element, "::before");
    if (/counter|✓/.test(before.content) && before.backgroundColor !== "rgba(0, 0, 0, 0)")
      found.push(["::before", ratio(parse(before.color), parse(before.backgroundColor))]);
  }
  return found;
}"""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium; where there is none, fail in CI and skip on a private machine."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        message = "no chromium on this machine"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()
