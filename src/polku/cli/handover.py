"""What a provider takes along, listed file by file with its SHA-256, and looked at again before anything is deleted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from polku import __version__
from polku.cli.desk import Desk
from polku.cli.estate import Holdings, hand_over
from polku.errors import ConflictError, InputError
from polku.home import load_toml
from polku.schemas.leaving import HandoverTexts, LeavingTextFile
from polku.store.migrate import HEAD

MANIFEST: Final = "manifest.json"
MANIFEST_PART: Final = "manifest"


def leaving_texts(desk: Desk) -> LeavingTextFile:
    """Return what a provider that leaves reads, in the language of its settings."""
    return load_toml(desk.home.serve / "text" / f"leaving.{desk.settings.language}.toml", LeavingTextFile)


def readme(texts: HandoverTexts) -> str:
    """Return the page that says what lies where."""
    said = texts.model_dump(exclude={"title"})
    lines = [f"{name + ('.json' if name == MANIFEST_PART else '/'):16} {text}" for name, text in said.items()]
    return "\n".join([texts.title, "", *lines]) + "\n"


def write(desk: Desk, folder: Path) -> dict[str, Any]:
    """Hand everything over and list it; returns the manifest.

    Raises
    ------
    InputError
        If the folder holds something already, or lies where it would be deleted with the provider.
    """
    _refuse_place(desk, folder)
    head = desk.store.seal()
    rows = hand_over(desk, folder)
    (folder / "README.txt").write_text(readme(leaving_texts(desk).handover), encoding="utf-8")
    manifest = {
        "provider_id": desk.settings.provider_id,
        "handed_over_at": desk.now(),
        "polku": __version__,
        "store_version": HEAD,
        "log_head": head._asdict(),
        "rows": rows,
        "files": [_line(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def verified(folder: Path) -> tuple[Holdings, str]:
    """Read everything that was handed over again; return its rows by table, and the SHA-256 of the manifest.

    Raises
    ------
    ConflictError
        If a file is missing or is not what the manifest says, or a table has other rows; names the first.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for line in manifest["files"]:
        path = folder / line["path"]
        if not path.is_file() or _line(path, folder) != line:
            raise ConflictError("what was handed over is not whole", got=line["path"], hint="hand over again")
    rows: Holdings = manifest["rows"]
    for place, tables in rows.items():
        for table, number in tables.items():
            found = pq.read_metadata(folder / place / f"{table}.parquet").num_rows
            if found != number:
                raise ConflictError("a table was not handed over whole", got=f"{table}: {found} of {number} rows")
    return rows, sha256(folder / MANIFEST)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _line(path: Path, folder: Path) -> dict[str, object]:
    return {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}


def _refuse_place(desk: Desk, folder: Path) -> None:
    rooms = (desk.home.var, desk.home.mlruns, desk.home.serve)
    if any(folder.resolve().is_relative_to(room) for room in rooms):
        raise InputError("what is handed over lies outside the home's own rooms", got=folder, hint="--to elsewhere")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("the folder to hand over to holds something already", got=folder, hint="give an empty one")
    folder.mkdir(parents=True, exist_ok=True)
