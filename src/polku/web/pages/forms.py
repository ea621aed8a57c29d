"""What comes in from the forms of pages: fields, and the way back to where somebody was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import Body
from fastapi.responses import RedirectResponse

from polku.errors import InputError
from polku.web.pages.navigation import with_query
from polku.web.viewer import Viewer

FORM: Final = "application/x-www-form-urlencoded"
Form = Annotated[bytes, Body(media_type=FORM)]
"""A form as it was sent."""
OF_THE_MOMENT: Final = frozenset({"lang", "done", "goal", "of"})
"""Parts of a query that no link keeps: the language, which is asked for anew, and what was just done."""
LARGEST: Final = 16_384
"""Bytes of a form that is no table."""
TEACHER: Final = "teacher at this machine"
"""Who decides where nobody signs in."""
OURS: Final = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
"""An address of this service, and of no other host."""


@dataclass(frozen=True)
class Fields:
    """The fields of one form.

    Parameters
    ----------
    said : dict of str to list of str
        Values by name, in the order sent; empty ones are left out.

    Examples
    --------
    >>> Fields.of(b"skill=a&skill=b&back=%2Fgroups%2F7A").all("skill")
    ['a', 'b']
    """

    said: dict[str, list[str]]

    @classmethod
    def of(cls, form: bytes, *, largest: int = LARGEST, most: int = 200) -> Fields:
        """Read a form.

        Raises
        ------
        InputError
            If it is too large.
        """
        if len(form) > largest:
            raise InputError("the form is too large", got=f"{len(form)} bytes", hint=f"{largest} bytes at most")
        try:
            return cls(parse_qs(form.decode("utf-8", "replace"), max_num_fields=most))
        except ValueError as error:
            raise InputError("the form has too many fields", hint=f"{most} at most") from error

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a field."""
        return self.said.get(name, [default])[-1].strip()

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value.strip() for value in self.said.get(name, []) if value.strip()]

    def number(self, name: str) -> int | None:
        """Return a small whole number, or None."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 4 else None

    def back(self, otherwise: str, **query: str | None) -> RedirectResponse:
        """Return the way back to where the form was, with what was done in the query.

        Parameters
        ----------
        otherwise : str
            Address, where the form names none of this service.
        **query
            What is added.
        """
        asked = self.get("back")
        address = asked if OURS.fullmatch(asked) else otherwise
        lang = self.get("lang")
        if "?" in address:  # the page's own query is kept
            path, _, rest = address.partition("?")
            kept, _, anchor = rest.partition("#")
            old = {name: values[-1] for name, values in parse_qs(kept).items() if name not in OF_THE_MOMENT}
            address = path + (f"#{anchor}" if anchor else "")
            return RedirectResponse(with_query(address, **{**old, "lang": self.get("lang"), **query}), 303)
        return RedirectResponse(with_query(address, lang=lang, **query), status_code=303)


def speaking(viewer: Viewer) -> dict[str, str]:
    """Return who speaks in a request to the interface: nobody but the token's where callers sign in.

    Examples
    --------
    >>> from polku.web.viewer import operator
    >>> speaking(operator("demo"))["role"]
    'teacher'
    """
    return {} if viewer.signed_in else {"by": TEACHER, "role": "teacher"}
