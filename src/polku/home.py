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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from polku.errors import DefinitionError, NotFoundError, nearest
from polku.rooms import Room
from polku.schemas.provider import ProviderDefinition, require_provider_id
from polku.schemas.settings import Settings

Schema = TypeVar("Schema", bound=BaseModel)
ROOMS = ("features", "models", "serve")
OVERRIDES = {
    "store": "POLKU_STORE",
    "background": "POLKU_BACKGROUND",
    "provider_id": "POLKU_PROVIDER",
    "store_owner": "POLKU_STORE_OWNER",
}
PROVIDER_FILE = "provider.toml"


@dataclass(frozen=True)
class Home:
    """The folder of the root rooms.

    Parameters
    ----------
    root : Path
        Folder that holds ``features/``, ``models/`` and ``serve/``.
    provider_id : str, optional
        As which provider its files are read, see :meth:`for_provider`; default the one that the settings name, without
        a folder of its own.

    Examples
    --------
    >>> Home.find().features.name
    'features'
    """

    root: Path
    provider_id: str | None = None

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
        return self._seen("models", "models")

    @property
    def serve(self) -> Path:
        """Return the room of settings, curricula and texts."""
        return self._seen("serve", "")

    @property
    def common(self) -> Home:
        """Return the home as the platform has it, without what a provider has of its own."""
        return replace(self, provider_id=None)

    @property
    def own(self) -> Path | None:
        """Return the folder of what the provider has of its own; None where it has nothing."""
        folder = None if self.provider_id is None else self.providers_folder / self.provider_id
        return folder if folder is not None and folder.is_dir() else None

    @property
    def providers_folder(self) -> Path:
        """Return the folder that holds a folder for each provider that joined."""
        return self.root / "serve" / "providers"

    def providers(self) -> list[str]:
        """Return the ids of the providers that joined, in order; the one of the settings need not be among them."""
        return sorted(path.parent.name for path in self.providers_folder.glob(f"*/{PROVIDER_FILE}"))

    def for_provider(self, provider_id: str) -> Home:
        """Return this home as one provider sees it: of each file its own where it has one, else the platform's.

        A provider's folder is ``serve/providers/<id>/``: ``provider.toml``, and where it has something of its own
        ``text/``, ``curricula/`` (with ``softened.csv``), ``models/path/policy.toml``, ``models/<model>/gates.toml``.

        Raises
        ------
        InputError
            If the id is neither an OID nor, outside production, a plain word.
        NotFoundError
            If no such provider joined.
        """
        settings = self.common.settings()
        if provider_id != settings.provider_id:
            require_provider_id(provider_id, production=settings.production)
        if provider_id not in {settings.provider_id, *self.providers()}:
            raise NotFoundError("no such provider on this platform", got=provider_id, hint="polku provider join")
        return replace(self, provider_id=provider_id)

    @property
    def mlruns(self) -> Path:
        """Return the room of trained runs."""
        return self.root / "mlruns"

    @property
    def var(self) -> Path:
        """Return the folder of run-time state (embedded stores); made by whoever writes there."""
        return self.root / "var"

    def settings(self) -> Settings:
        """Read ``serve/settings.toml``; environment variables override its first keys, a provider's file the last word.

        Raises
        ------
        DefinitionError
            If a file does not hold, or the enclave would share the store's address.
        InputError
            If this is production and the provider is not named by an OID.
        """
        given = load_toml(self.root / "serve" / "settings.toml", Settings)
        env = {key: os.environ[name] for key, name in OVERRIDES.items() if os.environ.get(name)}
        settings = given.model_copy(update=env | self._own_settings())
        if settings.production:
            require_provider_id(settings.provider_id, production=True)
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

    def definition(self) -> ProviderDefinition | None:
        """Return what the provider's own file says; None where it has none."""
        return None if self.own is None else load_toml(self.own / PROVIDER_FILE, ProviderDefinition)

    def curriculum_path(self, name: str) -> Path:
        """Return the file of a curriculum in ``serve/curricula/``.

        Raises
        ------
        DefinitionError
            If there is none by that name.
        """
        path = self.serve / "curricula" / f"{name}.json"
        if not path.is_file():
            known = [found.stem for found in (self.serve / "curricula").glob("*.json")]
            raise DefinitionError(f"no curriculum {name!r} in {path.parent}", got=name, hint=nearest(name, known))
        return path

    def _own_settings(self) -> dict[str, str]:
        """Return what the provider says in place of the platform."""
        if self.provider_id is None:
            return {}
        said = self.definition()
        own = {} if said is None else said.model_dump(exclude_none=True, exclude={"name"})
        return {"provider_id": self.provider_id, **own}

    def _seen(self, room: str, own: str) -> Path:
        """Return a room as the provider sees it."""
        common = self.root / room
        return common if self.own is None else Room.over(common, self.own / own)

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
