"""xAPI out: statements for suggestions that were offered and decided, for whoever keeps a learning record store.

The learner is an account with the platform's pseudonymous id. What was offered is an activity of its own, grouped under
the skill's CFItem; nothing of scores, mastery or reasons goes out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

NAMESPACE: Final = uuid.UUID("6f1b0f0a-3b0e-5c55-9d5b-2a6c2f0f5d4e")
TYPE: Final = "https://polku.example/xapi/activities/suggestion"
VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "offer": ("https://polku.example/xapi/verbs/offered", "was offered"),
    "accept": ("https://polku.example/xapi/verbs/accepted", "accepted"),
    "edit": ("https://polku.example/xapi/verbs/edited", "exchanged"),
    "skip": ("http://id.tincanapi.com/verb/skipped", "skipped"),
    "reject": ("https://polku.example/xapi/verbs/declined", "declined"),
    "pause": ("https://polku.example/xapi/verbs/put-aside", "put aside"),
}
"""What becomes of a suggestion, and the verb that says so."""


VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"


class Happening(NamedTuple):
    """One thing that happened to one suggestion.

    Parameters
    ----------
    event_id : str
        Id of the offer's option or of the decision: the statement's id follows from it.
    what : str
        One of :data:`VERBS`.
    suggestion_id, learner_id, skill_id : str
        Of the suggestion.
    at : int
        Microseconds UTC.
    """

    event_id: str
    what: str
    suggestion_id: str
    learner_id: str
    skill_id: str
    at: int


def statements_of(
    happenings: Iterable[Happening], *, platform: str, cfitems: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield a statement for each thing that happened; the same thing gives the same statement each time.

    Parameters
    ----------
    happenings : iterable of Happening
        What was offered and decided.
    platform : str
        IRI of the platform: home of its accounts, beginning of its suggestions' addresses.
    cfitems : mapping of str to str
        Skill → URI of its CFItem; a skill that has none is named by the platform's own address.

    Examples
    --------
    >>> one = Happening("s1", "offer", "s1", "anna", "MA79.S3.01", 0)
    >>> [said] = statements_of([one], platform="https://polku.example.fi", cfitems={})
    >>> said["actor"]["account"]["name"], said["verb"]["display"], said["timestamp"]
    ('anna', {'en': 'was offered'}, '1970-01-01T00:00:00.000Z')
    """
    home = platform.rstrip("/")
    for one in happenings:
        verb, words = VERBS[one.what]
        skill = cfitems.get(one.skill_id, f"{home}/skills/{one.skill_id}")
        about = {
            "objectType": "Activity",
            "id": f"{home}/suggestions/{one.suggestion_id}",
            "definition": {"type": TYPE},
        }
        grouping = [{"objectType": "Activity", "id": skill}]
        yield {
            **_said(home, one.learner_id, one.at),
            "id": statement_id(home, one.what, one.event_id),
            "verb": {"id": verb, "display": {"en": words}},
            "object": about,
            "context": {"contextActivities": {"grouping": grouping}},
        }


def statement_id(platform: str, what: str, event_id: str) -> str:
    """Return the id of the statement of something that happened: the same each time."""
    home = platform.rstrip("/")
    return str(uuid.uuid5(NAMESPACE, f"{home}\n{what}\n{event_id}"))


def voiding_of(platform: str, one: Happening, voided: str) -> dict[str, Any]:
    """Return the statement that takes another back, since what it told was taken back.

    Parameters
    ----------
    platform : str
        IRI of the platform.
    one : Happening
        The taking back.
    voided : str
        Id of the other statement.
    """
    return {
        **_said(platform.rstrip("/"), one.learner_id, one.at),
        "id": statement_id(platform, one.what, one.event_id),
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": voided},
    }


def _said(home: str, learner_id: str, at: int) -> dict[str, Any]:
    """Return what every statement says: of whom, and when."""
    moment = dt.datetime.fromtimestamp(at / 1_000_000, dt.UTC).isoformat(timespec="milliseconds")
    return {
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": learner_id}},
        "timestamp": moment.replace("+00:00", "Z"),
        "version": "1.0.3",
    }
