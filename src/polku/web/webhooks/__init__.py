"""Webhooks: systems that signed up are told of new suggestions, by ids alone.

:mod:`~polku.web.webhooks.address` says where events may go, :mod:`~polku.web.webhooks.signature` signs them as Standard
Webhooks has it with the secret that :mod:`~polku.web.webhooks.sealed` opens, :mod:`~polku.web.webhooks.sending` sends
one, :mod:`~polku.web.webhooks.deliverer` empties the outbox.
"""

from polku.web.webhooks.address import Target, target_of
from polku.web.webhooks.deliverer import Deliverer, Delivering, Round, resealed
from polku.web.webhooks.sealed import Seal
from polku.web.webhooks.signature import signature, verify

__all__ = ["Deliverer", "Delivering", "Round", "Seal", "Target", "resealed", "signature", "target_of", "verify"]
