"""An open learning resource, and the file that resources are kept in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from polku.errors import InputError


@dataclass(frozen=True, slots=True)
class Resource:
    """An open learning resource.

    Parameters
    ----------
    id : str
        Unique in its catalogue.
    url : str
        Where it is.
    title : mapping of str to str
        By language, as far as written.
    maker : str
        Who made or published it; makes resources take turns, never orders them.
    licence : str
        As the catalogue states it.
    languages, levels : tuple of str
        ISO 639-1 codes of its materials; education levels in the catalogue's words.
    ages : tuple of (int or None, int or None)
        Youngest and oldest it is for, None where not said.
    time_required : str
        As the catalogue states it, ISO 8601 or words.
    accessibility, hazards : tuple of str
        What makes it accessible, and what may hinder or harm.
    aligned : tuple of str
        Numbers of the national register that it teaches or belongs to.
    named : tuple of str
        Titles of what it teaches, where the catalogue gives no number.
    expires : str
        ISO date; empty where it does not.
    kinds : tuple of str
        Learning resource types in the catalogue's words, such as an exercise or a video.

    Examples
    --------
    >>> Resource("a", "https://example.org", {"fi": "Kemiaa"}, expires="2026-01-01").holds_on("2026-06-01")
    False
    """

    id: str
    url: str
    title: Mapping[str, str] = field(hash=False)
    maker: str = ""
    licence: str = ""
    languages: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    ages: tuple[int | None, int | None] = (None, None)
    time_required: str = ""
    accessibility: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    aligned: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    expires: str = ""
    kinds: tuple[str, ...] = ()

    def holds_on(self, day: str) -> bool:
        """Return whether it has not expired on an ISO date."""
        return not self.expires or self.expires >= day


def read_resources(path: Path) -> tuple[Resource, ...]:
    """Read a catalogue file, a resource a line.

    Raises
    ------
    InputError
        If it cannot be read, or a line is no resource.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(_resource(json.loads(line)) for line in lines if line.strip())
    except OSError as error:
        raise InputError(f"{path} cannot be read", got=error.strerror, hint="polku curriculum resources") from error
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{path} holds a line that is no resource", got=error, hint="polku curriculum resources"
        ) from error


def _resource(raw: object) -> Resource:
    if not isinstance(raw, dict):
        raise TypeError(f"a JSON {type(raw).__name__}")
    lists = {one.name for one in fields(Resource) if str(one.type).startswith("tuple")}
    stated: dict[str, Any] = {key: tuple(part) if key in lists else part for key, part in raw.items()}
    return Resource(**stated)


def write_resources(resources: Iterable[Resource], path: Path) -> None:
    """Write a catalogue file, a resource a line, in order of their ids."""
    rows = (json.dumps(asdict(one), ensure_ascii=False) for one in sorted(resources, key=lambda one: one.id))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
