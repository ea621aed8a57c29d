"""Memory while large files are read: ``polku stream`` and ``polku oneroster``, each in a process of its own.

Called by ``benchmarks/exchange.py``: files are made as they are written, one after the other, and removed. What is
read is what a school sends: answers to tasks, grades of answers, a municipality's people and the results of a year.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from polku.home import Home

MOST_MB: Final = 300
FLAT: Final = 1.25
"""Most that a file three times as large may take, as a multiple."""
MB: Final = 1_000_000
VARIETY: Final = 2_000
"""Elements that are made; the others are the same under ids of their own."""
STAMP: Final = "2026-01-01T00:00:00.000Z"
Make = Callable[[int, random.Random], dict[str, Any]]
Write = Callable[[Path, Make, int], None]


class Taken(NamedTuple):
    """What reading one file took.

    Parameters
    ----------
    peak_mb : float
        Most memory that the process had resident.
    megabytes : float
        Of the file, unpacked.
    seconds : float
        Of the whole command, its start among them.
    """

    peak_mb: float
    megabytes: float
    seconds: float


def elements(make: Make, size: int) -> Iterator[bytes]:
    """Yield elements as JSON until they are so many bytes; no id comes twice.

    Examples
    --------
    >>> one, two = elements(lambda number, rng: {"id": f"{number:036d}"}, 60)
    >>> one != two, len(one)
    (True, 47)
    """
    rng = random.Random(7)
    made = [make(number, rng) for number in range(VARIETY)]
    pieces = [json.dumps(one).split(one["id"]) for one in made]
    prefixes = [one["id"][:-36] for one in made]
    written = 0
    for number in count():
        place = number % VARIETY
        first, *others = pieces[place]
        one = f"{prefixes[place]}{number:08x}-1111-4111-8111-111111111111".join([first, *others]).encode()
        yield one
        written += len(one)
        if written >= size:
            return


def write_lines(path: Path, make: Make, size: int) -> None:
    """Write elements one a line."""
    with path.open("wb") as file:
        file.writelines(one + b"\n" for one in elements(make, size))


def write_array(path: Path, make: Make, size: int) -> None:
    """Write elements as one array on one line."""
    with path.open("wb") as file:
        found = elements(make, size)
        file.write(b"[" + next(found))
        file.writelines(b"," + one for one in found)
        file.write(b"]")


def _people(learners: int) -> Iterator[str]:
    yield from (f"u{one:07d},active,{STAMP},true,u{one},A,V,a{one}@x.fi,student,s1" for one in range(learners))
    yield from (
        f"T{one:06d},active,{STAMP},true,T{one},T,V,t{one}@x.fi,teacher,s1" for one in range(_classes(learners))
    )


def _enrolments(learners: int) -> Iterator[str]:
    """Yield two classes a learner, and a teacher a class."""
    classes = _classes(learners)
    for one in range(learners):
        for place in (0, 1):
            yield f"e{one:07d}{place},active,{STAMP},c{(one + place) % classes:06d},s1,u{one:07d},student"
    yield from (f"E{one:06d},active,{STAMP},c{one:06d},s1,T{one:06d},teacher" for one in range(classes))


def _results(learners: int) -> Iterator[str]:
    """Yield results without end: whoever fills a file with them says when it is full."""
    said, classes = "Jatka samaan tapaan ja harjoittele vielä murtolukuja. " * 18, _classes(learners)
    for one in count():
        named = f"l{one % classes:06d},u{one % learners:07d}"
        yield f"r{one:09d},active,{STAMP},{named},fully graded,{one % 11},2026-10-01,{said}"


def _classes(learners: int) -> int:
    return max(1, learners // 20)


FILES: Final[dict[str, tuple[str, Callable[[int], Iterator[str]]]]] = {
    "orgs": ("name,type", lambda _: iter([f"s1,active,{STAMP},Koulu,school"])),
    "academicSessions": (
        "title,type,startDate,endDate",
        lambda _: iter([f"t1,active,{STAMP},2026,schoolYear,2026-08-01,2027-05-31"]),
    ),
    "classes": (
        "title,grades,classType,schoolSourcedId,termSourcedIds",
        lambda many: (f"c{one:06d},active,{STAMP},7A,07,homeroom,s1,t1" for one in range(_classes(many))),
    ),
    "users": ("enabledUser,username,givenName,familyName,email,role,orgSourcedIds", _people),
    "enrollments": ("classSourcedId,schoolSourcedId,userSourcedId,role", _enrolments),
    "lineItems": (
        "title,classSourcedId,resultValueMin,resultValueMax",
        lambda many: (f"l{one:06d},active,{STAMP},Koe,c{one:06d},0,10" for one in range(_classes(many))),
    ),
    "results": ("lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment", _results),
}
"""Columns beside those that every file has, and the rows of so many learners."""


def write_roster(path: Path, learners: int, size: int, mode: str = "bulk") -> None:
    """Write a delivery of so many learners whose results fill it up to so many bytes, unpacked."""
    room = size
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        named = "".join(f"file.{kind},{mode}\n" for kind in FILES)
        archive.writestr("manifest.csv", f"propertyName,value\noneroster.version,1.2\n{named}")
        for kind, (columns, rows_of) in FILES.items():
            with archive.open(f"{kind}.csv", "w", force_zip64=True) as packed:
                packed.write(f"sourcedId,status,dateLastModified,{columns}\n".encode())
                for row in rows_of(learners):
                    if kind == "results" and room <= 0:
                        break
                    room -= packed.write(f"{row}\n".encode())


def taken(arguments: list[str], path: Path, megabytes: float) -> Taken:
    """Return what a command took over a file, in a home with a store of its own.

    Raises
    ------
    SystemExit
        If the command did not read the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "home")
        for room in ("features", "models", "serve"):
            shutil.copytree(Home.find().root / room, root / room)
        own = {"POLKU_STORE": f"sqlite:///{folder}/polku.db", "POLKU_BACKGROUND": f"sqlite:///{folder}/background.db"}
        command = [sys.executable, "-m", "polku.cli", arguments[0], str(path), *arguments[1:], "--home", str(root)]
        started = time.perf_counter()
        with Path(folder, "said").open("w+b") as said:
            process = subprocess.Popen(command, env=os.environ | own, stdout=said, stderr=said)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise SystemExit(said.read().decode(errors="replace")[-2_000:])
    return Taken(_megabytes(used), megabytes, time.perf_counter() - started)


def _megabytes(used: resource.struct_rusage) -> float:
    """Return the peak; Linux counts it in kilobytes of 1024 bytes."""
    return used.ru_maxrss * 1024 / MB


def of_stream(write: Write, make: Make, standard: str, megabytes: float) -> Taken:
    """Return what ``polku stream`` took over a file of elements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "elements.json")
        write(path, make, round(megabytes * MB))
        return taken(["stream", "--standard", standard, "--source", "large"], path, path.stat().st_size / MB)


def of_roster(learners: int, megabytes: float, mode: str = "bulk") -> Taken:
    """Return what ``polku oneroster`` took over a delivery."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roster.zip")
        write_roster(path, learners, round(megabytes * MB), mode)
        return taken(["oneroster", "--source", "register"], path, megabytes)


def shown(name: str, one: Taken) -> str:
    """Return a line of the table.

    Examples
    --------
    >>> shown("xAPI, lines", Taken(200.4, 1000.0, 250.0))
    'xAPI, lines                     1,000 MB    200 MB peak      4.0 MB/s'
    """
    rate = one.megabytes / one.seconds
    return f"{name:<28} {one.megabytes:>8,.0f} MB {one.peak_mb:>6,.0f} MB peak {rate:>8,.1f} MB/s"
