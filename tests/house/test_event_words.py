"""Whatever the code writes into the log has plain words: every kind of event, every field, every role and state."""
from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pydicom.datadict import tag_for_keyword

from injection_log.acts.studies import WITHOUT_IMAGES
from injection_log.people.roles import Role, State
from injection_log.protocol.fields import CATALOGUE
from injection_log.record.event_words import GROUPS, KINDS, ROLES, STATES
from injection_log.record.field_words import FIELD_FAMILIES, FIELDS, field_words

ROOT = Path(__file__).resolve().parents[2] / "injection_log"
PLUGINS = ROOT.parent / "plugins"
EXPORTERS = PLUGINS / "injection_log_exports"
"""They are given values and give bytes: none writes an event, and their XML has elements of the same form."""
WRITERS = {"write", "write_gland", "draft_of", "EventDraft", "Change", "append", "_write", "changing", "placed_values"}
KIND = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+")
NOT_WRITTEN = {"SettingsMalformed", "VeraBd", "OneDrive", "OneDriveConsumer", "OneDriveCommercial"}
"""Words of this form that are neither a kind of event, nor a class, nor a DICOM attribute."""


def modules() -> list[Path]:
    return [path for root in (ROOT, PLUGINS) for path in sorted(root.rglob("*.py"))]


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Names of classes, imports and variables: a string that spells one is an annotation, not a kind."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.alias(name=name):
                yield name.rpartition(".")[2]
            case ast.Name(id=name):
                yield name


@cache
def kinds_in_the_code() -> frozenset[str]:
    writing = [one for one in modules() if one.name != "event_words.py" and not one.is_relative_to(EXPORTERS)]
    trees = [ast.parse(path.read_text("utf-8")) for path in writing]
    known = {name for tree in trees for name in identifiers(tree)} - {"AccountLocked"} | NOT_WRITTEN
    texts = {
        node.value for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value)
    }
    return frozenset(text for text in texts if text not in known and tag_for_keyword(text) is None)


def test_every_kind_of_event_in_the_code_has_words() -> None:
    missing = sorted(kinds_in_the_code() - KINDS.keys())
    assert missing == [], f"add these kinds to KINDS in record/event_words.py: {', '.join(missing)}"


def test_the_search_finds_the_kinds_that_are_known_to_be_written() -> None:
    assert {"GlandFactSet", "CaliperPlaced", "LoggedIn", "CheckpointMade", "RecordSeen"} <= kinds_in_the_code()


def test_words_are_kept_only_for_kinds_that_the_code_writes() -> None:
    assert sorted(KINDS.keys() - kinds_in_the_code()) == []


class Fields(ast.NodeVisitor):
    """The names of fields that a module writes: in changes, in calls that write, in what those calls are given."""

    def __init__(self, module: object) -> None:
        self.module, self.found = module, set[str]()
        self._handed: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before, self._handed = self._handed, {
            name for call in ast.walk(node) if isinstance(call, ast.Call) and _called(call) in WRITERS - {"Change"}
            for part in call.args for name in _handed(part)
        }
        self.generic_visit(node)
        self._handed = before

    def visit_Call(self, node: ast.Call) -> None:
        if _called(node) in WRITERS:
            for part in node.args:
                if _called(node) == "Change" and part is node.args[0]:
                    self._name(part)
                elif _called(node) != "Change" and isinstance(part, ast.Dict):
                    self._keys(part)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._assigned(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assigned(node.target, node.value)
        self.generic_visit(node)

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name) and target.id in self._handed and isinstance(value, ast.Dict):
            self._keys(value)
        match target:
            case ast.Subscript(value=ast.Name(id=name)) if name in self._handed:
                self._name(target.slice)
            case ast.Subscript(slice=ast.JoinedStr()):
                self._name(target.slice)

    def _keys(self, written: ast.Dict) -> None:
        for key in written.keys:
            if key is not None:
                self._name(key)

    def _name(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=str(text)):
                self.found.add(text)
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                self.found.add(text)
            case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id=name)), *rest]):
                text = getattr(self.module, name, None)
                if isinstance(text, str):
                    self.found.add(text + (rest[0].value if rest and isinstance(rest[0], ast.Constant) else ""))
            case ast.Name(id=name):
                text = getattr(self.module, name, None)
                if isinstance(text, str):
                    self.found.add(text)
            case ast.BinOp(left=left):
                self._name(left)


def _handed(part: ast.expr) -> Iterator[str]:
    """The variables whose keys become fields: the argument itself, or what is spread or joined into it."""
    match part:
        case ast.Name(id=name):
            yield name
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is None:
                    yield from _handed(value)
        case ast.BinOp(left=left, right=right):
            yield from _handed(left)
            yield from _handed(right)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return "" if name == "append" else name  # a list is no log
    return ""


@cache
def fields_in_the_code() -> frozenset[str]:
    found: set[str] = set()
    for path in modules():
        text = path.read_text("utf-8")
        is_floor = path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "cli")
        if not is_floor or not any(f"{one}(" in text for one in WRITERS):
            continue
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        search = Fields(importlib.import_module(name))
        search.visit(ast.parse(text))
        found |= search.found
    return frozenset(found)


def has_words(field: str) -> bool:
    if field in ("fact.", "") or field.removeprefix("fact.") in CATALOGUE:
        return True
    return field_words(field) is not None


def test_every_field_that_the_code_writes_has_words() -> None:
    missing = sorted(field for field in fields_in_the_code() if not has_words(field))
    assert missing == [], f"add these fields to FIELDS in record/field_words.py: {', '.join(missing)}"


def test_the_search_finds_fields_of_every_form() -> None:
    assert {"identifiers_confirmed", "state", "failures", "mark.", "fact.", "checkpoint"} <= fields_in_the_code()


def test_every_role_and_state_has_words() -> None:
    assert {*Role, ""} == set(ROLES)
    assert {*get_args(State)} - {""} == set(STATES)


def test_the_reasons_for_going_on_without_images_are_told_as_they_are_chosen() -> None:
    assert dict(FIELDS["images_pending"].values) == WITHOUT_IMAGES


@pytest.mark.parametrize("table", [KINDS, FIELDS, FIELD_FAMILIES, GROUPS, ROLES, STATES])
def test_no_words_are_a_name_of_the_code(table: dict[str, object]) -> None:
    words = [getattr(one, "title", one) for one in table.values()]
    assert not [one for one in words if re.search(r"_|[a-z][A-Z]|[{}]", str(one)) or not str(one).strip()]
