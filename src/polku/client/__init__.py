"""A small typed client of the service, for whoever builds on it: no dependency beyond Python itself.

:class:`Polku` has a method for each thing that a learning environment does: hand over answers, read profiles and paths,
say what people decided, sign up for events. What comes back are frozen dataclasses; an answer of 400 and above is
raised as :class:`Problem`. Requests that change something carry an idempotency key, so that sending them again after a
broken connection has no second effect.

It knows nothing of the other rooms, and they know nothing of it: it may be copied out and used on its own.
"""

from polku.client.client import Polku
from polku.client.transport import Answer, Problem, Request, Transport, over_http
from polku.client.values import (
    Decision,
    Deliveries,
    Delivery,
    Feedback,
    Group,
    ItemFeedback,
    Life,
    NewWebhook,
    Option,
    Path,
    Profile,
    Receipt,
    Receipts,
    RefusedRow,
    Sentence,
    SharedStep,
    Skill,
    Step,
    SuggestionLife,
    Taken,
    Webhook,
    Webhooks,
)

__all__ = [
    "Answer",
    "Decision",
    "Deliveries",
    "Delivery",
    "Feedback",
    "Group",
    "ItemFeedback",
    "Life",
    "NewWebhook",
    "Option",
    "Path",
    "Polku",
    "Problem",
    "Profile",
    "Receipt",
    "Receipts",
    "RefusedRow",
    "Request",
    "Sentence",
    "SharedStep",
    "Skill",
    "Step",
    "SuggestionLife",
    "Taken",
    "Transport",
    "Webhook",
    "Webhooks",
    "over_http",
]
