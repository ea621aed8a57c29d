"""LTI: what a launch says; a score leaves after a teacher's word alone; members are ids and roles."""

from __future__ import annotations

from typing import Any

import pytest

from polku.errors import InputError, UnauthorizedError
from polku.exchange.lti import AGS, CLAIM, LINES, MEMBERSHIP, NRPS, SCORE, Offered, launch_of, role_of
from polku.exchange.lti_members import members_of
from polku.exchange.lti_services import Confirmed, score

AT = 1_780_660_800_000_000


def claims(**more: Any) -> dict[str, Any]:
    sound = {
        "message_type": "LtiResourceLinkRequest",
        "version": "1.3.0",
        "deployment_id": "1",
        "target_link_uri": "https://polku.example/me",
        "resource_link": {"id": "r1"},
        "roles": [f"{MEMBERSHIP}#Learner"],
        "lis": {"person_sourcedid": "L0001"},
    }
    return {"sub": "u1", "name": "Anna", **{CLAIM + name: value for name, value in {**sound, **more}.items()}}


def test_a_launch_says_who_as_what_and_where_to() -> None:
    found = launch_of({**claims(), AGS: {"lineitem": "https://x/1"}, NRPS: {"context_memberships_url": 7}}, ["1"])
    assert (found.subject, found.role, found.target) == ("u1", "learner", "https://polku.example/me")
    assert found.offered == Offered("https://x/1"), "what is not written as it must be is not offered"
    assert found.context == "r1", "a link that is in no course stands for itself"
    by_register = launch_of(claims(), ["1"], "lis")
    assert (by_register.subject, by_register.user) == ("L0001", "u1")
    assert "Anna" not in repr(found)


@pytest.mark.parametrize(
    ("endpoint", "takes", "makes"),
    [
        ({"lineitems": "https://x", "scope": [SCORE, LINES]}, True, True),
        ({"lineitems": "https://x", "lineitem": "https://x/1", "scope": [SCORE]}, True, False),
        ({"lineitems": "https://x", "scope": [SCORE]}, False, False),
        ({"lineitem": "https://x/1", "scope": [LINES, 7]}, False, False),
        ({"lineitem": "https://x/1", "scope": SCORE}, False, False),
        ({}, False, False),
        (None, False, False),
    ],
)
def test_scores_are_taken_where_the_platform_says_so(endpoint: object, takes: bool, makes: bool) -> None:
    found = launch_of({**claims(context={"id": "7A", "title": "7A of Anna"}), AGS: endpoint}, ["1"])
    assert (found.offered.takes_scores, found.offered.makes_lines, found.context) == (takes, makes, "7A")


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"message_type": "LtiDeepLinkingRequest"}, "no resource link"),
        ({"version": "1.1"}, "another version"),
        ({"deployment_id": "2"}, "another deployment"),
        ({"deployment_id": None}, "another deployment"),
        ({"resource_link": {}}, "names no resource link"),
        ({"resource_link": "r1"}, "names no resource link"),
        ({"target_link_uri": None}, "leads nowhere"),
    ],
)
def test_another_message_is_refused(more: dict[str, Any], match: str) -> None:
    with pytest.raises(UnauthorizedError, match=match):
        launch_of(claims(**more), ["1"])


@pytest.mark.parametrize("subject", [None, "", 7, "a\nb", "x" * 201])
def test_an_anonymous_launch_is_refused(subject: object) -> None:
    with pytest.raises(UnauthorizedError, match="names nobody"):
        launch_of({**claims(), "sub": subject}, ["1"])


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([f"{MEMBERSHIP}#Instructor"], "teacher"),
        ([f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"], "teacher"),
        (["Learner"], "learner"),
        ([f"{MEMBERSHIP}#Mentor"], None),
        ([f"{MEMBERSHIP}#Administrator"], None),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"], None),
        ([], None),
        (None, None),
        ("Instructor", None),
        ([["Instructor"], 7], None),
    ],
)
def test_roles_of_the_context_count_alone(roles: object, role: str | None) -> None:
    assert role_of(roles) == role


def test_a_score_is_what_a_teacher_confirmed() -> None:
    said = score(Confirmed("u1", "T07", "teacher", AT, 8.0, 10.0))
    assert said == {
        "userId": "u1",
        "timestamp": "2026-06-05T12:00:00.000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 8.0,
        "scoreMaximum": 10.0,
    }
    bare = score(Confirmed("u1", "T07", "teacher", AT, comment="Percentages"))
    assert "scoreGiven" not in bare, "none is computed"
    assert bare["comment"] == "Percentages"


@pytest.mark.parametrize("role", ["learner", "guardian", "service", ""])
def test_without_a_teachers_word_no_score_leaves(role: str) -> None:
    with pytest.raises(InputError, match="no teacher confirmed"):
        score(Confirmed("u1", "X", role, AT, 8.0, 10.0))


@pytest.mark.parametrize(("given", "maximum"), [(1.0, None), (None, 1.0), (-1.0, 2.0), (1.0, 0.0), (float("nan"), 1.0)])
def test_figures_that_do_not_belong_together_are_refused(given: float | None, maximum: float | None) -> None:
    with pytest.raises(InputError, match="a score"):
        score(Confirmed("u1", "T07", "teacher", AT, given, maximum))


def test_members_are_ids_and_roles() -> None:
    listed: list[Any] = [
        {"user_id": "u1", "name": "Anna", "given_name": "A", "email": "a@example.org", "roles": ["Learner"]},
        {"user_id": "u2", "roles": ["Instructor"], "status": "Inactive", "picture": "https://x"},
        {"name": "nobody"},
        7,
    ]
    found = members_of({"members": listed})
    assert [tuple(one) for one in found.members] == [("u1", "u1", "learner", True), ("u2", "u2", "teacher", False)]
    assert found.dropped == {"name": 3, "e-mail address": 1, "picture": 1}
    assert found.refused == 2
    listed[0]["lis_person_sourcedid"] = "L0001"
    assert [one.person for one in members_of({"members": listed}, "lis").members] == ["L0001", ""]
    with pytest.raises(InputError, match="no list of members"):
        members_of([])
