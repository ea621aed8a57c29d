"""How an application's sign-in is made from its settings."""

from __future__ import annotations

import logging

from polku.home import Home
from polku.schemas.settings import Settings
from polku.web.access.keys import IssuerKeys, fetcher
from polku.web.access.mpassid import FromMpassid
from polku.web.access.personas import AUDIENCE, ISSUER, Personas
from polku.web.access.senders import Senders
from polku.web.access.sign_in import COOKIE, Remembered, SignIn
from polku.web.access.tokens import Verifier
from polku.web.lti.registrations import load_registrations
from polku.web.lti.sessions import Sessions, WithLaunches

log = logging.getLogger("polku.web")


def open_sign_in(home: Home, settings: Settings) -> SignIn:
    """Return how callers sign in, as the settings say.

    Parameters
    ----------
    home : Home
        Its ``serve/`` is where a file of keys is.
    settings : Settings
        Checked by their schema: nothing but "oidc" starts in production.
    """
    made = _opened(home, settings)
    made.senders = Senders(settings.access.senders)
    registrations = load_registrations(home) if made.verifier is not None else {}
    if registrations and isinstance(made.verifier, Verifier):
        made.sessions = Sessions(registrations)
        made.verifier = WithLaunches(made.verifier, made.sessions.verifier)
    return made


def _opened(home: Home, settings: Settings) -> SignIn:
    access, provider_id = settings.access, settings.provider_id
    remembered = Remembered(access.remember_s)
    if access.sign_in == "none":
        return SignIn(provider_id)
    if access.sign_in == "demo":
        log.warning("sign-in by personas: anybody at this machine may be anybody; not for real people's data")
        personas = Personas.new()
        verifier = Verifier(IssuerKeys(personas.public), ISSUER, AUDIENCE)
        return SignIn(provider_id, verifier, COOKIE, remembered=remembered, personas=personas)
    keys = IssuerKeys(fetcher(access.keys or "", home.serve))
    named = {"reads": FromMpassid(access.mpassid)} if isinstance(access.claims, str) else {"claims": access.claims}
    verifier = Verifier(keys, access.issuer or "", access.audience, leeway_s=access.leeway_s, **named)
    return SignIn(provider_id, verifier, access.cookie, local=False, remembered=remembered)
