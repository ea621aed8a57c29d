"""Every role at every endpoint in every relation: who is let in is written here once more, by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from issuer import HOUR, Issuer, bearer, elliptic
from polku.cli.access import table
from polku.web.access.matrix import Line, lines
from polku.web.app import DEMONSTRATION, PARTS
from polku.web.viewer import Role
from village import ALICE, GROUP, Answer, Village

ROOT = Path(__file__).resolve().parents[3]
SCHOOL = "Koivurannan koulu"
HIDDEN, HIDDEN_GROUP = "L0003", "4A"
SPARE = "L0006"
"""Whom those who administer act on: an erasure leaves the others as they are."""
TABLE = lines(part.router for part in PARTS)
OPEN_NOW = {"own", "last day", "first day"}
GROUPS = OPEN_NOW | {"substitute", "co_teacher", "special_education", "protected"}
LEARNERS = GROUPS | {"of one"}
TENANT = {"own", "another tenant's"}
"""An administrator's or auditor's token opens their own provider's data, whichever that is."""
LET_IN: dict[str, dict[str, set[str]]] = {
    "SeesLearner": {
        "learner": {"own", "protected", "another tenant's"},  # the id is theirs there as well, the data are not
        "guardian": OPEN_NOW | {"protected"},
        "teacher": LEARNERS,
        "service": {"learners:read", "every scope", "protected", "another tenant's", "unknown"},
    },
    "GuidesLearner": {"teacher": LEARNERS},
    "SpeaksForLearner": {
        "learner": {"own", "protected", "another tenant's"},
        "guardian": OPEN_NOW | {"protected"},
        "teacher": LEARNERS,
    },
    "Withdraws": {
        "learner": {"own", "protected", "another tenant's"},
        "guardian": OPEN_NOW | {"protected"},
    },
    "OwnsData": {
        "learner": {"own", "protected", "another tenant's"},
        "guardian": OPEN_NOW | {"protected"},
        "administrator": TENANT | {"unknown"},
    },
    "Decides": {"learner": {"own", "protected"}, "teacher": LEARNERS},
    "SeesGroup": {
        "teacher": GROUPS,
        "service": {"groups:read", "every scope", "protected", "another tenant's", "unknown"},
    },
    "GuidesGroup": {"teacher": GROUPS},
    "SeesSchool": {"principal": OPEN_NOW, "administrator": TENANT | {"unknown"}},
    "SeesSchools": {
        "principal": OPEN_NOW
        | {"ended", "not begun", "restricted", "other", "another tenant's"},  # a list of none, then
        "administrator": TENANT,
    },
    "Administers": {"administrator": TENANT},
    "SeesAggregates": {"administrator": TENANT, "researcher": {"own"}},
    "SeesAudits": {"auditor": TENANT, "administrator": TENANT, "researcher": {"own"}},
    "Audits": {"auditor": TENANT},
    "Researches": {"researcher": {"own"}},
    "Feeds": {"service": {"responses:write", "every scope", "another tenant's"}},
    "SeesVendor": {"administrator": TENANT | {"unknown"}},
    "Subscribes": {"service": {"learners:read", "every scope", "another tenant's"}, "administrator": TENANT},
    "DecidesOnPage": {"learner": {"own", "protected"}, "teacher": LEARNERS},
}
LET_IN |= {
    "OwnPage": {"learner": LET_IN["SeesLearner"]["learner"], "teacher": LEARNERS},
    "PageAtHome": {"guardian": LET_IN["SeesLearner"]["guardian"]},
    "CardOfGroup": {"teacher": GROUPS},
    "CardOfLearner": {role: LET_IN["SeesLearner"][role] for role in ("learner", "guardian")},
    "Asks": {"learner": LET_IN["SeesLearner"]["learner"]},
    "Chooses": {"learner": LET_IN["Decides"]["learner"]},
    "TakesBack": {"learner": LET_IN["Decides"]["learner"]},
    "AsksAtHome": {"guardian": LET_IN["SeesLearner"]["guardian"]},
    "Answers": {"teacher": LEARNERS},
}
"""The pages of learners and of those at home, their forms, the fragments, and the answer to what was asked."""
NAMED_BY = {
    **dict.fromkeys(("OwnPage", "PageAtHome", "CardOfLearner", "Asks", "AsksAtHome"), "learner"),
    **dict.fromkeys(("TakesBack", "Answers"), "request"),
    "Chooses": "suggestion",
    "CardOfGroup": "group",
}
"""The part of a query, or the field of a form, that names whom such a page is about."""
ABOUT_NOBODY = {
    "SeesSchools",
    "Subscribes",
    "Administers",
    "SeesAggregates",
    "SeesAudits",
    "Audits",
    "Researches",
    "Feeds",
}
BAD_TOKENS = ("no token", "expired", "signed by somebody else", "for a provider that never joined")
SCOPES = ("responses:write", "learners:read", "groups:read")
CELLS: dict[str, int] = {}


