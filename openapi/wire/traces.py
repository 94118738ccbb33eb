"""Traces (OpenTelemetry): a request, the steps that it set off, the workers that took them, and their confined processes.

On wherever OpenTelemetry's own variables name a collector (`OTEL_EXPORTER_OTLP_ENDPOINT` or
`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`); sampling, batches, headers and attributes are set by its variables too. Everything
here does nothing where they do not, so that nobody needs `tremor[traces]` who has no collector.
"""

import importlib.util
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from openapi.wire.jobs import Shard

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
#: What sends, and what watches requests and Celery; each is of `tremor[traces]`.
_PACKAGES = ("opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.instrumentation")
#: Longest that a process that ends waits for a collector to take its last spans.
_LAST_MILLISECONDS = 2000

_provider: "TracerProvider | None" = None


class TracesMissing(Exception):
    """A collector is named, but the packages that talk to it are not installed."""


def are_wanted() -> bool:
    """Whether the environment names a collector, and does not switch traces off."""
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or os.environ.get("OTEL_TRACES_EXPORTER") == "none"
    return not off and any(os.environ.get(name) for name in _ENDPOINTS)


def check_traces() -> None:
    """Raise `TracesMissing` when traces are wanted and this environment cannot send them."""
    if are_wanted() and any(importlib.util.find_spec(name) is None for name in _PACKAGES):
        name = next(name for name in _ENDPOINTS if os.environ.get(name))
        raise TracesMissing(
            f"{name} names a collector of traces, but this environment cannot send any: pip install 'tremor[traces]', "
            f"or unset {name}"
        )


def start_traces(part: str) -> bool:
    """Begin to send this process's spans, as the service ``tremor-{part}`` unless `OTEL_SERVICE_NAME` gives another name.

    False: none are wanted. Call it after the process has forked: threads do not survive that.
    """
    global _provider
    if not are_wanted():
        return False
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    class WithoutLoops(BatchSpanProcessor):
        """Leaves out what no request and no work asked for: the queries of loops, which never end."""

        def on_end(self, span: ReadableSpan) -> None:
            if span.parent is not None or span.kind is not trace.SpanKind.CLIENT:
                super().on_end(span)

    names = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": f"tremor-{part}"}
    _provider = TracerProvider(resource=Resource.create(names))
    _provider.add_span_processor(WithoutLoops(OTLPSpanExporter()))
    trace.set_tracer_provider(_provider)
    return True


def end_traces() -> None:
    """Send what is left, for a moment; a collector that is away keeps nobody from ending."""
    if _provider is not None:
        _provider.force_flush(_LAST_MILLISECONDS)


def traceparent() -> str | None:
    """Where this task or thread is in a trace that is recorded, as W3C's `traceparent` has it; None outside of any."""
    return headers().get("traceparent")


def headers() -> dict[str, str]:
    """What a message carries so that its receiver goes on with the trace."""
    carrier: dict[str, str] = {}
    if _provider is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(carrier)  # and no baggage: that is foreign text
    return carrier


@contextmanager
def continuing(parent: str | None) -> Iterator[None]:
    """Inside the block spans belong to the trace of `parent`, a `traceparent`; to none where it is None."""
    if _provider is None:
        yield
        return
    from opentelemetry import context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier = {} if parent is None else {"traceparent": parent}
    token = context.attach(TraceContextTextMapPropagator().extract(carrier, context.Context()))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def span(name: str, is_message: bool = False, **attributes: str | int) -> Iterator[None]:
    """A span around the block, with attributes ``tremor.{name}``. `is_message`: what it does is hand work to others."""
    if _provider is None:
        yield
        return
    from opentelemetry import trace

    kind = trace.SpanKind.PRODUCER if is_message else trace.SpanKind.INTERNAL
    named = {f"tremor.{key}": value for key, value in attributes.items()}
    with trace.get_tracer("tremor").start_as_current_span(name, kind=kind, attributes=named):
        yield


def describe(name: str | None = None, attributes: Mapping[str, str | int] | None = None) -> None:
    """Name the span that this task or thread is in, and say more of it."""
    if _provider is None:
        return
    from opentelemetry import trace

    current = trace.get_current_span()
    if name is not None:
        current.update_name(name)
    current.set_attributes(dict(attributes or {}))


def trace_id() -> str | None:
    """The id of the trace that this task or thread is in, 32 hex digits, as collectors search for it."""
    parent = traceparent()
    return None if parent is None else parent.split("-")[1]


def attributes_of(shard: Shard) -> dict[str, str | int]:
    """What spans say of a shard."""
    return {"job": shard.job_id, "shard": shard.shard_id, "stage": shard.stage.value, "attempt": shard.attempt}
