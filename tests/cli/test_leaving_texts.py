"""What a provider that leaves reads: in three languages, and found wrong by the check rather than after a deletion."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.check import check
from polku.cli.departure import NOT_REACHED, Proof
from polku.cli.handover import readme
from polku.errors import DefinitionError
from polku.home import Home, load_toml
from polku.schemas.leaving import LeavingTextFile

LANGUAGES = ("fi", "sv", "en")


def texts(home: Home, language: str) -> LeavingTextFile:
    return load_toml(home.serve / "text" / f"leaving.{language}.toml", LeavingTextFile)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("left", [0, 3])
def test_the_proof_says_who_what_and_whether_anything_is_left(home: Home, language: str, left: int) -> None:
    say = texts(home, language).proof
    before, after = {"store": {"responses": 12}}, {"store": {"responses": left}}
    named = ({"file": "serve/settings.toml", "key": "provider_id", "do": say.default},) if left else ()
    proof = Proof("1.2.3", 1_780_000_000_000_000, "Aino", "ab12", before, after, named, NOT_REACHED)
    text = proof.to_text(say)
    assert all(word in text for word in ("1.2.3", "2026-05-28", "Aino", "ab12"))
    assert (say.nothing in text) is not bool(left)
    assert ("store: responses" in text) is bool(left)
    assert (f"- serve/settings.toml: provider_id: {say.default}" in text) is (say.named in text) is bool(left)


def test_every_language_says_something_of_its_own(home: Home) -> None:
    pages = [readme(texts(home, language).handover) for language in LANGUAGES]
    assert len(set(pages)) == 3
    for page in pages:
        assert [line.split()[0] for line in page.splitlines()[2:]] == [
            "manifest.json",
            *(f"{name}/" for name in ("store", "bundles", "background", "mlruns", "files", "configuration")),
        ]


def test_a_slip_in_a_text_is_found_before_anybody_leaves(own_home: Home) -> None:
    path: Path = own_home.root / "serve" / "text" / "leaving.sv.toml"
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace("{sha256}", "{sha}"), encoding="utf-8")
    try:
        with pytest.raises(DefinitionError, match="handed_over"):
            check(own_home)
    finally:
        path.write_text(said, encoding="utf-8")