class Caller(NamedTuple):
    """Somebody of one role in one relation to what is asked for."""

    role: str
    state: str
    token: str | None
    hidden: bool = False
    unknown: bool = False


def callers(issuer: Issuer) -> Iterator[Caller]:
    """Yield everybody."""
    yield from (Caller("learner", *one) for one in _learners(issuer))
    related = {
        "guardian": (),
        "teacher": ("substitute", "co_teacher", "special_education", "of one", "at home"),
        "principal": (),
    }
    periods = ("own", "last day", "first day", "ended", "not begun", "restricted", "other")
    for role, more in related.items():
        for state in (*periods, *more):
            yield Caller(role, state, issuer.token(role, f"{role}/{state}"))
        yield from _beside(issuer, role, f"{role}/own")
    for role in ("administrator", "auditor"):
        yield Caller(role, "own", issuer.token(role, f"{role}/own"))
        yield from _beside(issuer, role, f"{role}/own")
    for state, permit in (("own", "P1"), ("ended", "P2"), ("not begun", "P3"), ("none", None), ("another's", "P1")):
        yield Caller("researcher", state, issuer.token("researcher", f"researcher/{state}", polku_permit=permit))
    yield from _beside(issuer, "researcher", "researcher/own", polku_permit="P1")
    for scope in SCOPES:
        yield Caller("service", scope, issuer.token("service", "S1", scope=scope))
    every = " ".join(SCOPES)
    yield Caller("service", "every scope", issuer.token("service", "S1", scope=every))
    yield Caller("service", "no scope", issuer.token("service", "S1"))
    yield from _beside(issuer, "service", "S1", scope=every)


def _learners(issuer: Issuer) -> Iterator[tuple[Any, ...]]:
    yield "own", issuer.token("learner", ALICE)
    yield "other", issuer.token("learner", "L0002")
    yield "another tenant's", issuer.token("learner", ALICE, "elsewhere")
    yield "protected", issuer.token("learner", HIDDEN), True
    yield "unknown", issuer.token("learner", ALICE), False, True
    yield from _bad(issuer, "learner", ALICE)


def _beside(issuer: Issuer, role: str, subject: str, **more: Any) -> Iterator[Caller]:
    """Yield the same person in another tenant, before a protected and an unknown subject, and with bad tokens."""
    yield Caller(role, "another tenant's", issuer.token(role, subject, "elsewhere", **more))
    if role in {"guardian", "teacher", "service"}:
        yield Caller(role, "protected", issuer.token(role, subject, **more), hidden=True)
    yield Caller(role, "unknown", issuer.token(role, subject, **more), unknown=True)
    yield from (Caller(role, state, token) for state, token in _bad(issuer, role, subject, **more))


def _bad(issuer: Issuer, role: str, subject: str, **more: Any) -> Iterator[tuple[str, str | None]]:
    now = int(time.time())
    yield "no token", None
    yield "expired", issuer.token(role, subject, exp=now - HOUR, iat=now - 2 * HOUR, **more)
    yield "signed by somebody else", issuer.sign(issuer.claims(role, subject, **more), key=STRANGER)
    yield "for a provider that never joined", issuer.token(role, subject, "nowhere", **more)


STRANGER = elliptic()


@pytest.fixture(scope="session")
def everybody(issuer: Issuer) -> list[Caller]:
    """Return every caller with a token that is made once."""
    return list(callers(issuer))


@pytest.fixture(scope="session")
def offered(platform: Village) -> dict[str, str]:
    """Return a suggestion of each of the two learners, and what each has asked under ``<learner> asked``."""
    held = platform.app.state.service
    with platform.store.begin() as tx:
        made = {one: held.suggester.offer(tx, one) for one in (ALICE, HIDDEN)}
        asked = {one: tx.requests.ask("help", one, by=one, role="learner").request_id for one in made}
    ids = {learner: offer.suggestions[0].suggestion_id for learner, offer in made.items()}
    return ids | {f"{learner} asked": request for learner, request in asked.items()}


