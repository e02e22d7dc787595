"""The texts of the binder's page in its language, from `texts.toml`: the scripts themselves hold none.

A language that the file lacks is shown in English, text by text.
"""
from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

ENGLISH = "en"


def texts_in(language: str) -> dict[str, str]:
    """Every text by its name; places stand in braces."""
    tables = _tables()
    return {**tables[ENGLISH], **tables.get(language, {})}


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("injection_log_exports.binder").joinpath("texts.toml").read_text("utf-8"))
