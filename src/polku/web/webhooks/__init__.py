"""Webhooks: systems that signed up are told of new suggestions, by ids alone.

:mod:`~polku.web.webhooks.address` says where events may go, :mod:`~polku.web.webhooks.signature` signs them as Standard
Webhooks has it, :mod:`~polku.web.webhooks.sending` sends one, :mod:`~polku.web.webhooks.deliverer` empties the outbox.
"""

from polku.web.webhooks.address import Target, target_of
from polku.web.webhooks.deliverer import Deliverer, Delivering, Round
from polku.web.webhooks.signature import signature, verify

__all__ = ["Deliverer", "Delivering", "Round", "Target", "signature", "target_of", "verify"]
