"""The class view: who could take up what next, what is new, and everything that its buttons do."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pandas as pd
import pytest

from polku.paths import LANGUAGES, Texts
from polku.web.pages.teacher_words import REASONS
from polku.web.said import WHY
from village import DAY, GROUP, Clock, Village, assert_problem, row

CLASS = f"/groups/{GROUP}"


@pytest.fixture
def clock(hamlet: Village) -> Clock:
    return hamlet.clock


def show(village: Village, address: str = CLASS, language: str = "en") -> str:
    answer = village.client.get(address, params={"lang": language} if "lang=" not in address else None)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def group_of(village: Village, group: str = GROUP) -> dict[str, Any]:
    return village.get(f"/v1/groups/{group}/suggestions")


def press(village: Village, action: str, **form: Any) -> str:
    """Send a form; return the page that follows."""
    answer = village.client.post(action, data={"lang": "en", "back": CLASS, **form}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return show(village, answer.headers["location"])


def first_of(village: Village, group: str = GROUP, place: int = 0) -> tuple[str, dict[str, Any]]:
    learner = group_of(village, group)["learners"][place]
    return learner["learner_id"], learner["options"][0]


# --- what it shows


def test_learners_stand_under_the_skill_that_they_could_share(hamlet: Village) -> None:
    page, said = show(hamlet), group_of(hamlet)
    titles = hamlet.app.state.service.suggester.serving.lens.curriculum.skills
    for one in said["together"]:
        section = page.split(f">{titles[one['skill_id']].title['en']}</h3>")[1].split("<h3")[0]
        assert set(re.findall(r'id="who-(\w+)"', section)) == set(one["learner_ids"])
    shown = re.findall(r'id="who-(\w+)"', page)
    assert sorted(shown) == sorted(one["learner_id"] for one in said["learners"] if one["options"])


def test_each_line_says_why_and_nothing_that_compares(hamlet: Village) -> None:
    page = show(hamlet)
    lines = page.split('<li data-keys class="line')[1:]
    for one in group_of(hamlet)["learners"]:
        line = next(text for text in lines if f'id="who-{one["learner_id"]}"' in text)
        whys = [reason["en"] for option in one["options"] for reason in option["reasons"] if "why." in reason["id"]]
        assert any(why in line for why in whys)
    words = re.sub(r"<[^>]+>", " ", page.split("<main")[1])
    assert not re.search(r"\d+ ?%|\d\.\d|mastery", words)


def test_learners_with_few_answers_are_named_kindly(village: Village) -> None:
    with village.store.begin() as tx:
        from polku.records import Roster

        new = Roster.of([{"learner_id": "new-here", "grade": 7, "group_id": GROUP, "school_id": "Koivurannan koulu"}])
        learners = pd.concat([tx.roster.learners(), new.learners])
        tx.roster.replace(Roster(learners, tx.roster.teachers()))
    page = show(village)
    assert re.search(r"A short task would help</h3>.*?/learners/new-here", page, re.DOTALL)
    assert "new-here" in group_of(village)["short_task_helps"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_wholly_in_its_language(hamlet: Village, language: str) -> None:
    texts = Texts.load(hamlet.app.state.service.home.serve / "text")
    page = show(hamlet, language=language)
    for key in ("page.class_title", "page.other_choices", "page.make_goal", "decision.reject", "page.reason.on_paper"):
        assert texts.say(language, key) in page
        for other in set(LANGUAGES) - {language}:
            assert f">{texts.say(other, key)}<" not in page


def test_the_page_is_light(hamlet: Village) -> None:
    page = hamlet.client.get(CLASS).text
    lines = page.count("data-keys class=")
    each = (len(page) - len(page.split("<main")[0])) / max(lines, 1)
    static = sum(len(hamlet.client.get(f"/static/polku.{kind}").content) for kind in ("css", "js", "svg"))
    assert static + len(page.split("<main")[0]) + 30 * each < 150_000


def test_a_group_that_is_not_there(hamlet: Village) -> None:
    assert_problem(hamlet.client.get("/groups/0Z"), 404, "not-found")


# --- what is new


def test_what_is_new_is_counted_from_the_last_look_on_an_earlier_day(village: Village) -> None:
    learner, option = first_of(village)
    assert "New in the past week (from 29 May 2026)" in show(village)
    village.clock.now += DAY
    village.post(row("new-1", learner_id=learner), row("new-2", learner_id=learner))
    for _ in range(2):  # a second look on the same day tells the same
        page = show(village)
        assert "New since you last looked (5 June 2026)" in page
        assert "2 new answers. They came from one learner." in page
    assert option["suggestion_id"]


def test_answers_since_an_accepted_step_are_counted_and_none_is_a_score(village: Village) -> None:
    learner, option = first_of(village)
    page = press(village, "/decide", suggestion=option["suggestion_id"], decision="accept")
    assert re.search(rf"{learner}</a></th><td>{re.escape(option['title']['en'])}.*?No answers yet", page, re.DOTALL)
    village.clock.now += DAY
    skill = option["skill_id"]
    for number, right in enumerate((1, 0, 1)):
        village.post(
            row(
                f"since-{number}", learner_id=learner, item_id=f"{skill}-0{number}", skill_ids=[skill], correct=right,
                answered_at=f"2026-06-06T0{number}:00:00Z",
            )
        )  # fmt: skip
    assert "2 of 3 answers right." in show(village)
    said = village.client.put(f"/v1/learners/{learner}/objection", json={"by": "T07", "role": "teacher"})
    assert said.status_code == 200, said.text
    assert "answers right." not in show(village), "of who objects no answer is counted"


# --- what the buttons do


@pytest.mark.parametrize(
    ("decision", "more", "said"),
    [
        ("accept", {}, "Recorded. Accepted: "),
        ("skip", {}, "Recorded. Skipped: "),
        ("reject", {"reason": "on_paper"}, "Recorded. Put aside: "),
        ("pause", {"weeks": "2"}, "Recorded. Taking a break: "),
    ],
)
def test_a_decision_is_recorded_said_and_taken_back(
    village: Village, decision: str, more: dict[str, str], said: str
) -> None:
    learner, option = first_of(village)
    page = press(village, "/decide", suggestion=option["suggestion_id"], decision=decision, **more)
    assert f"{said}{option['title']['en']}" in page
    with village.store.read() as tx:
        (kept,) = tx.decisions.of(learner)
    assert (kept.decision, kept.role, kept.reason) == (decision, "teacher", more.get("reason"))
    assert (kept.until is not None) == (decision == "pause")
    made = re.findall(r'name="made" value="(\w+)"', page)
    assert made == [kept.decision_id]
    page = press(village, "/decide", suggestion=option["suggestion_id"], decision="undo", made=made[0])
    assert 'role="status"' not in page
    with village.store.read() as tx:
        assert tx.decisions.of(learner) == []
        assert [one.decision for one in tx.decisions.history(learner)] == [decision, "undo"]


def test_another_step_is_chosen_instead(village: Village) -> None:
    learner, option = first_of(village)
    other = next(
        one for one in group_of(village)["learners"] if one["learner_id"] == learner
    )["options"][1]  # fmt: skip
    form = {"suggestion": option["suggestion_id"], "decision": "edit", "replacement": other["skill_id"]}
    page = press(village, "/decide", **form)
    assert f"Chosen instead: {other['title']['en']}" in page
    assert village.get(f"/v1/learners/{learner}/path-settings")["settled"]["pins"] is None, "it is suggested anyway"


def test_a_skill_beyond_the_options_comes_first_until_that_is_taken_back(village: Village) -> None:
    learner, option = first_of(village)
    offered = {one["skill_id"] for one in village.get(f"/v1/learners/{learner}/path")["options"]}
    skill = next(one for one in ("MA79.S2.01", "MA79.S3.01", "MA79.S1.01", "MA79.S4.01") if one not in offered)
    page = press(
        village, "/decide", suggestion=option["suggestion_id"], decision="edit", replacement=f"{skill} Its title"
    )
    assert village.get(f"/v1/learners/{learner}/path-settings")["settled"]["pins"] == [skill]
    made = re.findall(r'name="made" value="(\w+)"', page)[0]
    press(village, "/decide", suggestion=option["suggestion_id"], decision="undo", made=made)
    assert village.get(f"/v1/learners/{learner}/path-settings")["settled"]["pins"] == []


def test_a_goal_is_set_and_taken_back(village: Village) -> None:
    learner, option = first_of(village)
    page = press(village, f"/learners/{learner}/goal", skill=option["skill_id"])
    assert f"The path of learner {learner} now leads to this goal: {option['title']['en']}" in page
    assert village.get(f"/v1/learners/{learner}/path-settings")["settled"]["goals"] == [option["skill_id"]]
    press(village, f"/learners/{learner}/goal", skill=option["skill_id"], goal="off")
    assert village.get(f"/v1/learners/{learner}/path-settings")["settled"]["goals"] == []
    answer = village.client.post(f"/learners/{learner}/goal", data={"skill": "MA79.S9"})
    assert_problem(answer, 404, "not-found")


def test_words_of_ones_own_are_not_taken_as_a_reason(village: Village) -> None:
    learner, option = first_of(village)
    press(village, "/decide", suggestion=option["suggestion_id"], decision="reject", reason="he is lazy")
    with village.store.read() as tx:
        assert [one.reason for one in tx.decisions.of(learner)] == [None]


def test_every_fixed_reason_has_words(hamlet: Village) -> None:
    texts = Texts.load(hamlet.app.state.service.home.serve / "text")
    said = {key for key in texts.keys() if key.startswith("page.reason.")}  # noqa: SIM118 - no mapping
    assert said == {f"page.reason.{one}" for one in WHY}
    assert set(REASONS) <= set(WHY)


def test_a_class_rests_and_goes_on(village: Village) -> None:
    page = press(village, f"{CLASS}/pause", pause="on")
    assert "suggestions are paused." in page
    assert "Resume suggestions" in page
    assert "are paused" not in press(village, f"{CLASS}/pause", pause="off")


# --- accepting together


def test_together_the_evidence_comes_first(village: Village) -> None:
    shared = max(group_of(village)["together"], key=lambda one: len(one["learner_ids"]))
    group = village.client.get(f"{CLASS}/together", params={"skill": shared["skill_id"], "lang": "en"}).text
    page = unescape(group)
    offers = {one["learner_id"]: one for one in group_of(village)["learners"]}
    chosen = re.findall(r'name="suggestion" value="(\w+)" checked', page)
    assert len(chosen) == len(shared["learner_ids"])
    for learner in shared["learner_ids"]:
        step = next(one for one in offers[learner]["options"] if one["skill_id"] == shared["skill_id"])
        assert all(one["en"] in page for one in step["reasons"] if one["id"].startswith(("why.", "evidence.")))
    page = press(village, f"{CLASS}/accepted", suggestion=chosen, decision="accept")
    made = re.findall(r'name="made" value="(\w+)"', page)
    assert len(made) == len(chosen)
    press(village, f"{CLASS}/accepted", decision="undo", made=made)
    with village.store.read() as tx:
        assert not [one for learner in shared["learner_ids"] for one in tx.decisions.of(learner)]


def test_together_nothing_is_accepted_that_was_not_looked_at(village: Village) -> None:
    with village.store.begin() as tx:
        held = village.app.state.service
        offer = held.suggester.offer(tx, tx.roster.group(GROUP)[0].learner_id)
    form = {"suggestion": offer.suggestions[0].suggestion_id}
    assert_problem(village.client.post(f"{CLASS}/accepted", data=form), 409, "conflict")
    form = {"decision": "undo", "made": "none"}
    assert_problem(village.client.post(f"{CLASS}/accepted", data=form), 404, "not-found")


def test_together_with_nobody_chosen_leads_back(hamlet: Village) -> None:
    assert 'role="status"' not in press(hamlet, f"{CLASS}/accepted", decision="accept")
    answer = hamlet.client.get(f"{CLASS}/together?skill=MA79.none", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, CLASS)


def test_opening_a_learner_is_a_look_and_opening_their_group_is_none(village: Village) -> None:
    with village.store.read() as tx:
        one = tx.roster.group(GROUP)[0].learner_id

    def told() -> list[str]:
        life = village.get(f"/v1/learners/{one}/suggestions")["suggestions"]
        return [event["what"] for event in life[0]["events"]]

    show(village)
    assert told() == ["offered"], "the group's view shows no evidence yet"
    for _ in range(2):
        show(village, f"/learners/{one}")
    assert told() == ["offered", "seen"]
