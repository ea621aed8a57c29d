"""Open learning resources behind a step: "do this with…", in an order that prefers nobody.

The catalogue is ``serve/resources/catalogue.jsonl``; ``polku curriculum resources`` brings it up to date. What is shown
hangs on the skill, the reader's language and the day. Of the learner nothing is asked and nothing is sent: a link is
the catalogue's own address.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from polku.curriculum import Curriculum
from polku.curriculum.alignment import MODULE, OBJECTIVE, SUBJECT
from polku.curriculum.resources import Catalogue, Suited, read_resources
from polku.home import Home
from polku.paths.days import day_of
from polku.store.transaction import Transaction
from polku.web.service import Service

MOST: Final = 3
"""Resources at once: as many as steps are suggested."""
LEVELS: Final = {OBJECTIVE: "objective", MODULE: "module", SUBJECT: "subject"}
"""How closely a resource is aligned, as it is said."""
ORDER: Final = ("alignment", "language", "hazards", "accessibility", "publishers in turn, drawn for learner and day")
"""What decides the order, the first that differs; nothing else does."""


def catalogue_of(home: Home, curriculum: Curriculum) -> Catalogue | None:
    """Return a home's catalogue on a curriculum; None where there is none. A file that changed is read anew.

    Raises
    ------
    InputError
        If the file holds a line that is no resource.
    """
    path = home.serve / "resources" / "catalogue.jsonl"
    if not path.is_file():
        return None
    found = path.stat()
    return _read(path, found.st_mtime_ns, found.st_size, curriculum)


def resources_behind(
    held: Service, tx: Transaction, learner_id: str, skill_ids: Iterable[str], language: str
) -> dict[str, list[Suited]]:
    """Return what may be done on some skills today, at most three on each.

    Parameters
    ----------
    held : Service
        Whose catalogue, and which day it is.
    tx : Transaction
        May be one that only reads.
    learner_id : str
        Seeds the order of publishers together with the day, and nothing else.
    skill_ids : iterable of str
        Of an unknown one there is nothing.
    language : str
        The reader's.
    """
    catalogue = catalogue_of(held.home, held.suggester.released(tx).lens.curriculum)
    if catalogue is None:
        return {one: [] for one in skill_ids}
    day = day_of(held.now()).isoformat()
    seed = f"{tx.provider_id}\x1f{learner_id}\x1f{day}"
    return {one: catalogue.suited(one, day=day, language=language, seed=seed, most=MOST) for one in skill_ids}


@lru_cache(maxsize=16)
def _read(path: Path, changed_ns: int, size: int, curriculum: Curriculum) -> Catalogue:
    """Return a catalogue of what can be opened; the time and size of the file tell one state of it from the next."""
    del changed_ns, size
    return Catalogue((one for one in read_resources(path) if _opens(one.url)), curriculum)


def _opens(url: str) -> bool:
    """Return whether an address is one of the web: nothing else becomes a link."""
    try:
        said = urlsplit(url)
    except ValueError:
        return False
    return said.scheme in {"http", "https"} and bool(said.hostname)
