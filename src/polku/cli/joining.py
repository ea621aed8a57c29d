"""A provider joins: a folder is written and checked, nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from polku.check import check_provider
from polku.errors import ConflictError, InputError, NotFoundError
from polku.home import PROVIDER_FILE, Home
from polku.schemas.provider import require_provider_id

TEMPLATE: Final = """\
# What this provider has of its own; what is left out is the platform's. See serve/providers/README.md.
name = {name}
# curriculum = "fi-mathematics"
# model = "mastery"
# language = "fi"
"""


def join(home: Home, provider_id: str, *, name: str | None = None, origin: Path | None = None) -> Home:
    """Write the folder of a new provider and check it together with the platform's definitions.

    Parameters
    ----------
    home : Home
        The platform's.
    provider_id : str
        The OID; outside production a plain word will do.
    name : str, optional
        Of the provider; needed where `origin` holds no ``provider.toml``.
    origin : Path, optional
        Folder of what the provider brings, laid out as ``serve/providers/README.md`` says.

    Returns
    -------
    Home
        As the provider sees it.

    Raises
    ------
    InputError
        If the id will not do, or nobody says the name.
    ConflictError
        If the provider is there already.
    DefinitionError
        If what it brings does not hold; then nothing stays behind.
    """
    require_provider_id(provider_id, production=home.settings().production)
    folder = home.providers_folder / provider_id
    if folder.exists():
        raise ConflictError("this provider is here already", got=provider_id, hint=f"edit {folder}, then polku check")
    _refuse_nameless(name, origin)
    try:
        _write(folder, name, origin)
        own = home.for_provider(provider_id)
        check_provider(own)
    except BaseException:  # Ctrl-C too: half a provider would be served, and could not be joined again
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return own


def _refuse_nameless(name: str | None, origin: Path | None) -> None:
    if origin is not None and not origin.is_dir():
        raise NotFoundError("there is no such folder to join from", got=origin, hint="--from FOLDER")
    brought = origin is not None and (origin / PROVIDER_FILE).is_file()
    if brought and name:
        raise InputError("the name is said twice", got=name, hint=f"leave --name out: {PROVIDER_FILE} says it")
    if not brought and not (name and name.strip()):
        raise InputError("a provider has a name", hint='--name "City of …"')


def _write(folder: Path, name: str | None, origin: Path | None) -> None:
    if origin is not None:
        shutil.copytree(origin, folder)
    folder.mkdir(parents=True, exist_ok=True)
    if name:
        text = TEMPLATE.format(name=json.dumps(name.strip(), ensure_ascii=False))
        (folder / PROVIDER_FILE).write_text(text, encoding="utf-8")
