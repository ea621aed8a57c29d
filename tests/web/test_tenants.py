"""Many providers in one process: each its own definitions and rows, loaded once, let go when long unused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from fastapi import FastAPI, Request  # noqa: TID251 - a service of two endpoints, to see whose data they get

from polku.errors import DefinitionError, ForbiddenError
from polku.home import Home
from polku.store import Store
from polku.testing.store import offer, sample
from polku.web import create_app, problems
from polku.web.pages import trouble
from polku.web.sealing import sealer_of
from polku.web.service import Held, Reading, Tenants
from polku.web.viewer import Role, Viewer
from polku.web.webhooks import Delivering, Seal
from receiver import receiving
from village import HERE, NOW, TestClient, assert_problem

CITIES = tuple(f"1.2.246.562.10.{number}" for number in range(1, 8))
OIDC = '[access]\nsign_in = "oidc"\nissuer = "https://id.example"\nkeys = "https://id.example/keys"\n'
Make = Callable[..., Tenants]


@pytest.fixture
def platform(home: Home, tmp_path: Path) -> Home:
    """Return a home of seven providers; the second speaks Swedish."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, tmp_path / "home" / room)
    for city in CITIES:
        folder = tmp_path / "home" / "serve" / "providers" / city
        folder.mkdir(parents=True)
        said = 'name = "x"\nlanguage = "sv"\n' if city == CITIES[1] else 'name = "x"\n'
        (folder / "provider.toml").write_text(said, encoding="utf-8")
    return Home.find(tmp_path / "home")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return the platform's store; each provider holds as many learners as its number says."""
    with Store.open(tmp_path / "polku.db", "demo") as opened:
        for number, city in enumerate(CITIES, start=1):
            with opened.for_provider(city).begin() as tx:
                tx.responses.add(sample(learners=number))
        yield opened


@pytest.fixture
def tenants(platform: Home, store: Store) -> Tenants:
    """Return the tenants of the platform."""
    return Tenants(platform, store, lambda: NOW)


def bounded(platform: Home, store: Store, most: int) -> Tenants:
    """Return the tenants of a platform that holds at most some at once."""
    path = platform.root / "serve" / "settings.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("port = 8000", f"port = 8000\ntenants = {most}"), encoding="utf-8")
    return Tenants(platform, store, lambda: NOW)


def test_each_provider_has_its_own_definitions_and_rows(tenants: Tenants) -> None:
    for number, city in enumerate(CITIES, start=1):
        service = tenants.of(city)
        assert service.settings.provider_id == service.store.provider_id == city
        assert service.settings.language == ("sv" if number == 2 else "fi")
        with service.store.read() as tx:
            assert len(tx.responses.learners()) == number
    assert tenants.default.settings.provider_id == "demo"
    with tenants.default.store.read() as tx:
        assert tx.responses.learners() == []


def test_a_provider_is_loaded_once_and_shares_the_connections(tenants: Tenants, store: Store) -> None:
    service = tenants.of(CITIES[0])
    assert tenants.of(CITIES[0]) is service
    assert service.store.engine.pool is store.engine.pool
    assert tenants.default.store is store
    assert service.deny is tenants.default.deny, "what is refused at every door is the same for all"


@pytest.mark.parametrize("stranger", ["1.2.246.562.10.99", "elsewhere", "../demo", "", "demo\n"])
def test_of_no_other_provider_is_anything_served(tenants: Tenants, stranger: str) -> None:
    with pytest.raises(ForbiddenError, match="this platform serves no such provider") as caught:
        tenants.of(stranger)
    assert stranger not in tenants.held
    assert caught.value.got is None, "what somebody guessed is not repeated"


def test_the_one_not_asked_for_longest_goes_first(platform: Home, store: Store) -> None:
    tenants = bounded(platform, store, 3)
    one, two, three, four, *_ = CITIES
    first = tenants.of(one)
    for city in (two, three, one, four):
        tenants.of(city)
    assert tenants.held == (three, one, four)
    assert tenants.of(one) is first, "it was asked for in between"
    with first.store.read() as tx:
        assert len(tx.responses.learners()) == 1
    again = tenants.of(two)
    assert tenants.held == (four, one, two)
    with again.store.read() as tx:
        assert len(tx.responses.learners()) == 2


def test_who_never_joined_pushes_nobody_out(platform: Home, store: Store) -> None:
    tenants = bounded(platform, store, 2)
    first, second = (tenants.of(city) for city in CITIES[:2])
    with pytest.raises(ForbiddenError, match="serves no such provider"):
        tenants.of("1.2.246.562.10.99")
    assert tenants.at_work() == [first, second]


def test_many_who_ask_at_once_load_a_provider_once(tenants: Tenants) -> None:
    together = Barrier(8)

    def ask(number: int) -> object:
        together.wait()
        return tenants.of(CITIES[number % 2])

    with ThreadPoolExecutor(8) as pool:
        services = list(pool.map(ask, range(8)))
    assert len({id(service) for service in services}) == 2
    assert services[0] is tenants.of(CITIES[0])


def test_threads_that_push_each_other_out_get_what_they_asked_for(platform: Home, store: Store) -> None:
    tenants = bounded(platform, store, 2)
    wanted = [CITIES[number % 4] for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda city: tenants.of(city).settings.provider_id, wanted))
    assert got == wanted
    assert len(tenants.held) == 2


