"""A home as one provider sees it: its own files, its own settings, ids that name no other folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from polku.check import check, check_provider
from polku.cli.desk import Desk
from polku.curriculum import curriculum_of
from polku.errors import DefinitionError, InputError, NotFoundError, PolkuError
from polku.fairness import load_gates
from polku.home import OVERRIDES, Home
from polku.paths import load_policy
from polku.schemas.provider import require_provider_id
from polku.schemas.settings import Settings

CITY = "1.2.246.562.10.346830761110"
OTHER = "1.2.246.562.10.90875139967"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OVERRIDES.values():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def platform(home: Home, tmp_path: Path) -> Home:
    """Return a copy of the checkout's rooms that a test may write in."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, tmp_path / room)
    return Home.find(tmp_path)


def put(home: Home, place: str, text: str, provider: str = CITY) -> Path:
    """Write a file of a provider's own."""
    path = home.providers_folder / provider / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def changed(home: Home, place: str, old: str, new: str) -> str:
    """Return one of the platform's files with something changed."""
    text = (home.root / place).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("provider_id", [CITY, "1.2.246.562.10.00000000001", "1.2.246.10.1", "demo", "City-8", "a_b"])
def test_an_oid_or_outside_production_a_plain_word_names_a_provider(provider_id: str) -> None:
    assert require_provider_id(provider_id, production=False) == provider_id


@pytest.mark.parametrize(
    "provider_id",
    [
        *("", " ", ".", "..", "../demo", "a/b", "a\\b", ".hidden", "1.2.3", "1.2.246", "1.2.246.", "1.2.246..1", "ä"),
        *(f"{CITY}\n", "demo\n", "x" * 65, "1.2.246.562.10.1/..", "٣", "1.2.246.٣"),
    ],
)
@pytest.mark.parametrize("production", [False, True])
def test_anything_else_names_none_and_no_folder_elsewhere(platform: Home, provider_id: str, production: bool) -> None:
    with pytest.raises(InputError, match="a provider is named by its OID"):
        require_provider_id(provider_id, production=production)
    with pytest.raises(InputError, match="a provider is named by its OID"):
        platform.for_provider(provider_id)


def test_in_production_it_is_an_oid(platform: Home) -> None:
    with pytest.raises(InputError, match=r"named by its OID\n  got: 'demo'\n  try: 1\.2\.246"):
        require_provider_id("demo", production=True)
    in_production(platform)
    with pytest.raises(InputError, match="a provider is named by its OID"):
        platform.settings()


def in_production(home: Home) -> None:
    """Say in a home's settings that real people's data are served."""
    path = home.root / "serve" / "settings.toml"
    head, _ = path.read_text(encoding="utf-8").split("[access]")
    access = '[access]\nproduction = true\nsign_in = "oidc"\nissuer = "https://id"\nkeys = "https://id/keys"\n'
    path.write_text(head + access, encoding="utf-8")


