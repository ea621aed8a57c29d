"""Open resources behind a step: who sees them, in which order, and that a link tells nothing about anybody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from issuer import ISSUER, Issuer, bearer
from polku.curriculum import Curriculum
from polku.curriculum.resources import Resource, write_resources
from polku.errors import InputError
from polku.exchange.tasks import read_tasks
from polku.home import Home
from polku.paths import LANGUAGES
from polku.records.relations import Kind, Relation
from polku.store.catalogue import Entry
from polku.web.resources import MOST, ORDER, catalogue_of
from village import ALICE, GROUP, HERE, SKILL, TestClient, Village, open_village

DAY_US = 86_400_000_000
OTHER = "MA79.S2.02"
SINCE = dt.date(2025, 8, 11)
VENDOR = 'name = "Vendor"\nlaunch = "https://tasks.vendor.example/open?t={token}"\nsecret_file = "vendor.key"\n'
READS = "learners:read"


def resource(name: str, *aligned: str, **more: object) -> Resource:
    said: dict[str, Any] = {"languages": ("fi", "sv", "en"), "maker": name.split("-", maxsplit=1)[0]} | more
    titles = {"fi": f"{name} suomeksi", "sv": f"{name} på svenska"}
    return Resource(name, f"https://{name}.example/open", titles, aligned=aligned, **said)


@pytest.fixture(scope="module")
def library(
    settled: Path, signing_home: Callable[[str], Home], issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """Return a platform with resources on every area and on one objective, and a vendor with a task on every skill."""
    home = signing_home(f'[access]\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "{issuer.path}"\n')
    for name in ("vendor", "school"):
        (home.root / "serve" / "vendors" / f"{name}.toml").write_text(VENDOR, encoding="utf-8")
    (home.root / "serve" / "vendors" / "vendor.key").write_text("a secret of thirty-two characters", encoding="utf-8")
    village = open_village(settled, tmp_path_factory.mktemp("library") / "polku.db", home)
    curriculum = Curriculum.load(home.curriculum_path("fi-mathematics"))
    areas = sorted({one.area for one in curriculum.skills.values()})
    objective = curriculum.skills[SKILL].objectives[0]
    made = [resource(f"large-{number}", *areas) for number in range(40)]
    made += [
        resource("small-1", *areas, licence="CC BY 4.0", kinds=("video",), ages=(7, None), accessibility=()),
        resource("close-1", objective),
        resource("late-1", *areas, expires="2020-01-01"),
        Resource("script-1", "javascript:alert(1)", {"fi": "x"}, aligned=(objective,)),
    ]
    write_resources(made, home.serve / "resources" / "catalogue.jsonl")
    with village.store.begin() as tx:
        tx.relations.replace([Relation("T1", Kind.TEACHER, "group", GROUP, SINCE, None)])
        tasks = [Entry(f"v-{one}", "vendor", (one,), f"Task on {one}") for one in curriculum.skills]
        tx.catalogue.replace("vendor", tasks)
    with TestClient(village.app, **HERE) as village.client:
        yield village
    village.store.close()


@pytest.fixture
def service(issuer: Issuer) -> dict[str, str]:
    return bearer(issuer.token("service", "S1", scope=READS))


def behind(library: Village, headers: dict[str, str], learner: str = ALICE, **query: str) -> dict[str, Any]:
    answer = library.client.get(
        f"/v1/learners/{learner}/resources", params={"skill": SKILL, "lang": "fi"} | query, headers=headers
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def page(library: Village, headers: dict[str, str], address: str) -> str:
    answer = library.client.get(address, headers=headers | {"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_the_closest_comes_first_with_why_and_in_the_readers_language(
    library: Village, service: dict[str, str]
) -> None:
    said = behind(library, service, lang="sv")
    first, *others = said["resources"]
    assert (first["title"], first["aligned"], first["url"]) == (
        "close-1 på svenska",
        "objective",
        "https://close-1.example/open",
    )
    assert set(first["target"]) == {"fi", "sv", "en"}
    assert said["order"] == list(ORDER)
    assert {one["publisher"] for one in others} == {"large", "small"}, (
        "forty of one's take no place from one of another"
    )
    (small,) = (one for one in others if one["publisher"] == "small")
    assert (small["licence"], small["types"], small["age_from"], small["age_to"]) == ("CC BY 4.0", ["video"], 7, None)
    assert small["aligned"] == "module"
    assert len(said["resources"]) == MOST


def test_the_order_holds_for_the_day_and_takes_turns_over_days_and_learners(
    library: Village, service: dict[str, str]
) -> None:
    said = behind(library, service)
    assert behind(library, service) == said
    learners = [f"L{number:04}" for number in range(1, 25)]
    second = {behind(library, service, learner)["resources"][1]["publisher"] for learner in learners}
    assert second == {"large", "small"}
    before = library.clock.now
    try:
        days = []
        for _ in range(12):
            library.clock.now += DAY_US
            days.append(behind(library, service))
    finally:
        library.clock.now = before
    assert len({one["day"] for one in days}) == 12
    assert {one["resources"][1]["publisher"] for one in days} == {"large", "small"}


def test_who_may_see_the_learner_sees_the_resources_and_nobody_else(library: Village, issuer: Issuer) -> None:
    own = bearer(issuer.token("learner", ALICE))
    assert behind(library, own)["resources"]
    address = f"/v1/learners/{ALICE}/resources?skill={SKILL}"
    assert library.client.get(address, headers=bearer(issuer.token("learner", "L0002"))).status_code == 403
    assert library.client.get(address).status_code == 401


QTI = b"""<qti-assessment-item identifier="q-1" title="Negative numbers">
<qti-item-body><p>Never shown</p><qti-choice-interaction response-identifier="A"/>
<qti-text-entry-interaction response-identifier="B"/></qti-item-body></qti-assessment-item>"""


def test_an_item_of_a_qti_package_reaches_whoever_asks_for_tasks_and_is_not_rendered(
    library: Village, service: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "item.xml"
    path.write_bytes(QTI)
    reading = read_tasks(path, library.app.state.service.deny, skill=OTHER, language="en")
    with library.store.begin() as tx:
        tx.catalogue.replace("school", [Entry(one.item_id, "school", *one[1:]) for one in reading.rows])
    answer = library.client.get(f"/v1/learners/L0005/tasks?skill={OTHER}&lang=en", headers=service)
    (task,) = (one for one in answer.json()["tasks"] if one["vendor"] == "school")
    assert (task["item_id"], task["title"], task["interaction"], task["lang"]) == (
        "q-1",
        "Negative numbers",
        "choice+textEntry",
        "en",
    )
    assert "Never shown" not in answer.text


def test_what_is_not_there_is_said_to_be_unknown(library: Village, service: dict[str, str]) -> None:
    for learner, skill in ((ALICE, "ALGEBRA"), ("nobody", SKILL)):
        answer = library.client.get(f"/v1/learners/{learner}/resources", params={"skill": skill}, headers=service)
        assert answer.status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_learner_finds_them_under_each_step_and_links_tell_nothing(
    library: Village, issuer: Issuer, language: str
) -> None:
    told = page(library, bearer(issuer.token("learner", ALICE)), f"/me?lang={language}")
    said = library.app.state.service.suggester.texts.say(language, "page.doing.do")
    assert told.count(f">{said}</summary>") == told.count("<article"), "one under each step"
    links = re.findall(r'<a href="(https://[^"]+)" rel="([^"]+)"', told)
    assert links
    assert all({"noopener", "noreferrer"} <= set(rel.split()) for _, rel in links)
    resources = [address for address, _ in links if "vendor.example" not in address]
    assert resources
    assert all(re.fullmatch(r"https://[a-z]+-\d+\.example/open", address) for address in resources)
    assert not [address for address, _ in links if ALICE in address]
    assert "javascript:" not in told
    assert any("vendor.example" in address for address, _ in links), "and tasks of vendors that open"


def test_who_looks_on_sees_resources_and_titles_of_tasks_that_do_not_open(library: Village, issuer: Issuer) -> None:
    with library.store.read() as tx:
        before = len(tx.launches.all())
    told = page(library, bearer(issuer.token("teacher", "T1")), f"/learners/{ALICE}?lang=en")
    assert told.count("Do this with…") == told.count('<article class="option') > 0
    assert "Task on " in told
    assert "vendor.example" not in told
    assert "Tasks open on the learner\u2019s own page." in told
    with library.store.read() as tx:
        assert len(tx.launches.all()) == before, "nothing was offered to anybody"


@pytest.mark.parametrize(("address", "asks"), [("/me?lang=en", 2), (f"/learners/{ALICE}?lang=en", 3)])
def test_how_a_learner_stands_is_asked_once_for_the_tasks_of_all_steps(
    library: Village, issuer: Issuer, address: str, asks: int
) -> None:
    """Beside it for the path, and on the teacher's page for the evidence."""
    headers = bearer(issuer.token("learner", ALICE) if address.startswith("/me") else issuer.token("teacher", "T1"))
    assert page(library, headers, address).count("Do this with…") > 1
    heard: list[str] = []

    def hear(*given: object) -> None:
        heard.append(str(given[2]))

    event.listen(library.store.engine, "before_cursor_execute", hear)
    try:
        page(library, headers, address)
    finally:
        event.remove(library.store.engine, "before_cursor_execute", hear)
    assert sum("FROM profiles" in one for one in heard) == asks


def test_a_catalogue_that_changes_is_read_anew_and_a_broken_one_is_named(home: Home, tmp_path: Path) -> None:
    for room in ("features", "models"):
        (tmp_path / room).symlink_to(home.root / room)
    (tmp_path / "serve").mkdir()
    (tmp_path / "serve" / "settings.toml").symlink_to(home.serve / "settings.toml")
    found, path = Home.find(tmp_path), tmp_path / "serve" / "resources" / "catalogue.jsonl"
    curriculum = Curriculum.load(home.curriculum_path("fi-mathematics"))
    assert catalogue_of(found, curriculum) is None
    for many in (1, 2):
        write_resources([resource(f"r-{number}", "MA79.S2") for number in range(many)], path)
        catalogue = catalogue_of(found, curriculum)
        assert catalogue is not None
        assert len(catalogue) == many
        assert catalogue_of(found, curriculum) is catalogue, "and read once"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="no resource"):
        catalogue_of(found, curriculum)
