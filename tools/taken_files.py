"""A pytest plugin with which several runs of the same tests share them, file by file: `-p tools.taken_files`.

Each run finds all tests. Before the first test of a file it makes an empty file of that name in the folder `--taken`;
whoever made it runs that file whole, so that its fixtures are made once. It changes nothing else about a run: without
`--taken` tests run as ever. A run that ends early leaves tests out that it had taken, and says so by failing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("taken files")
    group.addoption("--taken", type=Path, help="Folder in which runs side by side say which test file is whose.")
    group.addoption("--from-the-end", action="store_true", help="Take the last file first.")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests of the files that nobody else took; as pytest's own loop otherwise."""
    folder = session.config.getoption("--taken")
    if folder is None or session.config.option.collectonly or session.testsfailed:
        return None
    of_file: dict[Path, list[pytest.Item]] = {}
    for item in session.items:
        of_file.setdefault(item.path, []).append(item)  # a fixture with parameters that files share mixes their tests
    files = list(of_file.values())
    if session.config.getoption("--from-the-end"):
        files.reverse()
    tests = _taken(files, folder, session.config.rootpath)
    test = next(tests, None)
    while test is not None:
        following = next(tests, None)  # known before a test ends: what the two do not share is torn down then
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        test = following
    return True


def _taken(files: Iterable[list[pytest.Item]], folder: Path, root: Path) -> Iterator[pytest.Item]:
    for tests in files:
        name = tests[0].path.relative_to(root).as_posix().replace("/", "+")
        try:
            (folder / name).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from tests