def test_a_command_speaks_of_nobody_who_has_not_joined_in_production(
    platform: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Desk.at(platform.root, OTHER).settings.provider_id == OTHER, "for trying things out nobody has to join"
    put(platform, "provider.toml", 'name = "x"\nlanguage = "sv"')
    assert Desk.at(platform.root, CITY).settings.language == "sv"
    in_production(platform)
    monkeypatch.setenv("POLKU_PROVIDER", CITY)
    assert Desk.at(platform.root).settings.language == "sv"
    with pytest.raises(NotFoundError, match="no such provider on this platform"):
        Desk.at(platform.root, OTHER)


def test_who_did_not_join_is_not_there(platform: Home) -> None:
    assert platform.providers() == []
    with pytest.raises(NotFoundError, match=r"no such provider on this platform\n.*\n  try: polku provider join"):
        platform.for_provider(CITY)


def test_the_provider_of_the_settings_needs_no_folder(platform: Home) -> None:
    own = platform.for_provider("demo")
    assert (own.own, own.definition(), own.settings()) == (None, None, platform.settings())
    assert own.models == platform.models


def test_of_settings_the_providers_word_holds_and_the_rest_is_the_platforms(platform: Home) -> None:
    put(platform, "provider.toml", 'name = "City of Eight"\nlanguage = "sv"\nmodel = "response"\n')
    own = platform.for_provider(CITY).settings()
    assert (own.provider_id, own.language, own.model) == (CITY, "sv", "response")
    given = platform.settings()
    assert own.model_copy(update={name: getattr(given, name) for name in ("provider_id", "language", "model")}) == given
    assert platform.providers() == [CITY]
    assert platform.for_provider(CITY).common == platform


@pytest.mark.parametrize("said", ['name = "x"\nstore = "sqlite:///elsewhere.db"', 'name = "x"\nprovider_id = "demo"'])
def test_where_data_lie_and_whose_they_are_no_provider_says(platform: Home, said: str) -> None:
    put(platform, "provider.toml", said)
    with pytest.raises(DefinitionError, match=r"provider\.toml: unknown key (store|provider_id)"):
        platform.for_provider(CITY).settings()


def test_a_file_of_its_own_holds_for_it_and_for_nobody_else(platform: Home) -> None:
    for city in (CITY, OTHER):
        put(platform, "provider.toml", f'name = "{city}"', city)
    put(platform, "models/path/policy.toml", changed(platform, "models/path/policy.toml", "options = 3", "options = 2"))
    put(platform, "text/fi.toml", (platform.serve / "text" / "fi.toml").read_text(encoding="utf-8"))
    mine, others = platform.for_provider(CITY), platform.for_provider(OTHER)
    assert load_policy(mine.models) != load_policy(others.models) == load_policy(platform.models)
    assert (mine.serve / "text" / "fi.toml").is_relative_to(platform.providers_folder / CITY)
    assert (mine.serve / "text" / "sv.toml") == platform.serve / "text" / "sv.toml"
    assert check(platform).counts()["providers"] == 2


def test_a_curriculum_of_its_own_is_found_first(platform: Home) -> None:
    put(platform, "provider.toml", 'name = "x"\ncurriculum = "own"')
    put(platform, "curricula/own.json", '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}')
    home = platform.for_provider(CITY)
    assert set(curriculum_of(home, home.settings()).skills) == {"a", "b"}
    with pytest.raises(DefinitionError, match="no curriculum 'own'"):
        platform.curriculum_path("own")


def test_an_edge_is_softened_for_one_provider(platform: Home) -> None:
    graph = curriculum_of(platform, platform.settings())
    after = next(skill for skill in graph.order if graph.prerequisites(skill))
    before = graph.prerequisites(after)[0]
    put(platform, "provider.toml", 'name = "x"')
    head = "provider_id,before,after,strength,by,reason,since\n"
    line = f"{CITY},{before},{after},soft,M. Aalto,taught side by side,2026-06-05\n"
    put(platform, "curricula/softened.csv", head + line)
    home = platform.for_provider(CITY)
    check_provider(home)
    assert before not in curriculum_of(home, home.settings()).prerequisites(after)
    assert before in curriculum_of(platform, platform.settings()).prerequisites(after)
    put(platform, "curricula/softened.csv", head + line.replace(CITY, OTHER))
    with pytest.raises(DefinitionError, match=rf"softened\.csv: a ruling of another provider\n  got: {OTHER}"):
        check_provider(home)


def test_gates_may_be_stricter_and_never_looser(platform: Home) -> None:
    put(platform, "provider.toml", 'name = "x"')
    home, base = platform.for_provider(CITY), load_gates(platform, "mastery")
    name = next(name for name, gate in base.metrics.items() if gate.limit > 0)
    limit = f"limit = {base.metrics[name].limit:g}"
    for factor, holds in ((0.5, True), (2.0, False)):
        own = changed(platform, "models/mastery/gates.toml", limit, f"limit = {base.metrics[name].limit * factor:g}")
        put(platform, "models/mastery/gates.toml", own)
        if holds:
            assert load_gates(home, "mastery") != base
            check_provider(home)
        else:
            with pytest.raises(DefinitionError, match=r"only be stricter\n  got: .*limit.*above.*\n  try: lower"):
                check_provider(home)
            with pytest.raises(DefinitionError, match="only be stricter"):
                load_gates(home, "mastery")


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        ("gates.toml", "", r"gates\.toml: nothing reads this file\n  got: gates\.toml\n  try: did you mean"),
        ("models/slices.toml", "", "nothing reads this file"),
        ("text/fi.tolm", "", r"did you mean 'text/fi\.toml'"),
        ("features/pace.toml", "", "nothing reads this file"),
        ("models/path/policy.toml", "options = 'x'", r"policy\.toml"),
        ("text/fi.toml", "[kind]\n", "text"),
        ("provider.toml", "name = 3", r"provider\.toml: name"),
        ("provider.toml", 'name = "x"\nmodel = "mastry"', r"no model 'mastry'(?s:.)*did you mean 'mastery'"),
        ("provider.toml", 'name = "x"\ncurriculum = "fi-maths"', "no curriculum 'fi-maths'"),
        ("curricula/bad.json", "{", r"bad\.json"),
    ],
)
def test_what_a_provider_brings_is_checked_with_the_rest(platform: Home, place: str, text: str, says: str) -> None:
    put(platform, "provider.toml", 'name = "x"')
    put(platform, place, text)
    with pytest.raises(PolkuError, match=says):
        check(platform)


def test_the_settings_know_the_owner_of_the_tables(platform: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLKU_STORE_OWNER", "postgresql://polku_owner@host/polku")
    settings: Settings = platform.settings()
    assert settings.store_owner == "postgresql://polku_owner@host/polku"
    assert not settings.production
