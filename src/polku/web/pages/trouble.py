"""What a person sees where a program would get a problem document."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.web.access.sign_in import sign_in_of
from polku.web.pages.navigation import with_query
from polku.web.pages.templates import page as rendered
from polku.web.service import tenants

FOR_PROGRAMS = ("/v1/", "/static/", "/healthz", "/readyz", "/openapi.json")


def page(request: Request, status: int) -> HTMLResponse | RedirectResponse | None:
    """Return a page that says in the reader's language that something went wrong.

    Parameters
    ----------
    request : Request
        What was asked for.
    status : int
        HTTP status of the answer.

    Returns
    -------
    HTMLResponse, RedirectResponse or None
        From the first page of a demonstration to the choice of personas. None where a program asks, or an address for
        programs is asked for.
    """
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or request.url.path.startswith(FOR_PROGRAMS):
        return None
    if status == HTTPStatus.UNAUTHORIZED and request.url.path == "/" and sign_in_of(request).personas is not None:
        return RedirectResponse(with_query("/personas", lang=request.query_params.get("lang")), status_code=303)
    kinds = {
        HTTPStatus.NOT_FOUND: "not_found",
        HTTPStatus.UNAUTHORIZED: "sign_in",
        HTTPStatus.FORBIDDEN: "forbidden" if sign_in_of(request).verifier is None else "not_open",
    }
    kind = kinds.get(HTTPStatus(status), "trouble" if status >= 500 else "refused")
    # Trouble may be that nobody is signed in, or somebody of no provider of ours: the platform's own words then.
    return rendered("trouble.html", request, {"kind": kind}, status=status, held=tenants(request).default)
