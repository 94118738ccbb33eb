"""What torch writes of every family of timm and transformers, and what Tremor reads of it and writes back.

``python -m tests.tools.zoo [--library timm] [--family resnet,vit] [--column trace,pt2] [--out zoo.jsonl] [--again]
[--seconds 600] [--results]``

Random weights; one small net a family (``zoo_families.txt``, which ``--list`` makes anew). Each net lives in a child
process of its own, in an environment that has timm and transformers (``zoo.txt``) on top of this one's packages and
is made at the first call, below ``.venv/zoo``. A cell is found as `tests.tools.coverage_table` finds it: the largest
relative difference of the logits at two batch sizes, and of the input gradient. Every cell is a line of ``--out`` as
soon as it is known; cells that are there already are not asked again unless ``--again``. ``--results`` writes the
table into ``tests/tools/benchmarks/RESULTS.md``. The exit status is the number of cells in which torch could and
Tremor could not.
"""

import argparse
import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

from tests.tools.zoo_table import into_results, ours, table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGES = HERE / "zoo.txt"
FAMILIES = HERE / "zoo_families.txt"
#: What a family is asked by default; see `zoo_cells.COLUMNS` for all.
COLUMNS = "trace,script,pt2,onnx dynamo,onnx 17,written back"


def environment(folder: Path) -> Path:
    """Make the environment unless it is there and up to date; returns its Python."""
    python = folder / "bin" / "python"
    stamp = folder / ".installed"
    if stamp.exists() and stamp.stat().st_mtime >= PACKAGES.stat().st_mtime:
        return python
    venv.create(folder, with_pip=True, clear=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = sysconfig.get_path("purelib")
    (folder / "lib" / version / "site-packages" / "tremor.pth").write_text(f"import site; site.addsitedir({own!r})\n")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), "-r", str(PACKAGES)], check=True, cwd=ROOT)
    stamp.touch()
    return python


def families(options: argparse.Namespace) -> list[tuple[str, str, str]]:
    """(library, family, name of the net) of each family that the options name; one of each module of timm first."""
    wanted = set(options.family.split(",")) if options.family else None
    rows = [line.split() for line in FAMILIES.read_text().splitlines() if line and not line.startswith("#")]
    chosen = [
        (library, family, name)
        for library, family, name in rows
        if options.library in ("", library) and (wanted is None or family in wanted or family.split("/")[-1] in wanted)
    ]
    modules = [(library, family.split("/")[0]) for library, family, _ in chosen]
    return [chosen[i] for i in sorted(range(len(chosen)), key=lambda i: modules[:i].count(modules[i]))]


def ask(python: Path, net: tuple[str, str, str], columns: list[str], seconds: int) -> list[dict[str, Any]]:
    """Ask one family its columns; a child that dies or takes too long costs the column it was at, or all if none."""
    found: list[dict[str, Any]] = []
    left = list(columns)
    while left:
        command = [str(python), "-m", "tests.tools.zoo_cells", *net, ",".join(left)]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds * len(left))
            output, why = done.stdout, f"the child ended with {done.returncode}: {done.stderr.strip()[-200:]}"
        except subprocess.TimeoutExpired as late:
            output = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
            why = f"took longer than {seconds} s"
        lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"library"')]
        found += lines
        left = left[len(lines) :]
        lost = left[:1] if "built" in output.splitlines() else left
        left = left[len(lost) :]
        library, family, name = net
        cell = {"text": "no answer", "failure": why, "ours": True, "seconds": None}
        found += [{"library": library, "family": family, "net": name, "column": column, **cell} for column in lost]
    return found


def known(out: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(library, family, column) → the last line that says it."""
    lines = out.read_text().splitlines() if out.exists() else []
    cells = [json.loads(line) for line in lines]
    return {(c["library"], c["family"], c["column"]): c for c in cells}


def main() -> int:
    """Fill the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", default="", choices=["", "timm", "transformers"])
    parser.add_argument("--family", default="")
    parser.add_argument("--column", default=COLUMNS)
    parser.add_argument("--out", type=Path, default=Path("zoo.jsonl"))
    parser.add_argument("--again", action="store_true", help="ask again what --out knows")
    parser.add_argument("--failed", action="store_true", help="ask again what --out knows to fail by our fault")
    parser.add_argument("--seconds", type=int, default=600, help="the longest that one cell may take")
    parser.add_argument("--results", action="store_true", help="write the table into RESULTS.md, asking nothing")
    parser.add_argument("--list", action="store_true", help="make the list of families anew, asking nothing else")
    options = parser.parse_args()
    if options.results:
        into_results(table(list(known(options.out).values())), ROOT / "tests" / "tools" / "benchmarks" / "RESULTS.md")
        return 0
    python = environment(ROOT / ".venv" / "zoo")
    if options.list:
        with FAMILIES.open("w") as file:
            return subprocess.run([str(python), "-m", "tests.tools.zoo_nets"], cwd=ROOT, stdout=file).returncode
    cells = known(options.out)
    for library, family, name in families(options):
        there = {column: cell for (lib, fam, column), cell in cells.items() if (lib, fam) == (library, family)}
        keep = {c for c, cell in there.items() if not options.again and not (options.failed and cell["ours"])}
        columns = [c for c in options.column.split(",") if c not in keep]
        for cell in ask(python, (library, family, name), columns, options.seconds) if columns else []:
            with options.out.open("a") as file:
                file.write(json.dumps(cell) + "\n")
            print(f"{library:12} {family:34} {cell['column']:12} {cell['text']:24} {cell['failure'] or ''}", flush=True)
    text = table(list(known(options.out).values()))
    print(text)
    return ours(list(known(options.out).values()))


if __name__ == "__main__":
    raise SystemExit(main())
