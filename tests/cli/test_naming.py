"""Where the platform's own files still name a provider: each place is said, nothing else is, and nothing is edited."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from polku.cli import polku as entrance
from polku.cli.naming import ENVIRONMENT, naming
from polku.home import OVERRIDES, Home

OID, NEIGHBOUR = "1.2.246.562.10.00000000001", "1.2.246.562.10.000000000012"
SECRET = hashlib.sha256(b"a sender's").hexdigest()
PLACES = {
    "serve/settings.production.toml": f"""
provider_id = "{OID}"
[access.mpassid.providers]
"{OID}" = "{OID}"
"{NEIGHBOUR}" = "{NEIGHBOUR}"
[access.senders.moodle]
provider = "{OID}"
secret_sha256 = "{SECRET}"
[access.senders.other]
provider = "{NEIGHBOUR}"
""",
    "serve/lti/moodle.toml": f'issuer = "https://lms.example"\nprovider = "{OID}"\n',
    "serve/vendors/lab.toml": f'launch = "https://tasks.example/{OID}/open?t={{token}}"\n',
    "serve/.env": f"POLKU_PASSWORD=not-to-be-said\nexport POLKU_PROVIDER={OID}\n",
    "serve/compose.yaml": f"services:\n  polku:\n    image: city/{OID}:1\n",
    "serve/broken.toml": f"provider = {OID}\n",
    f"serve/providers/{NEIGHBOUR}/provider.toml": f'name = "Joined from {OID}."\n',
    f"serve/providers/{OID}/provider.toml": f'name = "{OID}"\n',
    "serve/README.md": OID,
}
FOUND = {
    ("serve/.env", "POLKU_PROVIDER", "default"),
    ("serve/broken.toml", "line 1", "elsewhere"),
    ("serve/compose.yaml", "line 3", "elsewhere"),
    ("serve/lti/moodle.toml", "provider", "registration"),
    (f"serve/providers/{NEIGHBOUR}/provider.toml", "name", "elsewhere"),
    ("serve/settings.production.toml", "provider_id", "default"),
    ("serve/settings.production.toml", f"access.mpassid.providers.{OID}", "sign_in"),
    ("serve/settings.production.toml", "access.senders.moodle.provider", "sender"),
    ("serve/vendors/lab.toml", "launch", "elsewhere"),
}


@pytest.fixture
def rooms(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a home of its own, whose stores lie beside it."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, tmp_path / room)
    for variable in OVERRIDES.values():
        monkeypatch.delenv(variable, raising=False)
    return Home.find(tmp_path)


def write(home: Home, places: dict[str, str]) -> None:
    for name, text in places.items():
        (home.root / name).parent.mkdir(parents=True, exist_ok=True)
        (home.root / name).write_text(text, encoding="utf-8")


def test_every_place_is_said_and_nobody_elses(rooms: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert naming(rooms, OID) == ()
    write(rooms, PLACES)
    assert set(naming(rooms, OID)) == FOUND
    monkeypatch.setenv("POLKU_PROVIDER", OID)
    assert set(naming(rooms, OID)) - FOUND == {(ENVIRONMENT, "POLKU_PROVIDER", "default")}


def test_a_plain_word_counts_where_a_provider_is_meant(rooms: Home) -> None:
    write(rooms, {"serve/note.toml": 'sign_in = "demo"\nprovider = "demo"\nprovider_note = "demonstration"\n'})
    assert set(naming(rooms, "demo")) == {
        ("serve/settings.toml", "provider_id", "default"),
        ("serve/note.toml", "provider", "elsewhere"),
    }


@pytest.mark.parametrize("delete", [False, True])
def test_who_leaves_is_told_before_and_after_and_no_file_is_edited(rooms: Home, tmp_path: Path, delete: bool) -> None:
    sender = f'[access.senders.moodle]\nprovider = "{OID}"\nsecret_sha256 = "{SECRET}"\n'
    settings = (rooms.serve / "settings.toml").read_text(encoding="utf-8") + sender
    write(rooms, {"serve/settings.toml": settings, f"serve/providers/{OID}/provider.toml": 'name = "City"\n'})
    to = tmp_path / "out"
    more = ["--delete", "--by", "Aino"] if delete else []
    done = CliRunner().invoke(
        entrance, ["provider", "leave", OID, "--to", str(to), "--home", str(rooms.root), *more], catch_exceptions=False
    )
    assert "still named in serve/settings.toml, access.senders.moodle.provider: poista taulukko" in done.output
    assert SECRET not in done.output
    assert (rooms.serve / "settings.toml").read_text(encoding="utf-8") == settings
    if delete:
        proof = json.loads((to / "proof.json").read_text(encoding="utf-8"))
        assert [(one["file"], one["key"]) for one in proof["named"]] == [
            ("serve/settings.toml", "access.senders.moodle.provider")
        ]
        assert proof["nothing_left"] is True
        assert "- serve/settings.toml: access.senders.moodle.provider: poista" in (to / "proof.txt").read_text()
