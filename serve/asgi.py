"""The service for an ASGI server: ``uvicorn --app-dir serve --no-proxy-headers asgi:app``.

``polku serve`` is the same and does more: it says that it is leaving before it leaves, and cuts slow callers off.
"""

from polku.home import Home
from polku.web import create_app
from polku.web.observe.logs import configure

home = Home.find()
configure(home.settings().service.log)
app = create_app(home)
