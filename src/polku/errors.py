"""Errors that say what went wrong, what was got, and what to try.

Every error Polku raises on purpose is a :class:`PolkuError`. The command line prints it in three
lines, the service turns it into RFC 9457 problem details with the class's HTTP status. The room
holds no handling: whoever catches decides.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class PolkuError(Exception):
    """Base of every deliberate error.

    Parameters
    ----------
    what : str
        One sentence that says what went wrong.
    got : object, optional
        The offending value, or where it was found. Never a person's data.
    hint : str, optional
        What to try next.

    Examples
    --------
    >>> print(InputError("no responses", got="empty file", hint="give a file with a header"))
    no responses
      got: empty file
      try: give a file with a header
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"

    def __init__(self, what: str, *, got: object = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.got = got
        self.hint = hint

    def __str__(self) -> str:
        """Return the three beats, one a line; absent beats are left out."""
        lines = [self.what]
        if self.got is not None:
            lines.append(f"  got: {self.got}")
        if self.hint is not None:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class InputError(PolkuError):
    """Data from outside that cannot be used as given."""

    status = 422
    slug = "invalid-input"


class DefinitionError(PolkuError):
    """A definition in a root room (features, models, serve) that does not hold together."""

    status = 500
    slug = "invalid-definition"


class NotFoundError(PolkuError):
    """Something asked for by name that is not there."""

    status = 404
    slug = "not-found"


class ConflictError(PolkuError):
    """A request that contradicts what is already recorded."""

    status = 409
    slug = "conflict"


class NotReleasedError(PolkuError):
    """A model or bundle that has not passed its gate."""

    status = 409
    slug = "not-released"


class UnauthorizedError(PolkuError):
    """A request without a token, or with one that does not hold."""

    status = 401
    slug = "unauthorized"


class ForbiddenError(PolkuError):
    """A request that is understood and not answered."""

    status = 403
    slug = "forbidden"


class NotReadyError(PolkuError):
    """A service that lacks what it needs to answer."""

    status = 503
    slug = "not-ready"


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the closest known name, as a sentence fit for ``hint``.

    Parameters
    ----------
    name : str
        The name that was not found.
    known : iterable of str
        The names that exist.

    Returns
    -------
    str
        "did you mean …?" or, with nothing close, the list of known names (at most twelve).

    Examples
    --------
    >>> nearest("skil_count", ["skill_count", "pace"])
    "did you mean 'skill_count'?"
    >>> nearest("zzz", ["b", "a"])
    'one of: a, b'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"one of: {shown}" if names else "nothing of this kind is defined yet"
