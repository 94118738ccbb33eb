"""Writing what a job left into a folder."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

from service.cli.client import Client

Json = dict[str, Any]


def save_report(client: Client, job: str, folder: Path) -> Json:
    """Write ``report.json`` and ``report.html`` of a job; return the report."""
    folder.mkdir(parents=True, exist_ok=True)
    client.download(f"{job}/report.html", folder / "report.html")
    report: Json = client.call("GET", f"{job}/report", headers={"Accept": "application/json"}).json()
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    return report


def save_artifacts(client: Client, job: str, folder: Path, kinds: set[str]) -> list[Path]:
    """Download a job's artifacts of the given kinds; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    saved: list[Path] = []
    cursor: str | None = None
    while True:
        page = client.call("GET", f"{job}/artifacts", params={"cursor": cursor} if cursor else {}).json()
        for item in page["items"]:
            if item["kind"] in kinds:
                # A server's word is not trusted with a path: only the last part of the name is used.
                target = folder / PurePosixPath(item["name"]).name
                client.download(item["href"], target)
                saved.append(target)
        cursor = page.get("next_cursor")
        if not cursor:
            return saved
