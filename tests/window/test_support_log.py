"""The log file for support: places, never words that could be a patient's."""
from __future__ import annotations

import ast
import logging
import sys
from pathlib import Path

from injection_log_napari.support_log import begin_log, catch_all, end_log, save_for_support


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


def test_of_a_message_the_fixed_words_are_kept_and_not_what_was_put_into_them(tmp_path):
    handler = begin_log(tmp_path / "window.log")
    log = logging.getLogger("injection_log.anything")
    log.warning("a picture of %s could not be opened: %s, try %d", "SECRET^NAME", ValueError, 3)
    unfit = ("anything", logging.WARNING, "", 1, "a message that does not fit", ("SECRET^NAME",), None)
    handler.handle(logging.LogRecord(*unfit))
    end_log(handler)
    written = (tmp_path / "window.log").read_text("utf-8")
    assert "a picture of … could not be opened: ValueError, try 3" in written
    assert "SECRET" not in written


def test_a_chain_of_errors_is_written_without_the_words_of_any(tmp_path):
    handler = begin_log(tmp_path / "window.log")
    try:
        try:
            fail()
        except ValueError as error:
            raise KeyError("SECRET^NAME") from error
    except KeyError:
        logging.getLogger("injection_log").exception("it failed")
    end_log(handler)
    written = (tmp_path / "window.log").read_text("utf-8")
    assert "KeyError" in written
    assert "SECRET" not in written


def test_a_log_that_has_grown_large_begins_anew(tmp_path):
    (tmp_path / "window.log").write_text("x" * 1_100_000)
    handler = begin_log(tmp_path / "window.log")
    logging.getLogger("injection_log").warning("one line")
    end_log(handler)
    assert (tmp_path / "window.log").stat().st_size < 200


def test_the_file_for_support_says_neither_computer_nor_user_nor_folder(tmp_path):
    import getpass
    import platform

    save_for_support(tmp_path / "no.log", tmp_path / "support.txt", {"screen": "1366 x 768"})
    saved = (tmp_path / "support.txt").read_text("utf-8")
    assert "PySide6-Essentials: 6." in saved
    assert "screen: 1366 x 768" in saved
    assert "nothing went wrong" in saved
    assert platform.node() not in saved
    assert f"/{getpass.getuser()}" not in saved
    assert str(tmp_path) not in saved


def test_every_message_to_a_log_in_the_program_is_a_fixed_text():
    root = Path(__file__).resolve().parents[2]
    found = []
    for part in ("injection_log", "dicom_io", "annotate", "plugins"):
        for file in (root / part).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if is_log_call(call) and not isinstance(call.args[0], ast.Constant):
                    found.append(f"{file.name}:{call.lineno}")
    assert found == []


def is_log_call(call) -> bool:
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    return (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in levels
        and isinstance(call.func.value, ast.Name) and call.func.value.id in ("_log", "log", "logger", "logging")
    )  # fmt: skip
