"""The door that every request passes, whatever it asks for: name, size, time, headers, a line in the log.

No line holds a person's data: no id, no query, no message of an unexpected error, which may quote a value.
"""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from polku.schemas.running import Running
from polku.web.front import Front
from polku.web.imsx import worded
from polku.web.observe.logs import frames
from polku.web.observe.metrics import Metrics
from polku.web.observe.traces import Traces
from polku.web.passage import Passage
from polku.web.problems import problem, unavailable
from polku.web.unavailable import kind_of

log = logging.getLogger("polku.web")


class Door:
    """Middleware around everything else.

    Parameters
    ----------
    app : ASGI application
        What is behind the door.
    largest_body : int
        Most bytes of a request.
    running : Running, optional
        Names, proxies and time-outs.
    metrics, traces : Metrics, Traces, optional
        Where requests are counted, and where their spans go.
    """

    def __init__(
        self,
        app: ASGIApp,
        largest_body: int,
        running: Running | None = None,
        metrics: Metrics | None = None,
        traces: Traces | None = None,
    ) -> None:
        self.app = app
        self.largest_body = largest_body
        self.running = running or Running()
        self.front = Front.of(self.running)
        self.metrics, self.traces = metrics or Metrics(), traces or Traces()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        passage = Passage(scope, receive, send, running=self.running, largest_body=self.largest_body)
        with self.traces.span("request", parent=passage.headers.get("traceparent")) as span:
            await self._answer(passage)
            if span is not None:
                span.set_attributes({"http.route": passage.route, "http.request.method": passage.method})
                span.set_attribute("http.response.status_code", passage.status or 0)
        self.metrics.answered(passage.method, passage.route, passage.status or 499, passage.seconds)
        log.info("%s %s %.0f ms", passage.name, passage.status, 1000 * passage.seconds, extra=passage.said)

    async def _answer(self, passage: Passage) -> None:
        """Let one request in, and answer in any case."""
        try:
            refused = passage.enter(self.front)
            app = self.app if refused is None else worded(passage.scope["path"], refused)
            await app(passage.scope, passage.receive, passage.send)
        except ClientDisconnect:
            log.info("the caller left before the request was whole", extra=passage.said)
        except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the caller gets an answer
            fault = {**passage.said, "fault": f"{type(error).__name__} at {frames(error)}"}
            log.error("unexpected %s at %s: %s", type(error).__name__, passage.name, frames(error), extra=fault)  # noqa: TRY400 - a traceback quotes values
            away = kind_of(error)
            ours = problem(500, "internal", "something went wrong here; it is not your request")
            await passage.apologise(ours if away is None else unavailable(away))
        finally:
            await passage.leave()
