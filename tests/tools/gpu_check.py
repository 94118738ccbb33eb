"""Everything that can only be seen on a GPU, in one run of a few minutes.

``python -m tests.tools.gpu_check [--device cuda] [--only agreement,memory] [--out FOLDER]`` writes ``gpu_check.json``
and ``gpu_check.md`` after each section, so that a run that is cut off leaves what it has seen. On a CPU it does as
little as shows that it starts. The exit status is the number of things that are not as they should be. A machine with
torch alone gets the rest by ``python -m tests.tools.gpu_wheels``, which says how to install it there.
"""

import argparse
import json
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tests.tools.gpu import agreement, memory, served, throughput
from tests.tools.gpu.scale import Scale, scale_for

SECTIONS: dict[str, Callable[[Scale], dict[str, Any]]] = {
    "agreement": agreement.compare,
    "memory": memory.halving,
    "served": served.audited,
    "limited": served.limited,
    "throughput": throughput.measured,
}


def run(scale: Scale, names: list[str], out: Path) -> dict[str, Any]:
    """Run the sections one after another; one that raises is written down and the next begins."""
    out.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"device": _device(scale), "torch": torch.__version__, "sections": {}}
    for name in names:
        began = time.monotonic()
        try:
            section = SECTIONS[name](scale)
        except Exception as error:
            section = {"failed": [f"{type(error).__name__}: {error}"], "traceback": traceback.format_exc()}
        found["sections"][name] = section | {"section_seconds": time.monotonic() - began}
        (out / "gpu_check.json").write_text(json.dumps(found, indent=1, default=str))
        (out / "gpu_check.md").write_text(markdown(found))
        print(
            f"{name}: {time.monotonic() - began:.0f} s, {len(section['failed'])} failed", *section["failed"], sep="\n  "
        )
        sys.stdout.flush()
    return found


def markdown(found: dict[str, Any]) -> str:
    """Write the results as a section of RESULTS.md."""
    lines = [f"## On {found['device']}", "", f"torch {found['torch']}.", ""]
    for name, section in found["sections"].items():
        failed = section["failed"]
        lines += [f"**{name}** ({section['section_seconds']:.0f} s): {'; '.join(failed) or 'as it should be'}", ""]
        rows = section.get("rows")
        if rows:
            keys = list(dict.fromkeys(key for row in rows for key in row))
            lines += ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
            lines += ["| " + " | ".join(_shown(row.get(key)) for key in keys) + " |" for row in rows]
        else:
            kept = {k: v for k, v in section.items() if k not in ("failed", "traceback", "section_seconds", "ready")}
            lines += [f"- {key}: {_shown(value)}" for key, value in kept.items()]
        lines.append("")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _device(scale: Scale) -> str:
    return torch.cuda.get_device_name(scale.device) if scale.on_gpu else "a CPU, reduced"


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--out", type=Path, default=Path("gpu-check"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    found = run(scale_for(torch.device(options.device)), options.only.split(","), options.out)
    print((options.out / "gpu_check.md").read_text())
    return sum(len(section["failed"]) for section in found["sections"].values())


if __name__ == "__main__":
    sys.exit(main())
