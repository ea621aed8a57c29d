"""What tables beside the cells share: groups from the enclave, and which of them may leave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from polku.fairness.arrays import Texts
from polku.fairness.attributes import labels, long_form
from polku.fairness.background import Background
from polku.fairness.differencing import Fingerprint, Kind
from polku.fairness.disclosure import suppressed_groups
from polku.fairness.ledger import Ledger
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices


def groups_of(settings: Settings, slices: Slices, learners: Texts, purpose: str) -> dict[str, Texts]:
    """Read the groups of some learners from the enclave; the read is logged with its purpose.

    Parameters
    ----------
    settings : Settings
        Where the enclave is, and whose learners these are.
    slices : Slices
        Attributes; crossings are left out of tables beside the cells.
    learners : ndarray of str, shape (n,)
        Distinct ids.
    purpose : str
        Why the background is read.

    Returns
    -------
    dict of str to ndarray of str, shape (n,)
        Group by attribute; "missing" where nothing is known.
    """
    with Background.open(settings.background, settings.provider_id) as background:
        table = long_form(background.read(purpose))
    return labels(table, learners, slices.model_copy(update={"depth": 1}))


def publishable(
    kind: Kind, learners: Texts, groups: Mapping[str, Texts], settings: Settings, k: int
) -> tuple[dict[str, Texts], tuple[str, ...]]:
    """Leave out the attributes that could be set against a table of this kind published before.

    Parameters
    ----------
    kind : str
        What the figures are about; only tables of one kind share a quantity that could be subtracted.
    learners : ndarray of str, shape (n,)
        Who stands behind the table.
    groups : mapping of str to ndarray of str, shape (n,)
        Group by attribute.
    settings : Settings
        Where the enclave is; what is left is remembered there.
    k : int
        Least number of learners in which two tables may differ, unless they do not differ.

    Returns
    -------
    dict of str to ndarray of str
        The attributes that may be published.
    tuple of str
        A note, where some may not.
    """
    now = Fingerprint.of(kind, learners, groups, settings.provider_id)
    with Ledger.open(settings.background, settings.provider_id) as ledger:
        close = now.close_to(ledger.published(), k)
        ledger.add(now.without(close))
    if not close:
        return dict(groups), ()
    names = ", ".join(sorted(close))
    note = f"left out: {names}; a table published before is about the same learners but for fewer than {k}"
    return {name: found for name, found in groups.items() if name not in close}, (note,)


def hidden_groups(found: Texts, k: int) -> frozenset[str]:
    """Return the groups whose figures may not be shown, those among them that others would give away.

    Examples
    --------
    >>> import numpy as np
    >>> sorted(hidden_groups(np.array(["a"] * 30 + ["b"] * 12 + ["c"] * 3, dtype=object), 10))
    ['b', 'c']
    """
    return suppressed_groups(Counter(found.tolist()), k)
