"""The learner's page for who teaches them: options, terms, drawing, evidence, history, settings."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import Any

import pytest

from polku.curriculum import Curriculum
from polku.curriculum.values import Criterion
from polku.paths.released import Standing
from polku.web.pages.teacher_evidence import evidence_of
from polku.web.pages.teacher_graph import MOST, WIDTH, drawing_of
from polku.web.pages.teacher_history import history_of
from village import ALICE, GROUP, NOW, Village, assert_problem, row

LEARNER = f"/learners/{ALICE}"


def show(village: Village, address: str = f"{LEARNER}?lang=en") -> str:
    answer = village.client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def press(village: Village, action: str, **form: Any) -> str:
    answer = village.client.post(action, data={"lang": "en", **form}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return show(village, answer.headers["location"])


def settled(village: Village) -> dict[str, Any]:
    said: dict[str, Any] = village.get(f"/v1/learners/{ALICE}/path-settings")["settled"]
    return said


def standing(village: Village, learner: str = ALICE) -> Standing:
    with village.store.begin() as tx:
        return village.app.state.service.suggester.standing(tx, learner)  # type: ignore[no-any-return] # app.state is untyped


# --- options, reasons and terms


def test_options_are_shown_with_reasons_and_how_sure_we_are(hamlet: Village) -> None:
    page, path = show(hamlet), hamlet.get(f"/v1/learners/{ALICE}/path")
    for option in path["options"]:
        assert all(reason["en"] in page for reason in option["reasons"])
        assert all(one["en"] in page for one in (option["next_step"], *option["what_if"]))
        for reason in option["reasons"]:
            if reason["id"].startswith("sureness."):
                assert f'<p class="sureness"><span aria-hidden="true">◌</span> {reason["en"]}</p>' in page
    assert all(note["en"] in page for note in path["notes"])
    words = re.sub(r"<[^>]+>", " ", page.split("<main")[1])
    assert "mastery" not in words
    assert not re.search(r"(?<![S.])\b\d\.\d\b(?!\.?\d)", words), "no probability is shown to anybody"


def test_the_terms_are_shown_in_whole_points_that_add_up(hamlet: Village) -> None:
    page, path = show(hamlet), hamlet.get(f"/v1/learners/{ALICE}/path")
    shown = page.split('<ul class="terms">')[1:]
    weighed = [option for option in path["options"] if max(option["terms"].values(), default=0) >= 0.005]
    assert len(shown) == len(weighed) > 0
    for part, option in zip(shown, weighed, strict=True):
        *points, total = map(int, re.findall(r"<b>(\d+)</b>", part.split("</ul>")[0]))
        assert sum(points) == total == round(100 * option["score"])
        for rule, worth in option["terms"].items():
            if worth == 0 or worth >= 0.01:  # what lies between may get a point that the others' roundings leave
                assert (path["rules"][rule]["name"]["en"] in part.split("</ul>")[0]) == (worth > 0)


def test_the_learner_s_words_are_those_of_the_age_asked_for(hamlet: Village) -> None:
    asked = hamlet.get(f"/v1/learners/{ALICE}/path?band=7-9")
    page = show(hamlet, f"{LEARNER}?lang=en&band=7-9")
    assert 'aria-current="true">7\u20139</a>' in page
    for option in asked["options"]:
        assert all(one["en"] in page for one in (option["next_step"], *option["what_if"]))
    assert f"{LEARNER}?band=7-9&lang=sv" in page
    assert_problem(hamlet.client.get(f"{LEARNER}?band=3-6"), 422, "invalid-input")


def test_putting_aside_removes_the_option_and_can_be_taken_back(village: Village) -> None:
    first = village.get(f"/v1/learners/{ALICE}/path")["options"][0]
    title, form = first["title"]["en"], {"suggestion": first["suggestion_id"], "back": LEARNER}
    page = press(village, "/decide", decision="reject", reason="shown_in_class", **form)
    assert f"Recorded. Put aside: {title}" in page
    assert f'<h3 id="option1">{title}</h3>' not in page
    assert re.search(rf"Put aside</h3>.*{re.escape(title)} <small>already shown in class", page, re.DOTALL)
    page = press(village, "/decide", decision="accept", **form)
    assert "<h3>Put aside</h3>" not in page
    assert re.search(rf'<h3 id="option\d">{re.escape(title)}</h3>', page)


def test_a_learner_rests_and_goes_on(village: Village) -> None:
    assert "Pause this learner" not in (page := press(village, f"{LEARNER}/pause", pause="on"))
    assert "suggestions are paused." in page
    assert "are paused." not in press(village, f"{LEARNER}/pause", pause="off")


def test_a_learner_who_is_not_there(hamlet: Village) -> None:
    assert_problem(hamlet.client.get("/learners/nobody"), 404, "not-found")


# --- the drawing


def graph(edges: dict[str, str]) -> Curriculum:
    skills = ", ".join(
        f'{{"id": "{name}", "prerequisites": [{", ".join(f"{chr(34)}{one}{chr(34)}" for one in before)}]}}'
        for name, before in edges.items()
    )
    return Curriculum.from_json(f'{{"skills": [{skills}]}}')


def test_every_skill_stands_to_the_right_of_what_it_builds_on() -> None:
    curriculum = graph({"a": "", "b": "a", "c": "b", "d": "ac", "e": "d"})
    drawing = drawing_of(curriculum, ["b", "d"], ["b", "c", "d"], ["e"], {"a": "shown"})
    at = {node.skill_id: node for node in drawing.nodes}
    assert set(at) == set("abcde")
    for skill in "abcde":
        assert all(at[one].x + WIDTH < at[skill].x for one in curriculum.prerequisites(skill))
    assert [at[one].kind for one in "abcde"] == ["ground", "option", "path", "option", "goal"]
    assert [at[one].place for one in "abcde"] == [0, 1, 2, 3, 0]
    assert at["a"].state == "shown"
    assert len(drawing.lines) == 5
    assert at["d"].before == (curriculum.skills["a"].title, curriculum.skills["c"].title)


def test_boxes_do_not_lie_on_each_other_and_stay_within_the_drawing() -> None:
    edges = {"root": "", **dict.fromkeys("pqrstu", ""), **dict.fromkeys("abc", "pqr"), "z": "abcstu"}
    drawing = drawing_of(graph(edges), ["z", "a"], ["b", "c"], [], {})
    spots = [(node.x, node.y) for node in drawing.nodes]
    assert len(set(spots)) == len(spots)
    rows = sorted({y for x, y in spots if x == min(spots)[0]})
    assert all(below - above >= 50 for above, below in pairwise(rows))
    assert max(x for x, _ in spots) + WIDTH < drawing.width
    assert max(y for _, y in spots) + 50 < drawing.height


def test_a_drawing_never_holds_more_than_can_be_taken_in() -> None:
    names = [f"s{number}" for number in range(80)]
    curriculum = Curriculum.of_skills(names)
    assert len(drawing_of(curriculum, names[:3], names[3:70], [], {}).nodes) == MOST
    assert drawing_of(curriculum, ["unknown"], [], [], {}).nodes == ()


def test_a_long_title_takes_two_lines() -> None:
    long = "Prosentuaalinen muutos ja vertailu useassa vaiheessa sovelluksineen"
    curriculum = Curriculum.from_json(
        f'{{"skills": [{{"id": "a", "title": {{"fi": "{long}", "sv": "x", "en": "y"}}}}]}}'
    )
    (node,) = drawing_of(curriculum, ["a"], [], [], {}).nodes
    lines = node.lines("fi")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert node.lines("sv") == ["x"]


def test_the_drawing_is_on_the_page_and_so_is_the_same_as_a_list(hamlet: Village) -> None:
    page, path = show(hamlet), hamlet.get(f"/v1/learners/{ALICE}/path")
    assert re.search(r'<svg id="drawing" role="img" aria-label="[^"]+" viewBox="0 0 \d+ \d+"', page)
    listed = page.split('<ol class="path-list">')[1].split("</ol>")[0]
    assert [one.strip() for one in re.findall(r"</p>([^<]+)</li>", listed)] == [
        step["title"]["en"] for step in path["path"]
    ]
    for option in path["options"]:
        assert f"<title>{option['title']['en']}</title>" in page


# --- the evidence


def test_evidence_is_told_by_objective_and_is_no_grade(hamlet: Village) -> None:
    evidence, profile = evidence_of(standing(hamlet), NOW), hamlet.get(f"/v1/learners/{ALICE}/profile")
    answers = {one["skill_id"]: one["answers"] for one in profile["skills"]}
    told = {line.skill_id: line.answers for one in evidence.objectives for line in one.skills}
    assert told == {skill: answers[skill] for skill in told}
    assert evidence.answers == profile["answers"]
    assert all(one.objective.estimable for one in evidence.objectives)
    assert not any(one.estimable for one in evidence.unseen)
    page = show(hamlet)
    for one in evidence.objectives:
        assert f"{one.objective.label['en']} {one.objective.title['en']}" in page
    assert "No grade is computed" in page


@pytest.mark.parametrize(("right", "answers", "state"), [(1, 12, "shown"), (0, 12, "open"), (1, 1, "few")])
def test_a_skill_is_shown_open_or_not_known_yet(village: Village, right: int, answers: int, state: str) -> None:
    village.post(*(row(f"n{place}", learner_id="new", correct=right) for place in range(answers)))
    evidence = evidence_of(standing(village, "new"), NOW)
    (line,) = {line.skill_id: line for one in evidence.objectives for line in one.skills}.values()
    assert (line.state, line.answers, line.sure == "unsure") == (state, answers, state == "few")
    assert evidence.states[line.skill_id] == state
    assert line.last is not None


def test_nothing_is_told_of_answers_that_may_not_be_used(village: Village) -> None:
    said = village.client.put(f"/v1/learners/{ALICE}/objection", json={"by": "G1", "role": "guardian"})
    assert said.status_code == 200
    evidence = evidence_of(standing(village), NOW)
    assert (evidence.objectives, evidence.answers) == ((), 0)
    assert "There are no answers yet, or they are not looked at now." in show(village)


def test_criteria_are_there_to_be_read(hamlet: Village) -> None:
    now = standing(hamlet)
    before = evidence_of(now, NOW)
    assert all(one.criteria == () for one in before.objectives)
    name = before.objectives[0].objective.id
    content = now.released.lens.curriculum.content
    with_one = Curriculum(_with(content, Criterion("k", name, 8, {"fi": "Oppilas osaa.", "sv": "Eleven kan."})))
    released = _replaced(now.released, lens=_replaced(now.released.lens, curriculum=with_one))
    after = evidence_of(_replaced(now, released=released), NOW)
    assert [one.criteria[0].text["fi"] for one in after.objectives if one.criteria] == ["Oppilas osaa."]
    assert [one.skills for one in after.objectives] == [one.skills for one in before.objectives]


def _replaced(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


def _with(content: Any, criterion: Criterion) -> Any:
    return _replaced(content, criteria=(*content.criteria, criterion))


# --- the history


def test_history_tells_what_was_offered_decided_and_taken_back(village: Village) -> None:
    first = village.get(f"/v1/learners/{ALICE}/path")["options"][0]
    about = first["suggestion_id"]
    made = village.client.post(
        f"/v1/suggestions/{about}/decision",
        json={"decision": "reject", "by": "T07", "role": "teacher", "reason": "on_paper"},
    ).json()["decision_id"]
    village.client.post(
        f"/v1/suggestions/{about}/decisions/{made}/undo", json={"by": "T07", "role": "teacher"}
    ).raise_for_status()
    curriculum = village.app.state.service.suggester.serving.lens.curriculum
    with village.store.read() as tx:
        told = history_of(tx, curriculum, ALICE)
    assert [(one.what, one.stands) for one in told] == [("undo", False), ("reject", False), ("offered", True)]
    assert told[1].reason == "on_paper"
    page = show(village)
    assert "Show 3 events" in page
    assert re.search(r"Put aside <small>\(teacher\)</small> <small>\(taken back\)</small>", page)
    assert "already done on paper" in page


def test_history_keeps_silent_of_what_was_before_a_restriction(village: Village) -> None:
    village.get(f"/v1/learners/{ALICE}/path")
    curriculum = village.app.state.service.suggester.serving.lens.curriculum
    said = village.client.put(f"/v1/learners/{ALICE}/restriction", json={"by": "G1", "role": "guardian"})
    assert said.status_code == 200
    with village.store.read() as tx:
        assert history_of(tx, curriculum, ALICE) == ()


# --- the settings


def test_the_path_is_edited_by_hand_and_put_back(village: Village) -> None:
    form = {"goals": "MA79.S3.01 Its title", "pins": ["MA79.S2.02", "MA79.S2.01"], "locked": "", "load": "2"}
    page = press(village, f"{LEARNER}/settings", explore="off", **form)
    assert "settings have been saved." in page
    said = settled(village)
    assert (said["goals"], said["pins"], said["locked"]) == (["MA79.S3.01"], ["MA79.S2.02", "MA79.S2.01"], [])
    assert (said["load"], said["explore"], said["syllabus"]) == (2, False, None)
    assert re.search(r'name="goals"[^>]*value="MA79.S3.01 [^"]+"', page)
    press(village, f"{LEARNER}/settings", goals="", explore="on")
    assert (settled(village)["goals"], settled(village)["explore"], settled(village)["load"]) == ([], True, None)
    press(village, f"{LEARNER}/settings", settings="back")
    assert settled(village) == said


def test_what_the_form_does_not_name_stays_settled(village: Village) -> None:
    given = {"by": "T07", "role": "teacher", "threshold": 0.8, "locked": ["MA79.S2.01"]}
    village.client.put(f"/v1/learners/{ALICE}/path-settings", json=given).raise_for_status()
    press(village, f"{LEARNER}/settings", pins="MA79.S2.02")
    assert (settled(village)["threshold"], settled(village)["pins"]) == (0.8, ["MA79.S2.02"])


def test_the_form_shows_what_holds_from_the_group(village: Village) -> None:
    given = {"by": "T07", "role": "teacher", "goals": ["MA79.S3.01"]}
    village.client.put(f"/v1/groups/{GROUP}/path-settings", json=given).raise_for_status()
    assert re.search(r'name="goals"[^>]*value="MA79.S3.01 ', show(village))


def test_a_skill_is_not_led_to_and_kept_away(village: Village) -> None:
    both = {"goals": "MA79.S3.01", "locked": "MA79.S3.01"}
    assert_problem(village.client.post(f"{LEARNER}/settings", data=both), 422, "invalid-input")
    assert_problem(village.client.post(f"{LEARNER}/settings", data={"pins": "MA79.none"}), 404, "not-found")
    press(village, f"{LEARNER}/settings", locked="MA79.S3.01")
    press(village, f"{LEARNER}/goal", skill="MA79.S3.01")
    assert (settled(village)["goals"], settled(village)["locked"]) == (["MA79.S3.01"], [])


def test_goals_are_three_at_most(village: Village) -> None:
    skills = ["MA79.S3.01", "MA79.S2.01", "MA79.S2.02", "MA79.S1.01"]
    for skill in skills:
        press(village, f"{LEARNER}/goal", skill=skill)
    assert settled(village)["goals"] == skills[:0:-1]
