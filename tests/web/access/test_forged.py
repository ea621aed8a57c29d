"""Every token that must not hold, at every door; and sound tokens of one provider at every door of another's people."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from forged import FORBIDDEN, UNAUTHORIZED
from issuer import Issuer, bearer
from polku.web.access.matrix import Line, lines
from polku.web.app import PARTS
from polku.web.viewer import Role
from tried import tried
from village import ALICE, GROUP, Answer, Village

DOORS = [line for line in lines(part.router for part in PARTS) if line.rule is not None]
HERE = {"learner_id": ALICE, "group_id": GROUP, "school_id": "Koivurannan koulu"}
THERE = {"learner_id": "L0002", "group_id": "3A", "school_id": "Sinijärven lukio"}
"""Ids that stand in the one provider's register and not in the other's."""
NOBODY = {"learner_id": "nobody", "group_id": "9X", "school_id": "No school"}
OFTEN = {Role.ADMINISTRATOR, Role.SERVICE, Role.LEARNER}
IDS = re.compile(r"L0\d{3}")
SEEN = re.compile(r':\d+|"(reads|log)":\[[^]]*\]')
"""Times and counts in JSON, and the looks that were written down: this test's own."""
SCOPES = "responses:write learners:read groups:read vendor:none"
MORE = {"X-Experience-API-Version": "1.0.3"}


def ask(platform: Village, door: Line, token: str, ids: dict[str, str]) -> Answer:
    """Come to a door with a token and nothing else."""
    address = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "none"), door.address)
    answer: Answer = platform.client.request(door.verb, address, headers=bearer(token) | MORE, follow_redirects=False)
    return answer


def crossed(every: int) -> Iterator[tuple[Line, str, int]]:
    """Yield each door with some of the tokens, others at the next, and the status that answers them."""
    names = [*((name, 401) for name in UNAUTHORIZED), *((name, 403) for name in FORBIDDEN)]
    for shift, door in enumerate(DOORS):
        for name, status in names[shift % every :: every]:
            yield door, name, status


@pytest.mark.parametrize("every", [8, pytest.param(2, marks=pytest.mark.long)])
def test_no_door_opens_to_a_token_that_does_not_hold(platform: Village, issuer: Issuer, every: int) -> None:
    made = {name: make(issuer) for name, make in (UNAUTHORIZED | FORBIDDEN).items()}
    wrong, came = [], set()
    for door, name, status in crossed(every):
        answer = ask(platform, door, made[name], HERE)
        came.add(name)
        tried("forged tokens")
        if answer.status_code != status or ALICE in answer.text.replace(str(answer.url), ""):
            wrong.append(f"{door.verb} {door.address}, {name}: {answer.status_code} {answer.text[:80]}")
    assert not wrong, "\n".join(wrong[:20])
    assert came == made.keys()


@pytest.mark.parametrize("role", [one if one in OFTEN else pytest.param(one, marks=pytest.mark.long) for one in Role])
def test_with_a_token_of_another_provider_our_people_are_as_if_made_up(
    platform: Village, issuer: Issuer, role: Role
) -> None:
    """What is asked for by an id of ours is answered as for an id of nobody's; what is listed holds nobody of ours."""
    wrong, before = [], held(platform)
    for door in DOORS:
        named = any(f"{{{one}}}" in door.address for one in THERE)
        if door.address == "/docs" or not (named or door.verb == "GET"):  # the description has examples of its own
            continue
        ours = told(platform, door, issuer, role, THERE)
        nobodys = told(platform, door, issuer, role, NOBODY) if named else ours
        tried("replayed tokens")
        if ours != nobodys or set(IDS.findall(ours)) - {ALICE}:
            wrong.append(f"{door.verb} {door.address}: {ours[:200]} instead of {nobodys[:200]}")
    assert not wrong, "\n".join(wrong)
    assert held(platform) == before


def told(platform: Village, door: Line, issuer: Issuer, role: Role, ids: dict[str, str]) -> str:
    """Return what a door says to somebody of the other provider, without the ids that they gave and without numbers."""
    subject = "S" if role is Role.SERVICE else ids["learner_id"]
    answer = ask(platform, door, issuer.token(role.value, subject, "elsewhere", scope=SCOPES), ids)
    said = answer.text if answer.status_code < 400 else str(answer.json()["type"])
    for one in ids.values():
        said = said.replace(one, "-")
    return f"{answer.status_code} {SEEN.sub(':', said)}"


def held(platform: Village) -> tuple[int, int]:
    with platform.store.read() as tx:
        return tx.roster.count(), tx.responses.count()
