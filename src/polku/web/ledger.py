"""What was handed over to another system: so that nothing goes out twice, and what was under way goes out as it was.

An entry is written before its message leaves and again when it arrived. If everything stops in between, the next run
sends the same message with the same moment, which the other side knows by these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from polku.errors import InputError, NotFoundError, NotReadyError
from polku.store import Store
from polku.store.rostered import Rostered

Message = TypeVar("Message")


class Ledger:
    """What went to one system.

    Parameters
    ----------
    store : Store
        Where it is kept: beside what registers say, by the learner, so that it is erased with the learner.
    source : str
        Name of the system.
    kind : str
        What went there.
    """

    def __init__(self, store: Store, source: str, kind: str) -> None:
        self._store, self._source, self._kind = store, source, kind

    def entry(self, key: str) -> Mapping[str, Any] | None:
        """Return what was written of a message last, or None."""
        with self._store.read() as tx:
            found = tx.register.there(self._source, self._kind, [key]).get(key)
        return None if found is None else found.content

    def write(self, key: str, learner_id: str | None, content: Mapping[str, Any]) -> None:
        """Write what becomes of a message; committed at once."""
        with self._store.begin() as tx:
            tx.register.take(self._source, self._kind, [(Rostered(key, learner_id, content), False)], "")


@dataclass
class Outcome:
    """What became of messages; ``sent + as_before + refused + left`` are all of them.

    Parameters
    ----------
    sent, as_before : int
        Those that the other side took, and those that it had already.
    refused : Counter of str
        Those that it refused, by what it said.
    left : int
        Not tried any more, since the other side went away; the next run begins there.
    stopped : str
        Why; empty where nothing was left.
    """

    sent: int = 0
    as_before: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left: int = 0
    stopped: str = ""


def hand_over(
    messages: Collection[Message], send: Callable[[Message], bool], on_step: Callable[[int, int], None]
) -> Outcome:
    """Send messages in order; one that is refused costs itself alone, and where nobody answers the rest is left.

    Parameters
    ----------
    messages : collection
        What to send.
    send : callable
        Sends one; returns False where the other side has it already.
    on_step : callable
        Told how many of all are done.
    """
    made = Outcome()
    for number, one in enumerate(messages):
        try:
            if send(one):
                made.sent += 1
            else:
                made.as_before += 1
        except (InputError, NotFoundError) as error:
            made.refused[str(error.got)] += 1
        except NotReadyError as error:
            made.left, made.stopped = len(messages) - number, error.what
            break
        on_step(number + 1, len(messages))
    return made
