"""Every requirement has a test, every mark names a requirement, and the committed page is the one they make."""

from __future__ import annotations

from pathlib import Path

from tools.traceability import PAGE, marks, page, requirements, results

JUNIT = """<testsuites><testsuite><testcase classname="tests.a.test_b" name="test_c[1]"/>
<testcase classname="tests.a.test_b" name="test_c[2]"><failure/></testcase></testsuite></testsuites>"""


def test_every_requirement_has_a_test_and_every_mark_a_requirement() -> None:
    names = [one.id for one in requirements()]
    assert len(names) == len(set(names))
    assert sorted(marks()) == sorted(names)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_of_several_parameters_the_failed_one_counts(tmp_path: Path) -> None:
    (tmp_path / "run.xml").write_text(JUNIT, encoding="utf-8")
    assert results(tmp_path / "run.xml") == {"tests/a/test_b.py::test_c": "failed"}


def test_a_test_that_was_not_run_is_said_to_be_so() -> None:
    assert "(not run)" in page({})
    assert "(not run)" not in page()
