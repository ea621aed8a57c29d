"""A line of requests before one thread: whoever writes for many has one."""

from __future__ import annotations

from collections.abc import Callable
from queue import Full, Queue
from threading import Lock, Thread
from typing import Generic, TypeVar

from polku.errors import NotReadyError

Waiting = TypeVar("Waiting")


class Line(Generic[Waiting]):
    """A queue of bounded length and the one thread that serves it, begun when first needed.

    Parameters
    ----------
    serve : callable
        Takes from `queue` until it finds None there.
    name : str
        The thread's.
    most : int
        How many may wait.
    full : str
        What is said to who comes when that many wait.

    Examples
    --------
    >>> heard = []
    >>> line = Line(lambda: heard.append(line.queue.get()), "a-line", 3, "too many")
    >>> line.join("first")
    >>> line.close()
    >>> heard
    ['first']
    """

    def __init__(self, serve: Callable[[], None], name: str, most: int, full: str) -> None:
        self.queue: Queue[Waiting | None] = Queue(most)
        self._serve, self._name, self._full = serve, name, full
        self._thread: Thread | None = None
        self._lock = Lock()

    def join(self, one: Waiting) -> None:
        """Put one at the end of the line.

        Raises
        ------
        NotReadyError
            If too many wait already.
        """
        try:
            self.queue.put_nowait(one)
        except Full as error:
            raise NotReadyError(self._full, hint="try again") from error
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = Thread(target=self._serve, name=self._name, daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Serve who waits, then stop; joining again begins anew."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self.queue.put(None)
                thread.join()
