"""Compares the wheel with the tree: every module and data file of our packages is shipped, and nothing else.

Builds in a copy, so that leftovers of an earlier build (`build/`, egg-info) neither hide a gap nor reach the
wheel. It does not install the wheel.
"""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parent.parent
BUILD_FILES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True)
class Layout:
    """What setup.cfg says: roots (package name -> folder), packages listed, patterns of data files."""

    roots: dict[str, PurePosixPath]
    packages: frozenset[str]
    data: tuple[str, ...]


def read_layout(repository: Path) -> Layout:
    """Read setup.cfg of `repository`."""
    config = configparser.ConfigParser()
    config.read(repository / "setup.cfg", encoding="utf-8")
    packages = frozenset(config["options"]["packages"].split())
    places = dict(line.split("=") for line in config["options"]["package_dir"].split("\n") if line)
    moved = {name.strip(): PurePosixPath(folder.strip()) for name, folder in places.items()}
    names = sorted({package.split(".")[0] for package in packages})
    roots = {name: moved.get(name, PurePosixPath(name)) for name in names}
    patterns = config["options.package_data"]["*"].replace("\n", ",").split(",")
    return Layout(roots, packages, tuple(pattern.strip() for pattern in patterns if pattern.strip()))


def files_of_tree(repository: Path, layout: Layout) -> frozenset[str]:
    """Names, as a wheel spells them, of all Python and data files under the roots."""
    names = set()
    for root, folder in layout.roots.items():
        for path in (repository / folder).rglob("*"):
            if path.is_file() and _belongs(path.name, layout):
                names.add(str(PurePosixPath(root, path.relative_to(repository / folder).as_posix())))
    return frozenset(names)


def _belongs(name: str, layout: Layout) -> bool:
    return name.endswith(".py") or any(fnmatch(name, pattern) for pattern in layout.data)


def files_of_wheel(repository: Path, layout: Layout) -> frozenset[str]:
    """Build a wheel from a copy of `repository`; gives the names in it less its own metadata folder."""
    with tempfile.TemporaryDirectory(prefix="injection-log-wheel-") as name:
        copy, out = Path(name, "tree"), Path(name, "out")
        copy.mkdir()
        for file in BUILD_FILES:
            shutil.copy(repository / file, copy / file)
        for folder in layout.roots.values():
            shutil.copytree(repository / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(out), str(copy)]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"The wheel could not be built:\n{done.stdout[-3000:]}")
        with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
            return frozenset(name for name in wheel.namelist() if ".dist-info/" not in name)


def differences(tree: frozenset[str], wheel: frozenset[str], packages: frozenset[str]) -> list[str]:
    """One sentence per gap: packages missing in setup.cfg first, then single files, then what is too much."""
    lost = sorted(tree - wheel)
    folders = {name: ".".join(PurePosixPath(name).parent.parts) for name in lost}
    unlisted = sorted(set(folders.values()) - packages)
    sentences = [f"package not in setup.cfg's packages: {package}" for package in unlisted]
    sentences += [f"in the tree, not in the wheel: {name}" for name in lost if folders[name] in packages]
    sentences += [f"in the wheel, not in the tree: {name}" for name in sorted(wheel - tree)]
    return sentences


def main() -> int:
    """Entry point of `python -m tools.wheel_tree`."""
    layout = read_layout(REPOSITORY)
    wrong = differences(
        files_of_tree(REPOSITORY, layout), files_of_wheel(REPOSITORY, layout), layout.packages
    )
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
