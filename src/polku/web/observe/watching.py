"""Reads off the database library what the store did: no repository has to count, and no count is forgotten."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from polku.web.observe.metrics import Metrics
from polku.web.observe.traces import Traces
from polku.web.unavailable import kind_of

_INSERT: Final = re.compile(r"INSERT INTO (?P<table>\w+) \((?P<columns>[^)]*)\)", re.ASCII)
_SPAN: Final = "polku_span"


def watch(engine: Engine, metrics: Metrics, traces: Traces) -> None:
    """Count failures, folds and refused rows of an engine; with traces on, each statement is a span.

    A row is counted when it is written; one that is undone later in the same request stays counted. What goes by
    PostgreSQL's COPY, in batches larger than a request, is not seen.
    """

    def done(_connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool) -> None:
        _count(metrics, statement, parameters)
        _close(context)

    def failed(context: ExceptionContext) -> None:
        metrics.store_failed(kind_of(context.sqlalchemy_exception or context.original_exception) or "statement")
        _close(context.execution_context)

    def begun(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        span = traces.span("store", {"db.operation.name": operation(statement)})
        span.__enter__()
        setattr(context, _SPAN, span)

    event.listen(engine, "handle_error", failed)
    event.listen(engine, "after_cursor_execute", done)
    if traces.on:
        event.listen(engine, "before_cursor_execute", begun)


def operation(statement: str) -> str:
    """Return the first word of a statement, which is no value.

    Examples
    --------
    >>> operation("SELECT answers FROM profiles WHERE learner_id = ?")
    'SELECT'
    """
    return statement.split(None, 1)[0].upper()


def _count(metrics: Metrics, statement: str, parameters: Any) -> None:
    found = _INSERT.match(statement)
    if found is None or found["table"] not in {"profiles", "refused"}:
        return
    rows = parameters if isinstance(parameters, list) else [parameters]
    if found["table"] == "profiles":
        metrics.folded(len(rows))
        return
    place = found["columns"].split(", ").index("reason")
    for row in rows:
        metrics.refused(str(row["reason"] if isinstance(row, dict) else row[place]))


def _close(context: Any) -> None:
    """End the span of a statement, if it has one."""
    span: AbstractContextManager[Any] | None = getattr(context, _SPAN, None)
    if span is not None:
        delattr(context, _SPAN)
        span.__exit__(None, None, None)
