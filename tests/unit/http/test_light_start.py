"""Starting the server is light: what only jobs and sign-ins need is loaded by them."""

import subprocess
import sys
from pathlib import Path

HEAVY = {"sklearn", "scipy", "duckdb", "numpy", "cryptography", "alembic", "pwdlib", "argon2", "pyarrow", "obstore"}
SCRIPT = """
import sys
from pathlib import Path
from goldloop.app import create_app
from goldloop.core.settings import Settings
from goldloop.store.open import open_store

create_app(open_store(Settings(home=Path(sys.argv[1]))))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_starting_the_app_loads_nothing_heavy(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(ran.stdout.split())
    assert "fastapi" in loaded
    assert loaded & HEAVY == set()


def test_a_job_process_loads_no_web_framework() -> None:
    said = (
        "import sys, goldloop.jobs.child; from goldloop.handlers import HANDLERS; "
        "assert all(HANDLERS[kind] for kind in HANDLERS); print(*sorted(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=120)
    loaded = set(ran.stdout.split())
    assert "goldloop.loop.take_in" in loaded
    assert loaded & (HEAVY | {"fastapi", "starlette", "goldloop.http"}) == set()
