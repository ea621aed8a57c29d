"""Builds the application: definitions checked, store open, every router in, one error shape."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from polku.errors import InputError
from polku.home import Home
from polku.profiles import warm_up
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.store import utc_now
from polku.web import problems, reference_vendor
from polku.web.access.labelling import Labelled
from polku.web.access.opening import open_sign_in
from polku.web.access.personas import LABEL
from polku.web.api import (
    aggregates,
    audits,
    caliper,
    case,
    demo,
    groups,
    health,
    learners,
    lti,
    metrics,
    models,
    path,
    path_settings,
    pauses,
    responses,
    rights,
    sources,
    suggestions,
    tasks,
    vendors,
    webhooks,
    xapi,
    xapi_resources,
)
from polku.web.api.aggregates import Kept
from polku.web.api.vendors import KeptFeedback
from polku.web.description import INTERFACE, described
from polku.web.door import Door
from polku.web.etags import Etags
from polku.web.kept import KeptAnswers
from polku.web.limits import Limits
from polku.web.operation import Operation
from polku.web.pages import (
    accessibility,
    asked,
    embed,
    guardian,
    interface,
    learner,
    paper,
    patterns,
    personas,
    research,
    school,
    start,
    teacher_actions,
    teacher_class,
    teacher_learner,
    teacher_settings,
    teacher_together,
    trouble,
)
from polku.web.problems import MEDIA_TYPE
from polku.web.reading import ReadRecorder
from polku.web.sealing import sealer_of
from polku.web.service import Clock, Tenants
from polku.web.together import Together
from polku.web.vendors import load_vendors
from polku.web.webhooks import Delivering
from polku.web.xapi_requests import XapiRequests

PARTS = (
    responses,
    path_settings,
    learners,
    path,
    groups,
    suggestions,
    pauses,
    aggregates,
    audits,
    models,
    health,
    metrics,
    start,
    teacher_together,  # before the class view, whose address would take the rest for a part of a group's id
    teacher_class,
    teacher_learner,
    teacher_settings,
    teacher_actions,
    paper,
    learner,
    guardian,
    asked,
    embed,
    school,
    research,
    accessibility,
    patterns,
    interface,
    rights,
    webhooks,
    xapi,
    xapi_resources,
    caliper,
    sources,
    case,
    tasks,
    vendors,
    lti,
)
"""What every service answers."""
DEMONSTRATION = (demo, personas, reference_vendor)
"""What only a demonstration answers."""
DESCRIPTION = """Suggested next steps for learners, each with its reasons.

Polku suggests; teachers and learners decide. Nothing here assigns a task, a grade or a placement.
Who may see whom stands in each endpoint's description and in docs/reference/access.md. Where no sign-in is set up, the
service answers this machine only."""
LARGEST_ROW = 4096
"""Bytes allowed for one response of a full request."""
PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request was not taken: a problem document", **PROBLEM},
    "5XX": {"description": "The service could not answer: a problem document", **PROBLEM},
}


def create_app(home: Home, store: Store | None = None, *, now: Clock | None = None, personas: bool = False) -> FastAPI:
    """Build the service of one home.

    Parameters
    ----------
    home : Home
        Definitions, texts, settings.
    store : Store, optional
        Default: the settings' own.
    now : callable, optional
        Returns microseconds UTC; a demonstration lives on the day its simulation ends.
    personas : bool
        Whether anybody at this machine chooses who to be, whatever the settings say of signing in.

    Returns
    -------
    FastAPI

    Raises
    ------
    PolkuError
        If a definition, the store or the released bundle does not hold: the service does not start half.
    """
    settings, clock = home.settings(), now or utc_now
    if personas:
        settings = _with_personas(settings)
    opened, operation = store or Store.of(settings), Operation(settings.service)
    operation.attend(opened)
    tenants = Tenants(home, opened, clock, demo=now is not None, suggester=operation.suggester)
    tenants.default  # noqa: B018 - loads the model now rather than while somebody waits
    load_vendors(home)
    warm_up()
    app = _bare()
    app.state.tenants, app.state.service, app.state.reads = tenants, tenants.default, ReadRecorder()
    app.state.sealer = sealer_of(tenants)
    app.state.sign_in, app.state.aggregates = open_sign_in(home, settings), Kept()
    app.state.operation, app.state.feedback = operation, KeptFeedback()
    app.state.together, app.state.kept = Together(), KeptAnswers()
    app.state.delivering = Delivering.of(tenants, home)
    app.add_middleware(Etags)
    app.add_middleware(Limits, limits=settings.limits)
    app.add_middleware(XapiRequests)
    app.add_middleware(
        Door,
        largest_body=LARGEST_ROW * max(16, settings.service.max_responses),
        running=settings.service,
        metrics=operation.metrics,
        traces=operation.traces,
    )
    problems.install(app, trouble.page)
    if app.state.sign_in.personas is not None:
        for part in DEMONSTRATION:
            app.include_router(part.router)
        app.add_middleware(Labelled, label=LABEL)
    app.mount("/static", StaticFiles(directory=home.serve / "static"), name="static")
    return app


def _with_personas(settings: Settings) -> Settings:
    if settings.access.production:
        raise InputError("personas are no part of production", hint="let people sign in with the platform")
    return settings.model_copy(update={"access": settings.access.model_copy(update={"sign_in": "demo"})})


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Seal the log while serving; before the process ends, write down who looked at whose data and seal once more."""
    app.state.sealer.start()
    app.state.delivering.start()
    yield
    app.state.operation.leave()
    app.state.reads.close()
    app.state.together.close()
    app.state.delivering.close()
    app.state.sealer.close()
    app.state.operation.close()


class _Polku(FastAPI):
    """FastAPI whose interface description knows our one error shape."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            self.openapi_schema = described(super().openapi())
        return self.openapi_schema


def _bare() -> FastAPI:
    """Return the application with every endpoint and nothing behind it."""
    app = _Polku(
        title="Polku",
        version=INTERFACE,
        description=DESCRIPTION,
        docs_url=None,  # their pages would fetch scripts from elsewhere; ours is polku.web.pages.interface
        redoc_url=None,
        redirect_slashes=False,
        responses=ERRORS,
        generate_unique_id_function=_operation_id,
        lifespan=_life,
    )
    for part in PARTS:
        app.include_router(part.router)
    return app


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the interface, as ``polku openapi`` writes it; nothing is opened for it."""
    return _bare().openapi()


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0]}-{route.name}" if route.tags else route.name
