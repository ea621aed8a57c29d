"""Order, cycles and reach of a prerequisite graph whose nodes are the integers ``0..n-1``."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence


def cycles(predecessors: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield cycles that share no node, each closed by its first and smallest node.

    Parameters
    ----------
    predecessors : sequence of sequence of int
        For each node ``0..n-1``, the nodes that come before it.

    Yields
    ------
    list of int
        ``[a, b, c, a]``: a comes before b, b before c, c before a.

    Examples
    --------
    >>> list(cycles([[2], [0], [1], [0]]))
    [[0, 1, 2, 0]]
    """
    gone: set[int] = set()
    while True:
        left = [[other for other in before if other not in gone] for before in predecessors]
        circular = set(range(len(left))) - set(topological(left)) - gone
        if not circular:
            return
        cycle = _walk_back(left, circular)
        yield cycle
        gone.update(cycle)


def _walk_back(predecessors: Sequence[Sequence[int]], circular: Collection[int]) -> list[int]:
    """Follow predecessors among `circular`, where everyone has one, until a node comes again."""
    path = [min(circular)]
    while path[-1] not in path[:-1]:
        path.append(min(other for other in predecessors[path[-1]] if other in circular))
    ring = path[path.index(path[-1]) + 1 :][::-1]
    start = ring.index(min(ring))
    return [*ring[start:], *ring[:start], ring[start]]


def topological(predecessors: Sequence[Sequence[int]]) -> list[int]:
    """Return nodes ``0..n-1`` so that each follows its predecessors, smallest number first among the free.

    Nodes on a cycle, and whatever follows one, are left out (Kahn 1962).

    Parameters
    ----------
    predecessors : sequence of sequence of int
        For each node, the nodes that come before it.

    Returns
    -------
    list of int
        The order; shorter than the input exactly when there is a cycle.

    Examples
    --------
    >>> topological([[2], [], []])
    [1, 2, 0]
    """
    waiting = [len(before) for before in predecessors]
    followers: list[list[int]] = [[] for _ in predecessors]
    for node, before in enumerate(predecessors):
        for other in before:
            followers[other].append(node)
    free = [node for node, count in enumerate(waiting) if count == 0]
    order: list[int] = []
    while free:
        node = heapq.heappop(free)
        order.append(node)
        for follower in followers[node]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(free, follower)
    return order


def curriculum_order(hard: Sequence[Sequence[int]], soft: Sequence[Sequence[int]]) -> list[int]:
    """Return the order that respects every hard edge, and every soft edge that lies on no cycle.

    Parameters
    ----------
    hard, soft : sequence of sequence of int
        For each node, the nodes that come before it; `hard` has no cycle.

    Returns
    -------
    list of int
        All nodes.

    Examples
    --------
    >>> curriculum_order([[], [0], []], [[1], [], [1]])
    [0, 1, 2]
    """
    both = [[*before, *also] for before, also in zip(hard, soft, strict=True)]
    order = topological(both)
    if len(order) < len(both):
        part = strong_components(both)
        both = [
            [*hard[node], *(other for other in soft[node] if part[other] != part[node])] for node in range(len(both))
        ]
        order = topological(both)
    return order


def strong_components(predecessors: Sequence[Sequence[int]]) -> list[int]:
    """Return a component number per node; nodes share one exactly when each reaches the other.

    Examples
    --------
    >>> part = strong_components([[1], [0], [1]])
    >>> part[0] == part[1], part[1] == part[2]
    (True, False)
    """
    from scipy.sparse import csr_array  # loads slowly, and only files with soft cycles need it
    from scipy.sparse.csgraph import connected_components

    count = len(predecessors)
    columns = [other for before in predecessors for other in before]
    rows = [node for node, before in enumerate(predecessors) for _ in before]
    graph = csr_array(([1] * len(rows), (rows, columns)), shape=(count, count))
    return [int(label) for label in connected_components(graph, directed=True, connection="strong")[1]]


def reach(order: Sequence[int], neighbours: Sequence[Sequence[int]]) -> list[int]:
    """Return per node the set of all nodes it leads to, as the bits of an integer.

    Parameters
    ----------
    order : sequence of int
        Nodes so that each follows its `neighbours`.
    neighbours : sequence of sequence of int
        Direct steps; predecessors give ancestors, followers (in reversed order) descendants.

    Returns
    -------
    list of int
        Bit ``j`` of entry ``i`` is set when ``i`` leads to ``j`` in one step or more.

    Examples
    --------
    >>> [bin(bits) for bits in reach([0, 1, 2], [[], [0], [1]])]
    ['0b0', '0b1', '0b11']
    """
    sets = [0] * len(neighbours)
    for node in order:
        bits = 0
        for other in neighbours[node]:
            bits |= sets[other] | (1 << other)
        sets[node] = bits
    return sets
