"""How every command answers: facts as JSON or words, and one exit code for each kind of end.

0 done, 1 failed, 2 wrong use (a missing file too), 3 refused for a stated reason. Facts go to standard output,
sentences about what went wrong to standard error (with --json a refusal is JSON on standard output).
"""
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer

DONE, FAILED, WRONG_USE, REFUSED = 0, 1, 2, 3


def answer(facts: Any, as_json: bool, words: Callable[[], None]) -> None:
    """Print facts as JSON, or call `words` to print them for a person."""
    if as_json:
        print_json(facts)
    else:
        words()


def print_json(facts: Any) -> None:
    """Print facts as JSON on standard output."""
    import orjson  # words need none

    text = orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode("utf-8")
    typer.echo(text)


def refuse(code: str, why: str, as_json: bool) -> NoReturn:
    """End with "refused for a stated reason"."""
    if as_json:
        print_json({"refused": code, "why": why})
    else:
        typer.echo(f"Refused: {why}", err=True)
    raise typer.Exit(REFUSED)


def wrong_use(sentence: str, as_json: bool = False) -> NoReturn:
    """End with "wrong use": what was typed, or a file that is not there."""
    _say(sentence, as_json)
    raise typer.Exit(WRONG_USE)


def fail(sentence: str, as_json: bool = False) -> NoReturn:
    """End with "failed"."""
    _say(sentence, as_json)
    raise typer.Exit(FAILED)


def say(sentence: str) -> None:
    """Tell what is going on, on standard error, so that standard output stays facts only."""
    typer.echo(sentence, err=True)
    sys.stderr.flush()


def _say(sentence: str, as_json: bool) -> None:
    if as_json:
        print_json({"error": sentence})
    typer.echo(sentence, err=True)
