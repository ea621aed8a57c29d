"""Guards against differencing: two tables about nearly the same learners give away the few they differ in.

Of every published group a fingerprint is kept in the enclave: learners are dealt into 256 buckets by a keyed hash, and
of each bucket only the sum of the hashes is kept. Two sets of learners differ in at least as many learners as
buckets. An attribute of which a group, or its rest, differs from one published before in fewer than `k` buckets, but
differs, is not published: of its other groups the one could be told. A set published before may be published again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polku.fairness.arrays import Bools, Texts
from polku.fairness.audit import Audit
from polku.fairness.disclosure import key_of

BUCKETS = 256
_WIDTH = 16

Marks = NDArray[np.uint64]
Name = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What is remembered of the learners behind one published table.

    Parameters
    ----------
    everybody : ndarray of uint64, shape (BUCKETS,)
        Sums of hashes over all learners of the table.
    groups : mapping of (str, str) to ndarray of uint64, shape (BUCKETS,)
        The same over each group, by attribute and group.
    sizes : mapping of (str, str) to int
        Learners in each group.
    """

    everybody: Marks
    groups: Mapping[Name, Marks]
    sizes: Mapping[Name, int]

    @classmethod
    def of(cls, learners: Texts, labels: Mapping[str, Texts], key: str) -> Fingerprint:
        """Take the fingerprint of a table.

        Parameters
        ----------
        learners : ndarray of str, shape (n_learners,)
            Distinct ids.
        labels : mapping of str to ndarray of str, shape (n_learners,)
            Group of each learner, by attribute.
        key : str
            Keys the hash: fingerprints of other providers do not compare.

        Examples
        --------
        >>> ids, groups = np.array(["a", "b", "c"], dtype=object), np.array(["x", "x", "y"], dtype=object)
        >>> one = Fingerprint.of(ids, {"club": groups}, "demo")
        >>> one.sizes["club", "x"], one.difference(one, ("club", "x"))
        (2, 0)
        """
        secret = hashlib.blake2b(key.encode(), digest_size=_WIDTH).digest()
        digests = [hashlib.blake2b(str(one).encode(), key=secret, digest_size=_WIDTH).digest() for one in learners]
        parts = np.frombuffer(b"".join(digests), dtype=np.uint64).reshape(-1, 2)
        bucket, mark = (parts[:, 0] % BUCKETS).astype(np.int64), parts[:, 1]
        found = {
            (attribute, str(group)): groups == group for attribute, groups in labels.items() for group in set(groups)
        }
        return cls(
            _sums(bucket, mark, np.ones(len(mark), dtype=bool)),
            {name: _sums(bucket, mark, members) for name, members in found.items()},
            {name: int(members.sum()) for name, members in found.items()},
        )

    def difference(self, other: Fingerprint, name: Name) -> int:
        """Return the least number of learners by which a group, or its rest, differs from another table's; 0 for none.

        A group that the other table does not have differs by all of its learners.
        """
        nobody = np.zeros(BUCKETS, dtype=np.uint64)
        own, others = (table.groups.get(name, nobody) for table in (self, other))
        rest = self.everybody - own, other.everybody - others
        counts = [int((one != two).sum()) for one, two in ((own, others), rest)]
        return min((count for count in counts if count), default=0)

    def to_json(self) -> str:
        """Return it as JSON text."""
        names = sorted(self.groups)
        groups = [[*name, self.sizes[name], self.groups[name].tobytes().hex()] for name in names]
        return json.dumps({"everybody": self.everybody.tobytes().hex(), "groups": groups})

    @classmethod
    def from_json(cls, text: str) -> Fingerprint:
        """Read what :meth:`to_json` wrote."""
        raw = json.loads(text)
        names = {(attribute, group): (size, marks) for attribute, group, size, marks in raw["groups"]}
        return cls(
            _read(raw["everybody"]),
            {name: _read(marks) for name, (_, marks) in names.items()},
            {name: size for name, (size, _) in names.items()},
        )


def guarded(audit: Audit, now: Fingerprint, published: Iterable[Fingerprint]) -> Audit:
    """Withhold the attributes that would give learners away beside a table published before.

    Parameters
    ----------
    audit : Audit
        What is to be published.
    now : Fingerprint
        Of the learners it is about.
    published : iterable of Fingerprint
        Of the tables published so far.

    Returns
    -------
    Audit
        With more cells in `withheld`, which :meth:`Audit.outside` removes, and a note that counts them.
    """
    before = list(published)
    close = {name[0] for name in now.groups if any(0 < now.difference(one, name) < audit.outside_k for one in before)}
    more = [key_of(cell) for cell in audit.cells if cell.attribute in close]
    more = [key for key in more if key not in audit.withheld]
    if not more:
        return audit
    note = (
        f"{len(more)} cells are withheld outside the enclave: a table published before is about the same learners but "
        f"for fewer than {audit.outside_k}"
    )
    return replace(audit, withheld=(*audit.withheld, *more), notes=(*audit.notes, note))


def _sums(bucket: NDArray[np.int64], mark: Marks, members: Bools) -> Marks:
    sums = np.zeros(BUCKETS, dtype=np.uint64)
    np.add.at(sums, bucket[members], mark[members])
    return sums


def _read(marks: str) -> Marks:
    return np.frombuffer(bytes.fromhex(marks), dtype=np.uint64)
