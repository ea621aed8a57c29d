"""Who asks: the one value that every endpoint gets from its access parameter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """As what somebody asks. A token speaks for one role; who has two gets two tokens."""

    LEARNER = "learner"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    PRINCIPAL = "principal"
    ADMINISTRATOR = "administrator"
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    SERVICE = "service"


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks, as their token says; it stands in ``request.state.viewer`` too.

    Parameters
    ----------
    subject : str
        Id of the platform. A learner's is the learner id.
    role : Role
        As what they ask.
    provider_id : str
        The provider whose data they may see; no path and no host ever says otherwise.
    scopes : frozenset of str
        What a service may do.
    permit : str or None
        What a researcher works under.
    signed_in : bool
        False for the operator of this machine where the settings ask for no sign-in.

    Examples
    --------
    >>> viewer = Viewer("T07", Role.TEACHER, "demo", frozenset(), None)
    >>> viewer.speaks_as("somebody else", "learner")
    ('T07', 'teacher')
    """

    subject: str
    role: Role
    provider_id: str
    scopes: frozenset[str]
    permit: str | None
    signed_in: bool = True

    def speaks_as(self, by: str | None, role: str | None) -> tuple[str, str]:
        """Return who acts and as what: the token's word; without sign-in, what the request says.

        Parameters
        ----------
        by, role : str or None
            What the request says; not looked at where somebody is signed in.
        """
        if self.signed_in:
            return self.subject, self.role.value
        return by or self.subject, role or self.role.value


def operator(provider_id: str) -> Viewer:
    """Return who asks where there is no sign-in: whoever runs this machine, and may see all that it holds.

    Examples
    --------
    >>> operator("demo").signed_in
    False
    """
    return Viewer("this machine", Role.ADMINISTRATOR, provider_id, frozenset(), None, signed_in=False)
