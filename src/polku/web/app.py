"""Builds the application: definitions checked, store open, every router in, one error shape."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from polku import __version__
from polku.home import Home
from polku.paths.suggester import Suggester
from polku.profiles import Exclusions, warm_up
from polku.store import Store
from polku.store.store import utc_now
from polku.web import problems
from polku.web.api import audits, groups, health, learners, models, path_settings, responses, suggestions
from polku.web.door import Door
from polku.web.pages import interface, start, trouble
from polku.web.problems import MEDIA_TYPE, Problem
from polku.web.service import Clock, Service

DESCRIPTION = """Suggested next steps for learners, each with its reasons.

Polku suggests; teachers and learners decide. Nothing here assigns a task, a grade or a placement.
This form of the service has no sign-in and answers this machine only."""
LARGEST_ROW = 4096
"""Bytes allowed for one response of a full request."""
PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request was not taken: a problem document", **PROBLEM},
    "5XX": {"description": "The service could not answer: a problem document", **PROBLEM},
}


def create_app(home: Home, store: Store | None = None, *, now: Clock | None = None) -> FastAPI:
    """Build the service of one home.

    Parameters
    ----------
    home : Home
        Definitions, texts, settings.
    store : Store, optional
        Default: the settings' own.
    now : callable, optional
        Returns microseconds UTC; a demonstration lives on the day its simulation ends.

    Returns
    -------
    FastAPI

    Raises
    ------
    PolkuError
        If a definition, the store or the released bundle does not hold: the service does not start half.
    """
    settings, clock = home.settings(), now or utc_now
    opened = store or Store.open(settings.store, settings.provider_id)
    deny = Exclusions.load(home.features).deny_rules()
    suggester = Suggester(home, clock)
    warm_up()
    with opened.read() as tx:
        suggester.released(tx)  # loads the model now rather than while somebody waits
    app = _Polku(
        title="Polku",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,  # their pages would fetch scripts from elsewhere; ours is polku.web.pages.interface
        redoc_url=None,
        redirect_slashes=False,
        responses=ERRORS,
        generate_unique_id_function=_operation_id,
    )
    app.state.service = Service(home, settings, opened, suggester, deny, clock, demo=now is not None)
    app.add_middleware(Door, largest_body=LARGEST_ROW * max(16, settings.service.max_responses))
    problems.install(app, trouble.page)
    for part in (responses, path_settings, learners, groups, suggestions, audits, models, health, start, interface):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=home.serve / "static"), name="static")
    return app


class _Polku(FastAPI):
    """FastAPI whose interface description knows our one error shape."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return document


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0]}-{route.name}" if route.tags else route.name
