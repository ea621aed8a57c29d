"""The page for teachers, as HTML: what it shows, that it escapes, that its form works."""

from __future__ import annotations

import re
from html import unescape

from polku.home import Home
from polku.web.wording import naturally
from village import ALICE, GROUP, Village, assert_problem, row

PAGE = f"/?group={GROUP}&learner={ALICE}&lang=en"


def show(village: Village, address: str = PAGE) -> str:
    answer = village.client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def press(village: Village, value: str, skill: str | None = None) -> str:
    """Press the first button with a value, or that of one skill; return the page that follows."""
    option = next(
        one for one in village.get(f"/v1/learners/{ALICE}/path")["options"] if skill is None or one["skill_id"] == skill
    )
    form = {"suggestion": option["suggestion_id"], "decision": value, "group": GROUP, "learner": ALICE, "lang": "en"}
    answer = village.client.post("/decide", data=form, follow_redirects=False)
    assert answer.status_code == 303
    return show(village, answer.headers["location"])


def test_the_start_shows_the_first_group_in_natural_order(village: Village) -> None:
    page = show(village, "/?lang=en")
    groups = re.findall(r'\?group=([^&]+)&lang=en"', page)
    assert groups == naturally(groups)
    assert groups[0] == "1A"
    assert '<h2 id="group">Group 1A</h2>' in page
    assert "Choose a learner" in page


def test_a_group_shows_its_learners_under_the_skill_suggested_first(village: Village) -> None:
    page = show(village, f"/?group={GROUP}&lang=en")
    for one in village.get(f"/v1/groups/{GROUP}/suggestions")["learners"]:
        title = one["options"][0]["title"]["en"]
        section = page.split(f"<h3>{title}</h3>")[1].split("<h3>")[0]
        assert f">{one['learner_id']}</a>" in section


def test_a_learner_is_shown_with_options_reasons_and_path(village: Village) -> None:
    page, path = show(village), village.get(f"/v1/learners/{ALICE}/path")
    for option in path["options"]:
        assert all(reason["en"] in page for reason in option["reasons"])
        assert all(one["en"] in page for one in (option["next_step"], *option["what_if"]))
    stops = re.findall(r"<li class=\"(\w+)\"><p class=\"kind\">", page)
    assert stops == [step["kind"] for step in path["path"]]
    assert all(note["en"] in page for note in path["notes"])
    assert "mastery" not in page
    assert not re.search(r"\d\.\d", page.split("<main")[1]), "no probability is shown to anybody"


def test_the_terms_are_shown_in_whole_points_that_add_up(village: Village) -> None:
    page, path = show(village), village.get(f"/v1/learners/{ALICE}/path")
    shown = page.split('<ul class="terms">')[1:]
    weighed = [option for option in path["options"] if max(option["terms"].values(), default=0) >= 0.005]
    assert len(shown) == len(weighed) > 0
    for part, option in zip(shown, weighed, strict=True):
        *points, total = map(int, re.findall(r"<b>(\d+)</b>", part.split("</ul>")[0]))
        assert sum(points) == total == round(100 * option["score"])
        for rule, worth in option["terms"].items():
            if worth == 0 or worth >= 0.01:  # what lies between may get a point that the others' roundings leave
                assert (path["rules"][rule]["name"]["en"] in part.split("</ul>")[0]) == (worth > 0)


def test_the_learner_s_words_are_those_of_the_age_asked_for(village: Village) -> None:
    asked = village.get(f"/v1/learners/{ALICE}/path?band=7-9")
    page = show(village, f"{PAGE}&band=7-9")
    assert 'aria-current="true">7\u20139</a>' in page
    for option in asked["options"]:
        assert all(one["en"] in page for one in (option["next_step"], *option["what_if"]))
    assert f"?group={GROUP}&learner={ALICE}&band=7-9&lang=sv" in page
    assert '<input type="hidden" name="band" value="7-9">' in page
    assert_problem(village.client.get(f"{PAGE}&band=3-6"), 422, "invalid-input")


