"""The home: where it is, what its settings say, and what is said of a file that does not hold."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from polku.errors import DefinitionError
from polku.home import OVERRIDES, Home, digest, load_toml, validate
from polku.schemas.base import Definition

SETTINGS = """\
provider_id = "city"
store = "sqlite:///var/polku.db"
background = "sqlite:///var/background.db"
curriculum = "maths"
model = "mastery"
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLKU_HOME", *OVERRIDES.values()):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """Return a home with settings and two curricula."""
    for room in ("features", "models", "serve/curricula"):
        (tmp_path / room).mkdir(parents=True)
    (tmp_path / "serve" / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    for name in ("maths", "physics"):
        (tmp_path / "serve" / "curricula" / f"{name}.json").write_text("{}")
    return Home.find(tmp_path)


def test_without_a_word_it_is_the_checkout() -> None:
    assert Home.find().root == Path(__file__).resolve().parents[1]


def test_the_environment_names_it_and_an_argument_goes_before(
    small: Home, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    monkeypatch.setenv("POLKU_HOME", str(small.root))
    assert Home.find() == Home.find(str(small.root)) == small
    with pytest.raises(DefinitionError, match=f"{other} is not a Polku home"):
        Home.find(other)
    monkeypatch.setenv("POLKU_HOME", "")
    assert Home.find().root != small.root


def test_a_relative_or_personal_path_becomes_absolute(small: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.root.parent)
    assert Home.find(small.root.name) == small
    monkeypatch.setenv("HOME", str(small.root.parent))
    assert Home.find(f"~/{small.root.name}") == small


@pytest.mark.parametrize("room", ["features", "models", "serve"])
def test_a_home_without_one_of_its_rooms_is_none(small: Home, room: str) -> None:
    (small.root / room).rename(small.root / "elsewhere")
    with pytest.raises(DefinitionError, match=f"is not a Polku home: no {room}/\n  got: .*\n  try: set POLKU_HOME"):
        Home.find(small.root)


def test_a_file_in_the_place_of_a_room_is_no_room(small: Home) -> None:
    (small.root / "models").rmdir()
    (small.root / "models").write_text("")
    with pytest.raises(DefinitionError, match="no models/"):
        Home.find(small.root)


def test_the_folders_of_a_home(small: Home) -> None:
    rooms = (small.features, small.models, small.serve, small.mlruns, small.var)
    assert [room.relative_to(small.root).as_posix() for room in rooms] == [
        *("features", "models", "serve", "mlruns", "var")
    ]
    assert not small.var.exists(), "made by whoever writes there"


def test_settings_take_relative_paths_from_the_home(small: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    settings = small.settings()
    assert settings.store == f"sqlite:///{small.root}/var/polku.db"
    assert settings.background == f"sqlite:///{small.root}/var/background.db"
    assert (settings.language, settings.service.host, settings.service.port) == ("fi", "127.0.0.1", 8000)


@pytest.mark.parametrize(("key", "name"), OVERRIDES.items())
def test_the_environment_overrides_one_key_each(
    small: Home, monkeypatch: pytest.MonkeyPatch, key: str, name: str
) -> None:
    before = small.settings()
    value = "town" if key == "provider_id" else "postgresql://db.example/polku"
    monkeypatch.setenv(name, value)
    assert small.settings() == before.model_copy(update={key: value})
    monkeypatch.setenv(name, "")
    assert small.settings() == before, "an empty variable says nothing"


@pytest.mark.parametrize(
    "background",
    [
        "sqlite:///var/polku.db",
        "sqlite:///var/../var/polku.db",
        "sqlite:///./var//polku.db",
        "var/polku.db",
        "sqlite:///{root}/var/polku.db",
        "{root}/var/polku.db",
    ],
)
def test_background_never_lies_in_the_store_however_it_is_written(
    small: Home, monkeypatch: pytest.MonkeyPatch, background: str
) -> None:
    monkeypatch.setenv("POLKU_BACKGROUND", background.format(root=small.root))
    with pytest.raises(
        DefinitionError, match=r"in the store itself\n  got: store = background = .*polku\.db\n  try: give"
    ):
        small.settings()


def test_two_servers_of_the_same_address_are_one_store(small: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLKU_STORE", "POLKU_BACKGROUND"):
        monkeypatch.setenv(name, "postgresql://db.example/polku")
    with pytest.raises(DefinitionError, match="in the store itself"):
        small.settings()
    monkeypatch.setenv("POLKU_BACKGROUND", "postgresql://db.example/background")
    assert small.settings().background == "postgresql://db.example/background"


def test_a_curriculum_is_found_by_name(small: Home) -> None:
    assert small.curriculum_path("maths") == small.serve / "curricula" / "maths.json"
    with pytest.raises(DefinitionError, match=r"no curriculum 'math' in .*curricula\n  got: math\n.*mean 'maths'\?"):
        small.curriculum_path("math")
    with pytest.raises(DefinitionError, match="one of: maths, physics"):
        small.curriculum_path("zzz")


class Inner(Definition):
    """A table."""

    weight: Annotated[float, Field(ge=0)] = 1.0
    """How much."""


class Outer(Definition):
    """A file."""

    name: str
    """Its name."""
    parts: tuple[Inner, ...] = ()
    """Tables."""


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "some.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_good_file_becomes_a_frozen_value(tmp_path: Path) -> None:
    found: Any = load_toml(written(tmp_path, 'name = "ä"\n[[parts]]\nweight = 2\n[[parts]]\n'), Outer)
    assert found == Outer(name="ä", parts=(Inner(weight=2.0), Inner()))
    with pytest.raises(ValueError, match="frozen"):
        found.name = "b"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name = "a', r"some\.toml is not valid TOML\n  got: .*\n  try: check quotes"),
        ('name = "a"\nx = = 1', r"some\.toml is not valid TOML\n  got: .*line 2"),
        (b"name = '\xff'", r"some\.toml is not valid TOML\n  got: .*0xff"),
        ("", r"some\.toml: name: Field required"),
        ("name = 3", r"some\.toml: name: Input should be a valid string\n  got: 3\n  try: see the text of Outer in"),
        ('nmae = "a"', r"some\.toml: unknown key nmae \(and 1 more\)\n  got: nmae\n  try: did you mean 'name'\?"),
        ('name = "a"\n[[parts]]\nwieght = 1', r"unknown key parts\.0\.wieght\n.*\n  try: did you mean 'weight'\?"),
        ('name = "a"\n[[parts]]\n[[parts]]\nweight = -1', r"some\.toml: parts\.1\.weight: .*equal to 0\n  got: -1"),
        ('name = "a"\nzzz = 1', r"unknown key zzz\n  got: zzz\n  try: one of: name, parts, weight"),
    ],
)
def test_a_file_that_does_not_hold_names_file_key_and_what_to_try(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        load_toml(written(tmp_path, text), Outer)


def test_an_absent_file_is_said_to_be_absent(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"none\.toml is not there\n  try: "):
        load_toml(tmp_path / "none.toml", Outer)


def test_a_slip_of_the_key_comes_before_what_follows_from_it() -> None:
    with pytest.raises(DefinitionError, match=r"unknown key nam \(and 2 more\)"):
        validate({"parts": 3, "nam": "a"}, Outer, Path("x.toml"))


def test_a_whole_table_never_buries_the_sentence() -> None:
    with pytest.raises(DefinitionError, match=r"x\.toml: parts\.0: ") as caught:
        validate({"name": "a", "parts": [["deep"] * 1000]}, Outer, Path("x.toml"))
    assert caught.value.got is None


@given(parts=st.lists(st.binary(max_size=4), max_size=4), other=st.lists(st.binary(max_size=4), max_size=4))
def test_no_two_lists_share_a_digest(parts: list[bytes], other: list[bytes]) -> None:
    assert (digest(*parts) == digest(*other)) == (parts == other)


def test_a_digest_is_sha256_of_framed_parts_and_text_is_utf8() -> None:
    assert digest() == hashlib.sha256(b"").hexdigest()
    framed = (2).to_bytes(8, "big") + "ä".encode()
    assert digest("ä") == digest("ä".encode()) == hashlib.sha256(framed).hexdigest()
