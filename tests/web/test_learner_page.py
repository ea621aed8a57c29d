"""The learner's page: options with what-if in four ages, a list that only grows, and one's own word on everything."""

from __future__ import annotations

import re

import pytest

from families import Families
from polku.paths import LANGUAGES
from polku.web.pages.learner_view import MORE, MOST_TASKS
from village import ALICE, Village, row

NUMBERS = re.compile(r"\d[.,]\d|\d\s?%")
BY_AGE = {"L0012": "7-9", "L0011": "10-12", "L0010": "13-15", "L0020": "16plus"}
"""A learner of each reading band."""


OWN_STEP = r'<button name="decision" value="edit">([^<]+)<'


def hidden(name: str) -> str:
    return rf'<input type="hidden" name="{name}" value="([^"]+)">\s*'


def me(learner: str) -> str:
    return f"learner:{learner}"


def main_of(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


# --- what is shown


@pytest.mark.parametrize(("learner", "band"), BY_AGE.items())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_is_told_with_what_comes_of_it_in_the_words_of_the_age(
    families: Families, learner: str, band: str, language: str
) -> None:
    path, page = families.path(learner), families.show(me(learner), f"/me?lang={language}")
    assert path["band"] == band
    assert 2 <= len(path["options"]) <= 3
    for option in path["options"]:
        assert option["next_step"][language] in page
        assert all(sentence[language] in page for sentence in option["what_if"])
    assert f'<html lang="{language}"' in page
    assert not NUMBERS.search(re.sub("<[^>]*>", " ", main_of(page))), "nothing on the page is a score"


def test_another_age_may_be_asked_for_and_is_kept(families: Families) -> None:
    page = families.show(me("L0010"), "/me?lang=en&band=7-9")
    assert 'aria-current="true">7\u20139</a>' in page
    assert '<input type="hidden" name="band" value="7-9">' in page
    assert "You can pick one of these too." in page
    assert 'name="band"' not in families.show(me("L0010"), "/me?lang=en")


def test_what_a_learner_asks_the_most_of_a_page_is_there_without_scripts(families: Families) -> None:
    page = families.show(me("L0010"), "/me?lang=en")
    for button in ("I choose this", "I want something else", "I already know this", "Ask for help"):
        assert f">{button}</button>" in page
    assert page.count('class="aloud" data-read="read') >= 2
    assert all(f'id="{name}"' in page for name in re.findall(r'data-read="(\w+)"', page))
    assert "onclick" not in page
    assert len(re.findall(r'name="decision" value="edit"', page)) <= MORE


@pytest.mark.parametrize("learner", ["L0013", "L0007"])
def test_in_the_first_two_grades_the_teacher_shows_it(families: Families, learner: str) -> None:
    page = families.show(me(learner), "/me?lang=en")
    assert "Your teacher shows you what comes next." in page
    assert "I choose this" not in page
    shown = families.show(f"teacher:teacher/{families.group_of(learner)}", f"/me?learner={learner}&lang=en")
    assert "This is how the learner sees the page." in shown
    assert '<form class="one" method="post"' not in main_of(shown), "who teaches looks, and decides on a page of theirs"


def test_a_look_is_written_down_and_so_is_what_was_seen(families: Families) -> None:
    families.show(me("L0043"), "/me")
    with families.village.store.read() as tx:
        (read,) = [one for one in tx.reads.of("L0043") if one.what == "/me"]
        seen = tx.suggestions.seen([one.suggestion_id for one in tx.suggestions.of("L0043")])
    assert (read.viewer, read.role) == ("L0043", "learner")
    assert {one.viewer for one in seen} == {"L0043"}


def test_a_learner_without_answers_is_told_so_and_has_options(families: Families) -> None:
    page = families.show(me("L0037"), "/me?lang=en")
    assert "There are only a few answers so far." in page
    assert "Skills gather here as you do tasks." in page
    assert page.count('<article class="step') >= 2


def test_who_objected_is_told_and_nothing_is_read_from_the_answers(families: Families) -> None:
    with families.village.store.begin() as tx:
        tx.holds.put("objection", "learner", "L0042", by="home/L0042", role="guardian")
    page = families.show(me("L0042"), "/me?lang=en")
    assert "Your answers are not used now." in page
    assert 'id="growth"' not in page
    assert page.count('<article class="step') >= 2


# --- what one can do


def test_choosing_puts_a_step_first_and_can_be_undone(families: Families) -> None:
    learner = "L0027"
    second = families.path(learner)["options"][1]
    page = families.follow(me(learner), "/me/choose", suggestion=second["suggestion_id"], decision="accept", lang="en")
    assert "You chose this." in page
    assert page.index(second["next_step"]["en"]) < page.index("You can also choose")
    assert page.count("This is chosen") == 1
    (made,) = families.decisions(learner)
    assert (made.decision, made.by, made.role) == ("accept", learner, "learner")
    of = re.search(r'name="of" value="(\w+)"', page)
    assert of is not None
    assert of[1] == made.decision_id
    undone = families.follow(
        me(learner), "/me/choose", suggestion=second["suggestion_id"], decision="undo", of=of[1], lang="en"
    )
    assert "Your choice was undone." in undone
    assert families.decisions(learner) == []


def test_something_else_shows_another_step_first(families: Families) -> None:
    learner = "L0028"
    first, second = families.path(learner)["options"][:2]
    page = families.follow(me(learner), "/me/choose", suggestion=first["suggestion_id"], decision="skip", lang="en")
    assert "Here is another one." in page
    assert page.index(second["next_step"]["en"]) < page.index(first["next_step"]["en"])


def test_put_aside_it_stays_away_until_it_is_taken_back(families: Families) -> None:
    learner = "L0048"
    first = families.path(learner)["options"][0]
    page = families.follow(me(learner), "/me/choose", suggestion=first["suggestion_id"], decision="reject", lang="en")
    assert first["next_step"]["en"] not in page
    aside = page.split("You put these aside")[1].split("</ul>")[0]
    assert first["title"]["en"] in aside
    back = families.follow(me(learner), "/me/choose", suggestion=first["suggestion_id"], decision="accept", lang="en")
    assert "You put these aside" not in back
    assert first["skill_id"] in {one["skill_id"] for one in families.path(learner)["options"]}


def test_a_step_of_ones_own_is_taken_from_the_others(families: Families) -> None:
    learner = "L0029"
    page = families.show(me(learner), "/me?lang=en")
    forms = re.findall(f"{hidden('suggestion')}{hidden('skill')}{OWN_STEP}", page)
    assert 0 < len(forms) <= MORE
    suggestion, skill, title = forms[0]
    page = families.follow(me(learner), "/me/choose", suggestion=suggestion, decision="edit", skill=skill, lang="en")
    assert "You chose a step of your own." in page
    assert f"“{title}”" in page.split("You can also choose")[0]
    (made,) = families.decisions(learner)
    assert made.replacement == skill


def test_i_know_this_names_the_tasks_of_a_short_check(families: Families) -> None:
    learner = "L0017"
    option = families.path(learner)["options"][0]
    page = families.follow(me(learner), "/me/ask", learner=learner, kind="check", skill=option["skill_id"], lang="en")
    assert "Your teacher can see that you may know this." in page
    check = page.split('<div class="check">')[1].split("</div>")[0]
    tasks = re.findall("<li>(.+?)</li>", check)
    with families.village.store.read() as tx:
        bank = tx.items.titles(tx.items.on(option["skill_id"]))
    assert 1 <= len(tasks) <= MOST_TASKS
    assert set(tasks) <= set(bank.values())
    assert page.split('<div class="check">')[0].count("I already know this") == 0, "asked once"


# --- what one cannot do


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"decision": "accept", "reason": "my own words"}, 422),
        ({"decision": "pause"}, 422),
        ({"decision": "edit"}, 404),
        ({"decision": "edit", "skill": "no such skill"}, 404),
        ({"decision": "undo", "of": "nothing"}, 404),
        ({}, 422),
    ],
)
def test_what_the_page_does_not_offer_is_refused(families: Families, form: dict[str, str], status: int) -> None:
    learner = "L0010"
    suggestion = families.path(learner)["options"][0]["suggestion_id"]
    assert families.send(me(learner), "/me/choose", suggestion=suggestion, **form).status_code == status
    assert families.decisions(learner) == []


