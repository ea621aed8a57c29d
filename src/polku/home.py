"""Finds the home and loads its definitions.

A *home* is the folder that holds the root rooms ``features/``, ``models/`` and ``serve/``: what a
teacher, a researcher or an operator may change. It is read at run time; ``POLKU_HOME`` names it, else
it is the checkout that this package is installed from. This module reads files and checks them one at
a time; whether they agree with each other is the business of :mod:`polku.check`.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from polku.errors import DefinitionError, nearest
from polku.schemas.settings import Settings

Schema = TypeVar("Schema", bound=BaseModel)
ROOMS = ("features", "models", "serve")
OVERRIDES = {"store": "POLKU_STORE", "background": "POLKU_BACKGROUND", "provider_id": "POLKU_PROVIDER"}


@dataclass(frozen=True)
class Home:
    """The folder of the root rooms.

    Parameters
    ----------
    root : Path
        Folder that holds ``features/``, ``models/`` and ``serve/``.

    Examples
    --------
    >>> Home.find().features.name
    'features'
    """

    root: Path

    @classmethod
    def find(cls, root: str | os.PathLike[str] | None = None) -> Home:
        """Return the home at `root`, at ``$POLKU_HOME``, or of the checkout.

        Raises
        ------
        DefinitionError
            If the folder lacks one of the root rooms.
        """
        checkout = Path(__file__).resolve().parents[2]
        chosen = Path(root or os.environ.get("POLKU_HOME") or checkout).expanduser().resolve()
        missing = [room for room in ROOMS if not (chosen / room).is_dir()]
        if missing:
            raise DefinitionError(
                f"{chosen} is not a Polku home: no {', '.join(missing)}/",
                got=chosen,
                hint="set POLKU_HOME to a folder with features/, models/ and serve/",
            )
        return cls(chosen)

    @property
    def features(self) -> Path:
        """Return the room of feature definitions."""
        return self.root / "features"

    @property
    def models(self) -> Path:
        """Return the room of model definitions, gates, slices and the path policy."""
        return self.root / "models"

    @property
    def serve(self) -> Path:
        """Return the room of settings, curricula and texts."""
        return self.root / "serve"

    @property
    def mlruns(self) -> Path:
        """Return the room of trained runs."""
        return self.root / "mlruns"

    @property
    def var(self) -> Path:
        """Return the folder of run-time state (embedded stores); made by whoever writes there."""
        return self.root / "var"

    def settings(self) -> Settings:
        """Read ``serve/settings.toml``; environment variables override its first keys.

        Raises
        ------
        DefinitionError
            If the file does not hold, or the enclave would share the store's address.
        """
        given = load_toml(self.serve / "settings.toml", Settings)
        env = {key: os.environ[name] for key, name in OVERRIDES.items() if os.environ.get(name)}
        settings = given.model_copy(update=env)
        settings = settings.model_copy(
            update={"store": self._anchored(settings.store), "background": self._anchored(settings.background)}
        )
        if settings.store == settings.background:
            raise DefinitionError(
                "background attributes would lie in the store itself",
                got=f"store = background = {settings.store}",
                hint="give POLKU_BACKGROUND an address of its own",
            )
        return settings

    def curriculum_path(self, name: str) -> Path:
        """Return the file of a curriculum in ``serve/curricula/``.

        Raises
        ------
        DefinitionError
            If there is none by that name.
        """
        path = self.serve / "curricula" / f"{name}.json"
        if not path.is_file():
            known = [found.stem for found in path.parent.glob("*.json")]
            raise DefinitionError(f"no curriculum {name!r} in {path.parent}", got=name, hint=nearest(name, known))
        return path

    def _anchored(self, url: str) -> str:
        """Take a relative SQLite path from the home rather than from wherever the command runs; one way to write each.

        An address without a scheme is the path of an SQLite file, as :meth:`polku.store.Store.open` takes it.
        """
        prefix = "sqlite:///"
        if "://" in url and not url.startswith(prefix):
            return url
        return prefix + os.path.normpath(self.root / url.removeprefix(prefix))


def load_toml(path: Path, schema: type[Schema]) -> Schema:
    """Read one TOML definition and check it against its schema.

    Parameters
    ----------
    path : Path
        File to read.
    schema : type of pydantic model
        What it must be.

    Returns
    -------
    pydantic model
        The definition, frozen.

    Raises
    ------
    DefinitionError
        If the file is absent, is no TOML, or has an unknown, missing or wrong key; names file and key,
        and for an unknown key the nearest right one.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DefinitionError(f"{path} is not there", hint="see the architecture of the home in README.md") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path} is not valid TOML", got=error, hint="check quotes and brackets there") from error
    return validate(raw, schema, path)


def validate(raw: object, schema: type[Schema], path: Path) -> Schema:
    """Check a parsed document against its schema; `path` is named in the error.

    Raises
    ------
    DefinitionError
        On the first key that does not hold, with the number of further ones.
    """
    try:
        return schema.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_url=False)
        first, *rest = sorted(found, key=lambda one: one["type"] != "extra_forbidden")  # a slip of the key comes first
        key = ".".join(str(part) for part in first["loc"])
        more = f" (and {len(rest)} more)" if rest else ""
        if first["type"] == "extra_forbidden":
            hint = nearest(str(first["loc"][-1]), _known_keys(schema))
            raise DefinitionError(f"{path}: unknown key {key}{more}", got=key, hint=hint) from error
        where = f"{path}: {key}" if key else str(path)
        given = first.get("input")
        raise DefinitionError(
            f"{where}: {first['msg'].removeprefix('Value error, ')}{more}",
            got=None if isinstance(given, dict | list) else given,  # a whole table would bury the sentence
            hint=f"see the text of {schema.__name__} in {schema.__module__}",
        ) from error


def _known_keys(schema: type[BaseModel]) -> set[str]:
    """Collect the keys of a schema and of the schemas nested in it."""
    keys: set[str] = set()
    text = json.dumps(schema.model_json_schema())
    document = json.loads(text)
    for part in [document, *document.get("$defs", {}).values()]:
        keys.update(part.get("properties", {}))
    return keys


def digest(*parts: bytes | str) -> str:
    """Return the SHA-256 of `parts`, each framed by its length so that no two lists collide.

    Examples
    --------
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    sha = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        sha.update(len(raw).to_bytes(8, "big"))
        sha.update(raw)
    return sha.hexdigest()
