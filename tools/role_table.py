"""Writes the table of roles as text: the committed table that the tests assert cell by cell, and docs/roles.md.

`python -m tools.role_table` after a change of `injection_log/people/roles.py`; the difference of both files is what is
to be reviewed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from injection_log.people.role_table import golden_text, page_in_words

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    ROOT / "tests/injection_log/trust/role_table.txt": golden_text,
    ROOT / "docs/roles.md": page_in_words,
}


def main() -> int:
    """Write both files."""
    for path, text in FILES.items():
        path.write_text(text(), encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