def test_definitions_that_do_not_hold_are_said_and_asked_for_anew(tenants: Tenants, platform: Home) -> None:
    own = platform.providers_folder / CITIES[0] / "models" / "path" / "policy.toml"
    own.parent.mkdir(parents=True)
    own.write_text("options = 'many'", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DefinitionError, match=r"policy\.toml"):
            tenants.of(CITIES[0])
    assert tenants.held == ()
    own.unlink()
    assert tenants.of(CITIES[0]).settings.provider_id == CITIES[0]


def test_gates_looser_than_the_platforms_keep_a_provider_out(tenants: Tenants, platform: Home) -> None:
    text = (platform.models / "mastery" / "gates.toml").read_text(encoding="utf-8")
    own = platform.providers_folder / CITIES[0] / "models" / "mastery" / "gates.toml"
    own.parent.mkdir(parents=True)
    own.write_text(text.replace('outcome = "warn"', 'outcome = "report"'), encoding="utf-8")
    with pytest.raises(DefinitionError, match="a provider's own gates may only be stricter"):
        tenants.of(CITIES[0])


def test_who_has_left_is_not_served_from_memory(tenants: Tenants, platform: Home) -> None:
    tenants.of(CITIES[0])
    shutil.rmtree(platform.providers_folder / CITIES[0])
    with pytest.raises(ForbiddenError, match="serves no such provider"):
        tenants.of(CITIES[0])
    assert tenants.held == ()


def test_what_works_in_the_background_goes_on_when_a_provider_leaves(tenants: Tenants, platform: Home) -> None:
    sealer, delivering = sealer_of(tenants), Delivering.of(tenants, platform)
    stays = [tenants.of(city) for city in CITIES[:2]][1]
    with stays.store.begin() as tx:
        tx.holds.put("pause", "provider", CITIES[1], by="A01", role="administrator")
    shutil.rmtree(platform.providers_folder / CITIES[0])
    delivering.round()
    assert sealer.round() == 0
    assert stays.store.chain_head().seq == 1
    assert tenants.at_work() == [stays]


def test_who_joined_is_sealed_and_told_of_though_nobody_asked_since_the_start(
    tenants: Tenants, platform: Home, store: Store
) -> None:
    city = store.for_provider(CITIES[4])
    with city.begin() as tx:
        tx.holds.put("pause", "provider", CITIES[4], by="A01", role="administrator")
    with receiving(200) as receiver:
        with city.begin() as tx:
            tx.outbox.subscribe(receiver.url, "S1", Seal.of(platform, platform.settings()).sealed)
        offer(city, "l0", "a")
        for lane in Delivering.of(tenants, platform).round():
            lane.result(60)
        assert len(receiver.came) == 1
    assert sealer_of(tenants).round() == 0
    assert city.verify_log().unsealed == 0
    assert tenants.held == ()


def test_changed_definitions_hold_once_a_provider_is_dropped(tenants: Tenants, platform: Home) -> None:
    city = CITIES[0]
    tenants.of(city)
    own = platform.providers_folder / city / "provider.toml"
    own.write_text('name = "x"\nlanguage = "en"\n', encoding="utf-8")
    assert tenants.of(city).settings.language == "fi"
    tenants.drop(city)
    tenants.drop("nobody")
    assert tenants.of(city).settings.language == "en"


@pytest.fixture
def client(platform: Home, store: Store) -> Iterator[TestClient]:
    """Return a caller of a small service whose sign-in believes a header."""
    path = platform.root / "serve" / "settings.toml"
    path.write_text(path.read_text(encoding="utf-8").split("[access]")[0] + OIDC, encoding="utf-8")
    app = FastAPI()
    app.state.tenants = Tenants(platform, store, lambda: NOW)
    problems.install(app, trouble.page)

    @app.middleware("http")
    async def sign_in(request: Request, answer: Callable[..., object]) -> object:
        if provider := request.headers.get("x-provider"):
            request.state.viewer = Viewer("t", Role.TEACHER, provider, frozenset(), None)
        return await answer(request)  # type: ignore[misc]  # Starlette's own

    @app.get("/learners")
    def learners(held: Held, tx: Reading) -> dict[str, object]:
        return {"provider": held.settings.provider_id, "learners": len(tx.responses.learners())}

    with TestClient(app, **HERE) as caller:
        yield caller


def test_a_request_is_about_the_provider_of_who_signed_in(client: TestClient) -> None:
    for number, city in enumerate(CITIES, start=1):
        for hint in ({}, {"x-tenant": CITIES[0]}, {"host": CITIES[0]}):
            said = client.get(f"/learners?provider={CITIES[0]}", headers={"x-provider": city, **hint}).json()
            assert said == {"provider": city, "learners": number}


def test_who_has_not_signed_in_or_is_of_no_provider_gets_nothing(client: TestClient) -> None:
    assert_problem(client.get("/learners"), 403, "forbidden")
    said = assert_problem(client.get("/learners", headers={"x-provider": "1.2.246.562.10.99"}), 403, "forbidden")
    assert "1.2.246.562.10.99" not in str(said)


def test_the_application_holds_its_tenants(platform: Home, store: Store) -> None:
    app = create_app(platform, store, now=lambda: NOW)
    assert app.state.tenants.default is app.state.service
    assert app.state.tenants.of(CITIES[1]).settings.language == "sv"
    assert app.state.service.demo
