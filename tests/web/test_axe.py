"""axe finds nothing on any page, in any state, language, theme and width; nothing shifts, scrolls or asks elsewhere.

Each page in three settings in ``make test``, so that all pairs are met over the pages; in ``make prove`` in each
language and theme, the widths in turn, with pictures kept under ``build/screenshots`` and a print of what axe found.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

import pytest
from playwright.sync_api import Browser
from starlette.routing import Route

from accessible import EVERY, THEMES, WIDTHS, Setting, View, Walk, in_turn, pairwise
from chromium import open_browser
from polku.home import Home
from polku.paths import LANGUAGES
from polku.web.access.personas import Personas
from polku.web.access.sign_in import COOKIE
from polku.web.pages.pattern_pages import STATES
from polku.web.viewer import Role
from serving import serving_here
from staged import SCHOOL, Stage
from village import ALICE, GROUP

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def site(staged: Stage) -> Iterator[str]:
    with serving_here(staged.village.app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def views(stage: Stage) -> list[View]:
    """Return every page with its states."""
    personas: Personas = stage.village.app.state.sign_in.personas
    tokens = {role: stage.token(role) for role in Role}
    nobody = {role: personas.token(role, "nobody-yet", "demo") for role in Role}
    first, second = stage.audits
    return [
        View("personas", None, "/personas"),
        View("accessibility", None, "/accessibility"),
        View("patterns", None, "/patterns"),
        View("not signed in", None, "/groups", 401),
        View("not found", tokens[Role.ADMINISTRATOR], "/school/nowhere", 404),
        View("not open", tokens[Role.LEARNER], "/research", 403),
        View("interface", tokens[Role.TEACHER], "/docs"),
        View("class", tokens[Role.TEACHER], f"/groups/{GROUP}"),
        View("class, nobody yet", nobody[Role.TEACHER], "/groups"),
        View("class together", tokens[Role.TEACHER], f"/groups/{GROUP}/together"),
        View("learner by teacher", tokens[Role.TEACHER], f"/learners/{ALICE}"),
        View("paper", tokens[Role.TEACHER], f"/paper/{GROUP}"),
        View("learner", tokens[Role.LEARNER], "/me"),
        View("learner, youngest readers", tokens[Role.LEARNER], "/me?band=7-9"),
        View("learner, unknown", nobody[Role.LEARNER], "/me", 404),
        View("home", tokens[Role.GUARDIAN], "/family"),
        View("home, nobody yet", nobody[Role.GUARDIAN], "/family", 403),
        View("school", tokens[Role.PRINCIPAL], f"/school/{SCHOOL}"),
        View("schools", tokens[Role.ADMINISTRATOR], "/school"),
        View("schools, none", nobody[Role.PRINCIPAL], "/school"),
        View("audits", tokens[Role.RESEARCHER], "/research"),
        *(
            View(f"audit, {part}", tokens[Role.RESEARCHER], f"/research/audits/{first}?by={part}")
            for part in ("all", "gender", "paths", "hidden", "method")
        ),
        View("compare", tokens[Role.RESEARCHER], f"/research/compare?a={first}&b={second}"),
        View("embedded, teacher", tokens[Role.TEACHER], f"/embed/teacher?group={GROUP}"),
        View("embedded, learner", tokens[Role.LEARNER], "/embed/learner"),
    ]


def states() -> list[View]:
    """Return a class and a learner's own page in each state, on made-up data; for nobody in particular."""
    named = {"class": (*STATES, "error"), "me": STATES}
    return [
        View(f"{kind}, {state}", None, f"/patterns/{kind}/{state}") for kind, known in named.items() for state in known
    ]


def pairs(stage: Stage) -> Iterator[tuple[View, tuple[Setting, ...]]]:
    """Yield each page with three settings; each state with three, of which one page takes one and the other two."""
    yield from ((view, pairwise(place)) for place, view in enumerate(views(stage)))
    for place, view in enumerate(states()):
        turn = place + len(STATES) if view.name.startswith("me") else place
        chosen = pairwise(place % (len(STATES) + 1))
        yield view, chosen[::2] if turn % 2 else chosen[1:2]


def test_nothing_is_found_on_any_page_in_three_settings(staged: Stage, site: str, browser: Browser) -> None:
    walk = Walk(browser, site, COOKIE)
    walk.over(pairs(staged))
    print(walk.table())  # noqa: T201 - shown with -s, and where it fails
    assert not walk.wrong


@pytest.mark.long
def test_nothing_is_found_in_any_language_and_theme(staged: Stage, site: str, browser: Browser, home: Home) -> None:
    pictures = home.root / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    walk = Walk(browser, site, COOKIE)
    walk.over(((view, in_turn(at)) for at, view in enumerate([*views(staged), *states()])), pictures)
    print(walk.table())  # noqa: T201 - shown with -s, and where it fails
    (pictures / "axe.txt").write_text(walk.table() + "\n", encoding="utf-8")
    assert not walk.wrong


def test_three_settings_a_page_meet_every_pair(staged: Stage) -> None:
    """Every page in each language, theme and width; over all pages every language with every theme and width."""
    met: set[tuple[object, ...]] = set()
    for place in range(len(views(staged))):
        chosen = pairwise(place)
        assert {one.language for one in chosen} == set(LANGUAGES)
        assert {one.theme for one in chosen} == set(THEMES)
        assert {one.width for one in chosen} == set(WIDTHS)
        met |= set(chain.from_iterable(combinations(one, 2) for one in chosen))
    assert met == set(chain.from_iterable(combinations(one, 2) for one in EVERY))


def test_every_page_for_people_is_walked(staged: Stage) -> None:
    """A page that is added to the service is added here."""
    walked = [view.address.split("?")[0] for view in [*views(staged), *states()]]
    routes = [
        route.path.replace(":path", "")
        for route in staged.village.app.routes
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not route.include_in_schema
    ]
    own = {path for path in routes if not path.startswith(("/v1", "/openapi"))} - {
        "/",
        "/metrics",
        "/research/audits/{audit_id}/{form}",
    }
    for path in own:
        parts = path.strip("/").split("/")
        assert any(_fits(parts, one.strip("/").split("/")) for one in walked), path


def _fits(parts: list[str], address: list[str]) -> bool:
    """Return whether an address is one of a path with placeholders."""
    return len(parts) == len(address) and all(
        part == given or part.startswith("{") for part, given in zip(parts, address, strict=True)
    )


def test_a_setting_is_named_in_words() -> None:
    assert len(EVERY) == 12
    assert Setting("fi", "light", 320) in EVERY


@pytest.mark.parametrize("place", range(4))
def test_in_turn_a_page_meets_every_language_and_theme_and_both_widths(place: int) -> None:
    chosen = in_turn(place)
    assert {one[:2] for one in chosen} == {one[:2] for one in EVERY}
    assert {one.width for one in chosen} == set(WIDTHS)
    assert set(chosen) | set(in_turn(place + 1)) == set(EVERY)
