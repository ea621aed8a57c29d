"""Fragments for a platform's desktop: framed where the settings say, a piece of the page and a way to it."""

from __future__ import annotations

import re

import pytest

from families import FRAMER, Families
from polku.schemas.pages import PageSettings
from village import GROUP, Village


def policy(answer_headers: object, *, name: str = "content-security-policy") -> dict[str, str]:
    parts = str(answer_headers[name]).split("; ")  # type: ignore[index] # headers are a mapping
    return {part.split(" ", 1)[0]: part.partition(" ")[2] for part in parts}


def test_a_teachers_card_says_which_next_steps_a_group_has(families: Families) -> None:
    page = families.show(f"teacher:teacher/{GROUP}", f"/embed/teacher?group={GROUP}&lang=en")
    assert f"<h1>Next steps: group {GROUP}</h1>" in page
    counts = re.findall(r">(One|\d+) learners?</span>", page)
    with families.village.store.read() as tx:
        members = tx.roster.group(GROUP)
    assert sum(1 if count == "One" else int(count) for count in counts) == len(members)
    assert not any(one.learner_id in page for one in members), "a card on a desktop names nobody"
    assert f'href="/groups/{GROUP}?lang=en" target="_blank" rel="noopener"' in page


def test_without_a_group_it_is_the_teachers_first(families: Families) -> None:
    assert f"group {GROUP}" in families.show(f"teacher:teacher/{GROUP}", "/embed/teacher?lang=en")
    assert families.ask("teacher:teacher/none", "/embed/teacher").status_code == 403


def test_a_learners_card_is_the_next_step(families: Families) -> None:
    learner = "L0046"
    step = families.path(learner)["options"][0]["next_step"]
    own = families.show(f"learner:{learner}", "/embed/learner?lang=sv")
    assert step["sv"] in own
    assert 'href="/me?lang=sv" target="_blank"' in own
    at_home = families.show(f"guardian:home/{learner}", "/embed/learner?lang=sv")
    assert step["sv"] in at_home
    assert f'href="/family?lang=sv&learner={learner}"' in at_home


def test_in_the_first_two_grades_the_card_says_who_shows_it(families: Families) -> None:
    assert "Your teacher shows you what comes next." in families.show("learner:L0026", "/embed/learner?lang=en")
    at_home = families.show("guardian:home/L0026", "/embed/learner?lang=en")
    assert "In grades 1 and 2 the teacher shows children their next steps." in at_home


@pytest.mark.parametrize(
    ("who", "address"),
    [(f"teacher:teacher/{GROUP}", f"/embed/teacher?group={GROUP}"), ("learner:L0046", "/embed/learner")],
)
def test_it_may_be_framed_by_the_desktop_of_the_settings_alone(families: Families, who: str, address: str) -> None:
    answer = families.ask(who, address, **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert answer.status_code == 200
    said = policy(answer.headers)
    assert said["frame-ancestors"] == FRAMER
    assert said["form-action"] == "'none'"
    assert said["default-src"] == "'none'"
    assert "<form" not in answer.text
    assert "x-frame-options" not in answer.headers


def test_every_other_page_is_framed_by_nobody(families: Families) -> None:
    for who, address in (("learner:L0046", "/me"), ("guardian:home/L0046", "/family")):
        assert policy(families.ask(who, address).headers)["frame-ancestors"] == "'none'"


def test_without_a_setting_nobody_frames_it(village: Village) -> None:
    for address in ("/embed/teacher", "/embed/learner", f"/embed/teacher?group={GROUP}"):
        answer = village.client.get(address)
        assert answer.status_code == 200
        assert policy(answer.headers)["frame-ancestors"] == "'none'"


def test_nobody_has_anothers_card(families: Families) -> None:
    for who, address in (
        (f"teacher:once/{GROUP}", f"/embed/teacher?group={GROUP}"),
        ("teacher:teacher/3A", f"/embed/teacher?group={GROUP}"),
        ("learner:L0001", f"/embed/teacher?group={GROUP}"),
        ("learner:L0001", "/embed/learner?learner=L0046"),
        (f"teacher:teacher/{GROUP}", "/embed/learner?learner=L0001"),
        ("service:S1", f"/embed/teacher?group={GROUP}"),
    ):
        assert families.ask(who, address).status_code == 403, (who, address)


@pytest.mark.parametrize(
    "site",
    ["https://desktop.city.example", "https://desktop.city.example:8443", "http://127.0.0.1:9000", "http://localhost"],
)
def test_sites_that_may_frame(site: str) -> None:
    assert PageSettings.model_validate({"embed_in": [site]}).embed_in == (site,)


@pytest.mark.parametrize(
    "site",
    ["*", "https:", "https://*.example", "http://desktop.city.example", "https://a.example/desk", "'self'",
     "https://a.example https://b.example", "https://a.example; script-src *", ""],
)  # fmt: skip
def test_what_would_open_the_frame_to_more_is_refused(site: str) -> None:
    with pytest.raises(ValueError, match="without a path"):
        PageSettings.model_validate({"embed_in": [site]})
