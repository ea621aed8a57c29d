"""Vendors of tasks: who they are, how a task of theirs opens, and what they are told about their own tasks.

A vendor is a file in ``serve/vendors/``. Polku chooses tasks by itself and sends a vendor nothing: a signed link opens
one task, and tells the vendor a pseudonym of its own, the task and what it is for. Results come back by the doors that
everybody uses, under that pseudonym. Nothing here knows a price.
"""

from polku.web.vendors.definitions import Vendor, load_vendors, vendor_of
from polku.web.vendors.feedback import Feedback, feedback
from polku.web.vendors.launching import LIFE_S, launch_address
from polku.web.vendors.offering import Offering, offer_tasks
from polku.web.vendors.pseudonyms import elements_named, rows_named, scope_of, vendors_of

__all__ = [
    "LIFE_S",
    "Feedback",
    "Offering",
    "Vendor",
    "elements_named",
    "feedback",
    "launch_address",
    "load_vendors",
    "offer_tasks",
    "rows_named",
    "scope_of",
    "vendor_of",
    "vendors_of",
]