def test_accepting_is_recorded_and_shown(village: Village) -> None:
    page = press(village, "accept")
    assert re.search(r'role="status">Recorded. Accepted: ', page)
    assert 'value="accept" aria-describedby="option1" aria-pressed="true"' in page
    with village.store.read() as tx:
        (kept,) = tx.decisions.of(ALICE)
    assert (kept.decision, kept.role) == ("accept", "teacher")


def test_putting_aside_removes_the_option_and_can_be_taken_back(village: Village) -> None:
    first = village.get(f"/v1/learners/{ALICE}/path")["options"][0]
    page = press(village, "reject")
    title = first["title"]["en"]
    assert f"Recorded. Put aside: {title}" in page
    assert f'<h4 id="option1">{title}</h4>' not in page
    aside = page.split("<h3>Put aside</h3>")[1]
    assert title in aside
    form = {"suggestion": first["suggestion_id"], "decision": "accept", "group": GROUP, "learner": ALICE, "lang": "en"}
    page = show(village, village.client.post("/decide", data=form, follow_redirects=False).headers["location"])
    assert "<h3>Put aside</h3>" not in page
    assert title in page.split("<h3>Options now</h3>")[1].split("<h3>")[0]


def test_a_form_with_nothing_in_it_decides_nothing(village: Village) -> None:
    answer = village.client.post("/decide", data={"decision": "accept"}, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>Tätä ei löytynyt.</h1>" in answer.text


def test_a_form_that_no_page_of_ours_sends(village: Village) -> None:
    for form in (b"", b"a=1&" * 400, b"a=1&" * 4000, b"%ff=%00;\xff", b"decision=accept&decision=promote"):
        assert_problem(village.client.post("/decide", content=form), 422, "invalid-input")


def test_ids_are_escaped_wherever_they_stand(village: Village) -> None:
    evil = '"><img src=x>&lang=en#'
    village.post(row("a", learner_id=evil))
    answer = village.client.get("/", params={"learner": evil, "lang": "en"})
    assert answer.status_code == 200
    assert "<img src=x>" not in answer.text
    assert "&#34;&gt;&lt;img src=x&gt;" in answer.text
    link = re.search(r'href="/v1/learners/([^"]+)/path"', answer.text)
    assert link is not None
    assert village.get(f"/v1/learners/{link[1]}/path")["learner_id"] == evil


def test_the_links_to_other_languages_keep_the_place(village: Village) -> None:
    page = show(village)
    assert f'href="/?group={GROUP}&learner={ALICE}&lang=sv" hreflang="sv"' in page
    assert "Grupp 7A" in show(village, f"/?group={GROUP}&learner={ALICE}&lang=sv")


def test_a_demonstration_says_that_it_is_one_and_on_what_day(village: Village) -> None:
    assert "The day of the demonstration is 5 June 2026" in show(village)


def test_the_page_says_that_there_is_no_sign_in(village: Village) -> None:
    assert "no sign-in yet" in show(village)


def test_a_service_without_a_roster_says_what_to_do(home: Home, village: Village) -> None:
    assert home.serve.is_dir()
    with village.store.begin() as tx:
        from polku.records import Roster

        tx.roster.replace(Roster(tx.roster.learners().iloc[:0], tx.roster.teachers()))
    assert "polku ingest" in show(village, "/?lang=en")
    assert "The path ahead" in show(village, f"/?learner={ALICE}&lang=en")


def test_opening_a_learner_is_a_look_and_opening_their_group_is_none(village: Village) -> None:
    def told() -> list[str]:
        life = village.get(f"/v1/learners/{ALICE}/suggestions")["suggestions"]
        return [event["what"] for event in life[0]["events"]]

    show(village, f"/?group={GROUP}&lang=en")
    assert told() == ["offered"], "the group's view gives no reasons yet"
    for _ in range(2):
        show(village)
    assert told() == ["offered", "seen"]
