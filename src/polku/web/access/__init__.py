"""Who may call an endpoint: declared in its signature, checked before anything of it runs.

An endpoint names one of :mod:`~polku.web.access.names` as a parameter, such as ``viewer: SeesLearner``. Behind each
stands a :class:`~polku.web.access.rules.Rule`: the roles it lets in, and by which relation to what the path names.
:mod:`~polku.web.access.sign_in` says who asks; :mod:`~polku.web.access.tokens` checks the platform's tokens;
:mod:`~polku.web.access.personas` makes those of a demonstration.

Everybody who is not let in gets the same 403, whether the learner, group or school exists or not. What no rule looks
at: host, path or header as a source of the provider. It stands in the signed token alone.
"""

from polku.web.access.names import (
    Administers,
    Anyone,
    Audits,
    Decides,
    Feeds,
    GuidesGroup,
    GuidesLearner,
    Local,
    Open,
    OwnsData,
    Researches,
    Scraped,
    SeesAggregates,
    SeesAudits,
    SeesGroup,
    SeesLearner,
    SeesLearnerThen,
    SeesSchool,
    SeesVendor,
    SpeaksForLearner,
    Subscribes,
    Withdraws,
)
from polku.web.access.origin import loopback_only
from polku.web.access.rules import Rule
from polku.web.access.sign_in import SignIn
from polku.web.viewer import Role, Viewer

__all__ = [
    "Administers",
    "Anyone",
    "Audits",
    "Decides",
    "Feeds",
    "GuidesGroup",
    "GuidesLearner",
    "Local",
    "Open",
    "OwnsData",
    "Researches",
    "Role",
    "Rule",
    "Scraped",
    "SeesAggregates",
    "SeesAudits",
    "SeesGroup",
    "SeesLearner",
    "SeesLearnerThen",
    "SeesSchool",
    "SeesVendor",
    "SignIn",
    "SpeaksForLearner",
    "Subscribes",
    "Viewer",
    "Withdraws",
    "loopback_only",
]