def ask(platform: Village, line: Line, caller: Caller, offered: dict[str, str]) -> Answer:
    """Ask as somebody; what is sent fits no endpoint, so that nothing changes."""
    learner, group = (HIDDEN, HIDDEN_GROUP) if caller.hidden else (ALICE, GROUP)
    names = {
        "learner_id": learner,
        "group_id": group,
        "school_id": SCHOOL,
        "suggestion_id": offered[learner],
        "request_id": offered[f"{learner} asked"],
        "response_id": "none",
        "decision_id": "none",
    }
    if line.access in ABOUT_NOBODY:
        names["learner_id"] = SPARE
    if caller.unknown:
        names = dict.fromkeys(names, "nobody-knows-this")
    address = line.address.format_map({**dict.fromkeys(_names(line.address), "none"), **names})
    sent: dict[str, Any] = {"json": {"?": 1}} if line.verb in {"POST", "PUT"} else {}
    if line.address == "/":
        address = f"/?learner={names['learner_id']}"
    if line.address == "/decide":
        sent = {"content": f"suggestion={names['suggestion_id']}&decision=none"}
        sent["headers"] = {"content-type": "application/x-www-form-urlencoded"}
    if line.access in NAMED_BY:
        named = f"{NAMED_BY[line.access]}={names[f'{NAMED_BY[line.access]}_id']}"
        address, sent = (f"{address}?{named}", {}) if line.verb == "GET" else (address, {"content": f"{named}&none=1"})
    headers = bearer(caller.token) | sent.pop("headers", {})
    answer: Answer = platform.client.request(line.verb, address, headers=headers, follow_redirects=False, **sent)
    return answer


def _names(address: str) -> list[str]:
    return [part[1:-1] for part in address.split("/") if part.startswith("{")]


def expected(line: Line, caller: Caller) -> str:
    """Return "in", "unknown" (401) or "out" (403) for one cell."""
    if line.access in {"Open", "Local", "Scraped"}:  # this test asks from this machine
        return "in"
    if caller.state in {"no token", "expired", "signed by somebody else"}:
        return "unknown"
    if line.access == "Anyone":
        return "out" if caller.state in BAD_TOKENS else "in"
    let_in = LET_IN[line.access].get(caller.role, set())
    if line.access in ABOUT_NOBODY and let_in:
        let_in = let_in | {"unknown", "protected"}
    return "in" if caller.state in let_in else "out"


@pytest.mark.parametrize("line", TABLE, ids=lambda line: f"{line.verb} {line.address}")
def test_every_cell(platform: Village, line: Line, everybody: list[Caller], offered: dict[str, str]) -> None:
    """Ask as everybody; outside, the answer is one and the same, whether what is asked for exists or not."""
    wrong, refusals = [], set()
    for caller in everybody:
        answer = ask(platform, line, caller, offered)
        found = {401: "unknown", 403: "out"}.get(answer.status_code, "in")
        if answer.status_code >= 500 or found != expected(line, caller):
            wrong.append((caller.role, caller.state, answer.status_code, answer.text[:200]))
        if found == "out" and caller.state not in BAD_TOKENS:
            refusals.add(answer.text)
        assert (answer.headers.get("www-authenticate", "")[:6] == "Bearer") == (answer.status_code == 401)
    assert not wrong
    assert len(refusals) <= 1
    CELLS[f"{line.verb} {line.address}"] = len(everybody)


def test_every_role_and_rule_is_walked(everybody: list[Caller]) -> None:
    assert {caller.role for caller in everybody} == set(Role)
    assert {line.access for line in TABLE} - {"Open", "Local", "Scraped", "Anyone"} <= set(LET_IN)
    assert len(everybody) * len(TABLE) >= 1500


def test_no_endpoint_keeps_silent_about_its_access() -> None:
    silent = [line for line in lines(part.router for part in (*PARTS, *DEMONSTRATION)) if not line.access]
    assert not silent


def test_the_table_in_the_reference_is_the_one_that_the_signatures_give() -> None:
    text = (ROOT / "docs" / "reference" / "access.md").read_text(encoding="utf-8")
    assert table() in text, "write what `polku access` prints into docs/reference/access.md"
