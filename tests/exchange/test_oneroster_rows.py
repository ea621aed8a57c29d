"""Rows of OneRoster: what is kept of each kind, and what is dropped at the door."""

from __future__ import annotations

from typing import Any

import pytest

from polku.exchange.oneroster_personal import personal_in
from polku.exchange.oneroster_rows import Thing, thing
from polku.records import DenyRules, Reason, Refusal

DENY = DenyRules()
CODE = "131052-308T"


def kept(kind: str, **fields: str) -> Thing:
    found = thing(kind, {"sourcedId": "x1", **fields}, DENY)
    assert isinstance(found, Thing)
    return found


def refused(kind: str, **fields: str) -> tuple[Reason, str]:
    found = thing(kind, {"sourcedId": "x1", **fields}, DENY)
    assert isinstance(found, Refusal)
    return found.reason, found.column


USER = {"enabledUser": "TRUE", "givenName": "Anna", "email": "anna@example.org", "password": "Password1-"}


def test_a_user_is_a_key_a_grade_and_who_answers_for_them() -> None:
    one = kept("users", **USER, grades="07", agentSourcedIds="g1, g2")
    assert one.content == {"key": "x1", "enabled": True, "agents": ["g1", "g2"], "grade": 7, "school": None}


def test_the_key_is_the_object_identifier_where_there_is_one() -> None:
    assert (
        kept("users", userMasterIdentifier="1.2.246.562.24.00000000001").content["key"] == "1.2.246.562.24.00000000001"
    )
    assert kept("users", userMasterIdentifier=CODE).content["key"] == "x1"
    assert CODE not in str(kept("users", userMasterIdentifier=CODE))


def test_roles_of_both_versions() -> None:
    assert kept("users", role="Parent", orgSourcedIds="s1,s2").content["role"] == "guardian"
    assert kept("users", role="aide").content.get("role") is None
    row = {"userSourcedId": "u1", "orgSourcedId": "s1", "beginDate": "2025-08-01", "endDate": "2026-05-31T00:00:00Z"}
    said = kept("roles", role="principal", roleType="secondary", **row).content
    assert said == {"user": "u1", "role": "principal", "org": "s1", "begins": "2025-08-01", "ends": "2026-05-31"}
    assert kept("roles", role="ext:tutor", **row).content["role"] == ""
    assert refused("roles", role="king", **row) == (Reason.NOT_ONE_OF, "role")


def test_roles_within_a_user_of_the_interface() -> None:
    told = '[{"role": "student", "orgSourcedId": "s1", "beginDate": "2025-08-01"}, {"role": "king"}]'
    one = kept("users", roles=told)
    assert one.content["roles"] == [{"role": "learner", "org": "s1", "begins": "2025-08-01", "ends": None}]
    assert one.flags == ("role_not_told",)
    assert refused("users", roles="teacher") == (Reason.NOT_JSON, "roles")


@pytest.mark.parametrize("status", ["tobedeleted", "inactive", "ToBeDeleted"])
def test_what_is_over_says_so(status: str) -> None:
    assert kept("orgs", type="school", status=status).ended


@pytest.mark.parametrize("status", ["", "active", "Active"])
def test_a_blank_status_is_active(status: str) -> None:
    assert not kept("orgs", type="school", status=status).ended


def test_odd_values_are_flagged_and_taken() -> None:
    row = {"sourcedId": "c1", "classType": "Scheduled", "dateLastModified": "1/05/2023", "termSourcedIds": "t1, t2"}
    one = thing("classes", row, DENY, changes=True)
    assert isinstance(one, Thing)
    assert one.content["terms"] == ["t1", "t2"]
    assert one.content["type"] == "scheduled"
    assert sorted(one.flags) == ["capital_class_type", "no_status", "odd_last_modified"]
    assert kept("users", grades="09,10").flags == ("grade_not_told",)


ENROLMENT = {"classSourcedId": "c1", "userSourcedId": "u1", "role": "student"}


@pytest.mark.parametrize(
    ("kind", "fields", "reason", "column"),
    [
        ("users", {"sourcedId": ""}, Reason.MISSING, "sourcedId"),
        ("users", {"sourcedId": CODE}, Reason.IDENTITY_CODE, "sourcedId"),
        ("users", {"sourcedId": "anna@example.org"}, Reason.NO_LEARNER, "sourcedId"),
        ("users", {"sourcedId": "H\ufffd"}, Reason.UNDECODABLE, "sourcedId"),
        ("users", {"status": "gone"}, Reason.NOT_ONE_OF, "status"),
        ("users", {"enabledUser": "perhaps"}, Reason.NOT_ONE_OF, "enabledUser"),
        ("enrollments", {**ENROLMENT, "beginDate": "15/06/2023"}, Reason.BAD_DATE, "beginDate"),
        ("enrollments", {**ENROLMENT, "beginDate": "2026-02-30"}, Reason.BAD_DATE, "beginDate"),
        ("enrollments", {**ENROLMENT, "role": ""}, Reason.MISSING, "role"),
        (
            "enrollments",
            {**ENROLMENT, "beginDate": "2026-02-01", "endDate": "2026-01-01"},
            Reason.ENDS_BEFORE_START,
            "endDate",
        ),
        ("lineItems", {"resultValueMax": "ten"}, Reason.NOT_A_NUMBER, "resultValueMax"),
        (
            "results",
            {"lineItemSourcedId": "t", "studentSourcedId": "u", "scoreStatus": "great"},
            Reason.NOT_ONE_OF,
            "scoreStatus",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_column(
    kind: str, fields: dict[str, str], reason: Reason, column: str
) -> None:
    assert refused(kind, **fields) == (reason, column)


def test_a_refused_row_keeps_nothing_personal() -> None:
    found = thing("users", {**USER, "sourcedId": "x1", "enabledUser": "perhaps"}, DENY)
    assert isinstance(found, Refusal)
    for secret in ("Anna", "example.org", "Password1-"):
        assert secret not in found.row


def test_personal_fields_are_counted_by_kind() -> None:
    row: dict[str, Any] = {**USER, "identifier": "AB-1", "userMasterIdentifier": CODE, "phone": "", "pronouns": "she"}
    row |= {"metadata.shoe": "38", "ext_diet": "x", "sourcedId": "x1", "grades": "7"}
    assert sorted(personal_in("users", row, DENY)) == [
        *("e-mail address", "extension field", "extension field", "name", "national or local identifier"),
        *("password", "personal identity code", "pronouns"),
    ]
    assert personal_in("demographics", {"sourcedId": "u1", "birthDate": "2010-04-17", "sex": ""}, DENY) == [
        "demographics"
    ]
    assert personal_in("orgs", {"identifier": "1.2.246.562.10.1", "name": "Koulu"}, DENY) == []
    assert personal_in("userProfiles", {"username": "a", "password": "b"}, DENY) == ["user name", "password"]
