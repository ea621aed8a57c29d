"""What stands behind the steps of a demonstration: the reference vendor's tasks, and open resources made up for it."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

from polku.cli.desk import Desk
from polku.cli.vendors import import_catalogue
from polku.curriculum import Curriculum
from polku.curriculum.resources import Resource, write_resources
from polku.curriculum.values import Area, Module, Objective
from polku.home import Home

DIFFICULTIES: Final = (-1.0, 0.0, 1.0)
"""Of the reference vendor's tasks on each skill, in log-odds."""
PUBLISHERS: Final = ("Esimerkkikunta", "Exempelförlaget", "Example Open School")
"""Made up, one in each language."""
KINDS: Final = ("video", "podcast", "PDF")
LABEL: Final = {"fi": "simuloitu materiaali", "sv": "simulerat material", "en": "simulated resource"}
"""What every title says, so that nobody takes it for a real one."""


def demo_home(origin: Home, folder: Path) -> Home:
    """Return a home like another whose vendors and resources are its own: a demonstration writes into no checkout.

    Parameters
    ----------
    origin : Home
        Everything else is this one's, by links.
    folder : Path
        Where the home goes; it must not exist.
    """
    serve = folder / "serve"
    serve.mkdir(parents=True)
    (folder / "var").mkdir()  # no link: this home lies in it, and whoever follows links would go round
    for room in ("features", "models", "mlruns"):
        (folder / room).symlink_to(origin.root / room)
    for entry in sorted((origin.root / "serve").iterdir()):
        if entry.name not in {"vendors", "resources"}:
            (serve / entry.name).symlink_to(entry)
    return Home.find(folder)


def provide(desk: Desk) -> None:
    """Let the reference vendor in, and put made-up resources behind the curriculum.

    The vendor gets its file, a secret of its own, and tasks of three difficulties on every skill in every language.

    Parameters
    ----------
    desk : Desk
        On a home whose ``serve/`` may be written to, and a store.
    """
    from polku.web.reference_vendor import DEFINITION, VENDOR

    folder = desk.home.root / "serve" / "vendors"
    folder.mkdir(exist_ok=True)
    (folder / f"{VENDOR}.toml").write_text(DEFINITION, encoding="utf-8")
    secret = folder / f"{VENDOR}.secret"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    with (folder / f"{VENDOR}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("item_id", "skill_ids", "title", "language", "difficulty", "interaction"))
        writer.writerows(_tasks(desk.curriculum))
    import_catalogue(desk, VENDOR, None)
    write_resources(resources_of(desk.curriculum), desk.home.root / "serve" / "resources" / "catalogue.jsonl")


def resources_of(curriculum: Curriculum) -> Iterator[Resource]:
    """Yield made-up resources: two on each objective that a skill serves, one on each area or module, makers in turn.

    Their addresses are under ``example.org``, which belongs to nobody (RFC 2606).
    """
    content, served = curriculum.content, {name for skill in curriculum.skills.values() for name in skill.objectives}
    turns = cycle(zip(PUBLISHERS, KINDS, strict=True))
    wanted: tuple[tuple[int, tuple[Objective | Area | Module, ...]], ...] = (
        (2, tuple(one for one in content.objectives if one.id in served)),
        (1, (*content.areas, *content.modules)),
    )
    for many, found in wanted:
        for one in found:
            for number in range(1, many + 1):
                publisher, kind = next(turns)
                yield Resource(
                    id=f"example:{one.code.code}-{number}",
                    url=f"https://example.org/{one.code.code}/{number}",
                    title={
                        language: f"{text} ({LABEL.get(language, 'simulated')})" for language, text in one.title.items()
                    },
                    maker=publisher,
                    licence="CC BY 4.0",
                    languages=("fi", "sv", "en"),
                    accessibility=("tekstitys",) if kind == "video" else (),
                    aligned=(one.code.code,),
                    kinds=(kind,),
                )


def _tasks(curriculum: Curriculum) -> Iterator[tuple[str, str, str, str, float, str]]:
    """Yield a task of each difficulty on each skill in each language that the skill has a title in."""
    for skill in curriculum.skills.values():
        for language, title in skill.title.items():
            ending = "" if language == "en" else f"-{language}"
            for number, difficulty in enumerate(DIFFICULTIES, start=1):
                name = f"ref-{skill.id}-{number}{ending}"
                yield name, skill.id, f"{title} {number}", language, difficulty, "choice"
