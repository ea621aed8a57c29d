"""Answers that somebody corrects: what is sent is laid over what holds and checked as any other answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

import numpy as np

from polku.errors import InputError
from polku.records import DenyRules, Refusal, Response, check_response
from polku.store.transaction import Transaction
from polku.web.intake import refuse_deep


def corrected(tx: Transaction, response_id: str, sent: Mapping[str, object], deny: DenyRules) -> Response:
    """Return an answer as it should be.

    Parameters
    ----------
    tx : Transaction
        Where the answer is.
    response_id : str
        Which.
    sent : mapping
        The columns that were wrong, as they came out of JSON; None for what should be empty. Another item takes the
        item bank's skills where none are sent with it.
    deny : DenyRules
        What is kept nowhere.

    Returns
    -------
    Response

    Raises
    ------
    NotFoundError
        If no answer has this id.
    InputError
        If it does not hold; nothing of what was sent is repeated.
    """
    if not sent:
        raise InputError("a correction says what should be otherwise", hint="send at least one column in changes")
    refuse_deep([dict(sent)])
    held = tx.responses.latest(response_id)
    row = {name: value for name, value in asdict(held).items() if value is not None}
    row["answered_at"] = f"{np.datetime64(held.answered_at, 'us')}Z" if held.clock else held.answered_at
    if "item_id" in sent:
        del row["skill_ids"]
    checked = check_response(row | dict(sent) | {"known_at": None}, held.clock, deny, tx.items.all())
    if isinstance(checked, Refusal):
        raise InputError(checked.explanation, got=checked.column, hint="send the answer as it should be")
    return replace(checked, known_at=held.known_at)
