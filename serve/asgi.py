"""The service for an ASGI server: ``uvicorn --app-dir serve asgi:app``. Loopback only: there is no sign-in yet."""

import logging

from polku.home import Home
from polku.web import create_app

# The server's own lines hold addresses, and with them learners' ids. Those of "polku.web" say route and status.
logging.getLogger("uvicorn.access").disabled = True

app = create_app(Home.find())
