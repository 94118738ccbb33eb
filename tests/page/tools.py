"""What `make setup` puts beside the tests of the page: Chromium, the checker of types, the checker of accessibility."""

import functools
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
NODE = Path(sys.executable).parent / "node"

#: Unpacks the browser and the libraries and fonts that a bare machine lacks, into $TMPDIR.
_UNPACK = """
import { inflate } from "./node_modules/@sparticuz/chromium/build/lambdafs.js";
for (const name of ["al2023.tar.br", "fonts.tar.br", "chromium.br"]) await inflate(`${process.argv[1]}/${name}`);
"""

#: The package's own file names folders of the machine that it is made for: without fonts no text has a width.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


def node(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run node, which a wheel brings, in the folder of the packages; its output is there whatever it says."""
    assert PACKAGES.is_dir(), "the packages of the page's tests are not installed: make setup"
    return subprocess.run(
        [str(NODE), *arguments], cwd=FOLDER, env={**os.environ, **(env or {})}, capture_output=True, text=True
    )


@functools.cache
def chromium() -> tuple[Path, dict[str, str]]:
    """The browser's program and the environment that it needs; unpacked once, beside the packages."""
    unpacked = PACKAGES / ".browser"
    if not unpacked.is_dir():
        with tempfile.TemporaryDirectory(dir=PACKAGES) as fresh:
            source = PACKAGES / "@sparticuz" / "chromium" / "bin"
            done = node("--input-type=module", "-e", _UNPACK, str(source), env={"TMPDIR": fresh})
            assert done.returncode == 0, done.stderr
            (Path(fresh) / "fonts" / "fonts.conf").write_text(_FONTS)
            with suppress(OSError):  # another process was first
                Path(fresh).rename(unpacked)  # whole, or not at all
            Path(fresh).mkdir(exist_ok=True)
    env = {"LD_LIBRARY_PATH": str(unpacked / "al2023" / "lib"), "FONTCONFIG_PATH": str(unpacked / "fonts")}
    return unpacked / "chromium", {**os.environ, **env}