def test_nobody_opens_or_sends_for_another(families: Families) -> None:
    learner, suggestion = "L0010", families.path("L0010")["options"][0]["suggestion_id"]
    strangers = [
        me("L0011"),
        f"guardian:home/{learner}",
        "teacher:teacher/nobody",
        f"teacher:once/{families.group_of(learner)}",
    ]
    for who in strangers:
        assert families.ask(who, f"/me?learner={learner}").status_code == 403
        assert families.send(who, "/me/choose", suggestion=suggestion, decision="accept").status_code == 403
        assert families.send(who, "/me/ask", learner=learner, kind="help").status_code == 403
    teacher = f"teacher:teacher/{families.group_of(learner)}"
    assert families.ask(teacher, f"/me?learner={learner}").status_code == 200
    assert families.ask(teacher, "/me").status_code == 403, "who teaches says whose page"
    assert families.send(teacher, "/me/ask", learner=learner, kind="help").status_code == 403
    assert families.send(teacher, "/me/choose", suggestion=suggestion, decision="accept").status_code == 403
    assert families.decisions(learner) == []


def test_a_decision_about_something_else_is_not_undone(families: Families) -> None:
    learner = "L0044"
    first, second = families.path(learner)["options"][:2]
    families.send(me(learner), "/me/choose", suggestion=first["suggestion_id"], decision="accept")
    (made,) = families.decisions(learner)
    answer = families.send(
        me(learner), "/me/choose", suggestion=second["suggestion_id"], decision="undo", of=made.decision_id
    )
    assert answer.status_code == 404
    assert families.decisions(learner) == [made]


def test_a_form_that_is_too_large_is_not_read(families: Families) -> None:
    answer = families.send(me("L0010"), "/me/ask", learner="L0010", kind="help", skill="x" * 5000)
    assert answer.status_code == 422
    assert families.asked("L0010") == []


# --- where nobody signs in


def test_whoever_runs_this_machine_sees_a_learners_page_and_tries_it(village: Village) -> None:
    assert village.client.get("/me?lang=en").status_code == 200
    option = village.get(f"/v1/learners/{ALICE}/path")["options"][0]
    form = {"suggestion": option["suggestion_id"], "decision": "accept", "lang": "en"}
    answer = village.client.post("/me/choose", data=form, follow_redirects=False)
    assert f"learner={ALICE}" in answer.headers["location"]
    assert "You chose this." in village.client.get(answer.headers["location"]).text
    assert village.client.post("/me/choose", data=form | {"suggestion": "none"}).status_code == 404
    assert village.client.get("/me?learner=nobody").status_code == 404


def test_ids_are_escaped_wherever_they_stand(village: Village) -> None:
    evil = '"><img src=x>&lang=en#'
    village.post(row("a", learner_id=evil))
    for address in ("/me", "/family", "/embed/learner"):
        answer = village.client.get(address, params={"learner": evil, "lang": "en"})
        assert answer.status_code == 200
        assert "<img src=x>" not in answer.text
