"""The words of OneRoster 1.1 and 1.2: files, the columns that are read, and what is personal in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALWAYS: Final = ("sourcedId", "status")
ORDER: Final = (
    "orgs",
    "academicSessions",
    "classes",
    "users",
    "roles",
    "enrollments",
    "lineItems",
    "lineItemLearningObjectiveIds",
    "resultLearningObjectiveIds",
    "results",
)
"""Files that are read, each after those that it refers to."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "orgs": ("type", "parentSourcedId"),
    "academicSessions": ("type", "startDate", "endDate"),
    "classes": ("classType", "schoolSourcedId", "termSourcedIds", "grades"),
    "users": (
        *("enabledUser", "role", "orgSourcedIds", "agentSourcedIds", "grades"),
        *("userMasterIdentifier", "primaryOrgSourcedId", "roles"),
    ),
    "roles": ("userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"),
    "enrollments": ("classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"),
    "lineItems": ("classSourcedId", "resultValueMin", "resultValueMax"),
    "lineItemLearningObjectiveIds": ("lineItemSourcedId", "source", "learningObjectiveId"),
    "resultLearningObjectiveIds": ("resultSourcedId", "source", "learningObjectiveId", "score"),
    "results": ("lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate", "dateLastModified"),
}
"""Columns that are read beside `ALWAYS`; no other reaches memory for longer than its row."""

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "orgs": ("type",),
    "academicSessions": ("startDate", "endDate"),
    "classes": ("classType",),
    "users": (),
    "roles": ("userSourcedId", "role", "orgSourcedId"),
    "enrollments": ("classSourcedId", "userSourcedId", "role"),
    "lineItems": (),
    "lineItemLearningObjectiveIds": ("lineItemSourcedId", "learningObjectiveId"),
    "resultLearningObjectiveIds": ("resultSourcedId", "learningObjectiveId"),
    "results": ("lineItemSourcedId", "studentSourcedId", "scoreStatus"),
}
"""Columns without which a file is of no use."""

_NAME, _PHONE, _ACCOUNT = "name", "phone number", "user name"
PERSONAL: Final[Mapping[str, str]] = {
    "username": _ACCOUNT,
    "userids": "other user ids",
    "givenname": _NAME,
    "familyname": _NAME,
    "middlename": _NAME,
    "preferredgivenname": _NAME,
    "preferredmiddlename": _NAME,
    "preferredfamilyname": _NAME,
    "preferredfirstname": _NAME,
    "preferredlastname": _NAME,
    "identifier": "national or local identifier",
    "email": "e-mail address",
    "sms": _PHONE,
    "phone": _PHONE,
    "password": "password",
    "pronouns": "pronouns",
    "comment": "words about a learner",
    "textscore": "words about a learner",
    "description": "words about a learner",
}
"""Columns of people and their work in small letters → kind of what is dropped from them, never kept."""
OF_PEOPLE: Final = frozenset({"users", "roles", "enrollments", "results", "resultLearningObjectiveIds"})
DEMOGRAPHICS: Final = "demographics"
MISSPELT: Final[Mapping[str, str]] = {
    "datalastmodified": "dateLastModified",
    "prefferedgivenname": "preferredGivenName",
    "prefferedmiddlename": "preferredMiddleName",
    "prefferedfamilyname": "preferredFamilyName",
    "prefferedfirstname": "preferredFirstName",
    "prefferedlastname": "preferredLastName",
}
"""Headers as they are seen in the wild, in small letters → as the standard writes them."""

ROLES: Final[Mapping[str, str | None]] = {
    "student": "learner",
    "teacher": "teacher",
    "guardian": "guardian",
    "parent": "guardian",
    "principal": "principal",
    "relative": None,
    "administrator": None,
    "aide": None,
    "counselor": None,
    "districtadministrator": None,
    "proctor": None,
    "siteadministrator": None,
    "systemadministrator": None,
}
"""Roles of both versions in small letters → what they open here; None opens nothing."""
SCORE_STATUS: Final = (
    "exempt",
    "fully graded",
    "not submitted",
    "partially graded",
    "submitted",
)
GRADED: Final = "fully graded"
