"""Who may ask, take back, answer, open and have which card: every role of a child's life, before and after it ends."""

from __future__ import annotations

import pytest

from families import Families
from polku.paths import LANGUAGES
from polku.store.requests import Asked
from village import GROUP

CHILD, OTHER = "L0046", "L0001"
READS: list[tuple[str, str, int]] = [
    (f"learner:{CHILD}", "/me", 200),
    (f"learner:{CHILD}", f"/me?learner={CHILD}", 200),
    (f"learner:{CHILD}", f"/me?learner={OTHER}", 403),
    (f"learner:{CHILD}", f"/family?learner={CHILD}", 403),
    (f"guardian:home/{CHILD}", "/family", 200),
    (f"guardian:home/{CHILD}", f"/family?learner={CHILD}", 200),
    (f"guardian:home/{CHILD}", f"/family?learner={OTHER}", 403),
    (f"guardian:home/{CHILD}", f"/me?learner={CHILD}", 403),
    (f"guardian:ended/{CHILD}", f"/family?learner={CHILD}", 403),
    (f"guardian:restricted/{CHILD}", f"/family?learner={CHILD}", 403),
    (f"guardian:stranger/{CHILD}", f"/family?learner={CHILD}", 403),
    (f"guardian:ended/{CHILD}", "/family", 403),
    (f"guardian:restricted/{CHILD}", "/family", 403),
    (f"teacher:teacher/{GROUP}", f"/family?learner={CHILD}", 403),
    ("principal:R1", f"/family?learner={CHILD}", 403),
    ("principal:R1", f"/me?learner={CHILD}", 403),
    ("researcher:X1", f"/me?learner={CHILD}", 403),
    ("service:S1", f"/me?learner={CHILD}", 403),
    (f"guardian:home/{CHILD}", "/embed/learner", 200),
    (f"guardian:ended/{CHILD}", f"/embed/learner?learner={CHILD}", 403),
    (f"guardian:restricted/{CHILD}", f"/embed/learner?learner={CHILD}", 403),
    (f"guardian:home/{CHILD}", f"/embed/teacher?group={GROUP}", 403),
    (f"teacher:once/{GROUP}", f"/embed/teacher?group={GROUP}", 403),
    ("principal:R1", f"/embed/teacher?group={GROUP}", 403),
]


@pytest.mark.parametrize(("who", "address", "status"), READS)
def test_who_opens_what(families: Families, who: str, address: str, status: int) -> None:
    assert families.ask(who, address).status_code == status


def asked(families: Families, learner: str, by: str) -> Asked:
    """Return the open request that the learner or those at home make, asked now."""
    if by == "learner":
        families.send(f"learner:{learner}", "/me/ask", learner=learner, kind="help")
    else:
        families.send(f"guardian:home/{learner}", "/family/ask", learner=learner)
    found = [one for one in families.asked(learner) if one.open and one.role == by]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "who",
    [
        "learner:L0001",
        "guardian:ended/L0045",
        "guardian:restricted/L0045",
        "guardian:home/L0001",
        "guardian:stranger",
        "learner:L0045",
        "principal:R1",
        "researcher:X1",
        "teacher:teacher/none",
        "service:S1",
    ],
)
def test_nobody_else_asks_for_a_review_or_objects(families: Families, who: str) -> None:
    for address, form in (("/family/ask", {}), ("/family/objection", {"objects": "yes"})):
        assert families.send(who, address, learner="L0045", **form).status_code == 403
    assert families.asked("L0045") == []


@pytest.mark.parametrize(
    "who",
    [
        "learner:L0001",
        "guardian:home/L0045",
        "teacher:teacher/none",
        "principal:R1",
        "researcher:X1",
        "service:S1",
    ],
)
@pytest.mark.parametrize("kind", ["help", "check", "comment"])
def test_nobody_else_asks_as_the_learner(families: Families, who: str, kind: str) -> None:
    assert families.send(who, "/me/ask", learner="L0045", kind=kind).status_code == 403
    assert families.asked("L0045") == []


@pytest.mark.parametrize("by", ["learner", "guardian"])
def test_a_request_is_answered_by_who_teaches_alone_and_lives_until_then(families: Families, by: str) -> None:
    learner = "L0043"
    group = families.group_of(learner)
    made = asked(families, learner, by)
    for who in (
        f"teacher:once/{group}",
        "teacher:teacher/none",
        f"learner:{learner}",
        f"guardian:home/{learner}",
        "principal:R1",
        "service:S1",
    ):
        assert families.send(who, "/asked/answered", request=made.request_id).status_code == 403, who
    assert asked(families, learner, by) == made, "asked again it is the same"
    assert families.send(f"teacher:teacher/{group}", "/asked/answered", request=made.request_id).status_code == 303
    assert families.send(f"teacher:teacher/{group}", "/asked/answered", request=made.request_id).status_code == 409
    assert asked(families, learner, by).request_id != made.request_id


@pytest.mark.parametrize(
    ("who", "address", "form"),
    [
        ("guardian:home/L0044", "/family/ask", {"message": "why"}),
        ("guardian:home/L0044", "/family/ask", {"kind": "review"}),
        ("guardian:home/L0044", "/family/objection", {}),
        ("guardian:home/L0044", "/family/objection", {"objects": ""}),
        ("guardian:home/L0044", "/family/objection", {"objects": "maybe"}),
        ("guardian:home/L0044", "/family/objection", {"objects": "yes", "reason": "health"}),
        ("learner:L0044", "/me/ask", {"kind": ""}),
        ("learner:L0044", "/me/ask", {"kind": "alarm"}),
        ("learner:L0044", "/me/ask", {"kind": "help", "feeling": "sad"}),
    ],
)
def test_what_no_page_offers_is_refused_and_kept_nowhere(
    families: Families, who: str, address: str, form: dict[str, str]
) -> None:
    answer = families.send(who, address, learner="L0044", **form)
    assert answer.status_code == 422
    assert families.asked("L0044") == []
    with families.village.store.read() as tx:
        assert not tx.holds.bearing("L0044", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_those_at_home_read_the_childs_sentences_and_no_private_ask(families: Families, language: str) -> None:
    learner = "L0042"
    families.send(f"learner:{learner}", "/me/ask", learner=learner, kind="help")
    own = families.show(f"learner:{learner}", f"/me?lang={language}")
    home = families.show(f"guardian:home/{learner}", f"/family?lang={language}")
    texts = families.village.app.state.service.suggester.texts
    for option in families.path(learner)["options"]:
        assert option["next_step"][language] in own
        assert option["next_step"][language] in home
    said = texts.say(language, "family.asked.help")
    assert said not in home
    for page in (own, home):
        assert families.group_of(learner) not in page.split("<main", 1)[1]


def test_an_objection_is_made_once_and_taken_back_once(families: Families) -> None:
    learner = "L0041"
    who = f"guardian:home/{learner}"

    def standing() -> int:
        with families.village.store.read() as tx:
            return len([one for one in tx.holds.bearing(learner, None) if one.kind == "objection"])

    for objects, left in (("no", 0), ("yes", 1), ("yes", 1), ("no", 0), ("no", 0)):
        assert families.send(who, "/family/objection", learner=learner, objects=objects).status_code == 303
        assert standing() == left
