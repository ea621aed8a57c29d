"""The client against the service itself: what it reads, how it sends again, what it raises."""

from __future__ import annotations

import dataclasses
import json
import random
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from polku import client as clients
from polku.cli.demo import UNTIL
from polku.client import Answer, Polku, Problem, Request, over_http
from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Items, Responses, Roster
from polku.records.elements import Tally
from polku.simulate import SimulationConfig, simulate
from polku.store import Store
from polku.web.app import document
from serving import serving_here
from village import TestClient, Village, open_village, row

SHAPES = {
    "Feedback": "FeedbackShape",
    "Group": "GroupShape",
    "Decision": "DecisionShape",
    "Deliveries": "DeliveriesShape",
    "Delivery": "DeliveryShape",
    "Life": "LifeShape",
    "NewWebhook": "NewWebhookShape",
    "Option": "OptionShape",
    "Path": "PathShape",
    "Profile": "ProfileShape",
    "Receipt": "ReceiptShape",
    "Receipts": "ReceiptsShape",
    "Skill": "SkillShape",
    "Step": "StepShape",
    "Webhook": "WebhookShape",
    "Webhooks": "WebhooksShape",
}
"""Where the interface calls it otherwise."""


@pytest.fixture(scope="module")
def village(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """Return the service of a class, for all tests of this file."""
    town = simulate(
        SimulationConfig(learners=30, seed=3, responses_per_learner=40, grades=(7,), until=UNTIL),
        Curriculum.load(home.curriculum_path("fi-mathematics")),
    )
    folder = tmp_path_factory.mktemp("client")
    items = town.items.assign(skill_ids=town.items["skill_ids"].map(lambda text: tuple(text.split(";"))))
    with Store.open(folder / "origin.db", "demo") as store, store.begin() as tx:
        tx.roster.replace(Roster(town.roster, town.teachers.iloc[:0]))
        tx.items.replace(Items(items))
        tx.responses.add(Responses.from_frame(town.responses))
    made = open_village(folder / "origin.db", folder / "polku.db", home)
    yield made
    made.client.close()
    made.store.close()


def through(caller: TestClient, *lost: str) -> Callable[[Request], Answer]:
    """Return a transport to the service in this process; answers to `lost` methods are lost, once each."""
    left = list(lost)

    def send(asked: Request) -> Answer:
        path = asked.url.removeprefix("http://polku")
        got = caller.request(asked.method, path, headers=dict(asked.headers), content=asked.body)
        if asked.method in left:
            left.remove(asked.method)
            raise ConnectionResetError
        return Answer(got.status_code, {name.lower(): value for name, value in got.headers.items()}, got.content)

    return send


@pytest.fixture
def polku(village: Village) -> Polku:
    return Polku("http://polku", transport=through(village.client), sleep=lambda _: None, chance=random.Random(1))


def learner(village: Village) -> str:
    with village.store.read() as tx:
        return str(tx.roster.learners()["learner_id"].iloc[0])


def test_a_day_of_a_learning_environment(polku: Polku, village: Village) -> None:
    who = learner(village)
    assert polku.send([row("day-1", learner_id=who)]).accepted == 1
    assert polku.send([row("day-1", learner_id=who)]).repeated == 1
    profile, path = polku.profile(who), polku.path(who, steps=3, band="10-12")
    assert profile.learner_id == path.learner_id == who
    assert profile.skills[0].title["fi"]
    assert path.band == "10-12"
    assert len(path.options) in {2, 3}
    assert path.options[0].reasons[0].sv
    about = path.options[0].suggestion_id
    assert about is not None
    assert polku.decide(about, "accept", by="T07", role="teacher").decision_id
    lives = list(polku.suggestions(who, page=1))
    assert {one.suggestion_id for one in lives} >= {one.suggestion_id for one in path.options}
    with village.store.read() as tx:
        listed = tx.roster.learner(who)
    assert listed is not None
    assert who in {one.learner_id for one in polku.group(str(listed.group_id)).learners}


def test_an_answer_that_was_lost_has_one_effect(village: Village) -> None:
    who = learner(village)
    about = Polku("http://polku", transport=through(village.client)).path(who).options[0].suggestion_id
    waits: list[float] = []
    patient = Polku("http://polku", transport=through(village.client, "POST"), sleep=waits.append)
    with village.store.read() as tx:
        before = len(tx.decisions.history(who))
    assert patient.decide(str(about), "skip", by="T07", role="teacher").decision_id
    with village.store.read() as tx:
        assert len(tx.decisions.history(who)) == before + 1
    assert len(waits) == 1
    assert 0.5 <= waits[0] <= 1


def test_webhooks_from_the_client(polku: Polku) -> None:
    hook = polku.subscribe("https://hooks.example/polku")
    assert [one.webhook_id for one in polku.webhooks()] == [hook.webhook_id]
    assert polku.deliveries(hook.webhook_id, state="due").deliveries == ()
    polku.unsubscribe(hook.webhook_id)
    assert polku.webhooks() == ()


def test_receipts_come_whole_however_many_pages_they_fill(polku: Polku, village: Village) -> None:
    with village.store.begin() as tx:
        for number, source in enumerate(["games", "games", "desktop"]):
            tx.receipts.add(str(number), Tally(accepted=1), source=source, standard="xapi", digest="0", by="a service")
    every = list(polku.receipts(page=1))
    assert [one.receipt_id for one in every] == ["2", "1", "0"], "latest first, each once"
    assert {one.accepted for one in every} == {1}
    assert [one.receipt_id for one in polku.receipts("games")] == ["1", "0"]


def test_a_problem_is_raised_with_all_that_it_says(polku: Polku) -> None:
    with pytest.raises(Problem, match="404 not-found: no such learner") as caught:
        polku.path("nobody/at all")
    assert caught.value.members["got"] == "nobody/at all"
    with pytest.raises(Problem, match="422 invalid-input") as caught:
        polku.send([{"response_id": "bad"}])
    assert caught.value.members["refused"][0]["index"] == 0


def answering(*given: Answer | OSError) -> tuple[Polku, list[Request], list[float]]:
    """Return a client whose transport answers as given."""
    left, asked, waits = list(given), list[Request](), list[float]()

    def send(request: Request) -> Answer:
        asked.append(request)
        one = left.pop(0)
        if isinstance(one, OSError):
            raise one
        return one

    return Polku("http://polku/", lambda: "t", send, sleep=waits.append, chance=random.Random(1)), asked, waits


GOOD = Answer(200, {"etag": '"1"'}, b'{"webhooks": []}')


def test_feedback_comes_page_by_page() -> None:
    item = dict.fromkeys(one.name for one in dataclasses.fields(clients.ItemFeedback))
    pages = [
        {"vendor": "lab", "items": [item | {"item_id": one}], "next": after} for one, after in (("a", "a"), ("b", None))
    ]
    polku, asked, _ = answering(*(Answer(200, {}, json.dumps(page).encode()) for page in pages))
    assert [one.item_id for one in polku.feedback("lab", page=1)] == ["a", "b"]
    assert [one.url.partition("?")[2] for one in asked] == ["limit=1", "limit=1&after=a"]


def test_it_waits_as_long_as_it_is_told_and_sends_the_same_again() -> None:
    taken = Answer(200, {}, b'{"accepted": 0, "repeated": 0, "refused": [], "conflicts": []}')
    polku, asked, waits = answering(Answer(429, {"retry-after": "7"}), Answer(503), ConnectionError(), taken)
    polku.send([])
    assert waits[0] == 7
    assert len(waits) == 3
    assert len({one.headers["Idempotency-Key"] for one in asked}) == 1
    assert asked[0].headers["Authorization"] == "Bearer t"


def test_it_gives_up_in_the_end() -> None:
    with pytest.raises(Problem, match="503 unknown: no problem document"):
        answering(*[Answer(503, {}, b"<html>")] * 4)[0].webhooks()
    with pytest.raises(ConnectionError, match="gone"):
        answering(*[ConnectionError("gone")] * 4)[0].webhooks()


def test_what_it_holds_already_is_not_sent_again() -> None:
    polku, asked, _ = answering(GOOD, Answer(304))
    assert polku.webhooks() == polku.webhooks() == ()
    assert asked[1].headers["If-None-Match"] == '"1"'


def test_over_real_http(village: Village) -> None:
    with serving_here(village.app) as port:
        polku = Polku(f"http://127.0.0.1:{port}", transport=over_http(30))
        assert polku.profile(learner(village)) == polku.profile(learner(village))
        with pytest.raises(Problem, match="404 not-found"):
            polku.path("nobody")
    broken = Polku("http://127.0.0.1:9", sleep=lambda _: None, attempts=2)
    with pytest.raises(OSError, match="refused"):
        broken.webhooks()
    with pytest.raises(ValueError, match="not an address of the web"):
        Polku("file:///etc/passwd#").webhooks()


def test_every_value_is_one_of_the_interface() -> None:
    shapes = document()["components"]["schemas"]
    checked = 0
    for name in clients.__all__:
        kind = getattr(clients, name)
        if not (dataclasses.is_dataclass(kind) and kind.__module__ == "polku.client.values"):
            continue
        properties: dict[str, Any] = shapes[SHAPES.get(name, name)]["properties"]
        for one in dataclasses.fields(kind):
            assert one.name in properties, f"{name}.{one.name}"
            nullable = any(part.get("type") == "null" for part in properties[one.name].get("anyOf", ()))
            hint = typing.get_type_hints(kind)[one.name]
            assert nullable == (type(None) in typing.get_args(hint)), f"{name}.{one.name}"
            checked += 1
    assert checked >= 60
