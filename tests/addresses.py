"""No tracked file names the host of a package registry: `python tests/addresses.py`."""

import subprocess
import sys
from pathlib import Path

HOSTS = ("registry." + "npmjs", "pypi." + "org", "files." + "pythonhosted", "registry." + "yarnpkg")


def named() -> list[str]:
    """Every tracked file that names one."""
    root = Path(__file__).resolve().parents[1]
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True)
    out = []
    for name in listed.stdout.splitlines():
        path = root / name
        if path.is_file() and any(host in path.read_text(errors="ignore") for host in HOSTS):
            out.append(name)
    return out


if __name__ == "__main__":
    found = named()
    print("\n".join(f"{name}: names a package registry's host" for name in found) or "no registry addresses")
    sys.exit(bool(found))
