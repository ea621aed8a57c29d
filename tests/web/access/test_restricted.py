"""A restriction: what was suggested and settled before is told to those whose it is, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from issuer import Issuer, bearer
from polku.store.holds import RESTRICTION
from village import SKILL, Village

LEARNER = "L0002"
"""A learner whom no other test of the platform holds anything back from."""


@pytest.fixture(scope="module")
def restricted(platform: Village, issuer: Issuer) -> Iterator[Village]:
    """Return a platform where a learner was suggested steps, something was settled, and the data are restricted."""
    teacher = bearer(issuer.token("teacher", "teacher/other"))
    assert platform.client.get(f"/v1/learners/{LEARNER}/path", headers=teacher).status_code == 200
    settled = {"pins": [SKILL], "load": 2}
    address = f"/v1/learners/{LEARNER}/path-settings"
    answer = platform.client.put(address, json=settled, headers=teacher)
    assert answer.status_code == 200, answer.text
    platform.clock.now += 1
    with platform.store.begin() as tx:
        tx.holds.put(RESTRICTION, "learner", LEARNER, by=LEARNER, role="learner", reason=None)
    yield platform
    with platform.store.begin() as tx:
        tx.holds.lift(RESTRICTION, "learner", LEARNER, by=LEARNER, role="learner", reason=None)
    assert platform.client.put(address, json={}, headers=teacher).status_code == 200


@pytest.mark.parametrize(
    ("role", "subject", "suggested", "told"),
    [
        ("learner", LEARNER, True, True),
        ("guardian", "guardian/other", True, True),
        ("teacher", "teacher/other", False, True),
        ("service", "S", False, False),
    ],
)
def test_who_is_told_of_what_was_before(
    restricted: Village, issuer: Issuer, role: str, subject: str, suggested: bool, told: bool
) -> None:
    headers = bearer(issuer.token(role, subject, **({"scope": "learners:read"} if role == "service" else {})))

    def get(what: str) -> dict[str, Any]:
        answer = restricted.client.get(f"/v1/learners/{LEARNER}/{what}", headers=headers)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    assert bool(get("suggestions")["suggestions"]) is suggested
    said = get("path-settings")
    assert said["settled"]["pins"] == ([SKILL] if told else None)
    assert said["holds"]["load"] == (2 if told else None)
    assert said["by"] == ("teacher/other" if told else None)
    assert get("profile")["skills"] == []
