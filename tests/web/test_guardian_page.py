"""The page of those at home: what the child sees, read only, of one's own children, and a word with the teacher."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from families import Families
from polku.paths import LANGUAGES
from polku.paths.days import day_of
from polku.records.relations import Kind, Relation
from polku.store.holds import OBJECTION
from village import NOW

CHILD, SIBLING, SMALL = "L0021", "L0024", "L0015"


def home(learner: str) -> str:
    return f"guardian:home/{learner}"


def sentences(page: str) -> list[str]:
    """Return what is said about the steps, without what surrounds it."""
    blocks = re.findall(r'<div id="read\d+">(.+?)</div>', page, re.DOTALL)
    return [sentence for block in blocks for sentence in re.findall(r"<(?:h\d|p)[^>]*>(.+?)</(?:h\d|p)>", block)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_those_at_home_read_what_the_child_reads(families: Families, language: str) -> None:
    own = families.show(f"learner:{CHILD}", f"/me?lang={language}")
    theirs = families.show(home(CHILD), f"/family?lang={language}")
    assert sentences(theirs) == sentences(own) != []
    growth = r'<p class="sum">(.+?)</p>'
    assert re.findall(growth, theirs) == re.findall(growth, own) != []


def test_they_decide_nothing(families: Families) -> None:
    page = families.show(home(CHILD), "/family?lang=en")
    assert set(re.findall(r'action="([^"]+)"', page)) == {"/family/ask", "/family/objection"}
    suggestion = families.path(CHILD)["options"][0]["suggestion_id"]
    for address in ("/me/choose", "/decide", "/me/ask"):
        answer = families.send(
            home(CHILD), address, suggestion=suggestion, decision="accept", learner=CHILD, kind="help"
        )
        assert answer.status_code in {403, 404}, address
    assert families.decisions(CHILD) == []


def test_what_the_child_asked_for_privately_is_not_told_at_home(families: Families) -> None:
    before = families.show(home(CHILD), "/family?lang=en")
    skill = families.path(CHILD)["options"][0]["skill_id"]
    families.send(f"learner:{CHILD}", "/me/ask", learner=CHILD, kind="help")
    families.send(f"learner:{CHILD}", "/me/ask", learner=CHILD, kind="comment", skill=skill, choice="too_hard")
    assert [one.kind for one in families.asked(CHILD)] == ["help", "comment"]
    assert families.show(home(CHILD), "/family?lang=en") == before


def test_no_export_but_the_childs_own_tells_it(families: Families) -> None:
    child, address = "L0044", "/v1/learners/L0044/export"
    families.send(f"learner:{child}", "/me/ask", learner=child, kind="help")
    families.send(home(child), "/family/ask", learner=child)
    kinds = {
        who: [row["kind"] for row in families.ask(who, address).json()["tables"]["requests"]]
        for who in (home(child), f"learner:{child}", "administrator:A1")
    }
    assert kinds == {home(child): ["review"], f"learner:{child}": ["help", "review"], "administrator:A1": ["review"]}


def test_in_the_first_two_grades_the_teacher_is_the_one_to_ask(families: Families) -> None:
    page = families.show(home(SMALL), "/family?lang=en")
    assert "In grades 1 and 2 the teacher shows children their next steps." in page
    assert "Ask for a review" in page
    assert not sentences(page)


def test_several_children_have_a_page_each(families: Families) -> None:
    since = day_of(NOW) - dt.timedelta(1)
    with families.village.store.begin() as tx:
        more = [Relation("both", Kind.GUARDIAN, "learner", one, since, None, False) for one in (CHILD, SIBLING)]
        tx.relations.replace([*tx.relations.all(), *more])
    first = families.show("guardian:both", "/family?lang=en")
    assert re.findall(r">Child (\w+)</a>", first) == [CHILD, SIBLING]
    assert f'aria-current="page">Child {CHILD}' in first
    second = families.show("guardian:both", f"/family?lang=en&learner={SIBLING}")
    assert f'aria-current="page">Child {SIBLING}' in second
    assert sentences(second) == sentences(families.show(home(SIBLING), "/family?lang=en"))


@pytest.mark.parametrize("who", [f"guardian:ended/{CHILD}", f"guardian:restricted/{CHILD}", f"guardian:home/{SIBLING}"])
def test_an_ended_restricted_or_other_relation_opens_nothing(families: Families, who: str) -> None:
    for address in (f"/family?learner={CHILD}", f"/embed/learner?learner={CHILD}"):
        assert families.ask(who, address).status_code == 403
    for address, form in (("/family/ask", {}), ("/family/objection", {"objects": "yes"})):
        assert families.send(who, address, learner=CHILD, **form).status_code == 403
    if not who.startswith("guardian:home"):
        assert families.ask(who, "/family").status_code == 403
    with families.village.store.read() as tx:
        assert not [one for one in tx.holds.history(CHILD) if one.by == who.partition(":")[2]]


def test_others_do_not_open_it(families: Families) -> None:
    for who in (f"learner:{CHILD}", f"teacher:teacher/{families.group_of(CHILD)}", "principal:home/L0021"):
        assert families.ask(who, f"/family?learner={CHILD}").status_code == 403
        assert families.send(who, "/family/ask", learner=CHILD).status_code == 403


def test_a_protected_childs_page_names_no_school_and_no_group(families: Families) -> None:
    child = "L0047"
    with families.village.store.begin() as tx:
        tx.relations.protect([child])
        listed = tx.roster.learner(child)
    assert listed is not None
    page = families.show(home(child), "/family?lang=en")
    assert f"Child {child}" in page
    assert sentences(page)
    assert str(listed.school_id) not in page
    assert not re.search(rf"\b{listed.group_id}\b", re.sub("<[^>]*>", " ", page))


def test_a_review_is_asked_for_once_and_shown_as_open(families: Families) -> None:
    child = "L0025"
    page = families.follow(home(child), "/family/ask", learner=child, lang="en")
    assert "The teacher can see that you have asked." in page
    assert "You asked for a review on 5 June 2026." in page
    assert "Ask for a review" not in page
    families.send(home(child), "/family/ask", learner=child)
    (asked,) = families.asked(child)
    assert (asked.kind, asked.by, asked.role) == ("review", f"home/{child}", "guardian")
    assert families.send(home(child), "/family/ask", learner=child, reason="my own words").status_code == 422


def test_they_may_object_to_profiling_and_take_it_back(families: Families) -> None:
    child = "L0016"
    page = families.follow(home(child), "/family/objection", learner=child, objects="yes", lang="en")
    assert "The objection is recorded." in page
    assert "Your answers are not used now." in page
    assert 'id="growth"' not in page
    families.send(home(child), "/family/objection", learner=child, objects="yes")
    with families.village.store.read() as tx:
        (held,) = tx.holds.history(child)
    assert (held.kind, held.by, held.role) == (OBJECTION, f"home/{child}", "guardian")
    page = families.follow(home(child), "/family/objection", learner=child, objects="no", lang="en")
    assert "The objection has been taken back." in page
    assert 'id="growth"' in page
    assert families.send(home(child), "/family/objection", learner=child, objects="maybe").status_code == 422
