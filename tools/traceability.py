"""Writes docs/traceability.md: each requirement, its clauses, the tests that prove it and how they last went.

`python -m tools.traceability [JUNIT.xml]`: without a result file of pytest the page says nothing of a run. Marks are
read from the source text; no test is imported or run, and whether a test proves what it claims is for a reviewer.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/traceability.md"
HEAD = """# Requirements and the tests that prove them

Written by `python -m tools.traceability` from [requirements.toml](requirements.toml) and the marks of the tests.
"""


@dataclass(frozen=True)
class Requirement:
    """One claim of the program, with the clauses of the texts that it answers."""

    id: str
    kind: str
    text: str
    clauses: tuple[str, ...]


def requirements(root: Path = ROOT) -> list[Requirement]:
    """Every requirement in the order of its file."""
    rows = tomllib.loads((root / "docs/requirements.toml").read_text(encoding="utf-8"))["requirement"]
    return [Requirement(row["id"], row["kind"], row["text"], tuple(row["clauses"])) for row in rows]


def marks(root: Path = ROOT) -> dict[str, list[str]]:
    """The tests that carry each id, as `path::name`, sorted."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.proves(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for name in _ids(node):
                found.setdefault(name, []).append(f"{path.relative_to(root).as_posix()}::{getattr(node, 'name', '')}")
    return found


def _ids(node: ast.AST) -> list[str]:
    """The ids in the `proves` marks of a test; none for anything else."""
    if not isinstance(node, ast.FunctionDef):
        return []
    calls = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
    return [
        str(ast.literal_eval(word))
        for mark in calls
        if ast.unparse(mark.func) == "pytest.mark.proves"
        for word in mark.args
    ]


def results(junit: Path) -> dict[str, str]:
    """How each test went, by `path::name`; of several parameters the worst counts."""
    worst = ("passed", "skipped", "failed")
    went: dict[str, str] = {}
    for case in etree.parse(str(junit)).iter("testcase"):
        key = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').split('[')[0]}"
        tags = {child.tag for child in case}
        now = "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"
        went[key] = max(now, went.get(key, "passed"), key=worst.index)
    return went


def page(went: Mapping[str, str] | None = None, root: Path = ROOT) -> str:
    """The page; with results, a test that is not among them is said to be not run."""
    proved = marks(root)
    lines = [HEAD, "| id | kind | requirement | clauses | tests |", "|---|---|---|---|---|"]
    for one in requirements(root):
        tests = [
            f"`{test}`" + ("" if went is None else f" ({went.get(test, 'not run')})") for test in proved.get(one.id, [])
        ]
        lines.append(f"| {one.id} | {one.kind} | {one.text} | {'; '.join(one.clauses)} | {'<br>'.join(tests)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the committed page, or print it with the results of a run."""
    if len(sys.argv) > 1:
        sys.stdout.write(page(results(Path(sys.argv[1]))))
    else:
        PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
