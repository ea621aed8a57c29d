"""OpenTelemetry traces, where they are switched on: spans for request, fold, plan and store.

The library is imported only then; it is the extra ``traces``. An attribute is a route's template, a status, a kind
of statement and its table: never an id, a query or a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from polku.errors import NotReadyError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

Attributes = Mapping[str, str | int]


class Traces:
    """Makes spans, or costs nothing where traces are off.

    Parameters
    ----------
    tracer : opentelemetry.trace.Tracer, optional
        None switches traces off.
    stop : callable, optional
        Sends what has not been sent yet.

    Examples
    --------
    >>> with Traces().span("fold"):
    ...     pass
    """

    def __init__(self, tracer: Any = None, stop: Callable[[], None] | None = None) -> None:
        self._tracer = tracer
        self.stop = stop or (lambda: None)

    @property
    def on(self) -> bool:
        """Return whether spans are kept."""
        return self._tracer is not None

    @classmethod
    def started(cls, processor: SpanProcessor | None = None) -> Traces:
        """Switch traces on.

        Parameters
        ----------
        processor : SpanProcessor, optional
            Where spans go; default: over OTLP to where the environment says, as the OpenTelemetry standard names it.

        Raises
        ------
        NotReadyError
            If the extra is not installed.
        """
        try:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
        except ImportError as error:
            raise NotReadyError(
                "traces are on and their library is absent", hint="pip install polku[traces]"
            ) from error
        provider = TracerProvider(resource=Resource.create({"service.name": "polku"}))
        provider.add_span_processor(processor or _over_otlp())
        return cls(provider.get_tracer("polku"), provider.shutdown)

    @contextmanager
    def span(self, name: str, attributes: Attributes | None = None, *, parent: str | None = None) -> Iterator[Any]:
        """Open a span for as long as the block lasts; yields it, or None where traces are off.

        Parameters
        ----------
        name : str
            "request", "fold", "plan" or "store".
        attributes : mapping, optional
            Nothing of a person.
        parent : str, optional
            The caller's ``traceparent``.
        """
        if self._tracer is None:
            yield None
            return
        # An exception's message may quote a value: its kind is said by the request's span instead.
        quiet = {"record_exception": False, "set_status_on_exception": False}
        context = _context(parent) if parent else None
        with self._tracer.start_as_current_span(
            name, context=context, attributes=dict(attributes or {}), **quiet
        ) as span:
            yield span


def _context(parent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})


def _over_otlp() -> SpanProcessor:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return BatchSpanProcessor(OTLPSpanExporter())
