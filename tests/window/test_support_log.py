"""The log file for support: places, never words that could be a patient's."""
from __future__ import annotations

import logging
import sys

from injection_log_napari.support_log import begin_log, catch_all, end_log


def fail() -> None:
    raise ValueError("SECRET^NAME 0101010000")


def test_an_error_that_nobody_caught_is_one_sentence_and_a_place_without_words(tmp_path):
    handler, said = begin_log(tmp_path / "log" / "window.log"), []
    undo = catch_all(said.append)
    try:
        fail()
    except ValueError:
        sys.excepthook(*sys.exc_info())
    finally:
        undo()
        end_log(handler)
    written = (tmp_path / "log" / "window.log").read_text("utf-8")
    assert "ValueError" in written
    assert "test_support_log.py" in written
    assert "SECRET" not in written
    assert said[0].startswith("Something went wrong inside the program")


def test_the_log_is_for_its_owner_only_and_keeps_foreign_loggers_out(tmp_path):
    handler = begin_log(tmp_path / "window.log")
    logging.getLogger("pydicom").warning("SECRET^NAME")
    end_log(handler)
    assert (tmp_path / "window.log").stat().st_mode & 0o077 == 0
    assert "SECRET" not in (tmp_path / "window.log").read_text("utf-8")
