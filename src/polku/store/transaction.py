"""One transaction: every repository, on one connection, for one provider."""

from __future__ import annotations

from polku.store.audits import Audits
from polku.store.bundles import Bundles
from polku.store.decisions import Decisions
from polku.store.items import ItemBank
from polku.store.log import Log
from polku.store.path_settings import PathSettings
from polku.store.profiles import Profiles
from polku.store.refused import Quarantine
from polku.store.responses import ResponseLog
from polku.store.roster import RosterTable
from polku.store.suggestions import Suggestions
from polku.store.tenant import Tenant
from polku.store.validations import Validations


class Transaction:
    """The repositories of one provider inside one transaction.

    Made by :meth:`polku.store.Store.begin` and :meth:`polku.store.Store.read`, never by hand. Everything
    done through it is committed together when the block ends, or not at all when it raises.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.

    Attributes
    ----------
    responses, refused, roster, items, profiles, bundles, audits, validations, suggestions, decisions,
    path_settings, log
        One repository each; see the class of the same noun.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.log = Log(tenant)
        self.refused = Quarantine(tenant)
        self.responses = ResponseLog(tenant, self.refused)
        self.roster = RosterTable(tenant)
        self.items = ItemBank(tenant)
        self.profiles = Profiles(tenant)
        self.bundles = Bundles(tenant)
        self.audits = Audits(tenant)
        self.validations = Validations(tenant)
        self.suggestions = Suggestions(tenant, self.log)
        self.decisions = Decisions(tenant, self.log)
        self.path_settings = PathSettings(tenant, self.log)
