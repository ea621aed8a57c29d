"""The demonstration's issuer: tokens for personas that anybody at this machine may choose. Never for real people.

Its key is made when the process starts and is written nowhere, so that no token outlives the demonstration.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import date
from typing import Final

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from polku.store.transaction import Transaction
from polku.web.viewer import Role

ISSUER, AUDIENCE = "urn:polku:demo", "polku-demo"
SECONDS: Final = 8 * 3600
LABEL: Final = "personas; anybody may be anybody; not for real people's data"
"""What every answer of a demonstration says in its header ``Polku-Demo``."""
SCOPES: Final = "responses:write learners:read groups:read"
PERMIT: Final = "demo-permit"


@dataclass(frozen=True, eq=False)
class Personas:
    """Signs tokens for personas.

    Parameters
    ----------
    key : ECKey
        Made at start, kept in memory.
    """

    key: ECKey

    @classmethod
    def new(cls) -> Personas:
        """Return an issuer with a key of its own."""
        return cls(ECKey.generate_key("P-256", auto_kid=True))

    def public(self) -> bytes:
        """Return its public key as a key set."""
        return json.dumps(KeySet([self.key]).as_dict(private=False)).encode()

    def token(self, role: Role, subject: str, provider_id: str) -> str:
        """Return a token for one persona, good for a working day."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + SECONDS}
        ours = {"polku_role": role.value, "polku_provider": provider_id}
        extra = {Role.SERVICE: {"scope": SCOPES}, Role.RESEARCHER: {"polku_permit": PERMIT}}.get(role, {})
        return jwt.encode({"alg": "ES256", "kid": str(self.key.kid)}, {**claims, **ours, **extra}, self.key)


def usual_subject(tx: Transaction, role: Role, today: date) -> str:
    """Return whom a persona stands for where nobody is named: somebody of the roster whose relation is open today.

    Learner, guardian and teacher are of one child where that can be, so that each sees what the others did.
    """
    open_now = [one for one in tx.relations.all() if one.is_open(today)]
    homes = [one.object_id for one in open_now if one.kind == "guardian"]
    child = next((one for one in homes if tx.roster.learner(one)), None)
    if role is Role.LEARNER:
        learners = tx.roster.learners()["learner_id"]
        return child or (str(learners.iloc[0]) if len(learners) else "demo-learner")
    if role is Role.TEACHER:
        return _teacher(tx, child, today)
    kind = {Role.GUARDIAN: "guardian", Role.PRINCIPAL: "principal"}.get(role)
    return next((one.subject for one in open_now if one.kind == kind), f"demo-{role}")


def _teacher(tx: Transaction, child: str | None, today: date) -> str:
    """Return who teaches a child today, else anybody who teaches."""
    listed = tx.roster.learner(child) if child else None
    rows = tx.roster.teachers().to_dict("records")
    now = [row for row in rows if row["starts_on"] <= today <= (row["ends_on"] or today)]
    of_child = [row for row in now if listed is not None and row["group_id"] == listed.group_id]
    return str((of_child or now)[0]["teacher_id"]) if now else "demo-teacher"
