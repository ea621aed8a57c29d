"""Guards against differencing: two like tables about nearly the same learners give away the few they differ in.

Of every published group a fingerprint is kept in the enclave: learners are dealt into 256 buckets by a keyed hash, and
of each bucket only the sum of the hashes is kept. Two sets of learners differ in at least as many learners as
buckets. An attribute of which a group, or its rest, differs from one published before in fewer than `k` buckets, but
differs, is not published: of its other groups the one could be told. A set published before may be published again.

Only tables of one kind are compared, since what is subtracted must be one quantity summed over two sets of learners:

- Figures of *predictions* and of *paths* share no metric, so no difference of theirs is anybody's value. What they do
  share is the number of learners: roster less answers is how many of a group have answered nothing yet, a count over
  it of the kind that `silent` publishes anyway. Where those few are all of one group it tells their group: a limit.
- The *model* sets no two tables apart. Its errors would: those of two models do not cancel. But every cell also
  counts learners, answers and correct ones, and those are the same whatever model is audited; subtracted, they would
  give a newcomer's group and answers away beside any model.
- What leaves the enclave as counts of verdicts alone has no figure to subtract, and is not remembered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from polku.fairness.arrays import Bools, Texts
from polku.fairness.audit import Audit
from polku.fairness.disclosure import key_of
from polku.schemas.gates import PATH_METRICS

BUCKETS: Final = 256
_WIDTH: Final = 16

Marks = NDArray[np.uint64]
Name = tuple[str, str]
Kind = Literal["predictions", "paths", "labels", "terms"]


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What is remembered of the learners behind one published table.

    Parameters
    ----------
    kind : {"predictions", "paths", "labels", "terms"}
        What its figures are about.
    everybody : ndarray of uint64, shape (BUCKETS,)
        Sums of hashes over all learners of the table.
    groups : mapping of (str, str) to ndarray of uint64, shape (BUCKETS,)
        The same over each group, by attribute and group.
    sizes : mapping of (str, str) to int
        Learners in each group.
    """

    kind: Kind
    everybody: Marks
    groups: Mapping[Name, Marks]
    sizes: Mapping[Name, int]

    @classmethod
    def of(cls, kind: Kind, learners: Texts, labels: Mapping[str, Texts], key: str) -> Fingerprint:
        """Take the fingerprint of a table.

        Parameters
        ----------
        kind : {"predictions", "paths", "labels", "terms"}
            What its figures are about.
        learners : ndarray of str, shape (n_learners,)
            Distinct ids.
        labels : mapping of str to ndarray of str, shape (n_learners,)
            Group of each learner, by attribute.
        key : str
            Keys the hash: fingerprints of other providers do not compare.

        Examples
        --------
        >>> ids, groups = np.array(["a", "b", "c"], dtype=object), np.array(["x", "x", "y"], dtype=object)
        >>> one = Fingerprint.of("paths", ids, {"club": groups}, "demo")
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
            kind,
            _sums(bucket, mark, np.ones(len(mark), dtype=bool)),
            {name: _sums(bucket, mark, members) for name, members in found.items()},
            {name: int(members.sum()) for name, members in found.items()},
        )

    @property
    def attributes(self) -> frozenset[str]:
        """Return the attributes it holds groups of."""
        return frozenset(attribute for attribute, _ in self.groups)

    def difference(self, other: Fingerprint, name: Name) -> int:
        """Return the least number of learners by which a group, or its rest, differs from another table's; 0 for none.

        A group that the other table does not have differs by all of its learners.
        """
        nobody = np.zeros(BUCKETS, dtype=np.uint64)
        own, others = (table.groups.get(name, nobody) for table in (self, other))
        rest = self.everybody - own, other.everybody - others
        counts = [int((one != two).sum()) for one, two in ((own, others), rest)]
        return min((count for count in counts if count), default=0)

    def close_to(self, published: Iterable[Fingerprint], k: int) -> frozenset[str]:
        """Return the attributes that differ from a table of this kind, but in fewer than `k` learners.

        An attribute that a table did not publish cannot be set against it.
        """
        return frozenset(
            name[0]
            for one in published
            if one.kind == self.kind
            for name in self.groups
            if name[0] in one.attributes and 0 < self.difference(one, name) < k
        )

    def without(self, attributes: Collection[str]) -> Fingerprint:
        """Return the fingerprint of the table with some attributes left out."""
        left = [name for name in self.groups if name[0] not in attributes]
        groups, sizes = {name: self.groups[name] for name in left}, {name: self.sizes[name] for name in left}
        return replace(self, groups=groups, sizes=sizes)

    def to_json(self) -> str:
        """Return it as JSON text."""
        names = sorted(self.groups)
        groups = [[*name, self.sizes[name], self.groups[name].tobytes().hex()] for name in names]
        return json.dumps({"kind": self.kind, "everybody": self.everybody.tobytes().hex(), "groups": groups})

    @classmethod
    def from_json(cls, text: str) -> Fingerprint:
        """Read what :meth:`to_json` wrote."""
        raw = json.loads(text)
        names = {(attribute, group): (size, marks) for attribute, group, size, marks in raw["groups"]}
        return cls(
            raw["kind"],
            _read(raw["everybody"]),
            {name: _read(marks) for name, (_, marks) in names.items()},
            {name: size for name, (size, _) in names.items()},
        )


def guarded(audit: Audit, now: Fingerprint, published: Iterable[Fingerprint]) -> tuple[Audit, Fingerprint]:
    """Withhold the attributes that would give learners away beside a table published before.

    Parameters
    ----------
    audit : Audit
        What is to be published.
    now : Fingerprint
        Of the learners behind the cells of one kind.
    published : iterable of Fingerprint
        Of the tables published so far.

    Returns
    -------
    Audit
        With more cells of that kind in `withheld`, which :meth:`Audit.outside` removes, and a note that counts them.
    Fingerprint
        Of what is published of it: to be remembered. An attribute withheld today stands in nobody's way tomorrow.
    """
    close = now.close_to(published, audit.outside_k)
    own = [cell for cell in audit.cells if cell.attribute in close and kind_of(cell.metric) == now.kind]
    more = [key for key in map(key_of, own) if key not in audit.withheld]
    left = now.without(close)
    if not more:
        return audit, left
    note = (
        f"{len(more)} cells of {now.kind} are withheld outside the enclave: a table published before is about the same "
        f"learners but for fewer than {audit.outside_k}"
    )
    return replace(audit, withheld=(*audit.withheld, *more), notes=(*audit.notes, note)), left


def kind_of(metric: str) -> Kind:
    """Return which table a metric is taken from.

    Examples
    --------
    >>> kind_of("silent"), kind_of("auc")
    ('paths', 'predictions')
    """
    return "paths" if metric in PATH_METRICS else "predictions"


def _sums(bucket: NDArray[np.int64], mark: Marks, members: Bools) -> Marks:
    sums = np.zeros(BUCKETS, dtype=np.uint64)
    np.add.at(sums, bucket[members], mark[members])
    return sums


def _read(marks: str) -> Marks:
    return np.frombuffer(bytes.fromhex(marks), dtype=np.uint64)
