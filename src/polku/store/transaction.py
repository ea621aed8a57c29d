"""One transaction: every repository, on one connection, for one provider."""

from __future__ import annotations

from polku.store.ahead import Ahead
from polku.store.audits import Audits
from polku.store.bundles import Bundles
from polku.store.catalogue import Catalogue
from polku.store.decisions import Decisions
from polku.store.figures import Figures
from polku.store.hindsight import Hindsight
from polku.store.holds import Holds
from polku.store.items import ItemBank
from polku.store.launches import Launches
from polku.store.log import Log
from polku.store.news import News
from polku.store.outbox import Outbox
from polku.store.path_settings import PathSettings
from polku.store.profiles import Profiles
from polku.store.provenance import Provenances
from polku.store.reads import Reads
from polku.store.receipts import Receipts
from polku.store.refused import Quarantine
from polku.store.relations import Relations
from polku.store.repeats import Repeats
from polku.store.requests import Requests
from polku.store.responses import ResponseLog
from polku.store.rights import Rights
from polku.store.roster import RosterTable
from polku.store.rostered import Register
from polku.store.sources import Sources
from polku.store.stamps import Stamps
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
    responses, hindsight, refused, roster, relations, figures, items, catalogue, launches, profiles, ahead, bundles,
    audits, validations, suggestions, decisions, path_settings, holds, reads, rights, repeats, outbox, news, requests,
    sources, provenance, receipts, register, log
        One repository each; see the class of the same noun.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.provider_id = tenant.provider_id
        self.log = Log(tenant)
        self.refused = Quarantine(tenant)
        self.responses = ResponseLog(tenant, self.refused, self.log)
        self.hindsight = Hindsight(tenant)
        self.roster = RosterTable(tenant, self.log)
        self.relations = Relations(tenant, self.log)
        self.figures = Figures(tenant)
        self.items = ItemBank(tenant)
        self.catalogue = Catalogue(tenant)
        self.launches = Launches(tenant)
        self.profiles = Profiles(tenant)
        self.ahead = Ahead(tenant, self.profiles)
        self.bundles = Bundles(tenant)
        self.audits = Audits(tenant)
        self.validations = Validations(tenant)
        self.suggestions = Suggestions(tenant, self.log)
        self.decisions = Decisions(tenant, self.log)
        self.path_settings = PathSettings(tenant, self.log)
        self.holds = Holds(tenant, self.log)
        self.reads = Reads(tenant)
        self.rights = Rights(tenant, self.log)
        self.stamps = Stamps(tenant)
        self.repeats = Repeats(tenant)
        self.outbox = Outbox(tenant)
        self.news = News(tenant)
        self.requests = Requests(tenant)
        self.sources = Sources(tenant, self.responses, self.refused)
        self.provenance = Provenances(tenant)
        self.receipts = Receipts(tenant)
        self.register = Register(tenant)
