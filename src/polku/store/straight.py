"""Statements straight to the driver: what the database library does around one costs more than many of them do.

SQLite answers within the process. PostgreSQL is a way off, so what can wait goes along with the next question, and
questions that are known together go together (libpq's pipeline mode): one way there and back for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import Connection


class Statement(NamedTuple):
    """A statement of our own names and bound values.

    Parameters
    ----------
    text : str
        As the driver reads it.
    values : mapping, or list of tuple
        Of its parameters; a list has one tuple for each time it is run.
    """

    text: str
    values: Mapping[str, Any] | list[tuple[Any, ...]]


class Straight:
    """The driver's connection under a transaction.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        With a transaction under way.

    Attributes
    ----------
    goes : int
        Ways to the database and back so far.
    """

    def __init__(self, connection: Connection) -> None:
        self.goes = 0
        self._connection = connection
        self._raw: Any = connection.connection.dbapi_connection
        self._pipelined = connection.dialect.name == "postgresql"
        self._waiting: list[Statement] = []

    @property
    def traced(self) -> bool:
        """Return whether each statement is a span of a trace: then all go by way of the library that tells of them."""
        return bool(self._connection.dispatch.before_cursor_execute)

    def later(self, statement: Statement) -> None:
        """Run a statement before the next one, or at :meth:`flush`: nobody asks what it did."""
        if self._pipelined and not self.traced:
            self._waiting.append(statement)
        else:
            self.run([statement])

    def flush(self) -> None:
        """Run what waits."""
        self.run([])

    def run(self, statements: Sequence[Statement]) -> list[Any]:
        """Run statements in order, after what waits; return a cursor of each.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            As the library would have raised it.
        """
        if self.traced:
            return [self._by_the_library(one) for one in statements]
        every, self._waiting = [*self._waiting, *statements], []
        if not every:
            return []
        try:
            cursors = self._all(every)
        except self._connection.dialect.loaded_dbapi.Error as error:
            self._tell(error, every)
        self._count(every)
        return cursors[len(every) - len(statements) :]

    def _by_the_library(self, statement: Statement) -> Any:
        done = self._connection.exec_driver_sql(*statement)
        return done.cursor if done.returns_rows else done

    def _all(self, statements: Sequence[Statement]) -> list[Any]:
        self.goes += 1
        if not self._pipelined or len(statements) == 1:
            return [self._one(one) for one in statements]
        with self._raw.pipeline():
            return [self._one(one) for one in statements]

    def _one(self, statement: Statement) -> Any:
        if not isinstance(statement.values, list):
            return self._raw.execute(*statement)
        if len(statement.values) == 1:
            return self._raw.execute(statement.text, statement.values[0])
        if not self._pipelined:
            return self._raw.executemany(*statement)
        cursor = self._raw.cursor()
        cursor.executemany(*statement)
        return cursor

    def _tell(self, error: Exception, statements: Iterable[Statement]) -> NoReturn:
        """Raise an error as the library does: who counts failures hears of it, and a lost connection is let go."""
        texts = "; ".join(one.text for one in statements)
        self._connection._handle_dbapi_exception(error, texts, None, None, None)  # noqa: SLF001 - it has no public door
        raise error

    def _count(self, statements: Iterable[Statement]) -> None:
        """Tell who counts what is written."""
        for told in self._connection.dispatch.after_cursor_execute:
            for text, values in statements:
                if isinstance(values, list):
                    told(self._connection, None, text, values, None, True)
