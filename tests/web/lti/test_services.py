"""A platform's services, asked for real: tokens by a signed assertion, scores, line items, members."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from lms import Course
from polku.errors import InputError, NotReadyError
from polku.exchange.lti import LINES, SCORE
from polku.exchange.lti_services import Confirmed, Line
from polku.exchange.patience import TRIES
from polku.web.lti.registrations import Registration
from polku.web.lti.services import Services
from polku.web.lti.tokens import Tokens

AT = 1_780_660_800_000_000
CONFIRMED = Confirmed("u1", "T07", "teacher", AT, 8.0, 10.0, "Percentages")
LINE = Line("uuid-of-S1", "Percentages", 10.0)


def test_a_line_item_is_made_once_and_takes_the_score(course: Course, services: Services) -> None:
    address = services.line(f"{course.url}/lines", LINE)
    assert services.line(f"{course.url}/lines", LINE) == address
    services.post(address, CONFIRMED)
    [(made, score)] = [(course.lines[0], course.scores["/lines/0/lineitem", "u1"])]
    assert (made["resourceId"], made["label"], made["scoreMaximum"]) == ("uuid-of-S1", "Percentages", 10.0)
    assert score == {
        "userId": "u1",
        "timestamp": "2026-06-05T12:00:00.000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "comment": "Percentages",
        "scoreGiven": 8.0,
        "scoreMaximum": 10.0,
    }
    assert sorted(course.tokens.values()) == sorted([LINES, SCORE]), "a token a scope, each used until it is over"


def test_a_token_that_is_over_is_asked_for_anew(course: Course, services: Services) -> None:
    course.seconds = 30
    services.line(f"{course.url}/lines", LINE)
    assert len(course.tokens) == 2, "one that is over in a minute is used once"
    course.seconds = 3600
    services.line(f"{course.url}/lines", LINE)
    course.tokens.clear()
    services.line(f"{course.url}/lines", LINE)
    assert len(course.tokens) == 1, "one that the platform forgot is replaced"
    course.first = [(401, {}, {})] * 2
    with pytest.raises(NotReadyError, match="the platform refused"):
        services.line(f"{course.url}/lines", LINE)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"Retry-After": "7"}, 7.0), ({"Retry-After": "Thu, 05 Mar 2020 12:00:00 GMT"}, 0.0)],
)
def test_a_busy_platform_is_asked_again_when_it_says(
    course: Course, services: Services, waited: list[float], headers: dict[str, str], pause: float
) -> None:
    course.first = [(429, headers, {}), (503, headers, {})]
    services.post(f"{course.url}/lines/9", CONFIRMED)
    assert waited == [pause, pause]
    assert course.asked.count("POST /lines/9/scores") == 3
    course.first = [(503, {}, {})] * TRIES
    with pytest.raises(NotReadyError, match="the platform refused"):
        services.post(f"{course.url}/lines/9", CONFIRMED)


def test_a_line_item_is_not_made_twice_after_an_answer_that_says_nothing(
    course: Course, services: Services, waited: list[float]
) -> None:
    course.first = [(200, {}, []), (500, {}, {})]
    with pytest.raises(NotReadyError, match="the platform refused"):
        services.line(f"{course.url}/lines", LINE)
    assert waited == []
    course.first = [(200, {}, []), (429, {"Retry-After": "1"}, {})]
    assert services.line(f"{course.url}/lines", LINE) == course.lines[0]["id"]
    course.first = [(200, {}, []), (200, {}, {"label": "x"})]
    with pytest.raises(NotReadyError, match="does not say where"):
        services.line(f"{course.url}/lines", LINE)


def test_what_no_teacher_confirmed_asks_for_nothing(course: Course, services: Services) -> None:
    with pytest.raises(InputError, match="no teacher confirmed"):
        services.post(f"{course.url}/lines/1", CONFIRMED._replace(role="learner"))
    for elsewhere in ("http://127.0.0.2:1/lines/1", f"{course.url}.evil.example/lines/1", "https://127.0.0.1/lines"):
        with pytest.raises(InputError, match="not the platform's"):
            services.post(elsewhere, CONFIRMED)
    assert course.asked == []


@pytest.mark.parametrize(
    ("answer", "error", "match"),
    [
        ((307, {"Location": "http://127.0.0.2:1/"}, {}), NotReadyError, "refused"),
        ((403, {}, {"message": "Anna has left"}), InputError, "refused this"),
        ((404, {}, {}), InputError, "refused this"),
    ],
)
def test_other_answers_are_said_and_no_redirect_is_followed(
    course: Course, services: Services, answer: Any, error: type[Exception], match: str
) -> None:
    course.first = [answer]
    with pytest.raises(error, match=match) as caught:
        services.post(f"{course.url}/lines/9", CONFIRMED)
    assert "Anna" not in str(caught.value)


def test_members_come_page_by_page_without_names(course: Course, services: Services) -> None:
    course.members += [{"user_id": f"u{n}", "name": "Anna", "roles": ["Learner"]} for n in range(5)]
    pages = services.members(f"{course.url}/members")
    assert [one.user_id for page in pages for one in page.members] == ["u0", "u1", "u2", "u3", "u4"]
    assert sum(page.dropped["name"] for page in pages) == 5
    assert "Anna" not in repr(pages)
    course.first = [(200, {"Link": '<http://127.0.0.2:1/members>; rel="next"'}, {"members": []})]
    with pytest.raises(InputError, match="not the platform's"):
        services.members(f"{course.url}/members")
    course.first = [(200, {"Link": '</members>; rel="next"'}, {"members": []})] * 200
    with pytest.raises(InputError, match="no end of pages"):
        services.members(f"{course.url}/members")


@pytest.mark.parametrize(
    ("status", "said", "match"),
    [(400, {"error": "invalid_client"}, "no token"), (200, [], "no token"), (200, {"access_token": 7}, "no token")],
)
def test_without_a_token_nothing_is_asked(registration: Registration, status: int, said: Any, match: str) -> None:
    tokens = Tokens(registration, lambda _form: httpx.Response(status, json=said))
    with pytest.raises(NotReadyError, match=match):
        tokens.of(SCORE)
    odd = Tokens(registration, lambda _form: httpx.Response(200, content=b"<html>"))
    with pytest.raises(NotReadyError, match="no JSON"):
        odd.of(SCORE)


def test_a_platform_that_is_away_is_said(registration: Registration) -> None:
    with httpx.Client(transport=httpx.MockTransport(_away)) as client, pytest.raises(NotReadyError, match="not answer"):
        Services(registration, client, lambda _: None).post(registration.definition.token, CONFIRMED)


def _away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("away", request=request)
