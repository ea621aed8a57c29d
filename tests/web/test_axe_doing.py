"""axe finds nothing where a step's open resources and vendors' tasks are folded out, on a phone and at a desk.

Beside :mod:`test_axe`, whose pages have neither: one setting in ``make test``, each language, theme and width in
``make prove``, with pictures under ``build/screenshots``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from accessible import THEMES, Setting, View, Walk
from chromium import open_browser
from polku.curriculum import Curriculum
from polku.curriculum.resources import Resource, write_resources
from polku.home import Home
from polku.paths import LANGUAGES
from polku.store.catalogue import Entry
from polku.web.access.sign_in import COOKIE
from polku.web.viewer import Role
from serving import serving_here
from staged import Stage, demo_home, people
from village import ALICE, open_village

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDTHS = (360, 1280)
VENDOR = 'name = "Esimerkkitehtävät"\nlaunch = "https://tasks.example/open?t={token}"\nsecret_file = "vendor.key"\n'
LONG = "Rationaalilukujenyhteenlaskuharjoituskokoelmanopettajanopas"
"""A word that is wider than a phone: titles are other people's."""


@pytest.fixture(scope="module")
def stage(home: Home, settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a demonstration whose steps have resources of every look, and tasks of a vendor."""
    folder = tmp_path_factory.mktemp("doing")
    own = demo_home(home, folder / "home")
    (own.root / "serve" / "vendors" / "tasks.toml").write_text(VENDOR, encoding="utf-8")
    (own.root / "serve" / "vendors" / "vendor.key").write_text("a secret of thirty-two characters", encoding="utf-8")
    curriculum = Curriculum.load(own.curriculum_path("fi-mathematics"))
    write_resources(resources(curriculum), own.serve / "resources" / "catalogue.jsonl")
    village = open_village(settled, folder / "polku.db", own)
    with village.store.begin() as tx:
        people(tx)
        tx.catalogue.replace("tasks", list(tasks(curriculum)))
    yield Stage(village, [])
    village.client.close()
    village.store.close()


def resources(curriculum: Curriculum) -> Iterator[Resource]:
    """Yield resources on every area, one with little said of it, one with much, one in another language."""
    areas = tuple(sorted({one.area for one in curriculum.skills.values()}))
    yield Resource("bare", "https://bare.example/", {"fi": "Paljas"}, aligned=areas)
    yield Resource("other", "https://other.example/", {"sv": "Bara på svenska"}, languages=("sv",), aligned=areas)
    said: dict[str, Any] = {"maker": LONG, "licence": "CC BY-NC-SA 4.0", "kinds": ("video", "PDF"), "ages": (7, 16)}
    titles = dict.fromkeys(LANGUAGES, f"{LONG} {LONG}")
    yield Resource("much", "https://much.example/", titles, languages=LANGUAGES, aligned=areas, **said)


def tasks(curriculum: Curriculum) -> Iterator[Entry]:
    """Yield tasks on each skill: one without a title, one in Swedish, one with a long title."""
    for one, (title, language) in product(curriculum.skills, (("", ""), ("Räkna", "sv"), (LONG, "fi"))):
        yield Entry(f"{one}-{language}", "tasks", (one,), title, language)


def seen(stage: Stage) -> list[View]:
    by_teacher = View("learner by teacher, doing", stage.token(Role.TEACHER), f"/learners/{ALICE}", unfolded=True)
    return [View("learner, doing", stage.token(Role.LEARNER), "/me", unfolded=True), by_teacher]


@pytest.fixture
def walk(stage: Stage) -> Iterator[Walk]:
    with serving_here(stage.village.app) as port, open_browser() as browser:
        yield Walk(browser, f"http://127.0.0.1:{port}", COOKIE)


def test_nothing_is_found_where_steps_are_folded_out(stage: Stage, walk: Walk) -> None:
    walk.over((view, [Setting("fi", "dark", 360)]) for view in seen(stage))
    assert not walk.wrong
    for role, address, opens in ((Role.LEARNER, "/me", True), (Role.TEACHER, f"/learners/{ALICE}", False)):
        shown = stage.caller(role).get(address).text
        assert LONG in shown
        assert ("https://tasks.example/open" in shown) == opens, "a task opens for the learner alone"


@pytest.mark.long
def test_nothing_is_found_in_any_language_theme_and_width(stage: Stage, walk: Walk, home: Home) -> None:
    pictures = home.root / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    every = [Setting(*one) for one in product(LANGUAGES, THEMES, WIDTHS)]
    walk.over(((view, every) for view in seen(stage)), pictures)
    print(walk.table())  # noqa: T201 - shown with -s, and where it fails
    assert not walk.wrong
