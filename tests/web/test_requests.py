"""What is asked of who teaches: it reaches them, nobody else, in fixed words, and is answered with one click."""

from __future__ import annotations

from html import unescape

import pytest

from families import Families
from polku.paths import LANGUAGES
from polku.store.requests import CHOICES, KINDS
from polku.web.pages.asked import requests_of
from polku.web.pages.templates import TEMPLATES
from polku.web.wording import sayer


def me(learner: str) -> str:
    return f"learner:{learner}"


def teacher(families: Families, learner: str) -> str:
    return f"teacher:teacher/{families.group_of(learner)}"


def waiting(families: Families, learner: str) -> list[tuple[str, str, str | None]]:
    """Return kind, learner and choice of what waits in the learner's group."""
    held = families.village.app.state.service
    with families.village.store.read() as tx:
        found = requests_of(held, tx, families.group_of(learner))
    return [(one.kind, one.learner, one.choice) for one in found if one.learner == learner]


def test_a_private_ask_for_help_reaches_who_teaches(families: Families) -> None:
    learner = "L0032"
    page = families.follow(me(learner), "/me/ask", learner=learner, kind="help", lang="en")
    assert "Your teacher can see that you want help." in page
    assert ">Ask for help</button>" not in page, "asked once is enough"
    assert waiting(families, learner) == [("help", learner, None)]


def test_it_can_be_taken_back_by_who_asked_alone(families: Families) -> None:
    learner = "L0036"
    families.send(me(learner), "/me/ask", learner=learner, kind="help")
    (asked,) = families.asked(learner)
    for who in (me("L0032"), f"guardian:home/{learner}", teacher(families, learner)):
        assert families.send(who, "/me/take-back", request=asked.request_id).status_code == 403
    page = families.follow(me(learner), "/me/take-back", request=asked.request_id, lang="en")
    assert "You took it back." in page
    assert waiting(families, learner) == []
    assert families.send(me(learner), "/me/take-back", request=asked.request_id).status_code == 409


def test_what_those_at_home_ask_is_not_the_learners_to_take_back(families: Families) -> None:
    learner = "L0023"
    families.send(f"guardian:home/{learner}", "/family/ask", learner=learner)
    (asked,) = families.asked(learner)
    assert families.send(me(learner), "/me/take-back", request=asked.request_id).status_code == 403
    assert waiting(families, learner) == [("review", learner, None)]


@pytest.mark.parametrize("choice", CHOICES)
def test_a_learner_may_disagree_in_fixed_words(families: Families, choice: str) -> None:
    learner = "L0040"
    skill = families.path(learner)["options"][0]["skill_id"]
    page = families.follow(
        me(learner), "/me/ask", learner=learner, kind="comment", skill=skill, choice=choice, lang="en"
    )
    assert "Your teacher can see what you think." in page
    assert ("comment", learner, choice) in waiting(families, learner)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "comment", "choice": "it is boring and I am ill"},
        {"kind": "comment", "choice": "too_easy", "reason": "in my own words"},
        {"kind": "comment", "choice": "too_easy", "text": ""},
        {"kind": "comment"},
        {"kind": "help", "choice": "too_easy"},
        {"kind": "help", "message": "call me"},
        {"kind": "review"},
        {"kind": "grade"},
        {},
    ],
)
def test_free_words_are_refused_at_the_door(families: Families, form: dict[str, str]) -> None:
    learner = "L0033"
    skill = families.path(learner)["options"][0]["skill_id"]
    assert families.send(me(learner), "/me/ask", learner=learner, skill=skill, **form).status_code == 422
    assert families.asked(learner) == []


def test_a_skill_that_there_is_not(families: Families) -> None:
    answer = families.send(me("L0033"), "/me/ask", learner="L0033", kind="check", skill="about my health")
    assert answer.status_code == 404
    assert families.asked("L0033") == []


def test_who_teaches_answers_with_one_click_and_nobody_else_does(families: Families) -> None:
    learner = "L0019"
    group = families.group_of(learner)
    families.send(me(learner), "/me/ask", learner=learner, kind="help")
    (asked,) = families.asked(learner)
    for who in (me(learner), f"guardian:home/{learner}", "teacher:teacher/none", f"teacher:once/{group}"):
        assert families.send(who, "/asked/answered", request=asked.request_id).status_code == 403
    assert families.send(teacher(families, learner), "/asked/answered", request="nothing").status_code == 403
    answer = families.send(
        teacher(families, learner), "/asked/answered", request=asked.request_id, group=group, lang="sv"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/groups/{group}?lang=sv#asked")
    assert waiting(families, learner) == []
    (done,) = families.asked(learner)
    assert done.answered_by == f"teacher/{group}"
    assert "What you have asked for" not in families.show(me(learner), "/me?lang=en")


def test_an_answer_leads_to_no_other_place(families: Families) -> None:
    learner = "L0011"
    families.send(me(learner), "/me/ask", learner=learner, kind="help")
    (asked,) = families.asked(learner)
    form = {"request": asked.request_id, "group": "//evil.example"}
    answer = families.send(teacher(families, learner), "/asked/answered", **form)
    assert answer.headers["location"] == f"/learners/{learner}#asked"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fragment_for_the_class_view_says_who_asks_for_what(families: Families, language: str) -> None:
    learner = "L0039"
    skill = families.path(learner)["options"][0]
    families.send(me(learner), "/me/ask", learner=learner, kind="comment", skill=skill["skill_id"], choice="not_clear")
    held = families.village.app.state.service
    with families.village.store.read() as tx:
        found = requests_of(held, tx, families.group_of(learner))
    say = sayer(held.suggester.texts, language)
    context = {
        "requests": found,
        "group": families.group_of(learner),
        "say": say,
        "language": language,
        "link": lambda address: address,
        "place": lambda kind, name: f"/{kind}/{name}",
        "title": lambda texts: texts[language],
        "day": str,
    }
    shown = unescape(TEMPLATES.get_template("asked.html").render(context))
    assert say("family.asked.title", count=len(found)) in shown
    assert f'<a href="/learners/{learner}">{learner}</a> {say("family.asked.comment")}' in shown
    assert say("family.remark.not_clear") in shown
    assert skill["title"][language] in shown
    assert f'name="request" value="{found[0].request_id}"' in shown
    assert TEMPLATES.get_template("asked.html").render(context | {"requests": ()}).strip() == ""


def test_every_kind_and_every_choice_has_its_words(families: Families) -> None:
    texts = families.village.app.state.service.suggester.texts
    for language in LANGUAGES:
        assert all(texts.say(language, f"family.asked.{kind}") for kind in KINDS)
        assert all(texts.say(language, f"family.remark.{choice}") for choice in CHOICES)
