"""Comparisons of the caller's audits, made of what their reports left."""

import asyncio
import json
from typing import Any

from openapi.comparisons import ComparisonReport
from openapi.paired import Sampled
from openapi.wire.blob_names import damaged
from service.audits.service import AuditService
from service.comparisons.compare import Side, compare
from service.context import Services


class ComparisonService:
    """Puts one audit beside another."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def compare(self, base: str, candidate: str) -> ComparisonReport:
        """The comparison. `NotFound` where the caller has no such audit, `NotReady` before both have ended well,
        `InvalidField` where they are not of the same images."""
        sides = [await self._side(identity) for identity in (base, candidate)]
        return await asyncio.to_thread(lambda: compare(*(read() for read in sides)))

    async def _side(self, identity: str) -> "_Reader":
        audits = AuditService(self._services)
        report, _ = await audits.report_json(identity)
        rows = await audits.file(identity, "samples", "jsonl")
        return _Reader(report, await self._services.blobs.read_async(rows.sha256), rows.sha256)


class _Reader:
    """The bytes of one side, to be taken apart beside the event loop."""

    def __init__(self, report: bytes, samples: bytes, sha256: str) -> None:
        self._report, self._samples, self._sha256 = report, samples, sha256

    def __call__(self) -> Side:
        report: dict[str, Any] = json.loads(self._report)
        try:
            return Side(report, Sampled.read(self._samples.splitlines()))
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(self._sha256) from error
