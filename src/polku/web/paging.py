"""Lists in pages: so many at a time, and where the next page begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

from fastapi import Query

from polku.web.shapes import VISIBLE

Limit = Annotated[int, Query(ge=1, le=500, description="Most entries of one page")]
After = Annotated[
    str | None,
    Query(max_length=200, pattern=VISIBLE, description="`next` of the page before; without it, the first page"),
]
PAGE = 100
One = TypeVar("One")


def paged(
    listed: Iterable[One], key: Callable[[One], str], after: str | None, limit: int
) -> tuple[list[One], str | None]:
    """Cut one page out of a list; return it and where the next begins, None on the last.

    Parameters
    ----------
    listed : iterable
        In an order that new entries do not change.
    key : callable
        Returns the id of an entry.
    after : str or None
        Id of the last entry of the page before; one that is gone gives the first page.
    limit : int
        Most entries.

    Examples
    --------
    >>> paged("abcde", str, "b", 2)
    (['c', 'd'], 'd')
    >>> paged("abcde", str, "d", 2)
    (['e'], None)
    """
    entries = list(listed)
    begins = next((place + 1 for place, one in enumerate(entries) if key(one) == after), 0)
    page = entries[begins : begins + limit]
    return page, key(page[-1]) if page and begins + limit < len(entries) else None
