"""The doors of the room: which reader reads a file, named by the caller or told from the file itself."""

from __future__ import annotations

import os
from pathlib import Path

from polku.errors import InputError, nearest
from polku.exchange import canonical
from polku.exchange.formats import FILES, FORMATS, READERS, detect_format
from polku.exchange.reading import ItemsReading, ListReading, Reading, RosterReading
from polku.exchange.several import listing
from polku.records import DenyRules, Items
from polku.records.relations import Permit, Relation

StrPath = str | os.PathLike[str]


def read_responses(
    path: StrPath,
    format: str = "auto",  # noqa: A002 — the option's public name, here and on the command line
    *,
    deny: DenyRules | None = None,
    items: Items | None = None,
) -> Reading:
    r"""Read responses from a file.

    Parameters
    ----------
    path : path
        A file, or the folder of a research set.
    format : {"auto", "csv", "parquet", "gervet", "sequences", "fsaif", "eedi", "oulad", "uci"}
        What it is; ``auto`` tells from first bytes, header and names of files.
    deny : DenyRules, optional
        What may never be kept; default: no columns, Finnish personal identity codes.
    items : Items, optional
        Gives the skills of responses that name none; without it, they are refused.

    Returns
    -------
    Reading
        Accepted responses, refused rows and notes; together they account for every row. Where the set has them,
        background and a curriculum.

    Raises
    ------
    InputError
        If the file as a whole cannot be used: not found, empty, columns or files missing, unknown format.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "responses.csv")
    >>> _ = file.write_text(
    ...     "response_id,learner_id,item_id,skill_ids,answered_at,correct\n"
    ...     "r1,anna,i7,a;b,2025-03-01T10:00:00+02:00,1\n"
    ...     "r2,anna,i8,a,2025-03-01T10:05:00,0\n"
    ... )
    >>> reading = read_responses(file)
    >>> len(reading.responses), reading.refused.frame[["line", "reason", "column"]].values.tolist()
    (1, [[3, 'no_zone', 'answered_at']])
    """
    file = _existing(path)
    if format not in FORMATS:
        raise InputError("unknown format", got=format, hint=nearest(format, FORMATS))
    name = detect_format(file) if format == "auto" else format
    if name is None:
        what = f"no known format is told by the files of {file.name}"
        raise InputError(what, got=listing(file), hint=f"give a file, or name the format: {', '.join(READERS)}")
    if name in FILES:
        _refuse_folder(file)
    return READERS[name](file, deny or DenyRules(), items)


def read_roster(path: StrPath, teachers: StrPath | None = None, *, deny: DenyRules | None = None) -> RosterReading:
    """Read a roster from CSV.

    Parameters
    ----------
    path : path
        CSV with ``learner_id`` and optionally ``grade``, ``group_id``, ``school_id``; one row a learner.
    teachers : path, optional
        CSV with ``teacher_id, group_id, starts_on`` and optionally ``ends_on``; dates as YYYY-MM-DD.
    deny : DenyRules, optional
        As in :func:`read_responses`.

    Returns
    -------
    RosterReading

    Raises
    ------
    InputError
        If a file as a whole cannot be used.
    """
    relations = None if teachers is None else _refuse_folder(_existing(teachers))
    return canonical.read_learners(_refuse_folder(_existing(path)), relations, deny or DenyRules())


def read_items(path: StrPath, *, deny: DenyRules | None = None) -> ItemsReading:
    """Read an item list from CSV with ``item_id, skill_ids`` and optionally ``title``.

    Raises
    ------
    InputError
        If the file as a whole cannot be used.
    """
    return canonical.read_item_list(_refuse_folder(_existing(path)), deny or DenyRules())


def read_relations(path: StrPath, *, deny: DenyRules | None = None) -> ListReading[Relation]:
    """Read who may see whom from CSV: the fields of :class:`~polku.records.relations.Relation`.

    Raises
    ------
    InputError
        If the file as a whole cannot be used.
    """
    return canonical.read_relation_list(_refuse_folder(_existing(path)), deny or DenyRules())


def read_permits(path: StrPath, *, deny: DenyRules | None = None) -> ListReading[Permit]:
    """Read researchers' permits from CSV: the fields of :class:`~polku.records.relations.Permit`.

    Raises
    ------
    InputError
        If the file as a whole cannot be used.
    """
    return canonical.read_permit_list(_refuse_folder(_existing(path)), deny or DenyRules())


def read_protected(path: StrPath, *, deny: DenyRules | None = None) -> ListReading[str]:
    """Read whose identity is protected from CSV with ``learner_id``.

    Raises
    ------
    InputError
        If the file as a whole cannot be used.
    """
    return canonical.read_protected_list(_refuse_folder(_existing(path)), deny or DenyRules())


def _existing(path: StrPath) -> Path:
    """Return a path that is there."""
    file = Path(path).expanduser()
    if not file.exists():
        siblings = [sibling.name for sibling in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = nearest(file.name, siblings) if siblings else "check the path"
        raise InputError("no such file", got=file, hint=hint)
    return file


def _refuse_folder(file: Path) -> Path:
    """Return a file that is none."""
    if file.is_dir():
        raise InputError(f"{file.name} is a folder", hint="give a file")
    return file
