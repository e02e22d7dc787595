"""Runs the tests as two processes side by side: `python -m tools.run_tests PYTEST OPTIONS ...`, one core each.

The folders in BESIDE run in the second process, everything else in the first, so that no test is in neither. Each
has a virtual display of its own. The first one's words appear as they come, the second's when it ends.
It chooses no tests: the options do. Fails when either fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

BESIDE = ("tests/injection_log", "tests/dicom_io")
"""What takes about as long as all the rest."""


def commands(options: list[str]) -> tuple[list[str], list[str]]:
    """The two commands: the rest of the tests, and those in BESIDE."""
    pytest = [sys.executable, "-m", "tools.display", sys.executable, "-m", "pytest", *options]
    return [*pytest, *(f"--ignore={folder}" for folder in BESIDE)], [*pytest, *BESIDE]


def main() -> int:
    """Entry point: 0 when both went well."""
    first, second = commands(sys.argv[1:])
    with tempfile.TemporaryFile("w+", encoding="utf-8") as words:
        beside = subprocess.Popen(second, stdout=words, stderr=subprocess.STDOUT)
        try:
            failed = subprocess.run(first, check=False).returncode
            failed_beside = beside.wait()
        finally:
            beside.terminate()
            beside.wait()
        words.seek(0)
        sys.stdout.write(f"\n{' '.join(BESIDE)}, beside the others:\n{words.read()}")
    return 1 if failed or failed_beside else 0


if __name__ == "__main__":
    sys.exit(main())
