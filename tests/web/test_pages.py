"""What every page shares: the frame, the languages, the way from old addresses, that ids are escaped."""

from __future__ import annotations

import re
from html import unescape

import pytest

from polku.paths import LANGUAGES
from polku.web.pages.forms import Fields
from polku.web.pages.navigation import home_of, place_of, places, with_query
from polku.web.viewer import Role, Viewer, operator
from village import ALICE, GROUP, Village, assert_problem, row

CLASS, LEARNER, PAPER = f"/groups/{GROUP}", f"/learners/{ALICE}", f"/paper/{GROUP}"
ADDRESSES = (CLASS, LEARNER, PAPER)


def show(village: Village, address: str) -> str:
    answer = village.client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


# --- where things are


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/", "/groups"),
        ("/?lang=sv", "/groups?lang=sv"),
        (f"/?group={GROUP}&lang=en", f"{CLASS}?lang=en"),
        (f"/?group={GROUP}&learner={ALICE}", LEARNER),
        (f"/?learner={ALICE}&band=7-9", f"{LEARNER}?band=7-9"),
        ("/?learner=a%2Fb%20%3F", "/learners/a%2Fb%20%3F"),
        ("/groups?lang=en", "/groups/1A?lang=en"),
        ("/paper", "/paper/1A"),
    ],
)
def test_addresses_of_before_lead_to_the_pages_of_now(hamlet: Village, asked: str, led: str) -> None:
    answer = hamlet.client.get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, led)


def test_a_service_without_a_roster_says_what_to_do(village: Village) -> None:
    from polku.records import Roster

    with village.store.begin() as tx:
        tx.roster.replace(Roster(tx.roster.learners().iloc[:0], tx.roster.teachers()))
    for address in ("/groups?lang=en", "/paper?lang=en"):
        assert "polku ingest" in show(village, address)
    assert "The path ahead" in show(village, f"{LEARNER}?lang=en")


@pytest.mark.parametrize("role", Role)
def test_every_role_is_at_home_somewhere(role: Role) -> None:
    viewer = Viewer("x", role, "demo", frozenset(), None)
    assert home_of(viewer).startswith("/")
    assert role is Role.SERVICE or [one for one in places(viewer, home_of(viewer)) if one.here]


def test_the_operator_of_this_machine_starts_as_a_teacher_does() -> None:
    assert home_of(operator("demo")) == "/groups"
    assert {one.address for one in places(operator("demo"), "/")} >= {"/groups", "/paper", "/school", "/research"}
    assert places(None, "/") == []


def test_an_address_holds_any_id() -> None:
    assert place_of("learners", "a/b?c#d") == "/learners/a%2Fb%3Fc%23d"
    assert with_query("/groups/7A#x", lang="fi", none=None, empty="") == "/groups/7A?lang=fi#x"


# --- the frame


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_has_its_landmarks_and_one_heading(hamlet: Village, address: str) -> None:
    page = show(hamlet, f"{address}?lang=en")
    parts = ('<a class="skip" href="#main">', '<main id="main"', "<footer", '<nav class="places" aria-label="Pages"')
    for part in parts:
        assert page.count(part) == 1
    assert page.count("<h1>") == 1
    assert re.search(r"<title>[^<]+ · Polku</title>", page)
    assert 'aria-current="true">' in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_comes_from_elsewhere_and_nothing_is_written_into_the_page(hamlet: Village, address: str) -> None:
    answer = hamlet.client.get(address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script(?! src=\"/static/)| style=| on\w+=\"|https?://", answer.text)


@pytest.mark.parametrize("address", [CLASS, LEARNER, f"{PAPER}?name=Test&day=2026-05-20&task=MA79.S2.01"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_links_to_other_languages_keep_the_place(hamlet: Village, address: str, language: str) -> None:
    mark = "&" if "?" in address else "?"
    page = show(hamlet, f"{address}{mark}lang={language}&done=x&goal=y")
    others = re.findall(r'<a href="([^"]+)" hreflang="(\w\w)"', page)
    assert {code for _, code in others} == set(LANGUAGES) - {language}
    for link, code in others:
        assert link == f"{address}{mark}lang={code}"


def test_a_demonstration_says_that_it_is_one_and_on_what_day(hamlet: Village) -> None:
    assert "The day of the demonstration is 5 June 2026" in show(hamlet, f"{CLASS}?lang=en")


def test_the_page_says_that_there_is_no_sign_in(hamlet: Village) -> None:
    assert "no sign-in yet" in show(hamlet, f"{CLASS}?lang=en")


def test_two_slashes_in_an_address_lead_to_no_other_host(hamlet: Village) -> None:
    page = hamlet.client.get("//evil.example/x", headers={"accept": "text/html"}).text
    assert 'href="//' not in page


# --- ids and forms


@pytest.mark.parametrize("evil", ['"><img src=x>&lang=en#', "a/b", "50%", "ä ö"])
def test_ids_are_escaped_wherever_they_stand(hamlet: Village, evil: str) -> None:
    hamlet.post(row(f"of-{evil.encode().hex()}", learner_id=evil))
    answer = hamlet.client.get("/", params={"learner": evil, "lang": "en"})
    assert answer.status_code == 200
    assert "<img src=x>" not in answer.text
    link = re.search(r'href="/v1/learners/([^"]+)/path"', answer.text)
    assert link is not None
    assert hamlet.get(f"/v1/learners/{link[1]}/path")["learner_id"] == evil


def test_a_form_with_nothing_in_it_decides_nothing(hamlet: Village) -> None:
    answer = hamlet.client.post("/decide", data={"decision": "accept"}, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>Tätä ei löytynyt.</h1>" in answer.text


@pytest.mark.parametrize("form", [b"", b"a=1&" * 400, b"a=1&" * 8000, b"%ff=%00;\xff", b"decision=accept&decision=x"])
def test_a_form_that_no_page_of_ours_sends(hamlet: Village, form: bytes) -> None:
    assert_problem(hamlet.client.post("/decide", content=form), 422, "invalid-input")


@pytest.mark.parametrize(
    ("back", "led"),
    [
        ("/groups/7A", "/groups/7A?lang=sv&done=1"),
        ("/groups/7A#who", "/groups/7A?lang=sv&done=1#who"),
        ("/groups/7A?done=0&lang=fi&a=b", "/groups/7A?a=b&lang=sv&done=1"),
        ("//evil.example", "/home?lang=sv&done=1"),
        ("/\\evil.example", "/home?lang=sv&done=1"),
        ("https://evil.example", "/home?lang=sv&done=1"),
        ("/a\r\nSet-Cookie: x=1", "/home?lang=sv&done=1"),
        ("", "/home?lang=sv&done=1"),
    ],
)
def test_a_form_leads_back_to_a_page_of_ours_only(back: str, led: str) -> None:
    fields = Fields({"back": [back], "lang": ["sv"]})
    assert fields.back("/home", done="1").headers["location"] == led
