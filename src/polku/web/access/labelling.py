"""The label that every answer of a demonstration carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "Polku-Demo"


class Labelled:
    """Middleware that says in every answer that anybody may be anybody here.

    Parameters
    ----------
    app : ASGI application
        What answers.
    label : str
        What the header says.
    """

    def __init__(self, app: ASGIApp, label: str) -> None:
        self.app, self.label = app, label

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def labelling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = self.label
            await send(message)

        await self.app(scope, receive, labelling)
