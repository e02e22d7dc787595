"""The wheel holds what the tree holds: a clinical workstation installs the wheel, developers never do."""

from __future__ import annotations

from pathlib import Path

from tools.wheel_tree import differences, files_of_tree, files_of_wheel, read_layout

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_wheel_holds_every_module_of_the_tree_and_nothing_else() -> None:
    layout = read_layout(REPOSITORY)
    wheel = files_of_wheel(REPOSITORY, layout)
    assert differences(files_of_tree(REPOSITORY, layout), wheel, layout.packages) == []
    assert "injection_log_napari/__init__.py" in wheel


def test_a_package_that_setup_cfg_forgets_is_named() -> None:
    tree = frozenset({"annotate/__init__.py", "annotate/help/__init__.py", "annotate/help/pictures.py"})
    wrong = differences(tree, frozenset({"annotate/__init__.py"}), frozenset({"annotate"}))
    assert wrong == ["package not in setup.cfg's packages: annotate.help"]


def test_a_data_file_that_no_pattern_covers_and_a_stray_file_are_named() -> None:
    tree = frozenset({"annotate/__init__.py", "annotate/words.toml"})
    wheel = frozenset({"annotate/__init__.py", "tests/conftest.py"})
    assert differences(tree, wheel, frozenset({"annotate"})) == [
        "in the tree, not in the wheel: annotate/words.toml",
        "in the wheel, not in the tree: tests/conftest.py",
    ]
