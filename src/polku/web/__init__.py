"""The service: an API for other systems and pages for people, over the same released bundle.

``api/<noun>.py`` answers in JSON, ``pages/<page>.py`` in HTML; both ask :class:`polku.web.service.Service`,
which holds what is loaded once. One request is one transaction, committed before the answer goes out; an
endpoint says in its signature who may call it (:mod:`polku.web.access`); every error is an RFC 9457
problem (:mod:`polku.web.problems`).

What it does not do: it decides nothing about a learner, computes no grade and no placement, and reads no
background attribute. It has no sign-in yet, so it answers loopback only and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from polku.lazily import lazily

if TYPE_CHECKING:
    from polku.web.app import create_app

__all__ = ["create_app"]

__getattr__ = lazily(__name__, {"app": ["create_app"]})  # commands that take deliveries in serve nothing
